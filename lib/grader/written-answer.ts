import type { Json } from "@/lib/engine";
import { parseYaml } from "@/lib/manifest";
import { NotationError, readInputs, type Answer, type Input } from "@/lib/workbench";
import type { Exercise, Params } from "./exercise";

/** What an author may write besides files for the disk. */
const INPUTS = "inputs.yaml";
const COMMANDS = "commands.txt";
const EXPECTED = "expected.yaml";

/**
 * The answer a folder stands for: its files saved on the disk, then what was done.
 *
 * `inputs.yaml` lists inputs in the workbench's notation; `commands.txt` is terminal lines (`#` comments);
 * with neither, every manifest is applied in the order of its name. `{{name}}` stands for a
 * parameter of the variant. @throws {NotationError} for a folder nobody can play.
 */
export function writtenAnswer(exercise: Pick<Exercise, "id" | "params">, seed: number, files: Readonly<Record<string, string>>): Answer {
  const params = exercise.params?.(seed) ?? {};
  const filled = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, fill(text, params)]));
  const paths = Object.keys(filled).filter((path) => ![INPUTS, COMMANDS, EXPECTED].includes(path)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const saves = paths.map((path): Input => ({ type: "save-file", path, text: filled[path] ?? "" }));
  return { exercise: exercise.id, seed, inputs: [...saves, ...deeds(filled, paths)] };
}

function deeds(files: Readonly<Record<string, string>>, paths: readonly string[]): readonly Input[] {
  const inputs = files[INPUTS];
  if (inputs !== undefined) {
    const { documents, problems } = parseYaml(inputs);
    const list: unknown = documents[0]?.value;
    if (!Array.isArray(list)) throw new NotationError(`${INPUTS} is a list of inputs: ${JSON.stringify(problems)}`);
    return readInputs(list as readonly Json[]);
  }
  const commands = files[COMMANDS];
  if (commands !== undefined) return commandLines(commands).map((line): Input => ({ type: "run", line }));
  return paths.filter((path) => /\.(ya?ml|json)$/.test(path)).map((path): Input => ({ type: "run", line: `kubectl apply -f ${path}` }));
}

/** Terminal lines of a text: empty ones and comments left out, `\` joins a line with the next. */
export function commandLines(text: string): readonly string[] {
  const joined = text.replaceAll("\r\n", "\n").replaceAll(/\\\n\s*/g, " ");
  return joined.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

function fill(text: string, params: Params): string {
  return text.replaceAll(/\{\{([a-zA-Z][a-zA-Z0-9]*)\}\}/g, (whole, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : whole));
}
