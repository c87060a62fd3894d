/** Label selectors, as text (`app=web,tier in (a,b)`) and as objects. Upstream: `apimachinery/pkg/labels`, `metav1.LabelSelector`. */
import { validateLabelValue, qualifiedNameErrors } from "./names";

/** The operators of a selector's requirement, spelled as in its text form. */
export type SelectorOperator = "in" | "notin" | "=" | "==" | "!=" | "exists" | "!" | "gt" | "lt";

/** One requirement on one label. */
export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

/** A compiled selector: every requirement must hold. `nothing` is the selector of an absent LabelSelector, which selects no object. */
export interface Selector {
  readonly requirements: readonly Requirement[];
  readonly nothing?: boolean;
}

/** The answer of the two ways to make a selector: the selector, or upstream's words. */
export type SelectorResult = { readonly selector: Selector } | { readonly error: string };

/** A LabelSelector as objects carry it. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | null;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | null }[] | null;
}

/** Selects every object. */
export const everything: Selector = { requirements: [] };
/** Selects no object. */
export const nothing: Selector = { requirements: [], nothing: true };

type TokenKind = "id" | "in" | "notin" | "(" | ")" | "," | "!" | "=" | "==" | "!=" | ">" | "<" | "end";
interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SPACE = " \t\r\n";
const SPECIAL = "=!(),><";

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (SPACE.includes(char)) at += 1;
    else if (SPECIAL.includes(char)) {
      const pair = text.slice(at, at + 2);
      const symbol = pair === "==" || pair === "!=" ? pair : char;
      found.push({ kind: symbol as TokenKind, text: symbol });
      at += symbol.length;
    } else {
      let end = at;
      while (end < text.length && !SPACE.includes(text.charAt(end)) && !SPECIAL.includes(text.charAt(end))) end += 1;
      const word = text.slice(at, end);
      found.push({ kind: word === "in" || word === "notin" ? word : "id", text: word });
      at = end;
    }
  }
  found.push({ kind: "end", text: "" });
  return found;
}

/** Carries upstream's message from the depth of the parser to its door; never leaves this file. */
class Refusal extends Error {}

class Parser {
  private at = 0;
  constructor(private readonly all: readonly Token[]) {}

  /** `in` and `notin` are ordinary words wherever a value or a key may stand. */
  private look(asValue = true): Token {
    const token = this.all[this.at] ?? { kind: "end", text: "" };
    return asValue && (token.kind === "in" || token.kind === "notin") ? { kind: "id", text: token.text } : token;
  }

  private take(asValue = true): Token {
    const token = this.look(asValue);
    this.at += 1;
    return token;
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const next = this.look();
      if (next.kind === "end") return requirements;
      if (next.kind !== "id" && next.kind !== "!") throw new Refusal(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.guarded());
      const after = this.take();
      if (after.kind === "end") return requirements;
      if (after.kind !== ",") throw new Refusal(`found '${after.text}', expected: ',' or 'end of string'`);
      const second = this.look();
      if (second.kind !== "id" && second.kind !== "!") throw new Refusal(`found '${second.text}', expected: identifier after ','`);
    }
  }

  private guarded(): Requirement {
    try {
      return this.requirement();
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  private requirement(): Requirement {
    let token = this.take();
    const absent = token.kind === "!";
    if (absent) token = this.take();
    if (token.kind !== "id") throw new Refusal(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const wrong = keyError(key, "<nil>");
    if (wrong !== undefined) throw new Refusal(wrong);
    if (absent) return accepted(key, "!", []);
    const next = this.look();
    if (next.kind === "end" || next.kind === ",") return accepted(key, "exists", []);
    const operator = this.operator();
    const values = operator === "in" || operator === "notin" ? this.values() : this.exactValue();
    return accepted(key, operator, values);
  }

  private operator(): SelectorOperator {
    const token = this.take(false);
    switch (token.kind) {
      case "in":
      case "notin":
      case "=":
      case "==":
      case "!=":
        return token.kind;
      case ">":
        return "gt";
      case "<":
        return "lt";
      default:
        throw new Refusal(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  private values(): readonly string[] {
    const open = this.take();
    if (open.kind !== "(") throw new Refusal(`found '${open.text}' expected: '('`);
    const next = this.look();
    if (next.kind === ")") {
      this.take();
      return [""];
    }
    if (next.kind !== "id" && next.kind !== ",") throw new Refusal(`found '${next.text}', expected: ',', ')' or identifier`);
    const values = this.list();
    const close = this.take();
    if (close.kind !== ")") throw new Refusal(`found '${close.text}', expected: ')'`);
    return values;
  }

  private list(): readonly string[] {
    const values = new Set<string>();
    for (;;) {
      const token = this.take();
      if (token.kind === "id") {
        values.add(token.text);
        const next = this.look();
        if (next.kind === ")") return sorted(values);
        if (next.kind !== ",") throw new Refusal(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ",") {
        if (values.size === 0) values.add("");
        const next = this.look();
        if (next.kind === ")") return sorted(values.add(""));
        if (next.kind === ",") values.add("");
      } else throw new Refusal(`found '${token.text}', expected: ',', or identifier`);
    }
  }

  private exactValue(): readonly string[] {
    const next = this.look();
    if (next.kind === "end" || next.kind === ",") return [""];
    const token = this.take();
    if (token.kind !== "id") throw new Refusal(`found '${token.text}', expected: identifier`);
    return [token.text];
  }
}

function sorted(values: Iterable<string>): readonly string[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function keyError(key: string, path: string): string | undefined {
  const errors = qualifiedNameErrors(key);
  return errors.length === 0 ? undefined : `${path}: Invalid value: ${JSON.stringify(key)}: ${errors.join("; ")}`;
}

const MOST = 9223372036854775807n;

/** A whole number of 64 bits, in Go's spelling. */
function isInt64(text: string): boolean {
  return /^[+-]?[0-9]+$/.test(text) && BigInt(text.replace("+", "")) <= MOST && BigInt(text.replace("+", "")) >= -MOST - 1n;
}

/** Everything wrong with a requirement found at `path`, in upstream's order. Upstream: `labels.NewRequirement`. */
export function requirementErrors(key: string, operator: SelectorOperator, values: readonly string[], path = ""): readonly string[] {
  const errors: string[] = [];
  const at = path === "" ? "" : `${path}.`;
  const wrongKey = keyError(key, `${at}key`);
  if (wrongKey !== undefined) errors.push(wrongKey);
  const shown = values.length === 0 ? "null" : JSON.stringify(values);
  if (operator === "in" || operator === "notin") {
    if (values.length === 0) errors.push(`${at}values: Invalid value: ${shown}: for 'in', 'notin' operators, values set can't be empty`);
  } else if (operator === "exists" || operator === "!") {
    if (values.length > 0) errors.push(`${at}values: Invalid value: ${shown}: values set must be empty for exists and does not exist`);
  } else if (operator === "gt" || operator === "lt") {
    if (values.length !== 1) errors.push(`${at}values: Invalid value: ${shown}: for 'Gt', 'Lt' operators, exactly one value is required`);
    values.forEach((value, i) => {
      if (!isInt64(value)) errors.push(`${at}values[${i}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
    });
  } else if (values.length !== 1) errors.push(`${at}values: Invalid value: ${shown}: exact-match compatibility requires one single value`);
  values.forEach((value, i) => {
    const wrong = validateLabelValue(value);
    if (wrong.length > 0) errors.push(`${at}values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong.join("; ")}`);
  });
  return errors;
}

/** Several errors as one text: in brackets when they are more than one. Upstream: `errors.NewAggregate`. */
export function aggregate(errors: readonly string[]): string | undefined {
  return errors.length <= 1 ? errors[0] : `[${errors.join(", ")}]`;
}

function accepted(key: string, operator: SelectorOperator, values: readonly string[]): Requirement {
  const error = aggregate(requirementErrors(key, operator, values));
  if (error !== undefined) throw new Refusal(error);
  return { key, operator, values };
}

function byKey(requirements: readonly Requirement[]): readonly Requirement[] {
  return [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** Reads a selector's text. Never throws; the error is upstream's. */
export function parseSelector(text: string): SelectorResult {
  try {
    return { selector: { requirements: byKey(new Parser(tokens(text)).parse()) } };
  } catch (error) {
    if (error instanceof Refusal) return { error: error.message };
    throw error;
  }
}

const OBJECT_OPERATORS: Readonly<Record<string, SelectorOperator>> = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!" };

/**
 * Compiles the selector an object carries. An absent one selects nothing, an empty one everything.
 * Upstream: `metav1.LabelSelectorAsSelector`.
 */
export function compileLabelSelector(selector: LabelSelector | null | undefined): SelectorResult {
  if (selector === undefined || selector === null) return { selector: nothing };
  const key = lasting(selector);
  const known = key ? compiled.get(key) : undefined;
  if (known) return known;
  const result = compile(selector);
  if (key) compiled.set(key, result);
  return result;
}

// A stored object's selector never changes: compiled once, it stays so.
const compiled = new WeakMap<object, SelectorResult>();

/** What identifies a selector for good: its frozen labels when they are all it has, itself when it is frozen. */
function lasting(selector: LabelSelector): object | undefined {
  const { matchLabels, matchExpressions } = selector;
  if (matchLabels && (matchExpressions === undefined || matchExpressions === null)) return Object.isFrozen(matchLabels) ? matchLabels : undefined;
  return matchExpressions && Object.isFrozen(selector) && Object.isFrozen(matchExpressions) ? selector : undefined;
}

function compile(selector: LabelSelector): SelectorResult {
  const requirements: Requirement[] = [];
  try {
    const labels = selector.matchLabels ?? {};
    for (const key of sorted(Object.keys(labels))) requirements.push(accepted(key, "=", [labels[key] ?? ""]));
    for (const { key, operator, values } of selector.matchExpressions ?? []) {
      const known = Object.hasOwn(OBJECT_OPERATORS, operator) ? OBJECT_OPERATORS[operator] : undefined;
      if (known === undefined) return { error: `${JSON.stringify(operator)} is not a valid label selector operator` };
      requirements.push(accepted(key, known, values ?? []));
    }
  } catch (error) {
    if (error instanceof Refusal) return { error: error.message };
    throw error;
  }
  return { selector: { requirements: byKey(requirements) } };
}

/** The selector of a plain map of labels, as a Service carries it; an empty or absent map selects nothing here. */
export function selectorOfMap(labels: Readonly<Record<string, string>> | undefined): Selector {
  const keys = sorted(Object.keys(labels ?? {}));
  return keys.length === 0 ? nothing : { requirements: keys.map((key) => ({ key, operator: "=", values: [labels?.[key] ?? ""] })) };
}

function holds(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const { key, operator, values } = requirement;
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "in":
    case "=":
    case "==":
      return value !== undefined && values.includes(value);
    case "notin":
    case "!=":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "gt":
    case "lt": {
      if (value === undefined || !/^[+-]?[0-9]+$/.test(value)) return false;
      const difference = BigInt(value.replace(/^\+/, "")) - BigInt((values[0] ?? "0").replace(/^\+/, ""));
      return operator === "gt" ? difference > 0n : difference < 0n;
    }
  }
}

/** Do these labels satisfy the selector? Absent labels count as none. */
export function matches(selector: Selector, labels: Readonly<Record<string, string>> | null | undefined): boolean {
  if (selector.nothing === true) return false;
  for (const requirement of selector.requirements) if (!holds(requirement, labels ?? NONE)) return false;
  return true;
}

const NONE: Readonly<Record<string, string>> = {};

/** Does the selector an object carries select these labels? One that cannot be compiled selects nothing. */
export function labelSelectorMatches(selector: LabelSelector | null | undefined, labels: Readonly<Record<string, string>> | null | undefined): boolean {
  const result = compileLabelSelector(selector);
  return "selector" in result && matches(result.selector, labels);
}

/** The selector in its canonical text, requirements in key order. */
export function formatSelector(selector: Selector): string {
  return selector.requirements.map(formatRequirement).join(",");
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case "!":
      return `!${key}`;
    case "exists":
      return key;
    case "in":
    case "notin":
      return `${key} ${operator} (${sorted(values).join(",")})`;
    case "gt":
      return `${key}>${values[0] ?? ""}`;
    case "lt":
      return `${key}<${values[0] ?? ""}`;
    default:
      return `${key}${operator}${values[0] ?? ""}`;
  }
}

/** A LabelSelector as `kubectl get -o wide` and describe print it; `<none>` for an empty one. Upstream: `metav1.FormatLabelSelector`. */
export function formatLabelSelector(selector: LabelSelector | null | undefined): string {
  const result = compileLabelSelector(selector);
  if ("error" in result) return "<error>";
  const text = formatSelector(result.selector);
  return text === "" ? "<none>" : text;
}
