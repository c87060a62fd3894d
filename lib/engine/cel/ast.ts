/** The tree of a CEL expression. Upstream: cel-go/common/ast. */

/** A value written down in an expression. */
export type Literal = null | boolean | bigint | number | string | { readonly uint: bigint } | { readonly bytes: string };

interface At {
  /** Where in the source, counted in code units: what errors point at. */
  readonly at: number;
}

/** Macros that walk over a list or a map. */
export type Walk = "all" | "exists" | "exists_one" | "existsOne" | "map" | "filter" | "transformList" | "transformMap" | "transformMapEntry" | "sortBy";

/** An expression. `test` is `has(…)`; `optional` marks `?.`, `[?…]` and `?key: value`. */
export type Expr =
  | (At & { readonly type: "literal"; readonly value: Literal })
  | (At & { readonly type: "ident"; readonly name: string })
  | (At & { readonly type: "select"; readonly operand: Expr; readonly field: string; readonly test: boolean; readonly optional: boolean })
  | (At & { readonly type: "call"; readonly name: string; readonly target: Expr | undefined; readonly args: readonly Expr[] })
  | (At & { readonly type: "list"; readonly items: readonly { readonly value: Expr; readonly optional: boolean }[] })
  | (At & { readonly type: "map"; readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[] })
  | (At & { readonly type: "message"; readonly name: string; readonly fields: readonly { readonly name: string; readonly value: Expr; readonly optional: boolean }[] })
  | (At & { readonly type: "walk"; readonly walk: Walk; readonly range: Expr; readonly variables: readonly string[]; readonly args: readonly Expr[] })
  | (At & { readonly type: "optMap"; readonly target: Expr; readonly variable: string; readonly body: Expr; readonly flat: boolean });

/** What is wrong with a source as a whole has no place in it. Upstream: common.NoLocation. */
export const NOWHERE = -1;

/** Something wrong with the source. */
export interface Issue {
  readonly at: number;
  readonly message: string;
}

/** Issues as the API prints them: each with its line and a caret beneath. */
export function issueText(source: string, issues: readonly Issue[]): string {
  const starts = [0, ...Array.from(source.matchAll(/\n/g), ({ index }) => index + 1)];
  return issues
    .map(({ at, message }) => {
      if (at === NOWHERE) return `ERROR: <input>:-1:0: ${message}`;
      const line = starts.filter((start) => start <= at).length;
      const start = starts[line - 1] ?? 0;
      const text = (source.slice(start).split("\n")[0] ?? "").replaceAll("\t", " ");
      return `ERROR: <input>:${line}:${at - start + 1}: ${message}\n | ${text}\n | ${".".repeat(at - start)}^`;
    })
    .join("\n");
}
