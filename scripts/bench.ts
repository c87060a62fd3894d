/**
 * `npm run -s bench -- [NAME…]`
 *
 * Measures on this machine and prints one JSON line a benchmark: median, p99, runs and the target.
 * Never judges: speed is looked at, not tested. Exit code: 0 measured, 2 misuse.
 */
import { benchmarks } from "../tests/bench/index";

const HELP = `usage: npm run -s bench -- [NAME…]

Benchmarks: ${benchmarks.map(({ name }) => name).join(", ")}
`;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !name.startsWith("-") && !benchmarks.some((benchmark) => benchmark.name === name));
if (names.includes("--help") || names.includes("-h")) {
  process.stdout.write(HELP);
} else if (unknown.length > 0) {
  process.stderr.write(`bench: there is no benchmark ${unknown.join(", ")}\n${HELP}`);
  process.exitCode = 2;
} else {
  for (const benchmark of benchmarks) {
    if (names.length > 0 && !names.includes(benchmark.name)) continue;
    const result = await benchmark.measure();
    process.stdout.write(`${JSON.stringify({ bench: benchmark.name, ...result, target: benchmark.target })}\n`);
  }
}
