/** Field selectors: `status.phase=Running,spec.nodeName!=n1`. Upstream: `fields.ParseSelector`. */

/** One term of a field selector. */
export interface FieldTerm {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

/** A parsed field selector: every term must hold. */
export interface FieldSelector {
  readonly terms: readonly FieldTerm[];
}

/** The answer of {@link parseFieldSelector}. */
export type FieldSelectorResult = { readonly selector: FieldSelector } | { readonly error: string };

/** Splits at commas that no backslash escapes. */
function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  let start = 0;
  let escaped = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (escaped) escaped = false;
    else if (char === "\\") escaped = true;
    else if (char === ",") {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function splitTerm(term: string): readonly [string, boolean, string] | undefined {
  for (let i = 0; i < term.length; i++) {
    for (const operator of ["!=", "==", "="]) {
      if (term.startsWith(operator, i)) return [term.slice(0, i), operator !== "!=", term.slice(i + operator.length)];
    }
  }
  return undefined;
}

function unescapeValue(text: string): { readonly value: string } | { readonly error: string } {
  let value = "";
  let escaped = false;
  for (const char of text) {
    if (escaped) {
      if (char !== "\\" && char !== "," && char !== "=") return { error: `invalid field selector: invalid escape sequence: \\${char}` };
      value += char;
      escaped = false;
    } else if (char === "\\") escaped = true;
    else if (char === "," || char === "=") return { error: `invalid field selector: unescaped character in value: ${char.codePointAt(0) ?? 0}` };
    else value += char;
  }
  return escaped ? { error: "invalid field selector: invalid escape sequence: \\" } : { value };
}

/** Reads a field selector. Never throws; the error is upstream's. */
export function parseFieldSelector(text: string): FieldSelectorResult {
  const parts = [...splitTerms(text)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const terms: FieldTerm[] = [];
  for (const part of parts) {
    if (part === "") continue;
    const split = splitTerm(part);
    if (split === undefined) return { error: `invalid selector: '${text}'; can't understand '${part}'` };
    const [field, equal, raw] = split;
    const unescaped = unescapeValue(raw);
    if ("error" in unescaped) return unescaped;
    if (field !== "" || unescaped.value !== "") terms.push({ field, value: unescaped.value, equal });
  }
  return { selector: { terms } };
}

/** Does a set of fields satisfy the selector? A field that is absent reads as empty text. */
export function matchesFields(selector: FieldSelector, fields: Readonly<Record<string, string | undefined>>): boolean {
  return selector.terms.every((term) => ((fields[term.field] ?? "") === term.value) === term.equal);
}

/** The selector as upstream prints it. */
export function formatFieldSelector(selector: FieldSelector): string {
  return selector.terms.map((term) => `${term.field}${term.equal ? "=" : "!="}${term.value.replace(/[\\,=]/g, "\\$&")}`).join(",");
}
