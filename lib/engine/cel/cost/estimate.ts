/** What an expression costs at worst, before it ever runs. Upstream: cel-go/checker/cost.go. */
import type { Expr } from "../ast";
import { dottedName } from "../tree";
import { DYN, type Type } from "../expression-types";
import { NAMESPACES } from "../signatures";
import { exactly, product, sum, union, UNKNOWN, type Bounds } from "./bounds";
import { callEstimate, type CallEstimate, type Node } from "./calls";

/** How large values of a type can be: items, entries or characters, and bytes of JSON at least. Upstream: apiserver/pkg/cel, DeclType. */
export interface Sized {
  readonly maxElements: number;
  readonly minSize: number;
  /** By the names expressions use. */
  readonly fields?: ReadonlyMap<string, Sized>;
  readonly key?: Sized;
  readonly items?: Sized;
}

const ONE = exactly(1);
const NOTHING = exactly(0);
const LIST = exactly(10);
const MAP = exactly(30);
const MESSAGE = exactly(40);

/** How large what a container holds can be. */
interface Entries {
  readonly list: boolean;
  readonly key: Bounds;
  readonly value: Bounds;
}

interface Local {
  readonly path: readonly string[];
  readonly size: Bounds | undefined;
  readonly entries?: Entries | undefined;
}

type Walk = Extract<Expr, { readonly type: "walk" }>;
type Call = Extract<Expr, { readonly type: "call" }>;

function isScalar(type: Type): boolean {
  if (type.type === "optional") return isScalar(type.of);
  return type.type === "bool" || type.type === "double" || type.type === "duration" || type.type === "int" || type.type === "timestamp" || type.type === "uint";
}

function writtenSize(expr: Expr): Bounds | undefined {
  if (expr.type === "list") return exactly(expr.items.length);
  if (expr.type === "map") return exactly(expr.entries.length);
  if (expr.type !== "literal") return undefined;
  const { value } = expr;
  if (typeof value === "string") return exactly([...value].length);
  return typeof value === "object" && value !== null && "bytes" in value ? exactly(value.bytes.length) : ONE;
}

class Coster {
  private readonly sizes = new Map<Expr, Bounds>();
  private readonly held = new Map<Expr, Entries>();
  private readonly paths = new Map<Expr, readonly string[]>();
  private readonly locals = new Map<string, Local[]>();

  constructor(
    private readonly types: ReadonlyMap<Expr, Type>,
    private readonly root: Sized | undefined,
  ) {}

  cost(expr: Expr): Bounds {
    switch (expr.type) {
      case "literal":
        return NOTHING;
      case "ident":
        this.paths.set(expr, this.local(expr.name)?.path ?? [expr.name]);
        return ONE;
      case "select":
        return this.select(expr);
      case "call":
        return this.call(expr);
      case "list":
        return this.list(expr);
      case "map":
        return this.map(expr);
      case "message":
        return sum(MESSAGE, ...expr.fields.map(({ value }) => this.cost(value)));
      case "walk":
        return this.walk(expr);
      case "optMap":
        return this.optMap(expr);
    }
  }

  private typeOf(expr: Expr): Type {
    return this.types.get(expr) ?? DYN;
  }

  private local(name: string): Local | undefined {
    const stack = this.locals.get(name);
    return stack?.[stack.length - 1];
  }

  private within<T>(name: string, local: Local, run: () => T): T {
    const stack = this.locals.get(name) ?? [];
    this.locals.set(name, stack);
    stack.push(local);
    const result = run();
    stack.pop();
    return result;
  }

  private pathOf(expr: Expr): readonly string[] {
    return (expr.type === "ident" ? this.local(expr.name)?.path : undefined) ?? this.paths.get(expr) ?? [];
  }

  /** What the schema says of a place: the first step is the variable itself. */
  private declared(path: readonly string[]): Bounds | undefined {
    if (path.length === 0) return undefined;
    let at = this.root;
    for (const step of path.slice(1)) at = step === "@items" || step === "@values" ? at?.items : step === "@keys" ? at?.key : at?.fields?.get(step);
    return at && { min: 0, max: at.maxElements };
  }

  private size(expr: Expr): Bounds | undefined {
    const known = this.sizes.get(expr) ?? writtenSize(expr) ?? this.declared(this.pathOf(expr));
    if (known) return known;
    if (isScalar(this.typeOf(expr))) return ONE;
    return expr.type === "ident" ? this.local(expr.name)?.size : undefined;
  }

  private entries(expr: Expr): Entries | undefined {
    return this.held.get(expr) ?? (expr.type === "ident" ? this.local(expr.name)?.entries : undefined);
  }

  private node(expr: Expr): Node {
    const path = this.pathOf(expr);
    return { type: this.typeOf(expr), expr, size: this.size(expr), items: () => (path.length === 0 ? undefined : this.declared([...path, "@items"])) ?? UNKNOWN };
  }

  private select(expr: Extract<Expr, { readonly type: "select" }>): Bounds {
    const { operand, field, test, optional } = expr;
    // A name with dots in it is one name.
    if (!this.types.has(operand)) return ONE;
    const inner = this.cost(operand);
    if (test) return inner;
    const { type } = this.typeOf(operand);
    if (optional || type === "optional") return sum(ONE, inner);
    this.paths.set(expr, [...this.pathOf(operand), field]);
    return type === "map" || type === "object" || type === "param" ? sum(inner, ONE) : inner;
  }

  private list(expr: Extract<Expr, { readonly type: "list" }>): Bounds {
    const costs = expr.items.map(({ value }) => this.cost(value));
    this.held.set(expr, { list: true, key: ONE, value: this.cover(expr.items.map(({ value }) => value)) });
    return sum(LIST, ...costs);
  }

  private map(expr: Extract<Expr, { readonly type: "map" }>): Bounds {
    const costs = expr.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]);
    this.held.set(expr, { list: false, key: this.cover(expr.entries.map(({ key }) => key)), value: this.cover(expr.entries.map(({ value }) => value)) });
    return sum(MAP, ...costs);
  }

  private cover(parts: readonly Expr[]): Bounds {
    return parts.length === 0 ? NOTHING : parts.map((part) => this.size(part) ?? UNKNOWN).reduce(union);
  }

  private call(expr: Call): Bounds {
    const { name, args } = expr;
    const prefix = expr.target === undefined || this.types.has(expr.target) ? undefined : dottedName(expr.target);
    const spaced = prefix !== undefined && NAMESPACES.has(prefix);
    const target = spaced ? undefined : expr.target;
    const costs = args.map((arg) => this.cost(arg));
    const own = target === undefined ? NOTHING : this.cost(target);
    const given = sum(...costs);
    if (name === "dyn" && args[0]) {
      this.copy(expr, args[0]);
      return sum(ONE, given);
    }
    if (name === "_&&_" || name === "_||_") return this.sized(expr, {}, { min: costs[0]?.min ?? 0, max: given.max });
    if (name === "_?_:_") return this.choice(expr, costs);
    const estimate = callEstimate(spaced ? `${prefix}.${name}` : name, target && this.node(target), args.map((arg) => this.node(arg)));
    if (name === "_+_") this.hold(expr, args);
    return this.sized(expr, this.indexed(expr, estimate), sum(own, estimate.cost, given));
  }

  private copy(to: Expr, from: Expr): void {
    const [size, entries] = [this.size(from), this.entries(from)];
    if (size) this.sizes.set(to, size);
    if (entries) this.held.set(to, entries);
  }

  private sized(expr: Expr, { size }: { readonly size?: Bounds | undefined }, cost: Bounds): Bounds {
    const known = size ?? this.size(expr);
    if (known) this.sizes.set(expr, known);
    return cost;
  }

  /** What one of several values holds. */
  private hold(expr: Expr, [a, b]: readonly Expr[]): void {
    const [left, right] = [a && this.entries(a), b && this.entries(b)];
    if (left && right) this.held.set(expr, { list: left.list, key: union(left.key, right.key), value: union(left.value, right.value) });
  }

  private choice(expr: Call, [condition = NOTHING, then = NOTHING, otherwise = NOTHING]: readonly Bounds[]): Bounds {
    const [, yes, no] = expr.args as readonly [Expr, Expr, Expr];
    this.hold(expr, [yes, no]);
    return this.sized(expr, { size: union(this.size(yes) ?? UNKNOWN, this.size(no) ?? UNKNOWN) }, sum(condition, union(then, otherwise)));
  }

  /** What stands at an index is as large as items are. */
  private indexed(expr: Call, estimate: CallEstimate): { readonly size?: Bounds | undefined } {
    const [range] = expr.args;
    if (expr.name !== "_[_]" || !range) return estimate;
    const { type } = this.typeOf(range);
    if (type === "list" || type === "map") this.paths.set(expr, [...this.pathOf(range), type === "list" ? "@items" : "@values"]);
    return { size: this.entries(range)?.value };
  }

  private walk(expr: Walk): Bounds {
    const range = this.cost(expr.range);
    const inside = this.entries(expr.range);
    const list = inside?.list ?? this.typeOf(expr.range).type === "list";
    const path = this.pathOf(expr.range);
    const item: Local = { path: [...path, list ? "@items" : "@values"], size: inside?.value };
    const key: Local = { path: [...path, list ? "@indices" : "@keys"], size: inside?.key };
    const [first = "", second] = expr.variables;
    const steps = (size: Bounds | undefined): { readonly costs: readonly Bounds[]; readonly entries: Entries | undefined } => ({ costs: expr.args.map((arg) => this.cost(arg)), entries: this.made(expr, size) });
    const single = list ? item : key;
    const own = second === undefined ? this.within(first, single, () => steps(single.size)) : this.within(first, key, () => this.within(second, item, () => steps(item.size)));
    const count = this.size(expr.range) ?? UNKNOWN;
    const { start, each, end } = stepsOf(expr, own.costs);
    const isContainer = start !== NOTHING;
    this.sizes.set(expr, isContainer ? count : ONE);
    if (isContainer && own.entries) this.held.set(expr, own.entries);
    return sum(range, start, end, product(count, each));
  }

  /** What a list a macro makes holds: nothing at first, then what each step adds. */
  private made(expr: Walk, item: Bounds | undefined): Entries | undefined {
    if (expr.walk === "transformMap" || expr.walk === "transformMapEntry") return undefined;
    const last = expr.args[expr.args.length - 1];
    const size = expr.walk === "filter" ? item : last && this.size(last);
    return { list: true, key: ONE, value: union(NOTHING, size ?? UNKNOWN) };
  }

  private optMap({ target, variable, body, flat }: Extract<Expr, { readonly type: "optMap" }>): Bounds {
    const holder = this.cost(target);
    const inner = this.within(variable, { path: [], size: undefined }, () => this.cost(body));
    const bound = sum(LIST, ONE, holder, inner);
    return sum(ONE, holder, union(flat ? bound : sum(ONE, bound), ONE));
  }
}

/** What a macro spends before, in and after its steps, as it is written out in the language itself. Upstream: parser/macro.go. */
function stepsOf({ walk, args }: Walk, [first = NOTHING, second = NOTHING]: readonly Bounds[]): { readonly start: Bounds; readonly each: Bounds; readonly end: Bounds } {
  const last = args.length === 2 ? second : first;
  const when = (made: Bounds): Bounds => (args.length === 2 ? sum(first, union(made, ONE)) : made);
  switch (walk) {
    case "all":
      return { start: NOTHING, each: sum(exactly(3), first), end: ONE };
    case "exists":
      return { start: NOTHING, each: sum(exactly(4), first), end: ONE };
    case "exists_one":
    case "existsOne":
      return { start: NOTHING, each: sum(first, exactly(2)), end: exactly(2) };
    case "filter":
      return { start: LIST, each: sum(first, union(exactly(13), ONE)), end: ONE };
    case "map":
    case "transformList":
    case "sortBy":
      return { start: LIST, each: when(sum(exactly(12), last)), end: ONE };
    case "transformMap":
      return { start: MAP, each: when(sum(exactly(3), last)), end: ONE };
    case "transformMapEntry":
      return { start: MAP, each: when(sum(exactly(2), last)), end: ONE };
  }
}

/** What an expression costs at least and at most. `types` are those of its parts, `root` is what its variables are declared as. */
export function estimateCost(expr: Expr, types: ReadonlyMap<Expr, Type>, root: Sized | undefined): Bounds {
  return new Coster(types, root).cost(expr);
}
