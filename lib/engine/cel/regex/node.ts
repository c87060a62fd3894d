import type { CharSet } from "./classes";

/** A parsed expression. */
export type Node =
  | { readonly type: "empty" }
  | { readonly type: "chars"; readonly set: CharSet; readonly fold: boolean }
  | { readonly type: "cat" | "alt"; readonly nodes: readonly Node[] }
  | { readonly type: "repeat"; readonly node: Node; readonly min: number; readonly max: number | undefined; readonly greedy: boolean }
  | { readonly type: "group"; readonly node: Node; readonly index: number }
  | { readonly type: "assert"; readonly what: "begin-text" | "end-text" | "begin-line" | "end-line" | "word" | "no-word" };
