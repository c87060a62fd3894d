/**
 * `npm run -s scenario -- FILE.yaml [--seed N]`
 *
 * Plays a scenario and prints the journal. Exit code: 0 played, 1 a correction does not hold, 2 misuse.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { playCorrection } from "../tests/corrections/play";
import { playScenario, ScenarioError } from "../tests/determinism/run";

const HELP = `usage: npm run -s scenario -- FILE.yaml [--seed N]

Plays the inputs of a scenario on a fresh cluster and prints what happened, one line an entry.
A scenario: {fixture, workloads?: prod-4, objects?: YAML text, files?: {path: text}, inputs: [...]}.
A correction of the notes (tests/corrections/*.yaml, with steps) also prints what was typed and whether
each of its statements holds; exit code 1 when one does not.
`;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: "string" }, help: { type: "boolean", short: "h" } }, strict: false });
if (values["help"] === true) {
  process.stdout.write(HELP);
} else if (positionals.length !== 1 || !/^\d+$/.test(String(values["seed"] ?? "1"))) {
  process.stderr.write(HELP);
  process.exitCode = 2;
} else {
  try {
    const text = readFileSync(positionals[0] ?? "", "utf8");
    if (/^steps:/m.test(text)) {
      const { id, says, transcript, journal, statements, contradictions } = playCorrection(text);
      process.stdout.write(`${id}: ${says.es}\n${" ".repeat(id.length)}  ${says.en}\n\n${journal.join("\n")}\n\n${transcript}\n${statements - contradictions.length}/${statements} statements hold\n`);
      for (const { step, line, wanted, got } of contradictions) process.stderr.write(`step ${step}: ${line}\n  wanted ${wanted}\n  got    ${got}\n`);
      process.exitCode = contradictions.length === 0 ? 0 : 1;
    } else {
      process.stdout.write(`${playScenario(text, Number(values["seed"] ?? 1)).journal.join("\n")}\n`);
    }
  } catch (error) {
    if (!(error instanceof ScenarioError) && !(error instanceof Error && "code" in error)) throw error;
    process.stderr.write(`scenario: ${error.message}\n`);
    process.exitCode = 2;
  }
}
