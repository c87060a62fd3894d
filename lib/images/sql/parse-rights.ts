import { integer, isName, listOf, looks, must, name, next, part, peek, take, takeOne, text, unexpected, type Cursor } from "./cursor";
import type { Account, Statement, UserSketch } from "./tree";

/** `'ana'@'10.%'`, `ana`, `CURRENT_USER`. */
export function account(cursor: Cursor): Account {
  const token = peek(cursor);
  if (take(cursor, "CURRENT_USER") || take(cursor, "SESSION_USER")) {
    if (take(cursor, "(")) must(cursor, ")");
    return { user: "", host: "" };
  }
  if (token.kind !== "text" && !isName(cursor, token)) throw unexpected(cursor);
  const user = token.kind === "text" ? next(cursor).text : name(cursor);
  if (cursor.dialect === "postgres" || peek(cursor).kind !== "variable") return { user, host: "%" };
  const at = next(cursor).text;
  return { user, host: at.length > 1 ? at.slice(1) : next(cursor).text };
}

function userSketch(cursor: Cursor): UserSketch {
  const who = account(cursor);
  if (cursor.dialect === "postgres" || !take(cursor, "IDENTIFIED")) return who;
  if (take(cursor, "BY PASSWORD")) return { ...who, password: `\0${text(cursor)}` };
  if (take(cursor, "BY")) return { ...who, password: text(cursor) };
  if (!take(cursor, "VIA")) must(cursor, "WITH");
  next(cursor);
  if (take(cursor, "USING")) return { ...who, password: take(cursor, "PASSWORD (") ? inBrackets(cursor) : `\0${text(cursor)}` };
  return take(cursor, "AS") || take(cursor, "BY") ? { ...who, password: text(cursor) } : who;
}

function inBrackets(cursor: Cursor): string {
  const found = text(cursor);
  must(cursor, ")");
  return found;
}

/** `CREATE|ALTER|DROP USER|ROLE`, after those words. */
export function user(cursor: Cursor, action: "create" | "alter" | "drop", role: boolean): Statement {
  const unless = take(cursor, "IF NOT EXISTS") || take(cursor, "IF EXISTS");
  const users = [...listOf(cursor, userSketch)];
  const options: string[] = [];
  if (cursor.dialect === "postgres") {
    take(cursor, "WITH");
    while (peek(cursor).kind === "word") {
      if (take(cursor, "IN ROLE") || take(cursor, "ROLE") || take(cursor, "VALID UNTIL") || take(cursor, "CONNECTION LIMIT")) {
        if (!take(cursor, "-")) next(cursor);
        else integer(cursor);
        continue;
      }
      take(cursor, "ENCRYPTED");
      if (take(cursor, "PASSWORD")) users[0] = { ...(users[0] ?? { user: "", host: "%" }), password: take(cursor, "NULL") ? "" : text(cursor) };
      else if (take(cursor, "RENAME TO")) options.push("RENAME", name(cursor));
      else if (take(cursor, "SET") || take(cursor, "RESET")) while (peek(cursor).kind !== "end") next(cursor);
      else options.push(part(cursor).toUpperCase());
    }
  } else while (peek(cursor).kind === "word") options.push(next(cursor).text.toUpperCase());
  return { do: "user", action, users, unless, role, options };
}

/** `SET PASSWORD [FOR user] = …`, after those words. */
export function password(cursor: Cursor): Statement {
  const who = take(cursor, "FOR") ? account(cursor) : undefined;
  must(cursor, "=");
  const given = take(cursor, "PASSWORD (") ? inBrackets(cursor) : `\0${text(cursor)}`;
  return { do: "password", password: given.startsWith("\0") && !given.startsWith("\0*") && given.length > 1 ? given.slice(1) : given, ...(who ? { user: who } : {}) };
}

const KINDS = ["ALL TABLES IN SCHEMA", "ALL SEQUENCES IN SCHEMA", "ALL FUNCTIONS IN SCHEMA", "TABLE", "DATABASE", "SCHEMA", "SEQUENCE", "FUNCTION", "PROCEDURE"];

/** `GRANT` or `REVOKE`, after that word. */
export function rights(cursor: Cursor, give: boolean): Statement {
  take(cursor, "GRANT OPTION FOR");
  const powers = listOf(cursor, (inner) => {
    const words: string[] = [];
    while (peek(inner).kind === "word" && !looks(inner, "ON") && !looks(inner, "TO") && !looks(inner, "FROM")) words.push(next(inner).text);
    if (peek(inner).kind === "quoted" || peek(inner).kind === "text") words.push(next(inner).text);
    if (words.length === 0) throw unexpected(inner);
    if (take(inner, "(")) while (!take(inner, ")")) if (next(inner).kind === "end") throw unexpected(inner);
    return words.join(" ");
  });
  let on: { readonly schema: string; readonly name: string; readonly at: number } | undefined;
  let kind = "TABLE";
  if (take(cursor, "ON")) {
    kind = takeOne(cursor, KINDS) ?? "TABLE";
    on = target(cursor, kind);
    // Further tables of the same list are rare: the last counts.
    while (take(cursor, ",")) on = target(cursor, kind);
  }
  must(cursor, give ? "TO" : "FROM");
  const to = listOf(cursor, userSketch);
  const option = take(cursor, "WITH GRANT OPTION") || take(cursor, "WITH ADMIN OPTION");
  if (!take(cursor, "CASCADE")) take(cursor, "RESTRICT");
  return { do: give ? "grant" : "revoke", powers, kind, to, option, ...(on ? { on } : {}) };
}

function target(cursor: Cursor, kind: string): { readonly schema: string; readonly name: string; readonly at: number } {
  const { at } = peek(cursor);
  const piece = (): string => (take(cursor, "*") ? "*" : name(cursor));
  const first = piece();
  if (take(cursor, ".")) return { schema: first, name: piece(), at };
  return kind === "TABLE" ? { schema: "", name: first, at } : { schema: first, name: "*", at };
}
