/** A server that is killed in the middle of many submissions, and what is left on its disk. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createClient } from "@libsql/client";

export const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** A database of its own, made by the real tool. */
export function freshDatabase(): { readonly url: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "timonel-crash-"));
  const url = pathToFileURL(join(folder, "crash.db")).href;
  const made = spawnSync(process.execPath, [join(root, "scripts/db.mjs"), "deploy"], { env: { ...process.env, DATABASE_URL: url }, encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
  return { url, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts a server and resolves with the port it prints once it listens; Next has lines of its own before that. */
export async function startServer(args: readonly string[], env: Readonly<Record<string, string>>): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (piece: Buffer) => {
      said += piece.toString();
      const port = /^(\d+)$/m.exec(said)?.[1];
      if (port !== undefined) resolve(port);
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${errors}`)));
  });
  return { child, line };
}

/** Ends a process with no chance to say goodbye. */
export async function killHard(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

/** What one submission came to: the id the server acknowledged, or null when it was never answered. */
export type Acknowledged = { readonly key: string; readonly id: string | null; readonly status: number | null };

/** Sends `count` submissions at once and kills the server after `killAfter` acknowledgements. */
export async function stormAndKill(child: ChildProcess, count: number, killAfter: number, send: (n: number) => Promise<Response>): Promise<readonly Acknowledged[]> {
  let acknowledged = 0;
  let killed: Promise<void> | null = null;
  return Promise.all(
    Array.from({ length: count }, async (_, n): Promise<Acknowledged> => {
      const key = keyOf(n);
      try {
        const response = await send(n);
        const body = (await response.json()) as { submission?: { id: string } };
        const id = response.status === 200 ? (body.submission?.id ?? null) : null;
        if (id !== null && (acknowledged += 1) >= killAfter) killed ??= killHard(child);
        return { key, id, status: response.status };
      } catch {
        // The connection died with the server: nothing was promised.
        return { key, id: null, status: null };
      } finally {
        await killed;
      }
    }),
  );
}

/** The idempotency key of the nth submission of a storm. */
export function keyOf(n: number): string {
  return `storm-key-${n}`;
}

/** What the file holds, read apart from any server. */
export async function inspect(url: string): Promise<{ readonly integrity: string; readonly foreignKeys: number; readonly ids: ReadonlySet<string> }> {
  const client = createClient({ url });
  const integrity = await client.execute("PRAGMA integrity_check");
  const foreign = await client.execute("PRAGMA foreign_key_check");
  const rows = await client.execute('SELECT "id" FROM "Submission"');
  client.close();
  return { integrity: String(integrity.rows[0]?.[0]), foreignKeys: foreign.rows.length, ids: new Set(rows.rows.map((row) => String(row[0]))) };
}

/** Makes people to submit as. */
export async function makeUsers(url: string, count: number): Promise<readonly string[]> {
  const client = createClient({ url });
  const ids = Array.from({ length: count }, (_, n) => `crash-user-${n}`);
  for (const id of ids) await client.execute({ sql: 'INSERT INTO "User" ("id", "email") VALUES (?, ?)', args: [id, `${id}@example.org`] });
  client.close();
  return ids;
}
