import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { awake } from "./support/live";
import { call, db, makePerson, submission, type Person } from "./support/world";
import { beforeAll, describe, expect, it } from "vitest";

/** Who may do what: route × role × whose id. The table is complete or the last test fails. */
const ROLES = ["guest", "studentA", "studentB", "teacher", "otherTeacher", "admin"] as const;
type Role = (typeof ROLES)[number];
const API = join(import.meta.dirname, "../../app/api");
type Statuses = Readonly<Record<Role, number>>;

interface Row {
  readonly route: string;
  readonly method: string;
  /** Whose thing the id in the path names. Studied by studentA (in teacher's class); studentB is in otherTeacher's. */
  readonly target: string;
  readonly params?: () => Record<string, string>;
  readonly query?: () => string;
  readonly body?: () => unknown;
  readonly before?: () => Promise<unknown>;
  readonly expected: Statuses;
}

const people = { guest: null } as Record<Role, Person>;
const CLUSTER = { type: "fixture", fixture: "three-nodes", files: {} } as const;
const ids = { liveA: "", classId: "", otherClassId: "", attemptA: "", attemptB: "", archivedId: "" };
const idOf = (role: Role) => people[role]?.id ?? "";

const everybody = (status: number): Statuses => ({ guest: status, studentA: status, studentB: status, teacher: status, otherTeacher: status, admin: status });
const signedIn: Statuses = { ...everybody(200), guest: 401 };
const missing: Statuses = { ...everybody(404), guest: 401 };
const teacherOnly: Statuses = { ...missing, teacher: 200, admin: 200 };

const enrolA = () => {
  const key = { classId: ids.classId, userId: idOf("studentA") };
  return db.enrolment.upsert({ where: { classId_userId: key }, create: key, update: {} });
};

function classRows(route: string, method: string, body?: () => unknown): Row[] {
  const common = { route: `classes/[id]${route}`, method, ...(body ? { body } : {}) };
  return [
    { ...common, target: "teacher's class", params: () => ({ id: ids.classId }), expected: teacherOnly },
    { ...common, target: "other teacher's class", params: () => ({ id: ids.otherClassId }), expected: { ...missing, otherTeacher: 200, admin: 200 } },
    { ...common, target: "missing class", params: () => ({ id: "nothing" }), expected: missing },
    { ...common, target: "__proto__", params: () => ({ id: "__proto__" }), expected: missing },
  ];
}

function attemptRows(): Row[] {
  const one = { route: "attempts/[id]", method: "GET" };
  const list = { route: "attempts", method: "GET" };
  const ofA: Statuses = { ...teacherOnly, studentA: 200 };
  const ofB: Statuses = { ...missing, studentB: 200, otherTeacher: 200, admin: 200 };
  return [
    { ...one, target: "student A's", params: () => ({ id: ids.attemptA }), expected: ofA },
    { ...one, target: "student B's", params: () => ({ id: ids.attemptB }), expected: ofB },
    { ...one, target: "missing", params: () => ({ id: "nothing" }), expected: missing },
    { ...list, target: "one's own", expected: signedIn },
    { ...list, target: "student A's", query: () => `?student=${idOf("studentA")}&exercise=scale-up`, expected: ofA },
    { ...list, target: "student B's", query: () => `?student=${idOf("studentB")}`, expected: ofB },
    { ...list, target: "nobody's", query: () => "?student=nobody", expected: missing },
    { ...list, target: "an untried exercise of A's", query: () => `?student=${idOf("studentA")}&exercise=find-fault`, expected: ofA },
  ];
}

function removalRows(): Row[] {
  const route = { route: "classes/[id]/students/[student]", method: "DELETE", before: enrolA };
  return [
    { ...route, target: "A from teacher's class", params: () => ({ id: ids.classId, student: idOf("studentA") }), expected: { ...teacherOnly, studentA: 200 } },
    { ...route, target: "A from the other class", params: () => ({ id: ids.otherClassId, student: idOf("studentA") }), expected: missing },
    { ...route, target: "nobody", params: () => ({ id: ids.classId, student: "nobody" }), expected: missing },
  ];
}

const ROWS: Row[] = [
  { route: "health", method: "GET", target: "", expected: everybody(200) },
  { route: "sign-up", method: "POST", target: "nonsense", body: () => ({ email: "no" }), expected: everybody(400) },
  { route: "submissions", method: "POST", target: "an exercise", body: () => submission("solve"), expected: everybody(200) },
  { route: "submissions", method: "POST", target: "a missing exercise", body: () => submission("solve", { exercise: "nothing" }), expected: everybody(404) },
  { route: "seeds", method: "POST", target: "an exercise", body: () => ({ exercise: "find-fault" }), expected: everybody(200) },
  { route: "seeds", method: "POST", target: "constructor", body: () => ({ exercise: "constructor" }), expected: everybody(404) },
  { route: "solutions/[exercise]", method: "POST", target: "given up", params: () => ({ exercise: "find-fault" }), body: () => ({ giveUp: true }), expected: everybody(200) },
  { route: "solutions/[exercise]", method: "POST", target: "not solved", params: () => ({ exercise: "find-fault" }), body: () => ({}), expected: everybody(409) },
  { route: "solutions/[exercise]", method: "POST", target: "missing", params: () => ({ exercise: "nothing" }), body: () => ({ giveUp: true }), expected: everybody(404) },
  { route: "progress", method: "GET", target: "one's own", expected: signedIn },
  { route: "progress/merge", method: "POST", target: "nothing", body: () => ({}), expected: signedIn },
  { route: "visits", method: "POST", target: "a lesson", body: () => ({ lesson: "L13", state: "started" }), expected: signedIn },
  { route: "visits", method: "POST", target: "a missing lesson", body: () => ({ lesson: "L99", state: "started" }), expected: missing },
  { route: "hints", method: "POST", target: "an exercise", body: () => ({ exercise: "scale-up", hint: 0 }), expected: signedIn },
  { route: "hints", method: "POST", target: "a missing exercise", body: () => ({ exercise: "nothing", hint: 0 }), expected: missing },
  { route: "account", method: "GET", target: "one's own", expected: everybody(200) },
  { route: "account", method: "PATCH", target: "one's own", body: () => ({ theme: "dark" }), expected: signedIn },
  { route: "account", method: "DELETE", target: "wrong password", body: () => ({ password: "not this one" }), expected: { ...everybody(400), guest: 401 } },
  { route: "account/export", method: "GET", target: "one's own", expected: signedIn },
  { route: "users/role", method: "PATCH", target: "student B", body: () => ({ email: "missing@example.org", role: "TEACHER" }), expected: { ...everybody(403), guest: 401, admin: 404 } },
  { route: "classes", method: "GET", target: "one's own", expected: signedIn },
  { route: "classes", method: "POST", target: "new", body: () => ({ name: "Una clase" }), expected: { ...signedIn, studentA: 403, studentB: 403 } },
  { route: "classes/join", method: "POST", target: "a wrong code", body: () => ({ code: "WRONG234" }), expected: missing },
  ...classRows("", "GET"),
  ...classRows("", "PATCH", () => ({})),
  ...classRows("/table", "GET"),
  ...classRows("/failures", "GET"),
  ...classRows("/csv", "GET"),
  ...removalRows(),
  ...attemptRows(),
  { route: "live", method: "POST", target: "a cluster of one's own", body: () => ({ source: CLUSTER, inputs: [] }), expected: signedIn },
  { route: "live", method: "POST", target: "no such cluster", body: () => ({ source: { ...CLUSTER, fixture: "nothing" }, inputs: [] }), expected: missing },
  { route: "live", method: "POST", target: "a journal that is none", body: () => ({ source: CLUSTER, inputs: [{ type: "conjure" }] }), expected: { ...everybody(400), guest: 401 } },
  { route: "live/[id]", method: "POST", target: "student A's", params: () => ({ id: ids.liveA }), body: () => ({ epoch: "", since: 0 }), expected: { ...missing, studentA: 200 } },
  { route: "live/[id]", method: "POST", target: "missing", params: () => ({ id: "nothing" }), body: () => ({ epoch: "", since: 0 }), expected: missing },
  { route: "live/[id]", method: "DELETE", target: "missing", params: () => ({ id: "nothing" }), expected: signedIn },
];

async function handlerOf(route: string, method: string): Promise<unknown> {
  const loaded = (await import(/* @vite-ignore */ join(API, route, "route.ts"))) as Record<string, unknown>;
  return loaded[method];
}

beforeAll(async () => {
  for (const role of ROLES) if (role !== "guest") people[role] = await makePerson(role, roleOf(role));
  const make = (name: string, owner: Role, code: string) =>
    db.class.create({ data: { name, ownerId: idOf(owner), inviteCode: code, inviteToken: `token-${code}` } });
  ids.classId = (await make("Kubernetes I", "teacher", "AAAA2222")).id;
  ids.otherClassId = (await make("Kubernetes II", "otherTeacher", "BBBB2222")).id;
  await enrolA();
  await db.enrolment.create({ data: { classId: ids.otherClassId, userId: idOf("studentB") } });
  const submit = await handlerOf("submissions", "POST");
  const attemptOf = async (role: Role) => ((await call(submit, { as: people[role], body: submission("half") })).json as { submission: { id: string } }).submission.id;
  ids.liveA = ((await call(await handlerOf("live", "POST"), { as: people.studentA, body: { source: CLUSTER, inputs: [] } })).json as { id: string }).id;
  ids.attemptA = await attemptOf("studentA");
  ids.attemptB = await attemptOf("studentB");
});

function roleOf(role: Role): "STUDENT" | "TEACHER" | "ADMIN" {
  if (role === "admin") return "ADMIN";
  return role === "teacher" || role === "otherTeacher" ? "TEACHER" : "STUDENT";
}

describe("who may do what", () => {
  it.each(ROWS)("$method $route · $target", async (row) => {
    const handler = await handlerOf(row.route, row.method);
    const seen: Partial<Record<Role, number>> = {};
    for (const role of ROLES) {
      await enrolA();
      const { status, text } = await call(handler, {
        as: people[role],
        method: row.method,
        ...(row.params ? { params: row.params() } : {}),
        ...(row.query ? { query: row.query() } : {}),
        ...(row.body ? { body: row.body() } : {}),
      });
      seen[role] = status;
      if (status >= 400) expect(Object.keys((JSON.parse(text) as { error: { message: object } }).error.message)).toEqual(["es", "en"]);
    }
    expect(seen).toEqual(row.expected);
  });

  it("answers foreign and missing ids with the very same words", async () => {
    const handler = await handlerOf("attempts/[id]", "GET");
    const foreign = await call(handler, { as: people.studentA, params: { id: ids.attemptB } });
    const nothing = await call(handler, { as: people.studentA, params: { id: "nothing" } });
    expect(foreign.text).toBe(nothing.text);
  });

  it("ends a connection for its owner alone, and the oldest when there are too many", async () => {
    const connect = await handlerOf("live", "POST");
    const end = await handlerOf("live/[id]", "DELETE");
    const made: string[] = [];
    for (let n = 0; n < 4; n += 1) made.push(((await call(connect, { as: people.studentB, body: { source: CLUSTER, inputs: [] } })).json as { id: string }).id);
    const [oldest = "", second = "", , newest = ""] = made;
    expect(awake.has(oldest)).toBe(false);
    await call(end, { as: people.studentA, method: "DELETE", params: { id: second } });
    expect(awake.has(second)).toBe(true);
    await call(end, { as: people.studentB, method: "DELETE", params: { id: second } });
    expect(awake.has(second)).toBe(false);
    const { tokenHash } = await db.liveCluster.findUniqueOrThrow({ where: { id: newest } });
    const kubeconfig = ((await call(connect, { as: people.studentB, body: { source: CLUSTER, inputs: [] } })).json as { kubeconfig: string }).kubeconfig;
    expect(kubeconfig).toContain("https://timonel.test:6443/c/");
    expect(kubeconfig).not.toContain(tokenHash);
  });

  it("deletes connections that have expired, and no others", async () => {
    const inputs = { userId: people.studentB?.id ?? "", source: "{}", inputs: "[]", tokenHash: "x" };
    await db.liveCluster.create({ data: { ...inputs, id: "expired", expiresAt: new Date(Date.now() - 1) } });
    await db.liveCluster.create({ data: { ...inputs, id: "good", expiresAt: new Date(Date.now() + 60_000) } });
    const { sweepLive } = await import("@/lib/hosting/live/connections");
    await sweepLive();
    expect((await db.liveCluster.findMany({ where: { id: { in: ["expired", "good"] } } })).map(({ id }) => id)).toEqual(["good"]);
    await db.liveCluster.delete({ where: { id: "good" } });
  });

  it("takes a demoted teacher's classes out of their sight at once", async () => {
    const fallen = await makePerson("fallen", "TEACHER");
    const made = await db.class.create({ data: { name: "x", ownerId: fallen.id, inviteCode: "CCCC2222", inviteToken: "token-c" } });
    const handler = await handlerOf("classes/[id]", "GET");
    expect((await call(handler, { as: fallen, params: { id: made.id } })).status).toBe(200);
    await db.user.update({ where: { id: fallen.id }, data: { role: "STUDENT" } });
    expect((await call(handler, { as: fallen, params: { id: made.id } })).status).toBe(404);
    await db.user.update({ where: { id: fallen.id }, data: { sessionVersion: { increment: 1 } } });
    expect((await call(handler, { as: fallen, params: { id: made.id } })).status).toBe(401);
  });

  it("lets nobody in with an archived class's invitation or a replaced one", async () => {
    const join = await handlerOf("classes/join", "POST");
    const patch = await handlerOf("classes/[id]", "PATCH");
    const params = { id: ids.classId };
    const joinAs = (body: unknown) => call(join, { as: people.studentB, body });
    expect((await joinAs({ code: " aaaa-2222 " })).status).toBe(200);
    expect((await call(join, { as: people.teacher, body: { token: "token-AAAA2222" } })).status).toBe(409);
    await call(patch, { as: people.teacher, method: "PATCH", params, body: { newInvitation: true } });
    expect((await joinAs({ token: "token-AAAA2222" })).status).toBe(404);
    const { json } = await call(patch, { as: people.teacher, method: "PATCH", params, body: { archived: true } });
    expect((await joinAs({ code: (json as { inviteCode: string }).inviteCode })).status).toBe(404);
  });

  it("has a row for every method of every route", () => {
    const routes = readdirSync(API, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("route.ts") && !path.startsWith("_"));
    const methods = routes
      .filter((path) => !path.startsWith("auth"))
      .flatMap((path) => {
        const found = readFileSync(join(API, path), "utf8").matchAll(/^export (?:const|async function) (GET|POST|PATCH|PUT|DELETE)\b/gm);
        return [...found].map(([, method]) => `${method} ${path.slice(0, -"/route.ts".length)}`);
      });
    expect([...new Set(ROWS.map((row) => `${row.method} ${row.route}`))].sort()).toEqual(methods.sort());
  });
});
