import { tokensOf, type Token } from "./lexer";
import { refuse, type Refusal } from "./refusal";
import type { Name, Query } from "./tree";
import type { Dialect } from "./value";

/** Where the reading of one statement is. */
export interface Cursor {
  readonly source: string;
  readonly tokens: readonly Token[];
  readonly dialect: Dialect;
  /** How a query is read: expressions hold queries, and queries expressions. */
  readonly query: (cursor: Cursor) => Query;
  at: number;
  /** How deep expressions and queries are within one another. */
  depth: number;
}

const END: Token = { kind: "end", text: "", at: 0, end: 0 };
const DEEPEST = 60;

/** A cursor at the beginning of a statement. */
export function cursorOf(source: string, dialect: Dialect, query: (cursor: Cursor) => Query): Cursor {
  return { source, tokens: tokensOf(source, dialect), dialect, query, at: 0, depth: 0 };
}

/** The token `ahead` of the next one. */
export function peek(cursor: Cursor, ahead = 0): Token {
  return cursor.tokens[Math.min(cursor.at + ahead, cursor.tokens.length - 1)] ?? END;
}

/** The next token, which is thereby read. */
export function next(cursor: Cursor): Token {
  const token = peek(cursor);
  if (token.kind !== "end") cursor.at += 1;
  return token;
}

/** The refusal of what stands here. */
export function unexpected(cursor: Cursor, token: Token = peek(cursor)): Refusal {
  return refuse("syntax", [token.kind === "end" ? "" : cursor.source.slice(token.at), cursor.source.slice(token.at, token.end)], token.at);
}

/** Do these words stand here (`ahead` of the next token)? */
export function looks(cursor: Cursor, words: string, ahead = 0): boolean {
  return words.split(" ").every((word, i) => {
    const token = peek(cursor, ahead + i);
    return token.kind === "word" ? token.text.toUpperCase() === word : token.kind === "sign" && token.text === word;
  });
}

/** Reads these words when they stand here. */
export function take(cursor: Cursor, words: string): boolean {
  if (!looks(cursor, words)) return false;
  cursor.at += words.split(" ").length;
  return true;
}

/** Reads these words or refuses. */
export function must(cursor: Cursor, words: string): void {
  for (const word of words.split(" ")) if (!take(cursor, word)) throw unexpected(cursor);
}

/** The first of these that stands here, thereby read. */
export function takeOne(cursor: Cursor, choices: readonly string[]): string | undefined {
  return choices.find((words) => take(cursor, words));
}

/** Words that begin something and are therefore no names. */
const RESERVED = new Set("SELECT FROM WHERE GROUP ORDER BY HAVING LIMIT OFFSET UNION EXCEPT INTERSECT JOIN INNER LEFT RIGHT FULL CROSS NATURAL ON USING AS AND OR NOT IN IS NULL LIKE BETWEEN CASE WHEN THEN ELSE END INSERT UPDATE DELETE SET VALUES INTO CREATE ALTER DROP TABLE PRIMARY KEY UNIQUE FOREIGN REFERENCES CONSTRAINT CHECK DEFAULT DISTINCT ALL EXISTS ASC DESC WITH GRANT REVOKE TO FOR FETCH INDEX RETURNING".split(" "));
const FREE_IN_POSTGRES = new Set(["INDEX", "KEY", "VALUES", "SET", "EXISTS", "BY", "IF"]);

/** Could this token be a name? */
export function isName(cursor: Cursor, token: Token): boolean {
  if (token.kind === "quoted") return true;
  if (token.kind !== "word" || /^\d+$/.test(token.text)) return false;
  const word = token.text.toUpperCase();
  return !RESERVED.has(word) || (cursor.dialect === "postgres" && FREE_IN_POSTGRES.has(word) && word === "KEY");
}

/** What a name token names: PostgreSQL makes small letters of what is not quoted. */
export function named(cursor: Cursor, token: Token): string {
  return cursor.dialect === "postgres" && token.kind === "word" ? token.text.toLowerCase() : token.text;
}

/** A name, or a refusal. */
export function name(cursor: Cursor): string {
  const token = peek(cursor);
  if (!isName(cursor, token)) throw unexpected(cursor);
  return named(cursor, next(cursor));
}

/** A name after a point may be any word. */
export function part(cursor: Cursor): string {
  const token = peek(cursor);
  if (token.kind !== "word" && token.kind !== "quoted") throw unexpected(cursor);
  return named(cursor, next(cursor));
}

/** `[schema.]name` */
export function tableName(cursor: Cursor): Name {
  const { at } = peek(cursor);
  const first = name(cursor);
  if (!take(cursor, ".")) return { name: first, at };
  const second = part(cursor);
  // `database.schema.table` of PostgreSQL: the database can only be the one at hand.
  return take(cursor, ".") ? { schema: second, name: part(cursor), at } : { schema: first, name: second, at };
}

/** Things between commas. */
export function listOf<T>(cursor: Cursor, one: (cursor: Cursor) => T): readonly T[] {
  const found = [one(cursor)];
  while (take(cursor, ",")) found.push(one(cursor));
  return found;
}

/** Things between brackets and commas. */
export function bracketed<T>(cursor: Cursor, one: (cursor: Cursor) => T): readonly T[] {
  must(cursor, "(");
  const found = listOf(cursor, one);
  must(cursor, ")");
  return found;
}

/** A number written out. */
export function integer(cursor: Cursor): number {
  const token = peek(cursor);
  if (token.kind !== "number" || !/^\d{1,15}$/.test(token.text)) throw unexpected(cursor);
  return Number(next(cursor).text);
}

/** A text in quotes. */
export function text(cursor: Cursor): string {
  const token = peek(cursor);
  if (token.kind !== "text") throw unexpected(cursor);
  return next(cursor).text;
}

/** The statement's own words from a token to what has been read so far. */
export function written(cursor: Cursor, from: Token): string {
  const last = cursor.tokens[cursor.at - 1] ?? from;
  return cursor.source.slice(from.at, last.end);
}

/** Reads something that may contain itself, as deep as is reasonable. */
export function deeper<T>(cursor: Cursor, read: () => T): T {
  cursor.depth += 1;
  if (cursor.depth > DEEPEST) throw unexpected(cursor);
  const found = read();
  cursor.depth -= 1;
  return found;
}

/** Does a query begin here? */
export function isQuery(cursor: Cursor): boolean {
  let ahead = 0;
  while (looks(cursor, "(", ahead)) ahead += 1;
  return looks(cursor, "SELECT", ahead) || looks(cursor, "WITH", ahead) || (looks(cursor, "VALUES", ahead) && !looks(cursor, "VALUES (", ahead)) || (cursor.dialect === "postgres" && looks(cursor, "VALUES (", ahead));
}
