/**
 * `npm run -s grade -- EXERCISE (--files DIR | --commands FILE | --answer FILE.json) [--seed N] [--locale es|en]`
 *
 * Grades exactly as the server does and prints the report as JSON. Exit code: 0 full marks, 1 less, 2 misuse.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { exerciseServer } from "@/lib/course";
import { exerciseParts, grade, writtenAnswer, type Check, type GradeReport } from "@/lib/grader";
import { isLocale, type Locale } from "@/lib/text";
import { parseAnswer, type Answer } from "@/lib/workbench";

const HELP = `usage: npm run -s grade -- EXERCISE (--files DIR | --commands FILE | --answer FILE.json) [--seed N] [--locale es|en]

Grades an answer exactly as the server does and prints the report as JSON.

  --files DIR      files for the student's disk; inputs.yaml or commands.txt in it say what is done,
                   without them every manifest is applied in the order of its name
  --commands FILE  terminal lines, one a line; {"advance": …} lines are not commands: use --files with inputs.yaml
  --answer FILE    an answer as the site sends it: {"exercise", "seed", "inputs"}
  --seed N         the variant (1 unless said)
  --locale es|en   one language for the texts of the report; both unless said

exit codes: 0 full marks, 1 less than full marks, 2 misuse
`;

function fail(message: string): never {
  process.stderr.write(`grade: ${message}\n`);
  process.exit(2);
}

function filesIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (at: string): void => {
    for (const name of readdirSync(at).sort()) {
      const path = join(at, name);
      // Beside a reference solution lie the alternatives; they are answers of their own.
      if (at === folder && name.startsWith("alternative-")) continue;
      if (statSync(path).isDirectory()) visit(path);
      else found[relative(folder, path)] = readFileSync(path, "utf8");
    }
  };
  visit(folder);
  return found;
}

/** Keeps one language of every text in a report. */
function inLocale(value: unknown, locale: Locale): unknown {
  if (Array.isArray(value)) return value.map((item) => inLocale(item, locale));
  if (typeof value !== "object" || value === null) return value;
  const record = value as Record<string, unknown>;
  const keys = Object.keys(record);
  if (keys.length === 2 && typeof record["es"] === "string" && typeof record["en"] === "string") return record[locale];
  return Object.fromEntries(keys.map((key) => [key, inLocale(record[key], locale)]));
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { files: { type: "string" }, commands: { type: "string" }, answer: { type: "string" }, seed: { type: "string" }, locale: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) return void process.stdout.write(HELP);
  const [id, ...extra] = positionals;
  const sources = [values.files, values.commands, values.answer].filter((source) => source !== undefined);
  if (id === undefined || extra.length > 0 || sources.length !== 1) fail(`give one exercise and one of --files, --commands, --answer\n${HELP}`);
  const seed = Number(values.seed ?? "1");
  if (!Number.isInteger(seed) || seed < 0) fail("--seed takes a whole number");
  if (values.locale !== undefined && !isLocale(values.locale)) fail("--locale takes es or en");
  const found = await exerciseServer(id);
  if (!found) fail(`there is no exercise "${id}"`);
  const answer = readAnswer(found.exercise, seed, values);
  const checks = Array.isArray(found.secret) ? (found.secret as readonly Check[]) : [];
  const report: GradeReport = grade(exerciseParts(found, checks), answer);
  const shown = values.locale !== undefined && isLocale(values.locale) ? inLocale(report, values.locale) : report;
  process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  process.exitCode = report.passed ? 0 : 1;
}

function readAnswer(exercise: Parameters<typeof writtenAnswer>[0], seed: number, values: { readonly files?: string; readonly commands?: string; readonly answer?: string }): Answer {
  try {
    if (values.files !== undefined) return writtenAnswer(exercise, seed, filesIn(values.files));
    if (values.commands !== undefined) return writtenAnswer(exercise, seed, { "commands.txt": readFileSync(values.commands, "utf8") });
    const parsed = parseAnswer(JSON.parse(readFileSync(values.answer ?? "", "utf8")));
    if ("problem" in parsed) return fail(`the answer cannot be read: ${JSON.stringify(parsed.problem)}`);
    return parsed.answer;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

await main();
