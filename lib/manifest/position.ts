import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type YAMLMap } from "yaml";
import { splitFieldPath } from "./field-path";
import { resolvePlain } from "./plain-scalar";
import type { SourceRange } from "./problem";
import type { SyntaxTree } from "./syntax";

/** Where a field stands: a scalar's own text; for a mapping or list the key that introduces it; else the nearest ancestor. */
export function findPosition(tree: SyntaxTree, linesBefore: number, path: string): SourceRange {
  const segments = splitFieldPath(path);
  let node: ParsedNode | null = tree.contents;
  let best: readonly [number, number] = rangeOf(tree.contents, undefined);
  for (let i = 0; i < segments.length && node; ) {
    const step: { readonly node: ParsedNode | null; readonly key: ParsedNode | undefined; readonly used: number } | undefined = descend(node, segments, i);
    if (!step) break;
    best = rangeOf(step.node, step.key);
    node = step.node;
    i += step.used;
  }
  const start = tree.lines.linePos(best[0]);
  const end = tree.lines.linePos(best[1]);
  return {
    line: Math.max(start.line, 1) + linesBefore,
    column: Math.max(start.col, 1),
    endLine: Math.max(end.line, 1) + linesBefore,
    endColumn: Math.max(end.col, 1),
  };
}

function rangeOf(node: ParsedNode | null, key: ParsedNode | undefined): readonly [number, number] {
  if (node && (isScalar(node) || isAlias(node)) && node.range[1] > node.range[0]) return [node.range[0], node.range[1]];
  if (key) return [key.range[0], key.range[1]];
  if (!node) return [0, 0];
  // A list item or the document itself: its first key or item stands for it.
  if (isMap(node)) {
    const first = node.items[0] as Pair<ParsedNode, ParsedNode | null> | undefined;
    return first ? [first.key.range[0], first.key.range[1]] : [node.range[0], node.range[1]];
  }
  const end = isSeq(node) ? Math.min(node.range[0] + 1, node.range[1]) : node.range[1];
  return [node.range[0], end];
}

function descend(
  node: ParsedNode,
  segments: readonly (string | number)[],
  at: number,
): { readonly node: ParsedNode | null; readonly key: ParsedNode | undefined; readonly used: number } | undefined {
  const segment = segments[at] as string | number;
  if (isSeq(node)) {
    const item = typeof segment === "number" ? (node.items[segment] as ParsedNode | undefined) : undefined;
    return item ? { node: item, key: undefined, used: 1 } : undefined;
  }
  if (!isMap(node)) return undefined;
  // Keys may hold dots themselves: `data.app.yaml` is tried as `data`, then `app`, then `app.yaml`.
  let name = String(segment);
  for (let used = 1; at + used <= segments.length; used++) {
    const pair = findPair(node as YAMLMap<ParsedNode, ParsedNode | null>, name);
    if (pair) return { node: pair.value, key: pair.key, used };
    if (at + used < segments.length) name += `.${String(segments[at + used])}`;
  }
  return undefined;
}

function findPair(map: YAMLMap<ParsedNode, ParsedNode | null>, name: string): Pair<ParsedNode, ParsedNode | null> | undefined {
  // The last of several equal keys is the one that counts.
  for (let i = map.items.length - 1; i >= 0; i--) {
    const pair = map.items[i] as Pair<ParsedNode, ParsedNode | null>;
    if (isScalar(pair.key) && keyText(pair.key.source, pair.key.type) === name) return pair;
  }
  return undefined;
}

function keyText(source: string | undefined, type: string | undefined): string {
  const text = source ?? "";
  if (type !== "PLAIN") return text;
  const plain = resolvePlain(text);
  return plain.type === "bool" || plain.type === "int" || plain.type === "float" ? String(plain.value) : text;
}
