import { defineProgram, millis, type AppRequest, type AppResponse, type Json, type Output, type ProcessView, type Program } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository } from "../image";
import { EPOCH } from "../base/files";
import { runScript } from "./meta";
import { pgDump, pgDumpAll, pgIsReady, pgRestore, psql } from "./psql";
import { keepRoles, rolesOf, superuser } from "./roles";
import { databases, dump, sessionOf, type SqlOutcome } from "./sql";

const PORT = 5432;
const MAJOR = 17;
const NO_PASSWORD = [
  "Error: Database is uninitialized and superuser password is not specified.",
  "       You must specify POSTGRES_PASSWORD to a non-empty value for the",
  '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".',
  "",
  '       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all',
  "       connections without a password. This is *not* recommended.",
];

const folderOf = (process: ProcessView, major: number): string => process.env["PGDATA"] ?? (major >= 18 ? `/var/lib/postgresql/${major}/docker` : "/var/lib/postgresql/data");
const say = (process: ProcessView, text: string, level = "LOG"): Output => ({ stderr: `${process.timestamp.replace("T", " ").replace("Z", ".000 UTC")} [${process.pid}] ${level}:  ${text}` });

/** Why it does not start; undefined when it may. */
function refusal(process: ProcessView, major: number, full: string): readonly Output[] | undefined {
  const { env, files } = process;
  const folder = folderOf(process, major);
  const version = files.read(`${folder}/PG_VERSION`)?.trim();
  if (version === undefined) {
    const left = (files.list(folder) ?? []).length;
    if (left > 0) return [{ stderr: `initdb: error: directory "${folder}" exists but is not empty` }, { stderr: `initdb: hint: If you want to create a new database system, either remove or empty the directory "${folder}" or run initdb with an argument other than "${folder}".` }];
    if ((env["POSTGRES_PASSWORD"] ?? "") === "" && env["POSTGRES_HOST_AUTH_METHOD"] !== "trust") return NO_PASSWORD.map((line) => ({ stderr: line }));
    const problem = files.makeDirectory(folder, true) ?? files.write(`${folder}/PG_VERSION`, "");
    if (problem !== undefined) return [{ stderr: `initdb: error: could not change permissions of directory "${folder}": ${problem === "EROFS" ? "Read-only file system" : problem === "ENOSPC" ? "No space left on device" : "Operation not permitted"}` }];
    files.remove(`${folder}/PG_VERSION`);
  } else if (version !== String(major)) return [say(process, "database files are incompatible with server", "FATAL"), say(process, `The data directory was initialized by PostgreSQL version ${version}, which is not compatible with this version ${full}.`, "DETAIL")];
  if (process.portTaken(PORT)) return [say(process, 'could not bind IPv4 address "0.0.0.0": Address already in use'), say(process, "could not create any TCP/IP sockets", "FATAL")];
  if (files.lock(`${folder}/postmaster.pid`)) return undefined;
  return [say(process, 'lock file "postmaster.pid" already exists', "FATAL"), say(process, `Is another postmaster (PID 1) running in data directory "${folder}"?`, "HINT")];
}

function initialise(process: ProcessView, folder: string, major: number): void {
  const { env, files } = process;
  const user = env["POSTGRES_USER"] ?? "postgres";
  const database = env["POSTGRES_DB"] ?? user;
  for (const name of new Set(["postgres", database])) if (/^[\w-]+$/.test(name)) files.makeDirectory(`${folder}/base/${name}`, true);
  files.write(`${folder}/PG_VERSION`, `${major}\n`);
  keepRoles(files, `${folder}/base`, [superuser(user, env["POSTGRES_PASSWORD"] ?? "")]);
  const scripts = "/docker-entrypoint-initdb.d";
  for (const name of files.list(scripts) ?? []) {
    if (name.endsWith(".sql")) runScript(sessionOf(files, `${folder}/base`, { user, database, version: String(major), now: EPOCH + process.now, id: 1, random: 1 }), files.read(`${scripts}/${name}`) ?? "", true);
  }
  files.sync?.();
}

interface Asked {
  readonly user: string;
  readonly database: string;
  readonly password: string;
  readonly sql?: readonly string[];
  /** End at the first error. */
  readonly stops?: boolean;
  readonly dump?: true | { readonly data: boolean; readonly schema: boolean; readonly tables: readonly string[] };
  readonly dumpAll?: boolean;
  readonly ping?: boolean;
}

function asked(body: string): Asked | undefined {
  if (!body.startsWith('{"postgres":3,')) return undefined;
  try {
    return JSON.parse(body) as Asked;
  } catch {
    return undefined;
  }
}

function fatal(text: string): AppResponse {
  return { status: 1, body: `FATAL:  ${text}` };
}

function answer(request: AppRequest, process: ProcessView, folder: string, version: string, ready: boolean): AppResponse {
  const question = asked(request.body);
  if (!question) return { status: 0, body: "" };
  if (!ready) return fatal("the database system is starting up");
  const { files } = process;
  const base = `${folder}/base`;
  if (question.ping === true) return { status: 0, body: "[]" };
  const roles = rolesOf(files, base);
  const role = roles.find(({ name }) => name === question.user);
  const local = request.from.ip === process.podIP || request.from.ip.startsWith("127.");
  if (!local && process.env["POSTGRES_HOST_AUTH_METHOD"] !== "trust") {
    if (question.password === "") return { status: 1, body: "fe_sendauth: no password supplied" };
    if (!role || role.password === "" || role.password !== question.password) return fatal(`password authentication failed for user "${question.user}"`);
  }
  if (!role) return fatal(`role "${question.user}" does not exist`);
  if (!role.login) return fatal(`role "${question.user}" is not permitted to log in`);
  if (!databases(files, base).includes(question.database)) return fatal(`database "${question.database}" does not exist`);
  const session = sessionOf(files, base, { user: question.user, database: question.database, version, now: EPOCH + process.now, id: 60 + (process.now % 30_000), random: (process.now * 31 + 7) >>> 0 });
  const whole = { data: true, schema: true, tables: [] };
  if (question.dump !== undefined) return { status: 0, body: dump(session, question.dump === true ? whole : question.dump) };
  if (question.dumpAll === true) {
    const made = roles.map(({ name, login }) => `CREATE ROLE ${name};\nALTER ROLE ${name} WITH ${login ? "LOGIN" : "NOLOGIN"};\n`).join("");
    const each = databases(files, base).map((name) => `--\n-- Database "${name}" dump\n--\n\n${name === "postgres" ? "" : `CREATE DATABASE ${name};\n\n`}\\connect ${name}\n\n${dump({ ...session, database: name }, whole)}`);
    return { status: 0, body: `--\n-- PostgreSQL database cluster dump\n--\n\n${made}\n${each.join("")}` };
  }
  const outcomes: SqlOutcome[] = [];
  for (const script of question.sql ?? []) {
    const found = runScript(session, script, question.stops === true);
    outcomes.push(...found);
    if (question.stops === true && found.some((outcome) => "error" in outcome)) break;
  }
  return { status: 0, body: JSON.stringify(outcomes), ...(session.slept > 0 ? { took: millis(session.slept) } : {}) };
}

/** A PostgreSQL server on its data folder: initialises it once, holds its lock while it runs. Data of another major version is refused. */
function server(major: number, full: string): Program {
  const opening = (process: ProcessView): Output => say(process, `starting PostgreSQL ${full} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit`);
  return defineProgram<Json>({
    start(process) {
      const problem = refusal(process, major, full);
      if (problem) return { state: null, log: problem, exit: { code: 1 } };
      const fresh = process.files.stat(`${folderOf(process, major)}/PG_VERSION`) === undefined;
      return { state: fresh ? "initialising" : "starting", log: fresh ? ["The files belonging to this database system will be owned by user \"postgres\"."] : ["", "PostgreSQL Database directory appears to contain a database; Skipping initialization", "", opening(process)], wakeAfter: { delay: millis(fresh ? 3_000 : 500), message: null }, usage: { cpuMilli: 10, memoryBytes: 40_000_000 }, ...(fresh ? {} : { listen: [PORT] }) };
    },
    onTimer(state, _message, process) {
      if (state === "initialising") {
        initialise(process, folderOf(process, major), major);
        return { state: "starting", log: ["PostgreSQL init process complete; ready for start up.", "", opening(process)], listen: [PORT], wakeAfter: { delay: millis(500), message: null } };
      }
      return { state: "ready", log: [say(process, `listening on IPv4 address "0.0.0.0", port ${PORT}`), say(process, "database system is ready to accept connections")] };
    },
    onRequest: (state, request, process) => ({ state, response: answer(request, process, folderOf(process, major), full, state === "ready") }),
    onSignal: (state, _signal, process) => ({ state, log: [say(process, "received smart shutdown request"), say(process, "database system is shut down")], exit: { code: 0 } }),
  });
}

/** The postgres image. */
export const postgres = defineRepository("docker.io/library/postgres", (tag) => {
  const found = /^(\d+)(?:\.(\d+))?/.exec(tag);
  const major = Number(found?.[1] ?? MAJOR);
  const program = server(major, `${major}.${found?.[2] ?? 6}`);
  return {
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["postgres"],
    ports: [PORT],
    env: { PG_MAJOR: String(major) },
    files: { "/docker-entrypoint-initdb.d/": "", "/var/lib/postgresql/data/": "" },
    programs: shellPrograms({ psql, pg_isready: pgIsReady, pg_dump: pgDump, pg_dumpall: pgDumpAll, pg_restore: pgRestore }, ["bash"], { "docker-entrypoint.sh": program, postgres: program }, tag.includes("alpine") ? { tools: "busybox" } : {}),
    megabytes: tag.includes("alpine") ? 105 : 160,
    stopSignal: "SIGTERM",
  };
});
