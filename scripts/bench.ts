/**
 * `npm run -s bench -- [NAME… | scale]`
 *
 * Measures on this machine and prints one JSON line a benchmark: median, p99, runs and the target.
 * `scale` means the large ones: thousands of nodes, tens of thousands of pods, and the comparison with webernetes.
 * Never judges: speed is looked at, not tested. Exit code: 0 measured, 2 misuse.
 */
import { benchmarks, slowBenchmarks } from "../tests/bench/index";

const HELP = `usage: npm run -s bench -- [NAME… | scale]

Benchmarks: ${benchmarks.map(({ name }) => name).join(", ")}
Large ones, only when asked for: ${slowBenchmarks.map(({ name }) => name).join(", ")}
`;

const names = process.argv.slice(2);
const all = [...benchmarks, ...slowBenchmarks];
const wanted = (name: string): boolean => names.includes(name) || (names.includes("scale") && slowBenchmarks.some((benchmark) => benchmark.name === name));
const unknown = names.filter((name) => !name.startsWith("-") && name !== "scale" && !all.some((benchmark) => benchmark.name === name));
if (names.includes("--help") || names.includes("-h")) {
  process.stdout.write(HELP);
} else if (unknown.length > 0) {
  process.stderr.write(`bench: there is no benchmark ${unknown.join(", ")}\n${HELP}`);
  process.exitCode = 2;
} else {
  for (const benchmark of names.length > 0 ? all.filter(({ name }) => wanted(name)) : benchmarks) {
    const result = await benchmark.measure();
    process.stdout.write(`${JSON.stringify({ bench: benchmark.name, ...result, target: benchmark.target })}\n`);
  }
}
