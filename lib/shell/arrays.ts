/** Arrays, as bash has them: elements by number, or by word. */
import { ArithmeticError, evaluateArithmetic } from "./arithmetic";
import type { Process, Variable } from "./state";

const own = (process: Process, name: string): Variable | undefined => (Object.hasOwn(process.vars, name) ? process.vars[name] : undefined);

/** The elements of a variable by their keys; one that is no array is its own element 0. */
export function elementsOf(process: Process, name: string): Readonly<Record<string, string>> {
  const variable = own(process, name);
  if (variable === undefined) return {};
  return variable.list ?? { 0: variable.v };
}

/** `a[i]` as a name and what stands between the brackets. */
export function splitElement(text: string): { readonly name: string; readonly key?: string } {
  const [, name, key] = /^([A-Za-z_][A-Za-z0-9_]*)\[([^]*)\]$/.exec(text) ?? [];
  return name === undefined || key === undefined ? { name: text } : { name, key };
}

/** The key a text in brackets means: a word for arrays by word, a number for the others, counted from the end when it is below nought. */
export function keyOf(process: Process, name: string, text: string, number: (text: string) => string): string {
  if (own(process, name)?.assoc) return text.replace(/^(['"])([^]*)\1$/, "$2");
  const index = Number(number(text));
  if (index >= 0) return String(index);
  const last = Object.keys(elementsOf(process, name)).at(-1);
  return String(Number(last ?? -1) + 1 + index);
}

function store(process: Process, name: string, list: Readonly<Record<string, string>>): void {
  const { v: _old, ...marks } = own(process, name) ?? { v: "" };
  process.vars[name] = { ...marks, v: list["0"] ?? "", list };
}

/** Sets one element. */
export function setElement(process: Process, name: string, key: string, value: string): void {
  store(process, name, { ...elementsOf(process, name), [key]: value });
}

/** Takes one element away. */
export function unsetElement(process: Process, name: string, key: string): void {
  const { [key]: _gone, ...rest } = elementsOf(process, name);
  if (own(process, name) !== undefined) store(process, name, rest);
}

/** Sets all elements, or adds to them: those without a key follow the last. */
export function setElements(process: Process, name: string, items: readonly (readonly [key: string | undefined, value: string])[], isAppended = false): void {
  const list: Record<string, string> = isAppended ? { ...elementsOf(process, name) } : {};
  let next = Object.keys(list).reduce((most, key) => Math.max(most, Number(key) + 1), 0) || 0;
  for (const [key, value] of items) {
    const at = key ?? String(next);
    list[at] = value;
    next = (Number(at) || 0) + 1;
  }
  store(process, name, list);
}

/** A value as a variable of whole numbers keeps it. */
export function wholeNumber(process: Process, text: string): string {
  try {
    return evaluateArithmetic(text, { get: (name) => own(process, splitElement(name).name)?.v ?? "", set: () => undefined });
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    return "0";
  }
}
