/** What jq works on. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A filter, read. */
export type Filter =
  | { readonly k: "identity" | "recurse" }
  | { readonly k: "literal"; readonly value: JsonValue }
  | { readonly k: "text"; readonly format: string | undefined; readonly parts: readonly (string | Filter)[] }
  | { readonly k: "format"; readonly name: string }
  | { readonly k: "index"; readonly of: Filter; readonly at: Filter }
  | { readonly k: "slice"; readonly of: Filter; readonly from: Filter | undefined; readonly to: Filter | undefined }
  | { readonly k: "iterate"; readonly of: Filter }
  | { readonly k: "array"; readonly of: Filter | undefined }
  | { readonly k: "object"; readonly entries: readonly { readonly key: Filter; readonly value: Filter }[] }
  | { readonly k: "minus"; readonly of: Filter }
  | { readonly k: "pipe" | "comma" | "and" | "or" | "else"; readonly left: Filter; readonly right: Filter }
  | { readonly k: "binary"; readonly op: string; readonly left: Filter; readonly right: Filter }
  | { readonly k: "update"; readonly op: string; readonly left: Filter; readonly right: Filter }
  | { readonly k: "if"; readonly test: Filter; readonly yes: Filter; readonly no: Filter }
  | { readonly k: "try"; readonly body: Filter; readonly failed: Filter | undefined }
  | { readonly k: "reduce"; readonly source: Filter; readonly name: string; readonly start: Filter; readonly step: Filter }
  | { readonly k: "as"; readonly source: Filter; readonly names: readonly Binding[]; readonly body: Filter }
  | { readonly k: "variable"; readonly name: string }
  | { readonly k: "define"; readonly name: string; readonly parameters: readonly string[]; readonly body: Filter; readonly rest: Filter }
  | { readonly k: "call"; readonly name: string; readonly args: readonly Filter[] };

/** A name bound by `as`, and where in the value it is found. */
export interface Binding {
  readonly name: string;
  readonly path: readonly (string | number)[];
}

/** A program nobody can read, or one that failed; `value` is what was thrown. */
export class JqError extends Error {
  constructor(message: string, readonly value: JsonValue = message) {
    super(message);
  }
}
