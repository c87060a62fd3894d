/** What functions cost at worst. Upstream: cel-go/checker/cost.go, apiserver/pkg/cel/library/cost.go. */
import type { Expr } from "../ast";
import type { Type } from "../expression-types";
import { exactly, MOST, product, scaled, sum, union, UNKNOWN, type Bounds } from "./bounds";

/** Walking over text, for each character. */
const TEXT = 0.1;
/** Running a pattern, for each of its characters. */
const PATTERN = 0.25;
/** Characters of the longest format's pattern. */
const FORMAT_PATTERN = 128;

/** A value a function is called with. */
export interface Node {
  readonly type: Type;
  readonly expr: Expr | undefined;
  /** How large it is; undefined when nobody can say. */
  readonly size: Bounds | undefined;
  /** How large its items are, when it is a list. */
  items(): Bounds;
}

/** What a call costs besides its arguments, and how large what it returns is. */
export interface CallEstimate {
  readonly cost: Bounds;
  readonly size?: Bounds;
}

const ONE: CallEstimate = { cost: exactly(1) };
const sizeOf = (node: Node | undefined): Bounds => node?.size ?? UNKNOWN;
const walked = (node: Node | undefined, factor = TEXT): CallEstimate => ({ cost: scaled(sizeOf(node), factor) });

type Estimate = (target: Node | undefined, args: readonly Node[]) => CallEstimate | undefined;

/** Every item compared once, texts walked over. */
const compared: Estimate = (target) => {
  if (target?.type.type !== "list") return target && walked(target);
  const { type } = target.type.of;
  const item = type === "string" || type === "bytes" ? sum(exactly(1), scaled(target.items(), TEXT)) : exactly(1);
  return { cost: product(sizeOf(target), item) };
};

const reshaped: Estimate = (target) => target && { ...walked(target), size: sizeOf(target) };

const replaced: Estimate = (target, [old, next]) => {
  if (!target || !old || !next) return undefined;
  const [size, from, to] = [sizeOf(target), sizeOf(old), sizeOf(next)];
  const most = from.min === 0 ? { times: Math.min(MOST, size.max + 1), kept: size.max } : to.max <= from.min ? { times: 0, kept: size.max } : { times: Math.ceil(size.max / from.min), kept: 0 };
  const least = from.max === 0 ? { times: Math.min(MOST, size.min + 1), kept: size.min } : from.max <= to.min ? { times: 0, kept: size.min } : { times: Math.ceil(size.min / from.max), kept: 0 };
  return { cost: scaled(size, 2 * TEXT), size: sum(product({ min: least.times, max: most.times }, to), { min: least.kept, max: most.kept }) };
};

const split: Estimate = (target, [, most]) => {
  if (!target) return undefined;
  const limit = most?.expr?.type === "literal" && typeof most.expr.value === "bigint" ? Number(BigInt.asUintN(64, most.expr.value)) : sizeOf(target).max;
  return { cost: scaled(sizeOf(target), 2 * TEXT), size: { min: 0, max: limit } };
};

const joined: Estimate = (target, [separator]) => {
  if (!target) return undefined;
  const list = sizeOf(target);
  const own = target.type.type === "list" ? product(list, target.items()) : exactly(0);
  const between = separator ? product(sizeOf(separator), { min: Math.max(0, list.min - 1), max: Math.max(0, list.max - 1) }) : exactly(0);
  const size = sum(own, between);
  return { cost: scaled(size, TEXT), size };
};

const found: Estimate = (target, [pattern]) => {
  if (!target || !pattern) return undefined;
  return { cost: matched(target, pattern), size: { min: 0, max: sizeOf(target).max } };
};

/** An empty text costs something, too. */
function matched(text: Node, pattern: Node): Bounds {
  return product(scaled(sum(sizeOf(text), exactly(1)), TEXT), scaled(sizeOf(pattern), PATTERN));
}

const nominal: Estimate = () => ONE;
/** Texts given to a function of their own name are not walked over: upstream looks for them before the dot. */
const parsed: Estimate = (target, [text]) => target && walked(text);

const ADDRESS: Bounds = { min: 4, max: 16 };
const isText = (node: Node | undefined): boolean => node?.type.type === "string";

const contained = (networks: boolean): Estimate => (target, [other]) => {
  if (!target || !other) return undefined;
  const prefixes = scaled(sum(ADDRESS, ADDRESS), TEXT);
  return { cost: sum(prefixes, networks ? sum(scaled(ADDRESS, TEXT), exactly(1)) : exactly(0), isText(other) ? walked(other).cost : exactly(0)) };
};

const setCost = (factor: number): Estimate => (_target, [a, b]) => ({ cost: sum(scaled(product(sizeOf(a), sizeOf(b)), factor), exactly(1)) });

const NOMINAL = "serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery";

/** What Kubernetes says of its own functions, and of some of the language's. */
const OWN: Readonly<Record<string, Estimate>> = {
  ...Object.fromEntries(NOMINAL.split(" ").map((name) => [name, nominal])),
  ...Object.fromEntries(["isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"].map((name) => [name, compared])),
  ...Object.fromEntries(["lowerAscii", "upperAscii", "substring", "trim"].map((name) => [name, reshaped])),
  ...Object.fromEntries(["cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver"].map((name) => [name, parsed])),
  check: () => ({ cost: exactly(350_000) }),
  url: (_target, args) => (args.length === 1 ? { ...walked(args[0]), size: sizeOf(args[0]) } : undefined),
  "jsonpatch.escapeKey": (_target, args) => (args.length === 1 ? { ...walked(args[0]), size: sizeOf(args[0]) } : undefined),
  replace: replaced,
  split,
  join: joined,
  find: found,
  findAll: found,
  ip: (target) => target && ONE,
  containsIP: contained(false),
  containsCIDR: contained(true),
  validate: (target, [text]) => target && { cost: scaled(scaled(sizeOf(text), TEXT), FORMAT_PATTERN * PATTERN) },
  "sets.contains": setCost(1),
  "sets.intersects": setCost(1),
  "sets.equivalent": setCost(2),
};

/** The smaller of two texts decides. */
function equality(a: Node | undefined, b: Node | undefined): CallEstimate {
  const most = Math.min(sizeOf(a).max, sizeOf(b).max);
  return { cost: scaled({ min: most > 0 ? 1 : 0, max: most }, TEXT) };
}

function concatenated(kind: "text" | "list", a: Node | undefined, b: Node | undefined): CallEstimate {
  const size = sum(sizeOf(a), sizeOf(b));
  return { cost: kind === "list" ? exactly(1) : scaled(size, TEXT), size };
}

/** Several ways a call might go: what covers them all. */
function any(...ways: readonly CallEstimate[]): CallEstimate {
  const sizes = ways.flatMap(({ size }) => (size === undefined ? [] : [size]));
  const [first, ...others] = sizes;
  return { cost: ways.map(({ cost }) => cost).reduce(union), ...(first === undefined ? {} : { size: others.reduce(union, first) }) };
}

const kindOf = (...nodes: readonly (Node | undefined)[]): Type["type"] => nodes.map((node) => node?.type.type ?? "dyn").find((type) => type !== "dyn" && type !== "param") ?? "dyn";

/** Equality that looks at no text. */
const PLAIN_EQUALITY: ReadonlySet<string> = new Set(["net.IP", "net.CIDR", "kubernetes.Quantity", "kubernetes.Semver", "kubernetes.URL"]);

function operator(name: string, [a, b]: readonly Node[]): CallEstimate {
  const kind = kindOf(a, b);
  switch (name) {
    case "_==_":
      return a?.type.type === "opaque" && b?.type.type === "opaque" && a.type.name === b.type.name && PLAIN_EQUALITY.has(a.type.name) ? ONE : equality(a, b);
    case "_!=_":
      return equality(a, b);
    case "_<_":
    case "_<=_":
    case "_>_":
    case "_>=_":
      return kind === "string" || kind === "bytes" ? equality(a, b) : kind === "dyn" ? any(ONE, equality(a, b)) : ONE;
    case "_+_":
      if (kind === "dyn") return any(ONE, concatenated("text", a, b), concatenated("list", a, b));
      return kind === "string" || kind === "bytes" ? concatenated("text", a, b) : kind === "list" ? concatenated("list", a, b) : ONE;
    case "@in":
      return b?.type.type === "list" ? { cost: sizeOf(b) } : b?.type.type === "dyn" ? any(ONE, { cost: sizeOf(b) }) : ONE;
    default:
      return ONE;
  }
}

function standard(name: string, target: Node | undefined, args: readonly Node[]): CallEstimate {
  const [first] = args;
  const size = sizeOf(first);
  switch (name) {
    case "format":
      return target ? walked(target) : ONE;
    case "startsWith":
    case "endsWith":
      return walked(first);
    case "matches":
      return target && first ? { cost: matched(target, first) } : ONE;
    case "contains":
      return target && first ? { cost: product(walked(target).cost, walked(first).cost) } : ONE;
    case "bytes":
      return isText(first) ? { ...walked(first), size: { min: size.min, max: Math.min(MOST, size.max * 4) } } : ONE;
    case "string":
      return first?.type.type === "bytes" ? { ...walked(first), size: { min: Math.floor(size.min / 4), max: size.max } } : ONE;
    case "strings.quote":
      return { ...walked(first), size: { min: size.min + 2, max: Math.min(MOST, size.max * 2 + 2) } };
    default:
      return operator(name, args);
  }
}

/**
 * What a call costs at worst, without its arguments. `&&`, `||` and `?:` are not asked for here: what they cost depends on
 * their arguments' cost.
 *
 * @simplified Functions over lists that cel-go lately weighs by their size (`distinct`, `flatten`, `sort`) cost as much as a simple call.
 */
export function callEstimate(name: string, target: Node | undefined, args: readonly Node[]): CallEstimate {
  const own = Object.hasOwn(OWN, name) ? OWN[name]?.(target, args) : undefined;
  return own ?? standard(name, target, args);
}
