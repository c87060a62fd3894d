import { aggregate, isAggregate } from "./aggregate";
import { arithmetic, spoken } from "./arithmetic";
import { later, momentOf, momentText } from "./calendar";
import { stored } from "./column-type";
import { callFunction, kindOf, pattern } from "./functions";
import { refuse } from "./refusal";
import { columnValue, type Scope } from "./scope";
import { spend } from "./session";
import { settingOf } from "./settings";
import type { Expression, Query } from "./tree";
import { compare, exactOf, float, int, isExact, numberOf, type Value } from "./value";

type Binary = Extract<Expression, { readonly kind: "binary" }>;

/** Is a value true? `undefined` when nobody knows. */
export function truthOf(value: Value, scope: Scope, at = 0): boolean | undefined {
  if (value === null) return undefined;
  if (typeof value === "boolean") return value;
  if (scope.session.dialect === "postgres") {
    if (typeof value === "string" && /^(t|true|f|false|on|off|yes|no)$/i.test(value)) return /^(t|true|on|yes)$/i.test(value);
    throw refuse("bad-operator", ["WHERE", kindOf(value)], at);
  }
  const number = numberOf(value);
  return typeof number === "object" ? number.n !== BigInt(0) : number !== 0;
}

const said = (scope: Scope, value: boolean | undefined): Value => (value === undefined ? null : scope.session.dialect === "postgres" ? value : int(value ? 1 : 0));

/** Which of two comes first; PostgreSQL refuses to compare a number with a word. */
function compared(left: Value, right: Value, scope: Scope, at: number): number | undefined {
  if (left === null || right === null) return undefined;
  const { dialect } = scope.session;
  if (dialect === "postgres") {
    const [text, other] = typeof left === "string" ? [left, right] : [right, left];
    if (typeof text === "string" && typeof other !== "string") {
      if (typeof other === "boolean") return compare(stored(left, BOOLEAN, dialect, "") ?? false, stored(right, BOOLEAN, dialect, "") ?? false, dialect);
      if (exactOf(text) === undefined && !Number.isFinite(Number(text || "x"))) throw refuse("bad-value", ["integer", text, ""], at);
    }
  }
  return compare(left, right, dialect);
}

const BOOLEAN = { name: "boolean", kind: "boolean" } as const;

/** The value of an expression. */
export function evaluate(expression: Expression, scope: Scope): Value {
  spend(scope.session, 1);
  switch (expression.kind) {
    case "literal": return expression.value;
    case "column": return columnValue(scope, expression.name, expression.table, expression.at, evaluate);
    case "variable": return variable(expression.name, scope);
    case "unary": {
      const value = evaluate(expression.operand, scope);
      if (expression.operator === "-") return value === null ? null : arithmetic("-", int(0), value, scope.session.dialect, expression.at);
      const truth = truthOf(value, scope, expression.at);
      return said(scope, truth === undefined ? undefined : !truth);
    }
    case "binary": return binary(expression, scope);
    case "call": return call(expression, scope);
    case "case": return choice(expression, scope);
    case "in": return within(expression, scope);
    case "between": {
      const value = evaluate(expression.operand, scope);
      const [low, high] = [compared(value, evaluate(expression.low, scope), scope, expression.at), compared(value, evaluate(expression.high, scope), scope, expression.at)];
      if (low === undefined || high === undefined) return null;
      return said(scope, (low >= 0 && high <= 0) !== expression.not);
    }
    case "is": {
      const value = evaluate(expression.operand, scope);
      const holds = expression.what === "null" ? value === null : truthOf(value, scope, expression.at) === (expression.what === "true");
      return said(scope, holds !== expression.not);
    }
    case "exists": return said(scope, scope.session.query(scope.session, expression.query, scope).rows.length > 0);
    case "scalar": return scalar(expression.query, scope);
    case "cast": {
      const value = evaluate(expression.operand, scope);
      if (value === null) return null;
      if (scope.session.dialect === "postgres") return expression.type.kind === "text" && expression.type.length !== undefined ? spoken(value, "postgres").slice(0, expression.type.length) : atPlace(expression.at, () => stored(value, expression.type, "postgres", ""));
      return lenient(value, expression, scope);
    }
    case "interval": throw refuse("syntax", ["", ""], expression.at);
    case "default": throw refuse("syntax", ["DEFAULT", "DEFAULT"], expression.at);
    default: return null;
  }
}

/** A refusal inside gets the place of the expression it is about. */
function atPlace<T>(at: number, work: () => T): T {
  try {
    return work();
  } catch (problem) {
    if (problem instanceof Error && "reason" in problem && "what" in problem) throw refuse(problem.reason as "bad-value", problem.what as readonly string[], at);
    throw problem;
  }
}

/** MariaDB casts what it can and makes NULL or 0 of the rest. */
function lenient(value: Exclude<Value, null>, { type }: Extract<Expression, { readonly kind: "cast" }>, scope: Scope): Value {
  if (type.kind === "text") return type.length === undefined || type.name.startsWith("char(1") ? spoken(value, "mariadb") : spoken(value, "mariadb").slice(0, type.length);
  const number = numberOf(value);
  const base = type.kind === "int" || type.kind === "decimal" ? (typeof number === "object" ? number : (exactOf(number.toFixed(6)) ?? int(0))) : value;
  try {
    return stored(base, type, scope.session.dialect, "");
  } catch {
    return null;
  }
}

function variable(name: string, scope: Scope): Value {
  if (!name.startsWith("@@")) return scope.session.variables.get(name.toLowerCase()) ?? null;
  const found = settingOf(scope.session, name);
  if (found === undefined) throw refuse("no-variable", name.replace(/^@@(global\.|session\.)?/, ""));
  return found === "ON" ? int(1) : found === "OFF" ? int(0) : (/^-?\d+$/.test(found) && exactOf(found)) || found;
}

function scalar(query: Query, scope: Scope): Value {
  const { columns, rows } = scope.session.query(scope.session, query, scope);
  if (columns.length !== 1) throw refuse("one-column", "", query.at);
  if (rows.length > 1) throw refuse("one-row");
  return rows[0]?.[0] ?? null;
}

function within(expression: Extract<Expression, { readonly kind: "in" }>, scope: Scope): Value {
  const value = evaluate(expression.operand, scope);
  const listed = "first" in expression.list ? subquery(expression.list, scope) : expression.list.map((one) => evaluate(one, scope));
  if (listed.length === 0) return said(scope, expression.not);
  if (value === null) return null;
  let unknown = false;
  for (const one of listed) {
    const order = compared(value, one, scope, expression.at);
    if (order === 0) return said(scope, !expression.not);
    unknown ||= order === undefined;
  }
  return unknown ? null : said(scope, expression.not);
}

function subquery(query: Query, scope: Scope): readonly Value[] {
  const { columns, rows } = scope.session.query(scope.session, query, scope);
  if (columns.length !== 1) throw refuse("one-column", "", query.at);
  return rows.map((row) => row[0] ?? null);
}

function choice(expression: Extract<Expression, { readonly kind: "case" }>, scope: Scope): Value {
  const subject = expression.subject && evaluate(expression.subject, scope);
  for (const [when, then] of expression.whens) {
    const value = evaluate(when, scope);
    const holds = expression.subject ? compared(subject ?? null, value, scope, expression.at) === 0 : truthOf(value, scope, expression.at) === true;
    if (holds) return evaluate(then, scope);
  }
  return expression.otherwise ? evaluate(expression.otherwise, scope) : null;
}

/** LIKE: `%` is anything, `_` one letter, a backslash takes their meaning away. */
export function isLike(text: string, wanted: string, blind: boolean): boolean {
  const [hay, needle] = blind ? [text.toLowerCase(), wanted.toLowerCase()] : [text, wanted];
  let [i, j, star, mark] = [0, 0, -1, 0];
  while (i < hay.length) {
    const escaped = needle[j] === "\\" && j + 1 < needle.length;
    const letter = escaped ? needle[j + 1] : needle[j];
    if (j < needle.length && !escaped && letter === "%") [star, mark, j] = [j, i, j + 1];
    else if (j < needle.length && (letter === hay[i] || (!escaped && letter === "_"))) [i, j] = [i + 1, j + (escaped ? 2 : 1)];
    else if (star >= 0) [mark, i, j] = [mark + 1, mark + 1, star + 1];
    else return false;
  }
  while (needle[j] === "%") j += 1;
  return j === needle.length;
}

function binary(expression: Binary, scope: Scope): Value {
  const { operator, at } = expression;
  const { dialect } = scope.session;
  if (operator === "AND" || operator === "OR") {
    const stop = operator === "OR";
    const left = truthOf(evaluate(expression.left, scope), scope, expression.left.at);
    if (left === stop) return said(scope, stop);
    const right = truthOf(evaluate(expression.right, scope), scope, expression.right.at);
    return said(scope, right === stop ? stop : left === undefined || right === undefined ? undefined : !stop);
  }
  const left = evaluate(expression.left, scope);
  if (expression.right.kind === "interval") return moved(left, expression.right, operator, scope);
  const right = evaluate(expression.right, scope);
  if (operator === "<=>") return said(scope, left === null || right === null ? left === right : compared(left, right, scope, at) === 0);
  if (left === null || right === null) return null;
  switch (operator) {
    case "=": return said(scope, compared(left, right, scope, at) === 0);
    case "<>": return said(scope, compared(left, right, scope, at) !== 0);
    case "<": return said(scope, (compared(left, right, scope, at) ?? 0) < 0);
    case ">": return said(scope, (compared(left, right, scope, at) ?? 0) > 0);
    case "<=": return said(scope, (compared(left, right, scope, at) ?? 0) <= 0);
    case ">=": return said(scope, (compared(left, right, scope, at) ?? 0) >= 0);
    case "LIKE": case "ILIKE":
      if (dialect === "postgres" && typeof left !== "string") throw refuse("bad-operator", ["~~", kindOf(left), kindOf(right)], at);
      return said(scope, isLike(spoken(left, dialect), spoken(right, dialect), dialect === "mariadb" || operator === "ILIKE"));
    case "REGEXP": case "IREGEXP": return said(scope, pattern(spoken(right, dialect), dialect === "mariadb" || operator === "IREGEXP" ? "i" : "").test(spoken(left, dialect)));
    case "XOR": return said(scope, truthOf(left, scope) !== truthOf(right, scope));
    case "||": {
      const joined = spoken(left, dialect) + spoken(right, dialect);
      spend(scope.session, joined.length >> 6);
      return joined;
    }
    case "->": case "->>": return inside(spoken(left, dialect), right, operator === "->>");
    default: return arithmetic(operator, left, right, dialect, at);
  }
}

function inside(text: string, key: Value, bare: boolean): Value {
  try {
    const found: unknown = JSON.parse(text);
    const name = isExact(key) ? String(key.n) : String(key).replace(/^\$\./, "");
    const value = typeof found === "object" && found !== null && Object.hasOwn(found, name) ? (found as Record<string, unknown>)[name] : undefined;
    if (value === undefined || (bare && value === null)) return null;
    return bare && typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return null;
  }
}

function moved(left: Value, by: Extract<Expression, { readonly kind: "interval" }>, operator: string, scope: Scope): Value {
  const amount = evaluate(by.amount, scope);
  const moment = typeof left === "string" ? momentOf(left) : undefined;
  if (!moment || amount === null) return null;
  const number = numberOf(amount);
  const count = typeof number === "object" ? float(number) : number;
  const found = later(moment, operator === "-" ? -count : count, by.unit);
  if (!found) return null;
  const zone = typeof left === "string" && left.endsWith("+00") ? "+00" : "";
  return momentText(scope.session.dialect === "postgres" ? { ...found, timed: true } : found) + zone;
}

/** Functions that are nothing without OVER. */
const WINDOW_ONLY: ReadonlySet<string> = new Set(["ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"]);

function call(expression: Extract<Expression, { readonly kind: "call" }>, scope: Scope): Value {
  const { name, args } = expression;
  if (expression.over) return scope.windows?.get(expression) ?? null;
  if (WINDOW_ONLY.has(name)) throw refuse("needs-over", name.toLowerCase(), expression.at);
  if (isAggregate(name, scope.session.dialect)) {
    if (!scope.group) throw refuse("group-function", name.toLowerCase(), expression.at);
    return aggregate(expression, scope, scope.group, evaluate, (value) => truthOf(value, scope) === true);
  }
  if (name === "VALUES" && scope.excluded && args[0]?.kind === "column") return scope.excluded.get(args[0].name.toLowerCase()) ?? null;
  const by = args[1];
  if ((name === "DATE_ADD" || name === "DATE_SUB" || name === "ADDDATE" || name === "SUBDATE") && by?.kind === "interval" && args[0]) return moved(evaluate(args[0], scope), by, name.endsWith("SUB") || name.startsWith("SUB") ? "-" : "+", scope);
  if (name === "TIMESTAMPDIFF" && args[0]?.kind === "column") {
    const [from, to] = [args[1], args[2]].map((arg) => (arg ? evaluate(arg, scope) : null)).map((value) => (typeof value === "string" ? momentOf(value) : undefined));
    const unit = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800, month: 2_629_800, year: 31_557_600 }[args[0].name.toLowerCase()];
    return from && to && unit !== undefined ? int((to.seconds - from.seconds) / unit) : null;
  }
  if (name === "NEXTVAL" || name === "CURRVAL" || name === "LASTVAL" || name === "SETVAL") return int(scope.session.lastId);
  const value = callFunction(scope.session, name, args.map((arg) => () => evaluate(arg, scope)), expression.at);
  // Long texts are work too.
  if (typeof value === "string") spend(scope.session, value.length >> 6);
  return value;
}
