import type { Input } from "@/lib/workbench";

/** Files of a written answer that are about it, not part of it. */
const ABOUT = new Set(["expected.yaml", "commands.txt", "inputs.json"]);

/**
 * What a student would have done to hand in a written answer: `inputs.json` as it stands, or the files saved, and then the
 * lines of `commands.txt`, or one apply of everything.
 */
export function inputsOfAnswer(files: { readonly [path: string]: string }): readonly Input[] {
  const exact = files["inputs.json"];
  if (exact !== undefined) return JSON.parse(exact) as readonly Input[];
  const saved = Object.entries(files).filter(([path]) => !ABOUT.has(path));
  const commands = files["commands.txt"]?.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  const lines = commands ?? (saved.length > 0 ? ["kubectl apply -f ."] : []);
  return [...saved.map(([path, text]): Input => ({ type: "save-file", path, text })), ...lines.map((line): Input => ({ type: "run", line }))];
}
