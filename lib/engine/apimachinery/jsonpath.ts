/** kubectl's JSONPath: templates, the relaxed shorthand, and `--sort-by`. Upstream: `client-go/util/jsonpath`, `kubectl/pkg/cmd/get`. */
import { compareStrings } from "./compare";
import { Evaluation, printed } from "./jsonpath/evaluate";
import { parseTemplate, PathError, type PathNode } from "./jsonpath/parse";
import { compareQuantities, parseQuantity } from "./quantity";

/** The answer of {@link renderJsonPath}: the text, or upstream's complaint and whether the template or the data is at fault. */
export type JsonPathResult = { readonly output: string } | { readonly error: string; readonly stage: "parse" | "execute" };

function guarded<T>(run: () => T): { readonly value: T } | { readonly error: string } {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof PathError) return { error: error.message };
    throw error;
  }
}

/** Fills a template with data. `allowMissingKeys` prints nothing for absent fields, as kubectl does. Never throws on bad input. */
export function renderJsonPath(template: string, data: unknown, allowMissingKeys = true): JsonPathResult {
  const parsed = guarded(() => parseTemplate(template));
  if ("error" in parsed) return { error: parsed.error, stage: "parse" };
  const found = guarded(() => new Evaluation(parsed.value, allowMissingKeys).find(data));
  if ("error" in found) return { error: found.error, stage: "execute" };
  return { output: found.value.map((values) => values.map(printed).join(" ")).join("") };
}

/** The values a single expression finds, unprinted; for custom columns and `--for=jsonpath`. */
export function findJsonPath(template: string, data: unknown, allowMissingKeys = true): { readonly values: readonly unknown[] } | { readonly error: string } {
  const found = guarded(() => new Evaluation(parseTemplate(template), allowMissingKeys).find(data));
  return "error" in found ? found : { values: found.value.flat() };
}

/** Completes kubectl's shorthand: `metadata.name`, `.metadata.name` and `{metadata.name}` all become `{.metadata.name}`. */
export function relaxedJsonPath(expression: string): { readonly template: string } | { readonly error: string } {
  if (expression === "") return { template: "" };
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression);
  if (match === null) return { error: "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'" };
  return { template: `{.${match[1] ?? match[2] ?? ""}}` };
}

/** Orders text as people do: `db2` before `db10`. */
export function naturalLess(a: string, b: string): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = /^[0-9]+/.exec(a.slice(i))?.[0];
    const right = /^[0-9]+/.exec(b.slice(j))?.[0];
    if (left === undefined || right === undefined) {
      if (a[i] !== b[j]) return a.charAt(i) < b.charAt(j);
      i += 1;
      j += 1;
      continue;
    }
    const [x, y] = [left.replace(/^0+/, ""), right.replace(/^0+/, "")];
    if (x.length !== y.length) return x.length < y.length;
    if (x !== y) return compareStrings(x, y) < 0;
    if (left.length !== right.length) return left.length < right.length;
    i += left.length;
    j += right.length;
  }
  return a.length - i < b.length - j;
}

function less(a: unknown, b: unknown): boolean {
  if (a === null || a === undefined) return b !== null && b !== undefined;
  if (b === null || b === undefined) return false;
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (typeof a !== "string" || typeof b !== "string") throw new PathError(`unsortable type: ${Array.isArray(a) ? "[]interface {}" : typeof a === "boolean" ? "bool" : "map[string]interface {}"}`);
  const [x, y] = [parseQuantity(a), parseQuantity(b)];
  return "quantity" in x && "quantity" in y ? compareQuantities(x.quantity, y.quantity) < 0 : naturalLess(a, b);
}

/** Sorts as `kubectl get --sort-by` does: what lacks the field comes first; a field nobody has is an error. */
export function sortByJsonPath<T>(objects: readonly T[], field: string): { readonly sorted: readonly T[] } | { readonly error: string } {
  const relaxed = relaxedJsonPath(field);
  if ("error" in relaxed) return relaxed;
  return flatten(guarded(() => sortBy(objects, relaxed.template, parseTemplate(relaxed.template))));
}

function flatten<T>(result: { readonly value: T } | { readonly error: string }): T | { readonly error: string } {
  return "error" in result ? result : result.value;
}

function sortBy<T>(objects: readonly T[], template: string, nodes: readonly PathNode[]): { readonly sorted: readonly T[] } {
  const keyed = objects.map((object) => ({ object, values: new Evaluation(nodes, true).find(object)[0] ?? [] }));
  if (objects.length > 0 && keyed.every(({ values }) => values.length === 0)) {
    throw new PathError(`couldn't find any field with path ${JSON.stringify(template)} in the list of objects`);
  }
  const before = (a: (typeof keyed)[number], b: (typeof keyed)[number]): boolean => {
    if (a.values.length === 0) return true;
    return b.values.length > 0 && less(a.values[0], b.values[0]);
  };
  // Go sorts short lists by insertion; this shows, because objects without the field each claim to come first.
  if (keyed.length <= 12) {
    for (let i = 1; i < keyed.length; i++) {
      for (let j = i; j > 0; j--) {
        const [lower, upper] = [keyed[j - 1], keyed[j]];
        if (lower === undefined || upper === undefined || !before(upper, lower)) break;
        keyed[j - 1] = upper;
        keyed[j] = lower;
      }
    }
  } else keyed.sort((a, b) => (a.values.length === 0 || b.values.length === 0 ? a.values.length - b.values.length : before(a, b) ? -1 : before(b, a) ? 1 : 0));
  return { sorted: keyed.map(({ object }) => object) };
}
