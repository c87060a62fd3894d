/**
 * `npm run -s scenario -- FILE.yaml [--seed N]`
 *
 * Plays a scenario and prints the journal. Exit code: 0 played, 2 misuse.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { playScenario, ScenarioError } from "../tests/determinism/run";

const HELP = `usage: npm run -s scenario -- FILE.yaml [--seed N]

Plays the inputs of a scenario on a fresh cluster and prints what happened, one line an entry.
A scenario: {fixture, workloads?: prod-4, objects?: YAML text, files?: {path: text}, inputs: [...]}.
`;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: "string" }, help: { type: "boolean", short: "h" } }, strict: false });
if (values["help"] === true) {
  process.stdout.write(HELP);
} else if (positionals.length !== 1 || !/^\d+$/.test(String(values["seed"] ?? "1"))) {
  process.stderr.write(HELP);
  process.exitCode = 2;
} else {
  try {
    const played = playScenario(readFileSync(positionals[0] ?? "", "utf8"), Number(values["seed"] ?? 1));
    process.stdout.write(`${played.journal.join("\n")}\n`);
  } catch (error) {
    if (!(error instanceof ScenarioError) && !(error instanceof Error && "code" in error)) throw error;
    process.stderr.write(`scenario: ${error.message}\n`);
    process.exitCode = 2;
  }
}
