import { describe, expect, it } from "vitest";
import { may } from "./may";

const student = { id: "s", role: "STUDENT" } as const;
const teacher = { id: "t", role: "TEACHER" } as const;
const admin = { id: "a", role: "ADMIN" } as const;

describe("may", () => {
  it("lets guests do nothing", () => {
    expect(may(null, "class.create", {})).toBe(false);
    expect(may(null, "account.manage", { userId: "" })).toBe(false);
  });

  it("lets teachers manage their own classes only, and students none, not even one they once made", () => {
    expect([student, teacher, admin].map((user) => may(user, "class.manage", { ownerId: "t" }))).toEqual([false, true, true]);
    expect(may(student, "class.manage", { ownerId: "s" })).toBe(false);
    expect(may(teacher, "class.manage", { ownerId: "other" })).toBe(false);
  });

  it("shows an attempt to its author and to the teachers of their classes", () => {
    const about = { userId: "s", teacherIds: ["t"] };
    expect([student, teacher, admin].map((user) => may(user, "attempt.read", about))).toEqual([true, true, true]);
    expect(may({ id: "u", role: "TEACHER" }, "attempt.read", about)).toBe(false);
    expect(may({ id: "t", role: "STUDENT" }, "attempt.read", about)).toBe(false);
  });

  it("lets administrators appoint others, never themselves", () => {
    expect(may(admin, "role.set", { userId: "s" })).toBe(true);
    expect(may(admin, "role.set", { userId: "a" })).toBe(false);
    expect(may(teacher, "role.set", { userId: "s" })).toBe(false);
  });
});
