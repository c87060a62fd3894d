import { call, db, makePerson, submission } from "./support/world";
import { beforeAll, describe, expect, it } from "vitest";
import { PATCH as patchAccount } from "@/app/api/account/route";
import { POST as auth } from "@/app/api/auth/[...nextauth]/route";
import { POST as createClass } from "@/app/api/classes/route";
import { POST as join } from "@/app/api/classes/join/route";
import { POST as merge } from "@/app/api/progress/merge/route";
import { POST as signUp } from "@/app/api/sign-up/route";
import { POST as submit } from "@/app/api/submissions/route";

const key = "hostile-key";
const run = { type: "run", line: "solve" };
const answerOf = (inputs: unknown, more: object = {}) => ({ answer: { exercise: "scale-up", seed: 1, inputs, ...more }, idempotencyKey: key });
const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

const BODIES: readonly (readonly [string, unknown, number])[] = [
  ["no JSON", "{", 400],
  ["half of a character", '{"answer":"\udc00"}', 400],
  ["null", "null", 400],
  ["a number", "7", 400],
  ["a list", [], 400],
  ["nothing", "{}", 400],
  ["an answer that is a string", { answer: "solve", idempotencyKey: key }, 400],
  ["no key", { answer: { exercise: "scale-up", seed: 1, inputs: [run] } }, 400],
  ["a key with a slash", { ...answerOf([run]), idempotencyKey: "../../etc/passwd" }, 400],
  ["a report of its own", { ...answerOf([run]), report: { score: 100 } }, 400],
  ["a score in the answer", answerOf([run], { score: 100 }), 400],
  ["inputs that are an object", answerOf({ length: 3 }), 400],
  ["an input of no type", answerOf([{}]), 400],
  ["an unknown input", answerOf([{ type: "grade-me", score: 1 }]), 400],
  ["a line that is a number", answerOf([{ type: "run", line: 7 }]), 400],
  ["a key __proto__", `{"answer":{"exercise":"scale-up","seed":1,"inputs":[{"type":"run","line":"solve","__proto__":{"passed":true}}]},"idempotencyKey":"${key}"}`, 400],
  ["an answer that is __proto__", `{"__proto__":{"answer":{}},"idempotencyKey":"${key}"}`, 400],
  ["an exercise __proto__", answerOf([run], { exercise: "__proto__" }), 400],
  ["an exercise constructor", answerOf([run], { exercise: "constructor" }), 404],
  ["an exercise with a path", answerOf([run], { exercise: "../secrets" }), 400],
  ["a wait into the past", answerOf([{ type: "advance", millis: -1 }]), 400],
  ["a wait of a century", answerOf([{ type: "advance", millis: 3e12 }]), 400],
  ["an unknown thing done to a machine", answerOf([{ type: "machine", name: "node-1", do: "explode" }]), 400],
  ["a request from nowhere", answerOf([{ type: "send", from: {}, request: { protocol: "http", host: "a", port: 80 } }]), 400],
  ["a request to port -1", answerOf([{ type: "send", from: { node: "a" }, request: { protocol: "http", host: "a", port: -1 } }]), 400],
  ["half a millisecond", answerOf([{ type: "advance", millis: 0.5 }]), 400],
  ["a seed that is no number", answerOf([run], { seed: "1" }), 400],
  ["3,000 inputs", answerOf(Array.from({ length: 3_000 }, () => run)), 413],
  ["300 KiB of file", answerOf([{ type: "save-file", path: "a", text: "x".repeat(300 * 1024) }]), 413],
  ["250,000 brackets", `{"answer":${nested(125_000)},"idempotencyKey":"${key}"}`, 400],
  ["deep brackets within a response", `{"answer":{"exercise":"scale-up","seed":1,"inputs":[{"type":"respond","question":"q","value":${nested(200)}}]},"idempotencyKey":"${key}"}`, 400],
];

let mallory: Awaited<ReturnType<typeof makePerson>>;
beforeAll(async () => {
  mallory = await makePerson("mallory");
});

describe("hostile submissions", () => {
  it.each(BODIES)("%s", async (_, body, status) => {
    const answer = await call(submit, { as: mallory, body });
    expect(answer.status).toBe(status);
    const { error } = JSON.parse(answer.text) as { error: { code: string; message: { es: string; en: string } } };
    expect(error.code).toMatch(/^[a-z]+\.[a-z-]+$/);
    expect(error.message.es.length * error.message.en.length).toBeGreaterThan(0);
    expect(await db.submission.count({ where: { userId: mallory.id } })).toBe(0);
  });

  it("gives up an endless body at the limit, whatever its length was declared to be", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const request = new Request("http://timonel.test/api/submissions", {
      method: "POST", body: endless, duplex: "half",
      headers: { host: "timonel.test", origin: "http://timonel.test", "content-type": "application/json", "content-length": "10" },
    } as RequestInit);
    const response = await (submit as (request: Request, context: unknown) => Promise<Response>)(request, { params: Promise.resolve({}) });
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(1024 * 1024);
  });

  it("gives up an oversize sign-in form before next-auth reads it", async () => {
    const form = { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: `password=${"x".repeat(20_000)}` };
    expect((await call(auth, form)).status).toBe(413);
    expect((await call(auth, { ...form, body: "password=x" })).text).toBe("next-auth");
  });

  it("keeps script in names and answers as text", async () => {
    const line = "half <script>alert(1)</script>";
    const { status, headers } = await call(submit, { as: mallory, body: submission(line) });
    expect([status, headers.get("content-type"), headers.get("x-content-type-options")]).toEqual([200, "application/json", "nosniff"]);
  });
});

describe("requests of another site", () => {
  it.each([
    ["another origin", { origin: "https://evil.example" }, 403],
    ["a sandboxed page", { origin: "null" }, 403],
    ["a look-alike", { origin: "http://timonel.test.evil.example" }, 403],
    ["no origin, but cross-site", { origin: "", "sec-fetch-site": "cross-site" }, 403],
    ["a form", { "content-type": "text/plain" }, 415],
    ["its own page", { origin: "http://timonel.test" }, 200],
  ])("%s", async (_, headers, status) => {
    expect((await call(submit, { as: mallory, body: submission("half"), headers })).status).toBe(status);
  });
});

describe("hostile forms", () => {
  it.each([
    ["sign-up without a password", signUp, { email: "a@example.org" }, 400],
    ["sign-up with a short password", signUp, { email: "a@example.org", password: "corta" }, 400],
    ["sign-up with a favourite", signUp, { email: "a@example.org", password: "Password1234" }, 400],
    ["sign-up as an admin", signUp, { email: "adm@example.org", password: "una frase bastante larga", role: "ADMIN" }, 200],
    ["joining with an object", join, { code: { contains: "" } }, 400],
    ["joining with both", join, { code: "A", token: "B" }, 400],
    ["a class without a name", createClass, { name: "   " }, 403],
    ["a merge of 101 answers", merge, { submissions: Array.from({ length: 101 }, (_, n) => submission("half", { key: `merge-key-${n}` })) }, 400],
  ])("%s", async (_, handler, body, status) => {
    expect((await call(handler, { as: mallory, body })).status).toBe(status);
  });

  it("makes no administrator of who asks to be one", async () => {
    expect(await db.user.findUniqueOrThrow({ where: { email: "adm@example.org" } })).toMatchObject({ role: "STUDENT" });
  });

  it("changes nothing of an account but what may be changed", async () => {
    for (const body of [{ role: "ADMIN" }, { email: "b@example.org" }, { locale: "fr" }, { theme: 7 }, { sessionVersion: 1 }]) {
      expect((await call(patchAccount, { as: mallory, method: "PATCH", body })).status).toBe(400);
    }
    expect(await db.user.findUniqueOrThrow({ where: { id: mallory.id } })).toMatchObject({ role: "STUDENT", email: "mallory@example.org", locale: "es" });
  });
});
