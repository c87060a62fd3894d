import type { MountLine } from "./behaviour";
import type { Mount } from "./records";
import type { Trees } from "./trees";

/** A volume as its container sees it. */
export function mountLine(trees: Trees, { path, tree, readOnly }: Mount): MountLine {
  const limit = trees.limitOf(tree);
  const kind = tree.startsWith("d:") ? "block" : tree.startsWith("nfs:") ? "share" : (tree.startsWith("v:") && limit !== undefined) || tree.startsWith("sa:") ? "memory" : "disk";
  return { path, kind, readOnly, usedBytes: trees.sizeOf(tree), ...(limit === undefined ? {} : { sizeBytes: limit }) };
}
