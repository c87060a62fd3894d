import { defineProgram, millis, type AppRequest, type AppResponse, type Output, type ProcessView } from "@/lib/engine";
import { mysql, mysqladmin } from "../base/network-commands";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import { DATA, runSql } from "./sql";

/** Files of the data folder that matter here. */
const TABLESPACE = `${DATA}/ibdata1`;
const GRANTS = `${DATA}/mysql/global_priv.json`;

type State = "initialising" | "starting" | "ready";

/**
 * A MariaDB server on its data folder: initialises it once, holds its lock while it runs, and answers SQL on 3306.
 *
 * Without a root password and with an empty folder it refuses to start. A second server on the same
 * folder, on whichever machine, finds the tablespace locked and ends with 1.
 */
const server = defineProgram<State>({
  start(process) {
    const problem = refusal(process);
    if (problem) return { state: "starting", log: problem, exit: { code: 1 } };
    const fresh = process.files.stat(GRANTS) === undefined;
    if (fresh) return { state: "initialising", log: [entrypoint(process, "Initializing database files")], wakeAfter: { delay: millis(4000), message: null }, usage: { cpuMilli: 200, memoryBytes: 120_000_000 } };
    return { state: "starting", log: starting(process), wakeAfter: { delay: millis(1000), message: null }, usage: { cpuMilli: 50, memoryBytes: 120_000_000 } };
  },
  onTimer(state, _message, process) {
    if (state === "initialising") {
      initialise(process);
      return { state: "starting", log: [entrypoint(process, "MariaDB init process done. Ready for start up."), ...starting(process)], wakeAfter: { delay: millis(1000), message: null } };
    }
    return { state: "ready", listen: [3306], log: [note(process, "mariadbd: ready for connections."), { stderr: "Version: '11.8.5-MariaDB-ubu2404'  socket: '/run/mysqld/mysqld.sock'  port: 3306  mariadb.org binary distribution" }] };
  },
  onRequest: (state, request, process) => ({ state, response: answer(request, process) }),
  onSignal: (state, _signal, process) => ({ state, log: [note(process, "mariadbd (initiated by: unknown): Normal shutdown"), note(process, "mariadbd: Shutdown complete")], exit: { code: 0 } }),
});

function note(process: ProcessView, text: string, level = "Note"): Output {
  return { stderr: `${process.timestamp.replace("T", " ").replace("Z", "")} 0 [${level}] ${text}` };
}

function entrypoint(process: ProcessView, text: string, level = "Note"): Output {
  return { stderr: `${process.timestamp} [${level}] [Entrypoint]: ${text}` };
}

function starting(process: ProcessView): readonly Output[] {
  return [note(process, "Starting MariaDB 11.8.5-MariaDB-ubu2404 source revision as process 1"), note(process, "InnoDB: Completed initialization of buffer pool")];
}

const passwordOf = (env: Readonly<Record<string, string>>): string | undefined => env["MARIADB_ROOT_PASSWORD"] ?? env["MYSQL_ROOT_PASSWORD"];
const truthy = (value: string | undefined): boolean => value !== undefined && value !== "";

function refusal(process: ProcessView): readonly Output[] | undefined {
  const { env, files } = process;
  if (process.portTaken(3306)) return [note(process, "Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use", "ERROR"), note(process, "Aborting", "ERROR")];
  const empty = truthy(env["MARIADB_ALLOW_EMPTY_ROOT_PASSWORD"]) || truthy(env["MYSQL_ALLOW_EMPTY_PASSWORD"]) || truthy(env["MARIADB_RANDOM_ROOT_PASSWORD"]) || truthy(env["MYSQL_RANDOM_ROOT_PASSWORD"]);
  if (files.stat(GRANTS) === undefined && passwordOf(env) === undefined && !empty) {
    return [entrypoint(process, "Database is uninitialized and password option is not specified\n\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD", "ERROR")];
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

interface Grants {
  readonly [user: string]: string;
}

function initialise(process: ProcessView): void {
  const { env, files } = process;
  const user = env["MARIADB_USER"] ?? env["MYSQL_USER"];
  const grants: Grants = { root: passwordOf(env) ?? "", ...(user === undefined ? {} : { [user]: env["MARIADB_PASSWORD"] ?? env["MYSQL_PASSWORD"] ?? "" }) };
  files.makeDirectory(`${DATA}/mysql`, true);
  files.write(GRANTS, JSON.stringify(grants));
  const database = env["MARIADB_DATABASE"] ?? env["MYSQL_DATABASE"];
  if (database !== undefined && /^\w[\w-]*$/.test(database)) files.makeDirectory(`${DATA}/${database}`, true);
}

function answer(request: AppRequest, process: ProcessView): AppResponse {
  if (request.protocol !== "mysql") return { status: 0, body: "" };
  const grants = JSON.parse(process.files.read(GRANTS) ?? "{}") as Grants;
  const { user = "root", password = "", database = "" } = request.headers;
  if (!Object.hasOwn(grants, user) || grants[user] !== password) {
    return { status: 1045, body: `ERROR 1045 (28000): Access denied for user '${user}'@'${request.from.ip}' (using password: ${password === "" ? "NO" : "YES"})` };
  }
  return runSql(process.files, request.body, database, request.headers["skip-column-names"] !== "true");
}

function repository(name: string): Repository {
  return defineRepository(name, () => ({
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["mariadbd"],
    ports: [3306],
    files: { [`${DATA}/`]: "", "/etc/mysql/conf.d/": "" },
    programs: shellPrograms({ mysql, mariadb: mysql, "mariadb-admin": mysqladmin, mysqladmin }, ["bash"], { "docker-entrypoint.sh": server, mariadbd: server, mysqld: server }),
    megabytes: 120,
  }));
}

/** MariaDB, and MySQL, which a class uses alike. */
export const mariadb: readonly Repository[] = [repository("docker.io/library/mariadb"), repository("docker.io/library/mysql")];
