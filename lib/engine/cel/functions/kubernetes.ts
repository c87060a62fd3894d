/** Quantities, versions, addresses of the web, formats and questions to the authoriser. Upstream: apiserver/pkg/cel/library. */
import { dns1035LabelErrors, dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors, validateLabelValue } from "../../apimachinery/names";
import { addQuantities, compareQuantities, fitsInt64, parseQuantity, quantityMilli, quantityOf, quantitySign, quantityValue, subtractQuantities } from "../../apimachinery/quantity";
import { CelError, dictionaryOf, List, Opaque, Optional, QuantityValue, type Value } from "../values";
import { noOverload, text, type Fn, type Functions } from "./function";

function quantityArgument(value: Value | undefined): QuantityValue {
  return value instanceof QuantityValue ? value : noOverload();
}

const quantity: Fn = ([value]) => {
  const parsed = parseQuantity(text(value));
  if ("error" in parsed) throw new CelError(parsed.error);
  return new QuantityValue(parsed.quantity);
};

function integerOf({ quantity: amount }: QuantityValue): bigint | undefined {
  const whole = quantityValue(amount);
  return fitsInt64(whole) && quantityMilli(amount) === whole * 1000n ? whole : undefined;
}

function combined(combine: typeof addQuantities): Fn {
  return ([a, b]) => new QuantityValue(combine(quantityArgument(a).quantity, typeof b === "bigint" ? quantityOf(b) : quantityArgument(b).quantity));
}

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly before: readonly string[];
}

const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** Brings `v1.2` into the form `1.2.0`. */
function normalised(value: string): string {
  const [core = "", ...rest] = value.replace(/^v/, "").split(/(?=[-+])/);
  const parts = core.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  while (parts.length < 3) parts.push("0");
  return parts.join(".") + rest.join("");
}

function versionOf(value: string, normalise: boolean): Version | undefined {
  const found = SEMVER.exec(normalise ? normalised(value) : value);
  if (!found) return undefined;
  return { numbers: [BigInt(found[1] ?? "0"), BigInt(found[2] ?? "0"), BigInt(found[3] ?? "0")], before: found[4] === undefined ? [] : found[4].split(".") };
}

const semver: Fn = ([value, normalise]) => {
  const version = versionOf(text(value), normalise === true);
  if (!version) throw new CelError(`semver: invalid version ${JSON.stringify(text(value))}`);
  return new Opaque("kubernetes.Semver", version, text(value));
};

function versionArgument(value: Value | undefined): Version {
  return value instanceof Opaque && value.name === "kubernetes.Semver" ? (value.inside as Version) : noOverload();
}

function compareIdentifiers(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left !== right) return left ? -1 : 1;
  if (left) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareVersions(a: Version, b: Version): number {
  for (const i of [0, 1, 2] as const) if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] < b.numbers[i] ? -1 : 1;
  if (a.before.length === 0 || b.before.length === 0) return Math.sign(b.before.length - a.before.length);
  for (let i = 0; i < Math.min(a.before.length, b.before.length); i += 1) {
    const order = compareIdentifiers(a.before[i] ?? "", b.before[i] ?? "");
    if (order !== 0) return order;
  }
  return Math.sign(a.before.length - b.before.length);
}

/** Quantities and versions share the names of their comparisons. */
function compared(a: Value | undefined, b: Value | undefined): number {
  if (a instanceof QuantityValue) return compareQuantities(a.quantity, quantityArgument(b).quantity);
  return compareVersions(versionArgument(a), versionArgument(b));
}

interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** Reads an absolute address or an absolute path, as Go's ParseRequestURI. */
function urlOf(value: string): Url | undefined {
  const found = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/.exec(value);
  if (!found || value === "" || /[\s\x00-\x1f\x7f]/.test(value) || /%(?![0-9A-Fa-f]{2})/.test(found[3] ?? "")) return undefined;
  const [, scheme = "", authority, path = "", query = ""] = found;
  if (scheme === "" && !path.startsWith("/")) return undefined;
  if (scheme !== "" && authority === undefined && !path.startsWith("/")) return undefined;
  const host = (authority ?? "").replace(/^[^@]*@/, "");
  return /:\D*$/.test(host.replace(/\[[^\]]*\]/, "")) && !/:\d*$/.test(host) ? undefined : { scheme: scheme.toLowerCase(), host, path, query };
}

const url: Fn = ([value]) => {
  const found = urlOf(text(value));
  if (!found) throw new CelError(`URL parse error during conversion from string: parse ${JSON.stringify(text(value))}: invalid URI for request`);
  return new Opaque("kubernetes.URL", found, text(value));
};

function urlArgument(value: Value | undefined): Url {
  return value instanceof Opaque && value.name === "kubernetes.URL" ? (value.inside as Url) : noOverload();
}

const portOf = (host: string): string => /:(\d*)$/.exec(host.replace(/^\[[^\]]*\]/, ""))?.[1] ?? "";
const hostnameOf = (host: string): string => (host.startsWith("[") ? host.slice(1, host.indexOf("]")) : host.replace(/:\d*$/, ""));

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return value;
  }
}

function queryOf({ query }: Url): Value {
  const found = new Map<string, string[]>();
  for (const pair of query.split("&").filter((one) => one !== "")) {
    const [name = "", ...rest] = pair.split("=");
    found.set(decoded(name), [...(found.get(decoded(name)) ?? []), decoded(rest.join("="))]);
  }
  return dictionaryOf([...found].map(([name, values]) => [name, new List(values)] as const));
}

const prefixed = (check: (value: string) => readonly string[]) => (value: string): readonly string[] => check(value.endsWith("-") ? `${value.slice(0, -1)}a` : value);
const plainly = (test: (value: string) => boolean, message: string) => (value: string): readonly string[] => (test(value) ? [] : [message]);

const FORMATS: Readonly<Record<string, (value: string) => readonly string[]>> = {
  dns1123Label: dns1123LabelErrors,
  dns1123Subdomain: dns1123SubdomainErrors,
  dns1035Label: dns1035LabelErrors,
  qualifiedName: qualifiedNameErrors,
  dns1123LabelPrefix: prefixed(dns1123LabelErrors),
  dns1123SubdomainPrefix: prefixed(dns1123SubdomainErrors),
  dns1035LabelPrefix: prefixed(dns1035LabelErrors),
  labelValue: validateLabelValue,
  uri: plainly((value) => urlOf(value) !== undefined, "invalid URI"),
  uuid: plainly((value) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(value), "does not match the UUID format"),
  byte: plainly((value) => value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value), "invalid base64"),
  date: plainly((value) => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(value), "invalid date"),
  datetime: plainly((value) => /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/.test(value), "invalid datetime"),
};

const formatNamed = (name: string): Opaque => new Opaque("kubernetes.NamedFormat", name, name);

const validate: Fn = ([format, value]) => {
  if (!(format instanceof Opaque) || format.name !== "kubernetes.NamedFormat") return noOverload();
  const problems = FORMATS[format.text]?.(text(value)) ?? [];
  return new Optional(problems.length === 0 ? undefined : new List([...problems]));
};

const formatMakers: Functions = Object.fromEntries(Object.keys(FORMATS).map((name) => [`format.${name}`, () => formatNamed(name)] as const));

/** A question to the authoriser under construction. */
export interface AuthorizerQuestion {
  readonly user?: { readonly namespace: string; readonly name: string };
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly verb?: string;
}

/** Whoever answers. */
export type AuthorizerAnswer = (question: AuthorizerQuestion) => { readonly allowed: boolean; readonly reason: string };

interface Asking {
  readonly answer: AuthorizerAnswer;
  readonly question: AuthorizerQuestion;
}

const AUTHORIZATION = "kubernetes.authorization";

/** The `authorizer` variable. */
export function authorizerValue(answer: AuthorizerAnswer, question: AuthorizerQuestion = {}): Opaque {
  return new Opaque(`${AUTHORIZATION}.Authorizer`, { answer, question }, "authorizer");
}

/** The `authorizer.requestResource` variable: what the request itself asks for. */
export function resourceCheckValue(answer: AuthorizerAnswer, question: AuthorizerQuestion): Opaque {
  return new Opaque(`${AUTHORIZATION}.ResourceCheck`, { answer, question }, "requestResource");
}

function asking(value: Value | undefined): Asking {
  return value instanceof Opaque && value.name.startsWith(AUTHORIZATION) ? (value.inside as Asking) : noOverload();
}

function asked(type: string, extend: (value: string) => AuthorizerQuestion): Fn {
  return ([target, value]) => {
    const { answer, question } = asking(target);
    return new Opaque(`${AUTHORIZATION}.${type}`, { answer, question: { ...question, ...extend(text(value)) } }, JSON.stringify({ ...question, ...extend(text(value)) }));
  };
}

const check: Fn = ([target, verb], context) => {
  const { answer, question } = asking(target);
  context.spend(350_000);
  const decision = answer({ ...question, verb: text(verb) });
  return new Opaque(`${AUTHORIZATION}.Decision`, decision, String(decision.allowed));
};

function decisionOf(value: Value | undefined): { readonly allowed: boolean; readonly reason: string } {
  return value instanceof Opaque && value.name === `${AUTHORIZATION}.Decision` ? (value.inside as { readonly allowed: boolean; readonly reason: string }) : noOverload();
}

/** What went wrong while an authoriser decided. RBAC, the only one there is, always decides: what it misses is part of its reason. */
function errorOf(value: Value | undefined): "" {
  decisionOf(value);
  return "";
}

/** What Kubernetes adds to CEL, addresses of networks aside. */
export const kubernetes: Functions = {
  quantity,
  isQuantity: ([value]) => !("error" in parseQuantity(text(value))),
  isInteger: ([value]) => integerOf(quantityArgument(value)) !== undefined,
  asInteger: ([value]) => {
    const found = integerOf(quantityArgument(value));
    if (found === undefined) throw new CelError("cannot convert value to integer");
    return found;
  },
  asApproximateFloat: ([value]) => Number(quantityMilli(quantityArgument(value).quantity)) / 1000,
  sign: ([value]) => BigInt(quantitySign(quantityArgument(value).quantity)),
  add: combined(addQuantities),
  sub: combined(subtractQuantities),
  isGreaterThan: ([a, b]) => compared(a, b) > 0,
  isLessThan: ([a, b]) => compared(a, b) < 0,
  compareTo: ([a, b]) => BigInt(compared(a, b)),
  semver,
  isSemver: ([value, normalise]) => versionOf(text(value), normalise === true) !== undefined,
  major: ([value]) => versionArgument(value).numbers[0],
  minor: ([value]) => versionArgument(value).numbers[1],
  patch: ([value]) => versionArgument(value).numbers[2],
  url,
  isURL: ([value]) => urlOf(text(value)) !== undefined,
  getScheme: ([value]) => urlArgument(value).scheme,
  getHost: ([value]) => urlArgument(value).host,
  getHostname: ([value]) => hostnameOf(urlArgument(value).host),
  getPort: ([value]) => portOf(urlArgument(value).host),
  getEscapedPath: ([value]) => urlArgument(value).path,
  getQuery: ([value]) => queryOf(urlArgument(value)),
  ...formatMakers,
  "format.named": ([value]) => new Optional(Object.hasOwn(FORMATS, text(value)) ? formatNamed(text(value)) : undefined),
  "jsonpatch.escapeKey": ([value]) => text(value).replaceAll("~", "~0").replaceAll("/", "~1"),
  validate,
  path: asked("PathCheck", (path) => ({ path })),
  group: asked("GroupCheck", (group) => ({ group })),
  resource: asked("ResourceCheck", (resource) => ({ resource })),
  subresource: asked("ResourceCheck", (subresource) => ({ subresource })),
  namespace: asked("ResourceCheck", (namespace) => ({ namespace })),
  name: asked("ResourceCheck", (name) => ({ name })),
  // What a selector leaves out makes no difference to RBAC, which grants a list whole or not at all.
  fieldSelector: asked("ResourceCheck", () => ({})),
  labelSelector: asked("ResourceCheck", () => ({})),
  serviceAccount: ([target, namespace, name]) => authorizerValue(asking(target).answer, { user: { namespace: text(namespace), name: text(name) } }),
  check,
  allowed: ([value]) => decisionOf(value).allowed,
  reason: ([value]) => decisionOf(value).reason,
  errored: ([value]) => errorOf(value) !== "",
  error: ([value]) => errorOf(value),
};
