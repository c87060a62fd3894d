import { deeper, isName, isQuery, listOf, looks, must, named, next, part, peek, take, takeOne, unexpected, type Cursor } from "./cursor";
import { columnType } from "./parse-type";
import type { Edge, Expression, Frame, Order, Window } from "./tree";
import { exactOf, int, type Value } from "./value";

const binary = (operator: string, left: Expression, right: Expression, at: number): Expression => ({ kind: "binary", operator, left, right, at });
const literal = (value: Value, at: number): Expression => ({ kind: "literal", value, at });

/** An expression: OR binds least. */
export function expression(cursor: Cursor): Expression {
  return deeper(cursor, () => {
    let left = conjunction(cursor);
    for (;;) {
      const { at } = peek(cursor);
      const or = takeOne(cursor, cursor.dialect === "mariadb" ? ["OR", "||"] : ["OR"]);
      if (or !== undefined) left = binary("OR", left, conjunction(cursor), at);
      else if (cursor.dialect === "mariadb" && take(cursor, "XOR")) left = binary("XOR", left, conjunction(cursor), at);
      else return left;
    }
  });
}

function conjunction(cursor: Cursor): Expression {
  let left = negation(cursor);
  for (;;) {
    const { at } = peek(cursor);
    if (takeOne(cursor, ["AND", "&&"]) === undefined) return left;
    left = binary("AND", left, negation(cursor), at);
  }
}

function negation(cursor: Cursor): Expression {
  const { at } = peek(cursor);
  if (!looks(cursor, "NOT EXISTS") && take(cursor, "NOT")) return { kind: "unary", operator: "NOT", operand: deeper(cursor, () => negation(cursor)), at };
  return comparison(cursor);
}

const COMPARISONS = ["<=>", "<=", ">=", "<>", "!=", "=", "<", ">"];

function comparison(cursor: Cursor): Expression {
  let left = sum(cursor);
  for (;;) {
    const { at } = peek(cursor);
    const sign = takeOne(cursor, COMPARISONS);
    if (sign !== undefined) {
      const many = takeOne(cursor, ["ANY", "SOME", "ALL"]);
      if (many !== undefined) {
        must(cursor, "(");
        const list = isQuery(cursor) ? cursor.query(cursor) : listOf(cursor, expression);
        must(cursor, ")");
        left = { kind: "in", operand: left, list, not: many === "ALL", at };
      } else left = binary(sign === "!=" ? "<>" : sign, left, sum(cursor), at);
      continue;
    }
    const not = looks(cursor, "NOT") && ["IN", "LIKE", "ILIKE", "BETWEEN", "REGEXP", "RLIKE", "SIMILAR"].some((word) => looks(cursor, word, 1)) && take(cursor, "NOT");
    if (take(cursor, "IS")) left = is(cursor, left, at);
    else if (take(cursor, "IN")) left = within(cursor, left, not, at);
    else if (take(cursor, "BETWEEN")) {
      const low = sum(cursor);
      must(cursor, "AND");
      left = { kind: "between", operand: left, low, high: sum(cursor), not, at };
    } else {
      const word = takeOne(cursor, cursor.dialect === "mariadb" ? ["LIKE", "REGEXP", "RLIKE"] : ["LIKE", "ILIKE", "~*", "!~*", "!~", "~", "SIMILAR TO"]);
      if (word === undefined) return left;
      const right = sum(cursor);
      if (take(cursor, "ESCAPE")) next(cursor);
      const operator = { RLIKE: "REGEXP", "~": "REGEXP", "!~": "REGEXP", "~*": "IREGEXP", "!~*": "IREGEXP", "SIMILAR TO": "REGEXP" }[word] ?? word;
      const test = binary(operator, left, right, at);
      left = not || word.startsWith("!") ? { kind: "unary", operator: "NOT", operand: test, at } : test;
    }
  }
}

function is(cursor: Cursor, operand: Expression, at: number): Expression {
  const not = take(cursor, "NOT");
  if (take(cursor, "DISTINCT FROM")) {
    const same = binary("<=>", operand, sum(cursor), at);
    return not ? same : { kind: "unary", operator: "NOT", operand: same, at };
  }
  const word = takeOne(cursor, ["NULL", "TRUE", "FALSE", "UNKNOWN"]);
  if (word === undefined) throw unexpected(cursor);
  return { kind: "is", operand, what: word === "TRUE" ? "true" : word === "FALSE" ? "false" : "null", not, at };
}

function within(cursor: Cursor, operand: Expression, not: boolean, at: number): Expression {
  must(cursor, "(");
  const list = isQuery(cursor) ? cursor.query(cursor) : listOf(cursor, expression);
  must(cursor, ")");
  return { kind: "in", operand, list, not, at };
}

function sum(cursor: Cursor): Expression {
  let left = product(cursor);
  for (;;) {
    const { at } = peek(cursor);
    const sign = takeOne(cursor, cursor.dialect === "postgres" ? ["+", "-", "||", "->>", "->"] : ["+", "-", "->>", "->", "&", "|"]);
    if (sign === undefined) return left;
    left = binary(sign, left, product(cursor), at);
  }
}

function product(cursor: Cursor): Expression {
  let left = signed(cursor);
  for (;;) {
    const { at } = peek(cursor);
    const sign = takeOne(cursor, cursor.dialect === "mariadb" ? ["*", "/", "%", "DIV", "MOD", "^"] : ["*", "/", "%", "^"]);
    if (sign === undefined) return left;
    left = binary(sign === "MOD" ? "%" : sign, left, signed(cursor), at);
  }
}

function signed(cursor: Cursor): Expression {
  const { at } = peek(cursor);
  const sign = takeOne(cursor, ["-", "+", "!", "BINARY"]);
  if (sign === undefined) return casts(cursor, primary(cursor));
  const operand = deeper(cursor, () => signed(cursor));
  if (sign === "-" && operand.kind === "literal" && typeof operand.value === "object" && operand.value !== null) return literal({ ...operand.value, n: -operand.value.n }, at);
  return sign === "+" || sign === "BINARY" ? operand : { kind: "unary", operator: sign === "!" ? "NOT" : sign, operand, at };
}

function casts(cursor: Cursor, operand: Expression): Expression {
  let found = operand;
  for (;;) {
    const { at } = peek(cursor);
    if (cursor.dialect === "postgres" && take(cursor, "::")) found = { kind: "cast", operand: found, type: columnType(cursor), at };
    else if (take(cursor, "AT TIME ZONE")) primary(cursor);
    else if (take(cursor, "COLLATE")) next(cursor);
    else return found;
  }
}

const CONSTANTS: Readonly<Record<string, Value>> = { NULL: null, TRUE: true, FALSE: false };
/** Functions that are called without brackets. */
const BARE = new Set(["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_USER", "LOCALTIMESTAMP", "LOCALTIME", "SESSION_USER", "CURRENT_SCHEMA", "CURRENT_CATALOG", "USER", "CURRENT_ROLE", "UTC_TIMESTAMP"]);
const BARE_MARIADB = new Set(["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_USER", "LOCALTIMESTAMP", "LOCALTIME", "UTC_TIMESTAMP", "CURRENT_ROLE"]);
/** Words that may be called although they begin something. */
const CALLABLE = new Set(["LEFT", "RIGHT", "IF", "VALUES", "DEFAULT", "REPLACE", "DATABASE", "SCHEMA", "INSERT"]);

function primary(cursor: Cursor): Expression {
  const token = peek(cursor);
  const { at } = token;
  const upper = token.kind === "word" ? token.text.toUpperCase() : "";
  if (token.kind === "number") {
    next(cursor);
    if (/^0x/i.test(token.text)) return literal(int(BigInt(token.text)), at);
    return literal(/e/i.test(token.text) ? Number(token.text) : (exactOf(token.text) ?? Number(token.text)), at);
  }
  if (token.kind === "text") {
    next(cursor);
    let text = token.text;
    while (peek(cursor).kind === "text") text += next(cursor).text;
    return literal(text, at);
  }
  if (token.kind === "variable") return { kind: "variable", name: next(cursor).text, at };
  if (take(cursor, "(")) {
    const inner: Expression = isQuery(cursor) ? { kind: "scalar", query: deeper(cursor, () => cursor.query(cursor)), at } : expression(cursor);
    must(cursor, ")");
    return inner;
  }
  if (token.kind === "word" && Object.hasOwn(CONSTANTS, upper)) {
    next(cursor);
    return literal(cursor.dialect === "mariadb" && CONSTANTS[upper] !== null ? int(CONSTANTS[upper] === true ? 1 : 0) : (CONSTANTS[upper] ?? null), at);
  }
  if (upper === "DEFAULT" && !looks(cursor, "(", 1)) {
    next(cursor);
    return { kind: "default", at };
  }
  return special(cursor, upper, at) ?? reference(cursor, upper, at);
}

function special(cursor: Cursor, upper: string, at: number): Expression | undefined {
  if (looks(cursor, "NOT EXISTS (")) {
    next(cursor);
    return { kind: "unary", operator: "NOT", operand: primary(cursor), at };
  }
  if (take(cursor, "EXISTS (")) {
    const inner = cursor.query(cursor);
    must(cursor, ")");
    return { kind: "exists", query: inner, at };
  }
  if (take(cursor, "CASE")) return choice(cursor, at);
  if (looks(cursor, "CAST (") || looks(cursor, "CONVERT (")) {
    const comma = upper === "CONVERT";
    cursor.at += 2;
    const operand = expression(cursor);
    if (comma && take(cursor, "USING")) {
      next(cursor);
      must(cursor, ")");
      return operand;
    }
    must(cursor, comma ? "," : "AS");
    const type = columnType(cursor);
    must(cursor, ")");
    return { kind: "cast", operand, type, at };
  }
  if (upper === "INTERVAL" && !looks(cursor, "(", 1)) return interval(cursor, at);
  // `DATE '2026-01-01'`
  if (["DATE", "TIMESTAMP", "TIME", "TIMESTAMPTZ"].includes(upper) && peek(cursor, 1).kind === "text") {
    const type = columnType(cursor);
    return { kind: "cast", operand: literal(next(cursor).text, at), type, at };
  }
  if (take(cursor, "EXTRACT (")) {
    const field = part(cursor);
    must(cursor, "FROM");
    const of = expression(cursor);
    must(cursor, ")");
    return call("EXTRACT", [literal(field.toLowerCase(), at), of], at);
  }
  return undefined;
}

function interval(cursor: Cursor, at: number): Expression {
  next(cursor);
  if (cursor.dialect === "postgres") {
    const [amount = "0", unit = "day"] = next(cursor).text.trim().split(/\s+/);
    return { kind: "interval", amount: literal(exactOf(amount) ?? int(0), at), unit, at };
  }
  const amount = sum(cursor);
  return { kind: "interval", amount, unit: part(cursor), at };
}

function choice(cursor: Cursor, at: number): Expression {
  const subject = looks(cursor, "WHEN") ? undefined : expression(cursor);
  const whens: (readonly [Expression, Expression])[] = [];
  while (take(cursor, "WHEN")) {
    const when = expression(cursor);
    must(cursor, "THEN");
    whens.push([when, expression(cursor)]);
  }
  const otherwise = take(cursor, "ELSE") ? expression(cursor) : undefined;
  must(cursor, "END");
  return { kind: "case", whens, at, ...(subject ? { subject } : {}), ...(otherwise ? { otherwise } : {}) };
}

const call = (name: string, args: readonly Expression[], at: number): Expression => ({ kind: "call", name, args, star: false, distinct: false, order: [], at });

function reference(cursor: Cursor, upper: string, at: number): Expression {
  const token = peek(cursor);
  const calls = looks(cursor, "(", 1);
  if (token.kind === "word" && calls && (isName(cursor, token) || CALLABLE.has(upper))) return called(cursor, upper, at);
  if (token.kind === "word" && !calls && (cursor.dialect === "mariadb" ? BARE_MARIADB : BARE).has(upper)) {
    next(cursor);
    return call(upper, [], at);
  }
  if (!isName(cursor, token)) throw unexpected(cursor);
  const first = named(cursor, next(cursor));
  if (!looks(cursor, ".")) return { kind: "column", name: first, at };
  next(cursor);
  const second = part(cursor);
  if (looks(cursor, "(") && cursor.dialect === "postgres") {
    cursor.at -= 1;
    return called(cursor, second.toUpperCase(), at);
  }
  // `database.table.column`: the table is what counts.
  return take(cursor, ".") ? { kind: "column", table: second, name: part(cursor), at } : { kind: "column", table: first, name: second, at };
}

function called(cursor: Cursor, upper: string, at: number): Expression {
  next(cursor);
  must(cursor, "(");
  const distinct = take(cursor, "DISTINCT");
  const star = take(cursor, "*");
  const args: Expression[] = [];
  if (!star && !looks(cursor, ")")) {
    if (upper === "TRIM") trimSide(cursor, args, at);
    args.push(expression(cursor));
    while (takeOne(cursor, ["SUBSTRING", "SUBSTR", "TRIM", "POSITION", "OVERLAY"].includes(upper) ? [",", "FROM", "FOR"] : [","]) !== undefined) args.push(expression(cursor));
  }
  const order = take(cursor, "ORDER BY") ? orderList(cursor) : [];
  const separator = take(cursor, "SEPARATOR") ? primary(cursor) : undefined;
  must(cursor, ")");
  let filter: Expression | undefined;
  if (take(cursor, "FILTER (")) {
    must(cursor, "WHERE");
    filter = expression(cursor);
    must(cursor, ")");
  }
  if (upper === "POSITION" && args[0]?.kind === "in" && !("first" in args[0].list)) return call("POSITION", [args[0].operand, ...args[0].list], at);
  const over = take(cursor, "OVER") ? (looks(cursor, "(") ? windowOf(cursor) : { base: part(cursor), partition: [], order: [] }) : undefined;
  return { kind: "call", name: upper, args, star, distinct, order, at, ...(separator ? { separator } : {}), ...(filter ? { filter } : {}), ...(over ? { over } : {}) };
}

/** `( [name] [PARTITION BY …] [ORDER BY …] [frame] )` */
export function windowOf(cursor: Cursor): Window {
  must(cursor, "(");
  const base = !looks(cursor, "PARTITION") && !looks(cursor, "ORDER") && !looks(cursor, "ROWS") && !looks(cursor, "RANGE") && !looks(cursor, "GROUPS") && !looks(cursor, ")") ? part(cursor) : undefined;
  const partition = take(cursor, "PARTITION BY") ? listOf(cursor, expression) : [];
  const order = take(cursor, "ORDER BY") ? orderList(cursor) : [];
  const unit = takeOne(cursor, ["ROWS", "RANGE", "GROUPS"]);
  const frame = unit === undefined ? undefined : frameOf(cursor, unit.toLowerCase() as Frame["unit"]);
  must(cursor, ")");
  return { partition, order, ...(base === undefined ? {} : { base }), ...(frame ? { frame } : {}) };
}

function frameOf(cursor: Cursor, unit: Frame["unit"]): Frame {
  if (!take(cursor, "BETWEEN")) return { unit, from: edge(cursor), to: { bound: "current" } };
  const from = edge(cursor);
  must(cursor, "AND");
  return { unit, from, to: edge(cursor) };
}

function edge(cursor: Cursor): Edge {
  if (take(cursor, "UNBOUNDED PRECEDING")) return { bound: "start" };
  if (take(cursor, "UNBOUNDED FOLLOWING")) return { bound: "end" };
  if (take(cursor, "CURRENT ROW")) return { bound: "current" };
  const rows = sum(cursor);
  if (take(cursor, "PRECEDING")) return { bound: "before", rows };
  must(cursor, "FOLLOWING");
  return { bound: "after", rows };
}

/** `TRIM(LEADING 'x' FROM y)`: the side becomes an argument of its own. */
function trimSide(cursor: Cursor, args: Expression[], at: number): void {
  const side = takeOne(cursor, ["LEADING", "TRAILING", "BOTH"]);
  if (side === undefined) return;
  args.push(literal(side, at));
  if (take(cursor, "FROM")) args.push(literal(" ", at));
}

/** The keys after ORDER BY. */
export function orderList(cursor: Cursor): readonly Order[] {
  return listOf(cursor, (inner) => {
    const by = expression(inner);
    const descending = take(inner, "DESC");
    if (!descending) take(inner, "ASC");
    const nulls = take(inner, "NULLS FIRST") ? "first" : take(inner, "NULLS LAST") ? "last" : undefined;
    return { by, descending, ...(nulls ? { nulls } : {}) };
  });
}
