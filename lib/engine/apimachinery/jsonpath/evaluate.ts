/** Walks parsed JSONPath templates over JSON. Upstream: `client-go/util/jsonpath`. */
import { compareStrings } from "../compare";
import { PathError, type Bound, type PathNode } from "./parse";

type Values = readonly unknown[];

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);
const isNil = (value: unknown): boolean => value === null || value === undefined;

function goType(value: unknown): string {
  if (isMap(value)) return "map[string]interface {}";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int64" : "float64";
}

/** What lies directly beneath a value. The characters of a text count, as upstream counts them. */
function children(value: unknown): Values {
  if (Array.isArray(value)) return value as Values;
  if (isMap(value)) return Object.keys(value).filter((key) => value[key] !== undefined).sort(compareStrings).map((key) => value[key]);
  return [];
}

/** One evaluation; holds the bookkeeping of `range … end`. */
export class Evaluation {
  private begun = 0;
  private depth = 0;
  private ended = 0;
  private lastEnd = -1;
  private steps = 0;
  constructor(
    private readonly nodes: readonly PathNode[],
    private readonly allowMissingKeys: boolean,
  ) {}

  /** The results of every node from `from` on, for this value. */
  find(data: unknown, from = 0): readonly Values[] {
    const found: Values[] = [];
    for (let i = from; i < this.nodes.length; i++) {
      this.step();
      const node = this.nodes[i];
      if (node === undefined) break;
      const results = this.walk([data], node);
      if (this.ended > 0 && this.ended <= this.depth) {
        this.ended -= 1;
        this.lastEnd = i;
        break;
      }
      if (this.begun === 0) {
        found.push(results);
        continue;
      }
      this.begun -= 1;
      this.depth += 1;
      this.lastEnd = -1;
      for (const value of results) found.push(...this.find(value, i + 1));
      // Even a range over nothing must be walked once, to learn where it ends.
      if (results.length === 0) this.find(undefined, i + 1);
      this.depth -= 1;
      if (this.lastEnd > i) i = this.lastEnd;
    }
    return found;
  }

  private step(): void {
    this.steps += 1;
    if (this.steps > 1_000_000) throw new PathError("template takes too many steps");
  }

  private list(input: Values, nodes: readonly PathNode[]): Values {
    return nodes.reduce<Values>((values, node) => this.walk(values, node), input);
  }

  private walk(input: Values, node: PathNode): Values {
    switch (node.type) {
      case "list":
        return this.list(input, node.nodes);
      case "text":
        return [node.text];
      case "value":
        return input.map(() => node.value);
      case "field":
        return this.field(input, node.name);
      case "identifier":
        return this.identifier(input, node.name);
      case "array":
        return input.flatMap((value) => (isNil(value) ? [] : slice(value, node.bounds)));
      case "union":
        return node.lists.flatMap((nodes) => this.list(input, nodes));
      case "wildcard":
        return input.flatMap(children);
      case "recursive":
        return this.recursive(input);
      case "filter":
        return this.filter(input, node.left, node.operator, node.right);
    }
  }

  private identifier(input: Values, name: string): Values {
    if (name === "range") {
      this.begun += 1;
      return input;
    }
    if (name !== "end") throw new PathError(`unrecognized identifier ${name}`);
    if (this.depth === 0) throw new PathError("not in range, nothing to end");
    this.ended += 1;
    return [];
  }

  private field(input: Values, name: string): Values {
    if (input.length === 0) return [];
    const results = input.filter((value) => isMap(value) && Object.hasOwn(value, name) && value[name] !== undefined).map((value) => (value as Record<string, unknown>)[name]);
    if (results.length === 0 && !this.allowMissingKeys) throw new PathError(`${name} is not found`);
    return results;
  }

  private recursive(input: Values): Values {
    return input.flatMap((value) => {
      this.step();
      const beneath = children(value);
      if (beneath.length === 0) return typeof value === "string" && value !== "" ? [value] : [];
      return [value, ...this.recursive(beneath)];
    });
  }

  private filter(input: Values, left: readonly PathNode[], operator: string, right: readonly PathNode[]): Values {
    return input.flatMap((value) => {
      if (!Array.isArray(value)) throw new PathError(`${isNil(value) ? "<nil>" : printed(value)} is not array or slice and cannot be filtered`);
      return (value as Values).filter((item) => {
        this.step();
        return operator === "exists" ? this.exists(item, left) : this.passes(item, left, operator, right);
      });
    });
  }

  private exists(item: unknown, path: readonly PathNode[]): boolean {
    try {
      return this.list([item], path).length > 0;
    } catch (error) {
      if (error instanceof PathError) return false;
      throw error;
    }
  }

  private passes(item: unknown, left: readonly PathNode[], operator: string, right: readonly PathNode[]): boolean {
    const lefts = this.list([item], left);
    if (lefts.length === 0) return false;
    if (lefts.length > 1) throw new PathError("can only compare one element at a time");
    const rights = this.list([item], right);
    if (rights.length === 0) return false;
    if (rights.length > 1) throw new PathError("can only compare one element at a time");
    return comparison(lefts[0], operator, rights[0]);
  }
}

function comparison(left: unknown, operator: string, right: unknown): boolean {
  if (!["<", ">", "==", "!=", "<=", ">="].includes(operator)) throw new PathError(`unrecognized filter operator ${operator}`);
  if (typeof left === "object" || typeof right === "object") throw new PathError("invalid type for comparison");
  if (goType(left) !== goType(right)) throw new PathError("incompatible types for comparison");
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left === "boolean") throw new PathError("invalid type for comparison");
  const order = typeof left === "string" ? compareStrings(left, String(right)) : Number(left) - Number(right);
  if (operator === "<") return order < 0;
  if (operator === ">") return order > 0;
  return operator === "<=" ? order <= 0 : order >= 0;
}

function slice(value: unknown, [first, second, third]: readonly [Bound, Bound, Bound]): Values {
  if (!Array.isArray(value)) throw new PathError(`${goType(value)} is not array or slice`);
  const { length } = value;
  const from = first.known ? first.value + (first.value < 0 ? length : 0) : 0;
  const wraps = second.value < 0 || (second.value === 0 && second.derived === true);
  const to = second.known ? second.value + (wraps ? length : 0) : length;
  if (from === to) return [];
  if (from >= length || from < 0) throw new PathError(`array index out of bounds: index ${from}, length ${length}`);
  if (to > length || to < 0) throw new PathError(`array index out of bounds: index ${to - 1}, length ${length}`);
  if (from > to) throw new PathError(`starting index ${from} is greater than ending index ${to}`);
  if (third.known && third.value <= 0) throw new PathError("step must be > 0");
  const step = third.known ? third.value : 1;
  return (value as Values).slice(from, to).filter((_, i) => i % step === 0);
}

/** JSON as Go writes it: keys sorted, `<`, `>` and `&` escaped. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (isMap(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined).sort(compareStrings);
    return `{${keys.map((key) => `${goJson(key)}:${goJson(value[key])}`).join(",")}}`;
  }
  const escape = (char: string): string => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  return (JSON.stringify(value) ?? "null").replace(/[<>&\u2028\u2029]/g, escape);
}

/** One result as kubectl prints it: text bare, the rest as JSON. */
export function printed(value: unknown): string {
  return typeof value === "string" ? value : goJson(value);
}
