import { EPOCH } from "../base/files";
import { millis, type AppRequest, type AppResponse, type ProcessView } from "@/lib/engine";
import { dumpOf, type Dump } from "./dump";
import { statusOf, type Group } from "./galera";
import { runScript, runSql, sessionOf, type Asker } from "./sql";
import { isPassword, sees, userFrom } from "./users";
import type { Version } from "./version";

/** Who a request comes from, as this server knows them. */
export function askerOf(process: ProcessView, version: Version, who: { readonly user: string; readonly host: string; readonly database: string }, group: Group | null, started: number): Asker {
  const id = 3 + Math.floor(process.now / 1000);
  return { ...who, version: `${version.full}-MariaDB-ubu2404`, now: EPOCH + process.now, hostname: process.hostname, id, random: (Math.imul(id, 0x9e3779b1) ^ process.now) >>> 0, status: group ? statusOf(group) : {}, started: EPOCH + started };
}

/** Who asks, or why they may not. The socket is this machine's own. */
export function admitted(request: AppRequest, process: ProcessView): { readonly user: string; readonly host: string; readonly database: string } | { readonly refused: AppResponse } {
  const { user = "root", password = "", database = "" } = request.headers;
  const host = request.headers["socket"] === "true" && (request.from.ip.startsWith("127.") || request.from.ip === process.podIP) ? "localhost" : request.from.ip;
  const found = userFrom(process.files, user, host);
  if (!found || !isPassword(found, password)) return { refused: { status: 1045, body: `ERROR 1045 (28000): Access denied for user '${user}'@'${host}' (using password: ${password === "" ? "NO" : "YES"})` } };
  return { user, host, database };
}

/** What a request's headers want of the database they name before anything is said. */
function entered(asker: Asker, process: ProcessView): AppResponse | undefined {
  const { database } = asker;
  if (database === "" || database === "information_schema") return undefined;
  const session = sessionOf(process.files, asker);
  if (!sees(session, database)) return { status: 1044, body: `ERROR 1044 (42000): Access denied for user '${asker.user}'@'${asker.host}' to database '${database}'` };
  if (process.files.stat(`/var/lib/mysql/${database}`)?.type !== "directory") return { status: 1049, body: `ERROR 1049 (42000): Unknown database '${database}'` };
  return undefined;
}

/** What a dump is asked for: by our client in full, by older ones in names. */
function dumpAsked(headers: Readonly<Record<string, string>>): Dump | undefined {
  const full = headers["dump-options"];
  if (full !== undefined) return JSON.parse(full) as Dump;
  const names = headers["dump"]?.split(" ").filter((name) => name !== "");
  return names && { all: names.length === 0, whole: false, databases: names.slice(0, 1), tables: names.slice(1), data: true, schema: true };
}

/** The server's answer to SQL or to a dump: for our client as JSON, for anybody else between tabs. */
export function answered(request: AppRequest, asker: Asker, process: ProcessView, version: Version): AppResponse {
  const { headers } = request;
  const dump = dumpAsked(headers);
  if (dump) {
    const made = dumpOf(sessionOf(process.files, asker), dump, version.full);
    return "text" in made ? { status: 0, body: made.text } : { status: 1049, body: `mariadb-dump: ${made.problem}` };
  }
  const barred = entered(asker, process);
  if (barred) return barred;
  if (headers["client"] !== "true") return runSql(process.files, request.body, asker, headers["skip-column-names"] !== "true");
  const session = sessionOf(process.files, asker);
  const answers = runScript(session, request.body, headers["force"] === "true");
  return { status: 0, body: JSON.stringify(answers), ...(session.slept > 0 ? { took: millis(session.slept) } : {}) };
}

