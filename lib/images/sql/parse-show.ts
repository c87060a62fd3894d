import { looks, name, next, peek, tableName, take, takeOne, text, unexpected, type Cursor } from "./cursor";
import { expression } from "./parse-expression";
import type { Name, Statement } from "./tree";

/** SHOW, after that word. */
export function show(cursor: Cursor): Statement {
  const words: string[] = [];
  while (peek(cursor).kind === "word" && !["LIKE", "WHERE", "FROM", "IN", "FOR"].some((word) => looks(cursor, word))) {
    words.push(next(cursor).text.toUpperCase());
    if (looks(cursor, ".")) words.push(next(cursor).text + next(cursor).text.toUpperCase());
    if (["CREATE TABLE", "CREATE VIEW", "CREATE DATABASE", "CREATE SCHEMA"].includes(words.join(" "))) {
      take(cursor, "IF NOT EXISTS");
      return { do: "show", what: words.join(" "), words, name: tableName(cursor) };
    }
  }
  let on: Name | undefined;
  let inside: string | undefined;
  if (take(cursor, "FOR")) return { do: "show", what: words.join(" "), words, ...accountName(cursor) };
  if (takeOne(cursor, ["FROM", "IN"]) !== undefined) on = tableName(cursor);
  if (takeOne(cursor, ["FROM", "IN"]) !== undefined) inside = name(cursor);
  const like = take(cursor, "LIKE") ? text(cursor) : undefined;
  const where = take(cursor, "WHERE") ? expression(cursor) : undefined;
  if (words.length === 0) throw unexpected(cursor);
  return { do: "show", what: words.join(" "), words, ...(on ? { name: on } : {}), ...(inside === undefined ? {} : { in: inside }), ...(like === undefined ? {} : { like }), ...(where ? { where } : {}) };
}

/** `SHOW GRANTS FOR 'ana'@'%'`: the account as a name of two parts. */
function accountName(cursor: Cursor): { readonly name: Name } | object {
  const token = next(cursor);
  if (looks(cursor, "(")) void [next(cursor), next(cursor)];
  if (/^current_user$/i.test(token.text) && token.kind === "word") return {};
  if (peek(cursor).kind !== "variable") return { name: { schema: "%", name: token.text, at: token.at } };
  const at = next(cursor).text;
  return { name: { schema: at.length > 1 ? at.slice(1) : next(cursor).text, name: token.text, at: token.at } };
}
