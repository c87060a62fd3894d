import { millis, type AppResponse, type FileSystem } from "@/lib/engine";
import { execute, type Outcome } from "../sql/execute";
import { statementsOf, type Piece } from "../sql/lexer";
import { parse } from "../sql/parse";
import { Refusal } from "../sql/refusal";
import { runQuery } from "../sql/select";
import type { OutColumn, Session } from "../sql/session";
import { textOf, type Value } from "../sql/value";
import { catalogue } from "./catalogue";
import { settingsOf } from "./settings";
import { aboutServer } from "./show";
import { aboutUsers, allowed, userFrom } from "./users";
import { faultOf } from "./words";

/** Where the data is. */
export const DATA = "/var/lib/mysql";

/** Who asks and when. */
export interface Asker {
  readonly user: string;
  readonly host: string;
  readonly database: string;
  /** The version as the server says it: `11.8.5-MariaDB`. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly hostname: string;
  readonly id: number;
  readonly random: number;
  /** What a Galera member tells of its group. */
  readonly status: Readonly<Record<string, string>>;
  readonly started: number;
}

/** The server itself, as it applies what another member wrote. */
export const nobody: Asker = { user: "root", host: "localhost", database: "", version: "11.8.5-MariaDB", now: 1_767_225_600_000, hostname: "localhost", id: 1, random: 1, status: {}, started: 0 };

/** A conversation about the data of a folder. */
export function sessionOf(files: FileSystem, asker: Asker): Session {
  const { user, host, database, version, now, hostname, id, random, status, started } = asker;
  return {
    dialect: "mariadb", files, root: DATA, version, database, user, host, now: Math.floor(now / 1000), server: hostname, id,
    variables: new Map<string, Value>([["status", JSON.stringify(status)], ["started", String(Math.floor(started / 1000))], ["account", `${user}@${userFrom(files, user, host)?.host ?? "%"}`]]),
    settings: settingsOf(version, hostname), changed: new Map(), read: new Map(), temporary: new Map(), transaction: "none", savepoints: [], lastId: 0, affected: 0, steps: 0, random, slept: 0, allowed, query: runQuery, catalogue,
  };
}

/** One answer of many, as clients get it: rows, a word of what was done, or an error. */
export type Answer =
  | { readonly columns: readonly { readonly name: string; readonly numeric: boolean }[]; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly done: number; readonly notes: number }
  | { readonly error: string };

const BIGGEST = 4_000_000;

const cells = (columns: readonly OutColumn[], row: readonly Value[]): readonly (string | null)[] => columns.map((_, i) => (row[i] === null || row[i] === undefined ? null : textOf(row[i], "mariadb")));

function answerOf(outcome: Outcome): Answer {
  if (outcome.kind === "done") return { done: outcome.rows, notes: outcome.notes?.length ?? 0 };
  const { columns, rows } = outcome.listing;
  return { columns: columns.map(({ name, numeric }) => ({ name, numeric })), rows: rows.map((row) => cells(columns, row)) };
}

/** Runs a script statement by statement. The first error ends it, unless `force`. */
export function runScript(session: Session, script: string, force: boolean): readonly Answer[] {
  const answers: Answer[] = [];
  let size = 0;
  for (const piece of statementsOf(script, "mariadb")) {
    const answer = runPiece(session, piece);
    answers.push(answer);
    size += "rows" in answer ? JSON.stringify(answer.rows).length : 0;
    if (("error" in answer && !force) || size > BIGGEST) break;
  }
  return answers;
}

function runPiece(session: Session, piece: Piece): Answer {
  const told = (problem: Refusal): Answer => {
    const { code, state, text } = faultOf(problem, session);
    return { error: `ERROR ${code} (${state}) at line ${piece.line}: ${text}` };
  };
  try {
    session.variables.set("text", piece.text);
    return answerOf(execute(piece.text, session, (statement, inside) => aboutUsers(statement, inside) ?? aboutServer(statement, inside)));
  } catch (problem) {
    if (problem instanceof Refusal) return told(problem);
    throw problem;
  }
}

/** A cell as it is between tabs: the client writes NULL, and line ends and tabs as two signs. */
const between = (cell: string | null): string => (cell === null ? "NULL" : cell.replace(/[\\\t\n\0]/g, (sign) => ({ "\\": "\\\\", "\t": "\\t", "\n": "\\n" }[sign] ?? "\\0")));

/** Answers as lines of columns between tabs, which is what old clients print. */
export function tabbed(answers: readonly Answer[], names: boolean): string {
  return answers.map((answer) => ("rows" in answer && answer.rows.length > 0 ? [...(names ? [answer.columns.map(({ name }) => name)] : []), ...answer.rows].map((row) => `${row.map(between).join("\t")}\n`).join("") : "")).join("");
}

/** Runs SQL over the data of a folder and prints it between tabs; an error ends it, with its number for status. */
export function runSql(files: FileSystem, text: string, asker: Asker, names: boolean): AppResponse {
  const session = sessionOf(files, asker);
  const answers = runScript(session, text, false);
  const last = answers.at(-1);
  const body = tabbed(answers, names);
  const took = session.slept > 0 ? { took: millis(session.slept) } : {};
  if (last && "error" in last) return { status: Number(/\d+/.exec(last.error)?.[0] ?? 1), body: body + last.error, ...took };
  return { status: 0, body, ...took };
}

/** Does a script write anything? What cannot be read writes nothing. */
export function writes(script: string): boolean {
  return statementsOf(script, "mariadb").some(({ text }) => {
    try {
      const statement = parse(text, "mariadb");
      return !["select", "show", "explain", "use", "set", "begin", "commit", "rollback", "nothing", "kill", "savepoint", "release", "rollback-to"].includes(statement.do);
    } catch {
      return false;
    }
  });
}
