import type { PacketTrace } from "@/lib/engine";
import type { Caller, NetworkCommand, Waited } from "../base/network-command";
import { statementsOf } from "../sql/lexer";
import { printed, type Style } from "./print";
import type { Answer } from "./sql";

const SOCKET = "/run/mysqld/mysqld.sock";

/** What a client of MariaDB was told: who to ask, as whom, and how to print. */
export interface Asked {
  readonly host: string | undefined;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly values: Readonly<Record<string, string>>;
  readonly flags: ReadonlySet<string>;
  readonly words: readonly string[];
}

const LONG: Readonly<Record<string, string>> = { host: "h", port: "P", user: "u", password: "p", execute: "e", database: "D", "skip-column-names": "N", batch: "B", table: "t", silent: "s", vertical: "E", force: "f", raw: "r", "all-databases": "A", databases: "B", "no-data": "d", "no-create-info": "t", "init-command": "init-command", socket: "S", protocol: "protocol", "default-character-set": "charset", "result-file": "r", where: "w", "default-auth": "x", "connect-timeout": "x", delimiter: "delimiter" };

/** Reads a command line: `valued` are the letters that take a value. */
export function asked(argv: readonly string[], env: Readonly<Record<string, string>>, valued: string): Asked {
  const values: Record<string, string> = {};
  const flags = new Set<string>();
  const words: string[] = [];
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] ?? "";
    if (arg.startsWith("--")) {
      const [name = "", given] = arg.slice(2).split(/=(.*)/s);
      const letter = LONG[name] ?? name;
      if (given !== undefined) values[letter] = given;
      else if ((valued.includes(letter) && letter.length === 1) || ["init-command", "protocol", "charset", "delimiter"].includes(letter)) values[letter] = argv[(i += 1)] ?? "";
      else flags.add(letter);
    } else if (arg.startsWith("-") && arg.length > 1) {
      for (let at = 1; at < arg.length; at += 1) {
        const letter = arg[at] ?? "";
        // A password is glued to its letter, or asked for.
        if (letter === "p") {
          values["p"] = arg.slice(at + 1);
          break;
        }
        if (valued.includes(letter)) {
          values[letter] = at + 1 < arg.length ? arg.slice(at + 1) : (argv[(i += 1)] ?? "");
          break;
        }
        flags.add(letter);
      }
    } else words.push(arg);
  }
  return { host: values["h"], port: Number(values["P"] ?? 3306), user: values["u"] ?? "root", password: values["p"] ?? env["MYSQL_PWD"] ?? "", values, flags, words };
}

/** Asks the server; without a host it is the one behind this machine's socket. */
export function ask(process: Caller, to: Asked, body: string, headers: Readonly<Record<string, string>> = {}): PacketTrace {
  const local = to.host === undefined || to.host === "localhost";
  return process.request({ protocol: "mysql", host: local ? "127.0.0.1" : (to.host ?? ""), port: to.port, body, headers: { user: to.user, password: to.password, client: "true", ...(local ? { socket: "true" } : {}), ...headers } });
}

/** Why there is no conversation, with its number; undefined when there is one. */
export function obstacle(to: Asked, trace: PacketTrace): string | undefined {
  if (trace.outcome === "no-such-host") return `2005 (HY000): Unknown server host '${to.host ?? ""}' (-2)`;
  if (trace.reset) return "2013 (HY000): Lost connection to server at 'reading initial communication packet', system error: 104";
  const local = to.host === undefined || to.host === "localhost";
  if (trace.outcome === "refused") return local ? `2002 (HY000): Can't connect to local server through socket '${SOCKET}' (2)` : `2002 (HY000): Can't connect to server on '${to.host ?? ""}' (111)`;
  if (!trace.response) return `2002 (HY000): Can't connect to server on '${to.host ?? "localhost"}' (110)`;
  return trace.response.status === 0 ? undefined : trace.response.body.replace(/^ERROR /, "");
}

/** `source FILE` and `\. FILE` are the client's own: the file's text takes their place. */
function sourced(script: string, process: Caller, cwd: string): string {
  return script.replace(/^\s*(?:source|\\\.)\s+(\S+?);?\s*$/gim, (_, name: string) => process.files.read(name.startsWith("/") ? name : `${cwd}/${name}`) ?? "");
}

/** Where statements end with `\G`, `\g` or `DELIMITER`, as the server wants them; and which are printed upright. */
function prepared(script: string): { readonly script: string; readonly upright: ReadonlySet<number> } {
  const text = script.replace(/^\s*delimiter\s+\S+\s*$/gim, "").replace(/^\s*(?:exit|quit|\\q);?\s*$[\s\S]*/im, "").replace(/\\g/g, ";");
  const parts = text.split("\\G");
  const upright = new Set<number>();
  let count = 0;
  for (const part of parts.slice(0, -1)) {
    count += statementsOf(part, "mariadb").length;
    upright.add(count - 1);
  }
  return { script: parts.join(";"), upright };
}

/** `mariadb [-h HOST] [-u USER] [-pPASSWORD] [-e SQL] [-NBtsEf] [DATABASE]`, or SQL on standard input. */
export const mariadbClient: NetworkCommand = (command, process): Waited => {
  const to = asked(command.argv, command.env, "hPueDS");
  if (to.flags.has("V") || to.flags.has("version")) return { takes: 0, result: { status: 0, stdout: "mariadb from 11.8.5-MariaDB, client 15.2 for debian-linux-gnu (x86_64) using  EditLine wrapper\n" } };
  const given = to.values["e"] ?? command.stdin ?? "";
  const { script, upright } = prepared(sourced(given, process, command.cwd));
  const trace = ask(process, to, `${to.values["init-command"] === undefined ? "" : `${to.values["init-command"]};`}${script}`, { database: to.values["D"] ?? to.words[0] ?? "", ...(to.flags.has("f") ? { force: "true" } : {}) });
  const problem = obstacle(to, trace);
  if (problem !== undefined) return { takes: trace.latency, result: { status: 1, stderr: `ERROR ${problem}\n` } };
  const answers = JSON.parse(trace.response?.body ?? "[]") as readonly Answer[];
  const style: Style = { names: !to.flags.has("N"), table: to.flags.has("t") && !to.flags.has("B"), upright: to.flags.has("E"), raw: to.flags.has("r") };
  let stdout = "";
  let stderr = "";
  for (const [i, answer] of answers.entries()) {
    if ("error" in answer) stderr += `${answer.error}\n`;
    else stdout += printed(answer, { ...style, upright: style.upright || upright.has(i) });
  }
  return { takes: trace.latency, result: { status: stderr !== "" && !to.flags.has("f") ? 1 : 0, stdout, stderr } };
};

/** `mariadb-dump [OPTIONS] DATABASE [TABLE…] | --databases DATABASE… | --all-databases` */
export const mariadbDump: NetworkCommand = (command, process) => {
  const to = asked(command.argv, command.env, "hPuSrw");
  const name = command.argv[0] ?? "mariadb-dump";
  const all = to.flags.has("A");
  const whole = to.flags.has("B");
  if (to.words.length === 0 && !all) return { takes: 0, result: { status: 1, stderr: `Usage: ${name} [OPTIONS] database [tables]\nOR     ${name} [OPTIONS] --databases DB1 [DB2 DB3...]\nOR     ${name} [OPTIONS] --all-databases\nOR     ${name} [OPTIONS] --system=[SYSTEMOPTIONS]]\nFor more options, use ${name} --help\n` } };
  const dump = { all, whole, databases: whole ? to.words : to.words.slice(0, 1), tables: whole ? [] : to.words.slice(1), data: !to.flags.has("d"), schema: !to.flags.has("t") };
  const trace = ask(process, to, "", { "dump-options": JSON.stringify(dump) });
  const problem = obstacle(to, trace);
  if (problem !== undefined) return { takes: trace.latency, result: { status: 2, stderr: problem.startsWith("mariadb-dump: ") ? `${name}: ${problem.slice(14)}\n` : `${name}: Got error: ${problem.replace(/^(\d+) \([^)]*\): (.*)$/s, '$1: "$2"')} when trying to connect\n` } };
  const text = trace.response?.body ?? "";
  const file = to.values["r"];
  if (file !== undefined) process.files.write(file.startsWith("/") ? file : `${command.cwd}/${file}`, text);
  return { takes: trace.latency, result: { status: 0, stdout: file === undefined ? text : "" } };
};

const ADMIN: Readonly<Record<string, string>> = { variables: "SHOW VARIABLES", "extended-status": "SHOW STATUS", processlist: "SHOW PROCESSLIST", "flush-privileges": "FLUSH PRIVILEGES", reload: "FLUSH PRIVILEGES", refresh: "FLUSH TABLES", "flush-tables": "FLUSH TABLES", "flush-logs": "FLUSH LOGS", shutdown: "SHUTDOWN", status: "SHOW STATUS", version: "SHOW STATUS" };

/** `mariadb-admin ping | status | variables | processlist | create DB | drop DB | password NEW | shutdown | …` */
export const mariadbAdmin: NetworkCommand = (command, process) => {
  const to = asked(command.argv, command.env, "hPuS");
  const name = command.argv[0] ?? "mariadb-admin";
  const [verb = "", argument = ""] = to.words;
  const sql = verb === "ping" ? "SELECT 1" : verb === "create" ? `CREATE DATABASE \`${argument}\`` : verb === "drop" ? `DROP DATABASE \`${argument}\`` : verb === "password" ? `ALTER USER CURRENT_USER() IDENTIFIED BY '${argument.replaceAll("'", "''")}'` : ADMIN[verb];
  if (sql === undefined) return { takes: 0, result: { status: 1, stderr: `${name}: Unknown command: '${verb}'\n` } };
  const trace = ask(process, to, sql);
  const takes = trace.latency;
  const problem = obstacle(to, trace);
  // Who is refused by the server knows that it is alive.
  if (verb === "ping" && trace.response) return { takes, result: { status: 0, stdout: "mysqld is alive\n", ...(problem === undefined ? {} : { stderr: "" }) } };
  const where = to.host ?? "localhost";
  if (problem !== undefined) return { takes, result: { status: 1, stderr: `${name}: connect to server at '${where}' failed\nerror: '${problem.replace(/^\d+ \([^)]*\): /, "")}'\n${trace.response || to.host !== undefined ? "" : `Check that mariadbd is running and that the socket: '${SOCKET}' exists!\n`}` } };
  const answers = JSON.parse(trace.response?.body ?? "[]") as readonly Answer[];
  const answer = answers[0];
  if (answer && "error" in answer) return { takes, result: { status: 1, stderr: `${name}: ${verb === "create" ? "CREATE DATABASE failed; " : verb === "drop" ? `DROP DATABASE ${argument} failed;\n` : ""}error: '${answer.error.replace(/^ERROR \d+ \([^)]*\) at line \d+: /, "")}'\n` } };
  if (verb === "drop") return { takes, result: { status: 0, stdout: `Database "${argument}" dropped\n` } };
  if (!answer || !("rows" in answer)) return { takes, result: { status: 0 } };
  if (verb !== "status" && verb !== "version") return { takes, result: { status: 0, stdout: printed(answer, { names: true, table: true, upright: false, raw: false }) } };
  const told = (key: string): string => answer.rows.find((row) => row[0] === key)?.[1] ?? "0";
  return { takes, result: { status: 0, stdout: `Uptime: ${told("Uptime")}  Threads: ${told("Threads_connected")}  Questions: ${told("Questions")}  Slow queries: 0  Opens: ${told("Open_tables")}  Open tables: ${told("Open_tables")}  Queries per second avg: 0.0\n` } };
};
