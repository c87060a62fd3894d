/** Window functions: what a row is worth among others. */
import { byKeys, isAggregate, overValues } from "./aggregate";
import { evaluate, truthOf } from "./evaluate";
import { refuse } from "./refusal";
import type { Scope } from "./scope";
import { spend } from "./session";
import type { Expression, Frame, Window } from "./tree";
import { float, identity, int, numberOf, type Value } from "./value";

type Call = Extract<Expression, { readonly kind: "call" }>;

/** A row of a partition: where it stands among all, with what it is sorted by. */
interface Member {
  readonly at: number;
  readonly scope: Scope;
  readonly keys: readonly Value[];
}

/** The calls with OVER in these expressions. */
export function windowCalls(expressions: readonly (Expression | undefined)[]): readonly Call[] {
  return expressions.flatMap((expression): readonly Call[] => {
    switch (expression?.kind) {
      case "call": return expression.over === undefined ? windowCalls(expression.args) : [expression];
      case "unary": case "cast": case "is": return windowCalls([expression.operand]);
      case "binary": return windowCalls([expression.left, expression.right]);
      case "between": return windowCalls([expression.operand, expression.low, expression.high]);
      case "in": return windowCalls([expression.operand, ...("first" in expression.list ? [] : expression.list)]);
      case "case": return windowCalls([expression.subject, expression.otherwise, ...expression.whens.flat()]);
      default: return [];
    }
  });
}

/** The scopes of a SELECT's rows, each knowing what its window functions come to. */
export function withWindows(scopes: readonly Scope[], calls: readonly Call[], named: ReadonlyMap<string, Window>): readonly Scope[] {
  if (calls.length === 0) return scopes;
  const values = new Map(calls.map((call) => [call, valuesOf(call, scopes, named)] as const));
  const worth = scopes.map((scope, i): Scope => ({ ...scope, windows: new Map([...values].map(([call, list]) => [call, list[i] ?? null] as const)) }));
  // The rows stay as the last window sorted them.
  const { partition, order } = windowOf(calls.at(-1) as Call, named);
  const sort = [...partition.map((by) => ({ by, descending: false })), ...order];
  const keyed = worth.map((scope) => ({ scope, keys: sort.map(({ by }) => evaluate(by, scope)) }));
  return sort.length === 0 ? worth : keyed.sort((a, b) => byKeys(a.keys, b.keys, sort, a.scope.session.dialect)).map(({ scope }) => scope);
}

function windowOf(call: Call, named: ReadonlyMap<string, Window>): Window {
  const { over } = call;
  if (over === undefined) return { partition: [], order: [] };
  if (over.base === undefined) return over;
  const base = named.get(over.base.toLowerCase());
  if (base === undefined) throw refuse("no-window", over.base, call.at);
  return { partition: base.partition, order: over.order.length > 0 ? over.order : base.order, ...(over.frame ?? base.frame ? { frame: over.frame ?? base.frame } : {}) };
}

function valuesOf(call: Call, scopes: readonly Scope[], named: ReadonlyMap<string, Window>): readonly Value[] {
  const window = windowOf(call, named);
  const parts = new Map<string, Member[]>();
  scopes.forEach((scope, at) => {
    const { dialect } = scope.session;
    const key = window.partition.map((by) => identity(evaluate(by, scope), dialect)).join("\0");
    const member = { at, scope, keys: window.order.map(({ by }) => evaluate(by, scope)) };
    const known = parts.get(key);
    if (known) known.push(member);
    else parts.set(key, [member]);
  });
  const found: Value[] = [];
  for (const part of parts.values()) {
    const [first] = part;
    if (!first) continue;
    const { dialect } = first.scope.session;
    const sorted = [...part].sort((a, b) => byKeys(a.keys, b.keys, window.order, dialect) || a.at - b.at);
    spend(first.scope.session, sorted.length);
    sorted.forEach((member, place) => (found[member.at] = valueAt(call, window, sorted, place)));
  }
  return found;
}

/** The first and the one past the last of the rows that are as good as this one. */
function peers(window: Window, sorted: readonly Member[], place: number): readonly [from: number, to: number] {
  const me = sorted[place] as Member;
  const same = (other: Member | undefined): boolean => other !== undefined && byKeys(me.keys, other.keys, window.order, me.scope.session.dialect) === 0;
  let [from, to] = [place, place + 1];
  while (same(sorted[from - 1])) from -= 1;
  while (same(sorted[to])) to += 1;
  return [from, to];
}

/** The rows a frame holds; without one, all up to the last as good as this one. */
function framed(window: Window, sorted: readonly Member[], place: number): readonly Member[] {
  const frame: Frame = window.frame ?? { unit: "range", from: { bound: "start" }, to: { bound: window.order.length > 0 ? "current" : "end" } };
  const [first, past] = frame.unit === "rows" ? [place, place + 1] : peers(window, sorted, place);
  const edge = (of: Frame["from"], isEnd: boolean): number => {
    if (of.bound === "start") return 0;
    if (of.bound === "end") return sorted.length;
    const own = isEnd ? past : first;
    const rows = of.bound === "current" || of.rows === undefined ? 0 : count(evaluate(of.rows, (sorted[place] as Member).scope));
    return of.bound === "before" ? own - rows : own + rows;
  };
  return sorted.slice(Math.max(0, edge(frame.from, false)), Math.max(0, edge(frame.to, true)));
}

function count(value: Value): number {
  const number = value === null ? 0 : numberOf(value);
  return Math.trunc(typeof number === "object" ? float(number) : number);
}

function valueAt(call: Call, window: Window, sorted: readonly Member[], place: number): Value {
  const me = sorted[place] as Member;
  const { dialect } = me.scope.session;
  const argument = (i: number, member: Member | undefined = me): Value => (call.args[i] && member ? evaluate(call.args[i], member.scope) : null);
  const [first, past] = peers(window, sorted, place);
  switch (call.name) {
    case "ROW_NUMBER": return int(place + 1);
    case "RANK": return int(first + 1);
    case "DENSE_RANK": return int(sorted.slice(0, first + 1).filter((member, i) => i === 0 || byKeys((sorted[i - 1] as Member).keys, member.keys, window.order, dialect) !== 0).length);
    case "PERCENT_RANK": return sorted.length < 2 ? 0 : first / (sorted.length - 1);
    case "CUME_DIST": return past / sorted.length;
    case "NTILE": {
      const buckets = Math.max(1, count(argument(0)));
      const [size, larger] = [Math.floor(sorted.length / buckets), sorted.length % buckets];
      const inLarger = larger * (size + 1);
      return int(place < inLarger ? Math.floor(place / (size + 1)) + 1 : larger + Math.floor((place - inLarger) / Math.max(1, size)) + 1);
    }
    case "LAG": case "LEAD": {
      const steps = call.args[1] ? count(argument(1)) : 1;
      const other = sorted[call.name === "LAG" ? place - steps : place + steps];
      return other ? argument(0, other) : argument(2);
    }
    case "FIRST_VALUE": return argument(0, framed(window, sorted, place)[0] ?? undefined);
    case "LAST_VALUE": return argument(0, framed(window, sorted, place).at(-1));
    case "NTH_VALUE": {
      const nth = framed(window, sorted, place)[count(argument(1)) - 1];
      return nth ? argument(0, nth) : null;
    }
    default:
      if (!isAggregate(call.name, dialect)) throw refuse("no-function", call.name.toLowerCase(), call.at);
      return overRows(call, framed(window, sorted, place), me.scope);
  }
}

function overRows(call: Call, rows: readonly Member[], scope: Scope): Value {
  const kept = call.filter ? rows.filter((row) => truthOf(evaluate(call.filter as Expression, row.scope), row.scope) === true) : rows;
  if (call.name === "COUNT" && call.star) return int(kept.length);
  const values = kept.flatMap((row) => {
    const value = call.args[0] ? evaluate(call.args[0], row.scope) : null;
    return value === null ? [] : [value];
  });
  return overValues(call, values, scope, evaluate);
}
