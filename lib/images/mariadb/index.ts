import { defineProgram, millis, type AppRequest, type AppResponse, type Json, type Output, type ProcessView, type Program, type Step } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import { admitted, answered, askerOf } from "./answer";
import { mariadbAdmin, mariadbClient, mariadbDump } from "./client";
import { answerMember, bootstrapped, GROUP_PORT, joined, left, looked, replicated, seedsOf, type Group } from "./galera";
import { DATA, nobody, runSql, writes } from "./sql";
import { GRANTS, keepUsers, type User } from "./users";
import { versionOf, type Version } from "./version";

/** Files of the data folder that matter here. */
const TABLESPACE = `${DATA}/ibdata1`;
const VERSION_FILE = `${DATA}/mysql_upgrade_info`;
/** Where the image's owner leaves SQL for the first start. */
const SCRIPTS = "/docker-entrypoint-initdb.d";
/** Left behind by a Galera node that once belonged: such a node does not begin a cluster anew. */
const JOINED = `${DATA}/grastate.dat`;

type Phase = "initialising" | "starting" | "joining" | "ready";

interface State {
  readonly phase: Phase;
  readonly group: Group | null;
  /** Since when it looks for a primary component, or when the group last changed. */
  readonly since: number;
}

/** How often a member looks for the others, and how often once all has been quiet for ten minutes. */
const LOOK = 5_000;
const LOOK_QUIET = 30_000;
const QUIET = 600_000;
/** How long a newcomer looks for a primary component. Upstream: pc.wait_prim_timeout. */
const WAIT_PRIMARY = 30_000;
const NOT_READY: AppResponse = { status: 1047, body: "ERROR 1047 (08S01) at line 1: WSREP has not yet prepared node for application use" };

const stateOf = (state: Json): State => state as unknown as State;
const kept = (state: State): Json => state as unknown as Json;

/**
 * A MariaDB server on its data folder: initialises it once, holds its lock while it runs, and answers SQL on 3306. Told
 * to be a Galera node, it finds the others first, and writes nothing without a majority.
 *
 * Without a root password and with an empty folder it refuses to start. A second server on the same
 * folder, on whichever machine, finds the tablespace locked and ends with 1. Data of a newer version is refused.
 */
function serverOf(version: Version): Program {
  const opening = (process: ProcessView): readonly Output[] => [note(process, `Starting MariaDB ${version.full}-MariaDB source revision as process 1`), note(process, "InnoDB: Completed initialization of buffer pool")];
  const begun = (phase: Phase, delay: number, log: readonly Output[], cpuMilli: number): Step => ({ state: kept({ phase, group: null, since: 0 }), log, wakeAfter: { delay: millis(delay), message: null }, usage: { cpuMilli, memoryBytes: 120_000_000 } });
  const open = (process: ProcessView, group: Group | null): Step => ({
    state: kept({ phase: "ready", group, since: process.now }),
    listen: group ? [3306, GROUP_PORT] : [3306],
    log: [
      ...(group ? [note(process, `WSREP: Synchronized with group, ready for connections; members: ${group.members.length}`)] : []),
      note(process, "mariadbd: ready for connections."),
      { stderr: `Version: '${version.full}-MariaDB-ubu2404'  socket: '/run/mysqld/mysqld.sock'  port: 3306  mariadb.org binary distribution` },
    ],
    ...(group ? { wakeAfter: { delay: millis(LOOK), message: null } } : {}),
  });
  const join = (process: ProcessView, since: number): Step => {
    const asked = seedsOf(process);
    if (!asked) return open(process, null);
    if (asked.bootstrap && !process.files.read(JOINED)) return opened(process, bootstrapped(process, asked.seeds));
    const found = joined(process, { seeds: asked.seeds, cluster: "", members: [], primary: false, seqno: 0 });
    if (found) return opened(process, found);
    if (process.now - since < WAIT_PRIMARY) return { state: kept({ phase: "joining", group: null, since }), wakeAfter: { delay: millis(1000), message: null } };
    return {
      state: kept({ phase: "joining", group: null, since }),
      log: [note(process, "WSREP: failed to open gcomm backend connection: 110: failed to reach primary view (pc.wait_prim_timeout): 110 (Connection timed out)", "ERROR"), note(process, "WSREP: gcs connect failed: Connection timed out", "ERROR"), note(process, "Aborting", "ERROR")],
      exit: { code: 1 },
    };
  };
  const opened = (process: ProcessView, group: Group): Step => {
    process.files.write(JOINED, group.cluster);
    process.files.sync?.();
    return open(process, group);
  };
  return defineProgram<Json>({
    start(process) {
      const problem = refusal(process, version);
      if (problem) return { state: kept({ phase: "starting", group: null, since: 0 }), log: problem, exit: { code: 1 } };
      if (process.files.stat(GRANTS) === undefined) return begun("initialising", 4000, [entrypoint(process, "Initializing database files")], 200);
      return begun("starting", 1000, opening(process), 50);
    },
    onTimer(json, _message, process) {
      const state = stateOf(json);
      if (state.phase === "initialising") {
        initialise(process, version);
        return { state: kept({ ...state, phase: "starting" }), log: [entrypoint(process, "MariaDB init process done. Ready for start up."), ...opening(process)], wakeAfter: { delay: millis(1000), message: null } };
      }
      if (state.phase === "starting") return join(process, process.now);
      if (state.phase === "joining") return join(process, state.since);
      if (!state.group) return { state: json };
      const group = looked(process, state.group);
      const changed = group !== state.group;
      const since = changed ? process.now : state.since;
      const log = changed && group.primary !== state.group.primary ? [note(process, group.primary ? "WSREP: Quorum results: status: PRIMARY" : "WSREP: Received NON-PRIMARY.")] : [];
      return { state: kept({ ...state, group, since }), log, wakeAfter: { delay: millis(process.now - since > QUIET ? LOOK_QUIET : LOOK), message: null } };
    },
    onRequest(json, request, process) {
      const state = stateOf(json);
      if (request.port === GROUP_PORT && state.group) {
        const { group, response } = answerMember(process, state.group, request, (sql, database, user, host) => void runSql(process.files, sql, askerOf(process, version, { user, host, database }, state.group, process.now), false));
        return { state: kept({ ...state, group }), response };
      }
      return answer(state, request, process, version);
    },
    onSignal(json, _signal, process) {
      const { group } = stateOf(json);
      if (group) left(process, group);
      return { state: json, log: [note(process, "mariadbd (initiated by: unknown): Normal shutdown"), note(process, "mariadbd: Shutdown complete")], exit: { code: 0 } };
    },
  });
}

function note(process: ProcessView, text: string, level = "Note"): Output {
  return { stderr: `${process.timestamp.replace("T", " ").replace("Z", "")} 0 [${level}] ${text}` };
}

function entrypoint(process: ProcessView, text: string, level = "Note"): Output {
  return { stderr: `${process.timestamp} [${level}] [Entrypoint]: ${text}` };
}

const passwordOf = (env: Readonly<Record<string, string>>): string | undefined => env["MARIADB_ROOT_PASSWORD"] ?? env["MYSQL_ROOT_PASSWORD"];
const truthy = (value: string | undefined): boolean => value !== undefined && value !== "";

function refusal(process: ProcessView, version: Version): readonly Output[] | undefined {
  const { env, files } = process;
  if (process.portTaken(3306)) return [note(process, "Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use", "ERROR"), note(process, "Aborting", "ERROR")];
  const empty = truthy(env["MARIADB_ALLOW_EMPTY_ROOT_PASSWORD"]) || truthy(env["MYSQL_ALLOW_EMPTY_PASSWORD"]) || truthy(env["MARIADB_RANDOM_ROOT_PASSWORD"]) || truthy(env["MYSQL_RANDOM_ROOT_PASSWORD"]);
  if (files.stat(GRANTS) === undefined && passwordOf(env) === undefined && !empty) {
    return [entrypoint(process, "Database is uninitialized and password option is not specified\n\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD", "ERROR")];
  }
  const written = /^(\d+)\./.exec(files.read(VERSION_FILE) ?? "")?.[1];
  if (written !== undefined && Number(written) > version.major) {
    return [note(process, `InnoDB: Unsupported redo log format. The redo log was created with MariaDB ${files.read(VERSION_FILE)?.trim() ?? ""}.`, "ERROR"), note(process, "Plugin 'InnoDB' init function returned error.", "ERROR"), note(process, "Aborting", "ERROR")];
  }
  if (files.stat(DATA) === undefined) files.makeDirectory(DATA, true);
  if (files.stat(TABLESPACE) === undefined && files.write(TABLESPACE, "") !== undefined) return [note(process, `Can't create/write to file '${TABLESPACE}'`, "ERROR"), note(process, "Aborting", "ERROR")];
  if (files.lock(TABLESPACE)) return undefined;
  return [
    note(process, "InnoDB: Unable to lock ./ibdata1 error: 11", "ERROR"),
    note(process, "InnoDB: Check that you do not already have another mariadbd process using the same InnoDB data or log files."),
    note(process, "Plugin 'InnoDB' init function returned error.", "ERROR"),
    note(process, "Unknown/unsupported storage engine: InnoDB", "ERROR"),
    note(process, "Aborting", "ERROR"),
  ];
}

function initialise(process: ProcessView, version: Version): void {
  const { env, files } = process;
  const name = env["MARIADB_USER"] ?? env["MYSQL_USER"];
  const database = env["MARIADB_DATABASE"] ?? env["MYSQL_DATABASE"];
  const password = passwordOf(env) ?? "";
  const all = [{ on: "*.*", powers: ["ALL PRIVILEGES"], option: true as const }];
  const everywhere = env["MARIADB_ROOT_HOST"] ?? env["MYSQL_ROOT_HOST"] ?? "%";
  const users: readonly User[] = [
    { user: "root", host: "localhost", password, grants: all },
    ...(everywhere === "localhost" ? [] : [{ user: "root", host: everywhere, password, grants: all }]),
    ...(name === undefined || name === "root" ? [] : [{ user: name, host: "%", password: env["MARIADB_PASSWORD"] ?? env["MYSQL_PASSWORD"] ?? "", grants: [{ on: "*.*", powers: ["USAGE"] }, ...(database === undefined ? [] : [{ on: `${database}.*`, powers: ["ALL PRIVILEGES"] }])] }]),
  ];
  files.makeDirectory(`${DATA}/mysql`, true);
  files.write(VERSION_FILE, `${version.full}-MariaDB\n`);
  keepUsers(files, users);
  if (database !== undefined && /^\w[\w-]*$/.test(database)) files.makeDirectory(`${DATA}/${database}`, true);
  for (const script of files.list(SCRIPTS) ?? []) if (script.endsWith(".sql")) runSql(files, files.read(`${SCRIPTS}/${script}`) ?? "", { ...nobody, database: database ?? "" }, false);
  files.sync?.();
}

function answer(state: State, request: AppRequest, process: ProcessView, version: Version): Step & { readonly response: AppResponse } {
  const same = (response: AppResponse): Step & { readonly response: AppResponse } => ({ state: kept(state), response });
  if (request.protocol !== "mysql") return same({ status: 0, body: "" });
  const who = admitted(request, process);
  if ("refused" in who) return same(who.refused);
  const asker = askerOf(process, version, who, state.group, state.since);
  const run = (): AppResponse => answered(request, asker, process, version);
  if (/^\s*SHUTDOWN\s*;?\s*$/i.test(request.body) && who.user === "root") return { ...same({ status: 0, body: "[]" }), log: [note(process, `mariadbd (initiated by: ${who.user}[${who.user}] @ ${who.host} []): Normal shutdown`), note(process, "mariadbd: Shutdown complete")], exit: { code: 0 } };
  if (!state.group || /^\s*(SHOW|SET|SELECT\s+[^f]*$)/i.test(request.body)) return same(run());
  if (!state.group.primary) return same(NOT_READY);
  if (!writes(request.body)) return same(run());
  const group = replicated(process, state.group, request.body, who);
  const next = kept({ ...state, group, since: process.now });
  return group.primary ? { state: next, response: run() } : { state: next, response: NOT_READY };
}

function repository(name: string, galera = false): Repository {
  return defineRepository(name, (tag) => {
    const version = versionOf(tag);
    const server = serverOf(version);
    const clients = { mariadb: mariadbClient, "mariadb-admin": mariadbAdmin, "mariadb-dump": mariadbDump };
    // Since 11 the image has the new names only.
    const old = name.endsWith("/mysql") || version.major < 11 ? { mysql: mariadbClient, mysqladmin: mariadbAdmin, mysqldump: mariadbDump } : {};
    return {
      entrypoint: ["docker-entrypoint.sh"],
      cmd: ["mariadbd"],
      ports: galera ? [3306, GROUP_PORT, 4568, 4444] : [3306],
      files: { [`${DATA}/`]: "", "/etc/mysql/conf.d/": "" },
      programs: shellPrograms({ ...clients, ...old }, ["bash"], { "docker-entrypoint.sh": server, mariadbd: server, mysqld: server }),
      megabytes: 120,
      base: "ubuntu",
    };
  });
}

/** MariaDB alone or as Galera, and MySQL, which a class uses alike. */
export const mariadb: readonly Repository[] = [repository("docker.io/library/mariadb"), repository("docker.io/library/mysql"), repository("docker.io/bitnami/mariadb-galera", true), repository("docker.io/bitnamilegacy/mariadb-galera", true)];
