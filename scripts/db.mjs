// The database's tool: the same schema engine `prisma migrate` uses, as WebAssembly from npm, through the same driver
// adapter as the site. Same SQL, same _prisma_migrations table, and nothing to download.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PrismaLibSql } from "@prisma/adapter-libsql";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";

const USAGE = `Usage: node scripts/db.mjs COMMAND
  deploy            apply the migrations that are missing (creates the database)
  migrate NAME      write a migration from the schema's changes, and apply it
  diff              SQL from the migrations to the schema; exit 2 when they differ
  sql               SQL of the whole schema, from nothing
  status            what the database has applied
  integrity         SQLite's own check of the file; exit 1 when it finds damage
  reset --yes       empty the database
DATABASE_URL names the database (file:<root>/data/timonel.db).`;

const require = createRequire(import.meta.url);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const url = process.env.DATABASE_URL ?? pathToFileURL(join(root, "data/timonel.db")).href;
const schemaPath = join(root, "prisma/schema.prisma");
const migrationsDir = join(root, "prisma/migrations");
const filters = { externalTables: [], externalEnums: [] };

async function loadEngine() {
  const glue = require.resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bindings = await import(pathToFileURL(glue).href);
  const bytes = await readFile(join(dirname(glue), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings.SchemaEngine;
}

// libsql says "SQLITE_ERROR: no such table" where the adapter looks for "no such table" at the start, so the engine
// never learns that its own table is missing: it is created beforehand.
const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`;

// The engine replays migrations into a shadow database with executeRaw(whole script), of which libsql runs only the
// first statement; scripts without arguments are sent whole, or the diff would be wrong without any error.
async function connectToShadow() {
  const folder = mkdtempSync(join(tmpdir(), "timonel-shadow-"));
  const shadow = await new PrismaLibSql({ url: pathToFileURL(join(folder, "shadow.db")).href }).connect();
  const executeRaw = shadow.executeRaw.bind(shadow);
  const dispose = shadow.dispose.bind(shadow);
  shadow.executeRaw = async (query) => (query.args.length > 0 ? executeRaw(query) : (await shadow.executeScript(query.sql), 0));
  shadow.dispose = async () => {
    await dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  return shadow;
}

/** Creates the file's folder, and turns on the write-ahead log, which the file then remembers. */
async function adapter(prepare) {
  const factory = new PrismaLibSql({ url, authToken: process.env.DATABASE_AUTH_TOKEN, timeout: 5000 });
  factory.connectToShadowDb = connectToShadow;
  if (!prepare) return factory;
  if (url.startsWith("file:")) mkdirSync(dirname(pathOf(url)), { recursive: true });
  const connection = await factory.connect();
  if (url.startsWith("file:")) await connection.queryRaw({ sql: "PRAGMA journal_mode = WAL", args: [], argTypes: [] });
  await connection.executeScript(MIGRATIONS_TABLE);
  await connection.dispose();
  return factory;
}

function pathOf(fileUrl) {
  return fileUrl.startsWith("file://") ? fileURLToPath(fileUrl) : fileUrl.slice("file:".length);
}

async function migrationsList() {
  const found = existsSync(migrationsDir) ? await readdir(migrationsDir, { withFileTypes: true }) : [];
  const names = found.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const lock = join(migrationsDir, "migration_lock.toml");
  return {
    baseDir: migrationsDir,
    lockfile: { path: "migration_lock.toml", content: existsSync(lock) ? await readFile(lock, "utf8") : null },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.map(async (path) => ({
        path,
        migrationFile: {
          path: "migration.sql",
          content: { tag: "ok", value: await readFile(join(migrationsDir, path, "migration.sql"), "utf8") },
        },
      })),
    ),
  };
}

async function apply(engine) {
  const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: await migrationsList(), filters });
  return appliedMigrationNames.length > 0 ? `applied: ${appliedMigrationNames.join(", ")}` : "already up to date";
}

async function writeMigration(engine, schema, name) {
  const found = await engine.devDiagnostic({ migrationsList: await migrationsList(), filters });
  if (found.action.tag === "reset") throw new Error(`the database must be reset first: ${found.action.reason}`);
  const made = await engine.createMigration({ draft: false, migrationName: name, migrationsList: await migrationsList(), schema, filters });
  if (!made.migrationScript) return "no schema changes";
  const folder = join(migrationsDir, made.generatedMigrationName);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `migration.${made.extension}`), made.migrationScript);
  await writeFile(join(migrationsDir, "migration_lock.toml"), `# Written by scripts/db.mjs.\nprovider = "${made.connectorType}"\n`);
  return `wrote ${made.generatedMigrationName}\n${await apply(engine)}`;
}

async function integrity() {
  const connection = await new PrismaLibSql({ url, timeout: 5000 }).connect();
  const { rows } = await connection.queryRaw({ sql: "PRAGMA integrity_check", args: [], argTypes: [] });
  await connection.dispose();
  return rows.map((row) => String(row[0])).join("\n");
}

async function run(command, argument) {
  if (command === "integrity") {
    const found = await integrity();
    if (found !== "ok") process.exitCode = 1;
    return found;
  }
  const text = await readFile(schemaPath, "utf8");
  const schema = { files: [{ path: schemaPath, content: text }] };
  const toSchema = { tag: "schemaDatamodel", ...schema };
  const factory = bindMigrationAwareSqlAdapterFactory(await adapter(["deploy", "migrate", "status", "reset"].includes(command)));
  const SchemaEngine = await loadEngine();
  const engine = await SchemaEngine.new({ datamodels: [[schemaPath, text]] }, () => {}, factory);
  try {
    if (command === "deploy") return await apply(engine);
    if (command === "migrate") return await writeMigration(engine, schema, argument ?? "change");
    if (command === "sql") return (await engine.diff({ from: { tag: "empty" }, to: toSchema, script: true, exitCode: null, filters })).stdout ?? "";
    if (command === "diff") {
      const from = { tag: "migrations", ...(await migrationsList()) };
      const found = await engine.diff({ from, to: toSchema, script: true, exitCode: true, filters });
      process.exitCode = found.exitCode;
      return found.stdout ?? "";
    }
    if (command === "status") {
      const found = await engine.diagnoseMigrationHistory({ migrationsList: await migrationsList(), optInToShadowDatabase: true, filters });
      return JSON.stringify(found, null, 2);
    }
    await engine.reset({ filter: filters });
    return "reset";
  } finally {
    engine.free();
  }
}

const [command, argument] = process.argv.slice(2);
const known = ["deploy", "migrate", "diff", "sql", "status", "integrity"].includes(command) || (command === "reset" && argument === "--yes");
if (!known) {
  console.error(USAGE);
  process.exit(command === "--help" ? 0 : 2);
}
try {
  console.log(await run(command, argument));
} catch (error) {
  console.error(`database: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit(process.exitCode ?? 0);
