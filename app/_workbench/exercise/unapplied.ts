import type { Input } from "@/lib/workbench";

const MANIFEST = /\.(ya?ml|json)$/;

/**
 * The manifests a learner has written and not applied since: those saved after they were last named by an `apply`, `create`
 * or `replace` line (or a line that takes the whole folder). Files nobody touched are left as they are.
 */
export function unappliedFiles(journal: readonly Input[], files: { readonly [path: string]: string }): readonly string[] {
  const waiting = new Set<string>();
  for (const input of journal) {
    if (input.type === "save-file" && MANIFEST.test(input.path)) waiting.add(input.path);
    if (input.type === "delete-file") waiting.delete(input.path);
    if (input.type !== "run" || !/\b(apply|create|replace)\b/.test(input.line)) continue;
    for (const path of [...waiting]) if (namesFile(input.line, path)) waiting.delete(path);
  }
  return [...waiting].filter((path) => Object.hasOwn(files, path) && files[path]?.trim() !== "").sort();
}

function namesFile(line: string, path: string): boolean {
  const words = line.split(/[\s=,]+/);
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
  return words.some((word) => {
    const plain = word.replace(/^["']|["']$/g, "").replace(/^\.\//, "").replace(/(.)\/$/, "$1");
    return plain === path || plain === folder || (plain === "." && folder === ".") || (plain.includes("*") && path.endsWith(plain.slice(plain.lastIndexOf("*") + 1)));
  });
}
