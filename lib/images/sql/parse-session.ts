import { listOf, looks, must, name, named, next, part, peek, take, takeOne, unexpected, type Cursor } from "./cursor";
import { expression } from "./parse-expression";
import { password } from "./parse-rights";
import type { Statement } from "./tree";

/** The statement as a whole is nothing that is known. */
export function fail(cursor: Cursor): never {
  cursor.at = 0;
  throw unexpected(cursor);
}

/** Reads to the end: whatever it says changes nothing here. */
export function swallow(cursor: Cursor, tag: string): Statement {
  while (peek(cursor).kind !== "end") next(cursor);
  return { do: "nothing", tag };
}

/** SET and RESET, after that word. */
export function set(cursor: Cursor, word: string): Statement {
  if (word === "RESET" || take(cursor, "ROLE") || take(cursor, "SESSION AUTHORIZATION")) return swallow(cursor, word);
  if (cursor.dialect === "mariadb" && take(cursor, "PASSWORD")) return password(cursor);
  if (takeOne(cursor, ["NAMES", "CHARACTER SET", "TRANSACTION", "SESSION TRANSACTION", "GLOBAL TRANSACTION", "DEFAULT ROLE", "CONSTRAINTS", "SESSION CHARACTERISTICS"]) !== undefined) return swallow(cursor, "SET");
  return {
    do: "set",
    assignments: listOf(cursor, (inner) => {
      const scope = takeOne(inner, ["GLOBAL", "SESSION", "LOCAL"]);
      const token = next(inner);
      let called = token.kind === "variable" ? token.text : named(inner, token);
      while (take(inner, ".")) called += `.${part(inner)}`;
      if (takeOne(inner, ["=", ":=", "TO"]) === undefined) throw unexpected(inner);
      const bare = peek(inner);
      if ((bare.kind === "word" && !looks(inner, "(", 1)) || (inner.dialect === "postgres" && bare.kind === "quoted")) {
        next(inner);
        while (inner.dialect === "postgres" && take(inner, ",")) next(inner);
        return { name: scope === "GLOBAL" ? `@@global.${called}` : called, value: bare.text };
      }
      return { name: scope === "GLOBAL" ? `@@global.${called}` : called, value: expression(inner) };
    }),
  };
}

/** Where transactions begin and end; undefined for other words. */
export function transaction(cursor: Cursor, word: string): Statement | undefined {
  const rest = (): void => void (peek(cursor).kind === "end" || takeOne(cursor, ["WORK", "TRANSACTION"]));
  switch (word) {
    case "BEGIN":
      rest();
      while (peek(cursor).kind !== "end" && cursor.dialect === "postgres") next(cursor);
      return { do: "begin" };
    case "START":
      must(cursor, "TRANSACTION");
      while (peek(cursor).kind !== "end") next(cursor);
      return { do: "begin" };
    case "COMMIT":
      rest();
      return { do: "commit" };
    case "END": case "ABORT":
      if (cursor.dialect !== "postgres") return undefined;
      rest();
      return { do: word === "END" ? "commit" : "rollback" };
    case "ROLLBACK":
      rest();
      if (!take(cursor, "TO")) return { do: "rollback" };
      take(cursor, "SAVEPOINT");
      return { do: "rollback-to", name: name(cursor) };
    case "SAVEPOINT":
      return { do: "savepoint", name: name(cursor) };
    case "RELEASE":
      take(cursor, "SAVEPOINT");
      return { do: "release", name: name(cursor) };
    default:
      return undefined;
  }
}

/** Statements that are taken and change nothing here; undefined for other words. */
export function quiet(cursor: Cursor, word: string): Statement | undefined {
  const known = cursor.dialect === "mariadb" ? ["FLUSH", "LOCK", "UNLOCK", "ANALYZE", "OPTIMIZE", "CHECK", "DO"] : ["VACUUM", "ANALYZE", "LOCK", "COMMENT", "DISCARD", "CHECKPOINT", "REINDEX", "CLUSTER", "LISTEN", "NOTIFY"];
  if (!known.includes(word) || (word === "LOCK" && cursor.dialect === "mariadb" && !looks(cursor, "TABLES") && !looks(cursor, "TABLE"))) return undefined;
  return swallow(cursor, { LOCK: "LOCK TABLE" }[word] ?? word);
}
