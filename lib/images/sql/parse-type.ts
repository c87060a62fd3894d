import { typeNamed, type ColumnType } from "./column-type";
import { bracketed, integer, listOf, looks, must, peek, take, text, unexpected, next, type Cursor } from "./cursor";
import { refuse } from "./refusal";

const TWO_WORDS = ["DOUBLE PRECISION", "CHARACTER VARYING", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE", "TIME WITHOUT TIME ZONE", "SIGNED INTEGER", "UNSIGNED INTEGER"];

/** A type as a column or CAST says it. `serial` is told by the word in front. */
export function columnType(cursor: Cursor): ColumnType {
  const start = peek(cursor);
  if (start.kind !== "word" && start.kind !== "quoted") throw unexpected(cursor);
  const two = TWO_WORDS.find((words) => take(cursor, words));
  let word = two ?? next(cursor).text;
  const choices = looks(cursor, "(") && /^(enum|set)$/i.test(word) ? bracketed(cursor, text) : [];
  const args = looks(cursor, "(") && choices.length === 0 ? bracketed(cursor, integer) : [];
  if (cursor.dialect === "postgres" && /^timestamp$/i.test(word)) {
    if (take(cursor, "WITH TIME ZONE")) word = "timestamptz";
    else take(cursor, "WITHOUT TIME ZONE");
  }
  if (cursor.dialect === "postgres" && take(cursor, "[")) {
    must(cursor, "]");
    word = /^int/i.test(word) ? "integer[]" : "text[]";
  }
  const unsigned = take(cursor, "UNSIGNED") || /^serial$/i.test(word);
  take(cursor, "SIGNED");
  take(cursor, "ZEROFILL");
  const mariadbSerial = cursor.dialect === "mariadb" && /^serial$/i.test(word) ? "bigint" : word;
  const type = typeNamed(mariadbSerial, args, choices, unsigned && cursor.dialect === "mariadb", cursor.dialect);
  if (type) return skipCharset(cursor, type);
  throw cursor.dialect === "postgres" ? refuse("no-type", word.toLowerCase(), start.at) : unexpected(cursor, cursor.dialect === "mariadb" && /^[a-z]/i.test(word) && start.kind === "word" ? start : peek(cursor));
}

function skipCharset(cursor: Cursor, type: ColumnType): ColumnType {
  if (cursor.dialect !== "mariadb") return type;
  for (;;) {
    if (take(cursor, "CHARACTER SET") || take(cursor, "CHARSET") || take(cursor, "COLLATE")) next(cursor);
    else if (!take(cursor, "BINARY")) return type;
  }
}

/** Is the word in front one of PostgreSQL's serial types, or MariaDB's `SERIAL`? */
export function isSerial(cursor: Cursor): boolean {
  return /^(small|big)?serial[248]?$/i.test(peek(cursor).text);
}

/** Names between brackets, each perhaps with a length or a direction, as keys have them. */
export function keyColumns(cursor: Cursor, one: (cursor: Cursor) => string): readonly string[] {
  must(cursor, "(");
  const found = listOf(cursor, (inner) => {
    const column = one(inner);
    if (take(inner, "(")) {
      integer(inner);
      must(inner, ")");
    }
    if (!take(inner, "ASC")) take(inner, "DESC");
    return column;
  });
  must(cursor, ")");
  return found;
}
