// What `npm start` asks the database before serving: is it up to date, and does anybody live in it yet?
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Problem, say } from "./say.mjs";
import { root, run, tsx } from "./steps.mjs";

/** Brings the database to the current schema, and seeds the demo class when nobody lives in it. */
export async function prepareDatabase() {
  ensureFolder();
  if ((await pendingMigrations()).length > 0) {
    say("Preparando la base de datos", "preparing the database");
    await must([join(root, "scripts/db.mjs"), "deploy"], "db deploy");
  }
  if (process.env.TIMONEL_DEMO === "off" || !existsSync(join(root, "prisma/seed.ts"))) return;
  if ((await count("User")) === 0) {
    say("Sembrando la clase de demostración", "seeding the demo class");
    // The server rooms import `server-only`, which throws unless told it is on a server.
    await must([tsx(), "--conditions=react-server", join(root, "prisma/seed.ts")], "seed");
  }
}

/** The demo's sign-ins, as the seed declares them, when the database still has them. */
export async function demoAccounts() {
  const path = join(root, "prisma/demo.json");
  if (!existsSync(path) || process.env.TIMONEL_DEMO === "off") return [];
  const declared = JSON.parse(readFileSync(path, "utf8"));
  const accounts = Array.isArray(declared) ? declared : (declared.accounts ?? declared.users ?? []);
  const present = new Set((await query('SELECT "email" FROM "User"')).map((row) => String(row[0])));
  return accounts
    .filter((account) => present.has(account.email))
    .map((account) => ({ role: account.role, email: account.email, password: account.password ?? declared.password }));
}

async function pendingMigrations() {
  const folder = join(root, "prisma/migrations");
  const known = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const tables = await query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'`);
  if (tables.length === 0) return known;
  const applied = await query('SELECT "migration_name" FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL');
  const names = new Set(applied.map((row) => String(row[0])));
  return known.filter((name) => !names.has(name));
}

async function count(table) {
  const rows = await query(`SELECT COUNT(*) FROM "${table}"`);
  return Number(rows[0]?.[0] ?? 0);
}

async function query(sql) {
  const { PrismaLibSql } = await import("@prisma/adapter-libsql");
  try {
    const connection = await new PrismaLibSql({ url: process.env.DATABASE_URL, authToken: process.env.DATABASE_AUTH_TOKEN, timeout: 5000 }).connect();
    try {
      return (await connection.queryRaw({ sql, args: [], argTypes: [] })).rows;
    } finally {
      await connection.dispose();
    }
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}

function ensureFolder() {
  const url = process.env.DATABASE_URL;
  if (!url.startsWith("file:")) return;
  try {
    mkdirSync(dirname(url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length)), { recursive: true });
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}

function unreadable(why) {
  return new Problem(`No se puede abrir la base de datos ${process.env.DATABASE_URL}: ${why}.`, `The database ${process.env.DATABASE_URL} cannot be opened: ${why}.`);
}

async function must(args, name) {
  const result = await run(process.execPath, args);
  if (result.status !== 0) throw new Problem(`El paso «${name}» ha fallado.`, `The step "${name}" failed.`, result.output.trimEnd());
}
