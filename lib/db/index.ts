import "server-only";
import { PrismaLibSql } from "@prisma/adapter-libsql";
import { Prisma, PrismaClient } from "./generated/client";

export type { Role } from "./generated/client";
export type { Prisma } from "./generated/client";

/**
 * Opens the database named by `DATABASE_URL`.
 *
 * The write-ahead log is set when the file is created (`scripts/db.mjs`) and remembered by it; `synchronous` stays at
 * SQLite's FULL, so what was acknowledged survives a killed process and a power cut. `timeout` is what keeps a busy file
 * from being an error: the adapter restores it on every connection, a PRAGMA would be lost.
 */
function open(): PrismaClient {
  const authToken = process.env.DATABASE_AUTH_TOKEN;
  const adapter = new PrismaLibSql({
    url: process.env.DATABASE_URL ?? "file:./data/timonel.db",
    timeout: 5000,
    ...(authToken === undefined ? {} : { authToken }),
  });
  return new PrismaClient({ adapter });
}

const home = globalThis as typeof globalThis & { timonelDatabase?: PrismaClient };

/**
 * The database, opened once a process: development reloads modules, and each reload must not open another file handle.
 *
 * Law for callers: no interactive transaction that reads and then writes (SQLite refuses to upgrade it under contention).
 * Use single statements, `upsert`, unique keys, or `$transaction([...])` with a list.
 */
export const db: PrismaClient = (home.timonelDatabase ??= open());

/** Was this write refused because the same unique key is already there? The usual answer is to read what is there. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

/** Was this write refused because the row it hangs from is gone (the person was deleted meanwhile)? */
export function isOrphan(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && (error.code === "P2003" || error.code === "P2025");
}
