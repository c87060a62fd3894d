/**
 * The server floor under test: a real SQLite file made by the real migrations, the real handlers, and three seams: who is
 * signed in, which course there is, and who grades. Import this first in a test file.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createClient } from "@libsql/client";
import { afterAll, vi } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "timonel-server-"));
export const databaseUrl = pathToFileURL(join(folder, "test.db")).href;
process.env.DATABASE_URL = databaseUrl;
process.env.NEXTAUTH_SECRET = "a secret for tests only, long enough";
process.env.TIMONEL_SUBMISSIONS_PER_MINUTE = "1000";

const migrations = join(import.meta.dirname, "../../../prisma/migrations");
const client = createClient({ url: databaseUrl });
await client.execute("PRAGMA journal_mode = WAL");
for (const name of readdirSync(migrations, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()) {
  await client.executeMultiple(readFileSync(join(migrations, name, "migration.sql"), "utf8"));
}
client.close();

/** A session token's content: what a signed cookie would say. */
interface Session {
  readonly user: { readonly id: string };
  readonly version: number;
}

const actor = vi.hoisted(() => ({ current: (): unknown => null }));
const sessions = new AsyncLocalStorage<Session | null>();
actor.current = () => sessions.getStore() ?? null;
vi.mock("next-auth", () => ({ getServerSession: async () => actor.current(), default: () => new Response("next-auth") }));
vi.mock("@/lib/course", () => import("./course"));
// The shapes and limits of answers are real; the engine behind them is not needed, because the grader is a stand-in.
vi.mock("@/lib/workbench", async () => ({ ...(await import("@/lib/workbench/input")), ...(await import("@/lib/workbench/parse-answer")) }));

const { fakeGrader } = await import("./course");
(globalThis as typeof globalThis & { timonelGrading?: unknown }).timonelGrading = fakeGrader;
const { fakeLive } = await import("./live");
(globalThis as typeof globalThis & { timonelLive?: unknown }).timonelLive = Promise.resolve(fakeLive);

const { db } = await import("@/lib/db");
const { hashPassword } = await import("@/lib/auth");

afterAll(async () => {
  await db.$disconnect();
  rmSync(folder, { recursive: true, force: true });
});

export { db };

/** Someone of this world; null is a guest. */
export type Person = { readonly id: string; readonly version: number; readonly email: string } | null;

export const PASSWORD = "caballo correcto grapa";
const passwordHash = await hashPassword(PASSWORD);

/** Makes a person. */
export async function makePerson(name: string, role: "STUDENT" | "TEACHER" | "ADMIN" = "STUDENT"): Promise<NonNullable<Person>> {
  const user = await db.user.create({ data: { email: `${name}@example.org`, name, role, passwordHash } });
  return { id: user.id, version: user.sessionVersion, email: user.email };
}

type Handler = (request: Request, context: { params: Promise<never> }) => Promise<Response>;

/** What a test sends. `body` strings go as they are, anything else as JSON. */
export interface Sent {
  readonly as?: Person;
  readonly method?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls a route's handler as someone. */
export async function call(handler: unknown, sent: Sent = {}): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string; readonly json: never }> {
  const method = sent.method ?? (sent.body === undefined ? "GET" : "POST");
  const body = sent.body === undefined ? undefined : typeof sent.body === "string" ? sent.body : JSON.stringify(sent.body);
  const request = new Request(`http://timonel.test/api${sent.query ?? ""}`, {
    method,
    headers: { host: "timonel.test", ...(method === "GET" ? {} : { origin: "http://timonel.test", "content-type": "application/json" }), ...sent.headers },
    ...(body === undefined ? {} : { body }),
  });
  const session = sent.as ? { user: { id: sent.as.id }, version: sent.as.version } : null;
  const context = { params: Promise.resolve((sent.params ?? {}) as never) };
  const response = await sessions.run(session, () => (handler as Handler)(request, context));
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return { status: response.status, headers: response.headers, text, json: (isJson ? JSON.parse(text) : null) as never };
}

let keys = 0;

/** A submission's body whose last input is `line`. */
export function submission(line: string, options: { readonly exercise?: string; readonly seed?: number; readonly key?: string } = {}) {
  keys += 1;
  const { exercise = "scale-up", seed = 1, key = `test-key-${keys}` } = options;
  return { answer: { exercise, seed, inputs: [{ type: "run", line }] }, idempotencyKey: key };
}
