/**
 * `npm run -s fuzz -- [--minutes N] [--seed N]`
 *
 * Throws random requests, bodies, patches, selectors, protobuf and SPDY frames at the API for a while. Prints one line a
 * property; on a failure also the smallest input found. Exit code: 0 nothing found, 1 something found, 2 misuse.
 */
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import * as fc from "fast-check";
import { wireProperties } from "../tests/hostile/wire";

const HELP = "usage: npm run -s fuzz -- [--minutes N] [--seed N]\n";
/** A single input that keeps the process busy for this long is a hang. */
const HANGS_AFTER = 60_000;
const MEMORY_MOST = 1024;

/** Ends the process when the counter stands still: a hung thread cannot say so itself. */
function watchdog(counter: Int32Array, names: readonly string[]): Worker {
  const code = `
    const { workerData: { counter, names, limit } } = require("node:worker_threads");
    let last = -1;
    setInterval(() => {
      const now = Atomics.load(counter, 0);
      if (now === last) { console.error("fuzz: hangs in " + names[Atomics.load(counter, 1)] + ", seed " + Atomics.load(counter, 2)); process.kill(process.pid, "SIGKILL"); }
      last = now;
    }, limit);`;
  const worker = new Worker(code, { eval: true, workerData: { counter, names, limit: HANGS_AFTER } });
  worker.unref();
  return worker;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { minutes: { type: "string", default: "1" }, seed: { type: "string", default: "" }, help: { type: "boolean", default: false } } });
  const minutes = Number(values.minutes);
  if (values.help || !(minutes > 0)) {
    process[values.help ? "stdout" : "stderr"].write(HELP);
    return values.help ? 0 : 2;
  }
  const properties = wireProperties();
  const counter = new Int32Array(new SharedArrayBuffer(12));
  const guard = watchdog(counter, properties.map(({ name }) => name));
  const runs = properties.map(() => 0);
  const failures = new Map<string, string>();
  const began = performance.now();
  const until = began + minutes * 60_000;
  let most = 0;
  for (let round = 0, seed = values.seed === "" ? Date.now() & 0x7fffffff : Number(values.seed); performance.now() < until; round += 1, seed += 1) {
    const at = round % properties.length;
    const { name, property } = properties[at] as (typeof properties)[number];
    if (failures.has(name)) {
      if (failures.size === properties.length) break;
      continue;
    }
    Atomics.store(counter, 1, at);
    Atomics.store(counter, 2, seed);
    const outcome = fc.check(property, { numRuns: 2000, seed, interruptAfterTimeLimit: 3000, markInterruptAsFailure: false });
    Atomics.add(counter, 0, 1);
    const { numRuns, failed, counterexample, errorInstance } = (await outcome) as { numRuns: number; failed: boolean; counterexample: unknown; errorInstance?: unknown };
    runs[at] = (runs[at] ?? 0) + numRuns;
    if (failed) {
      failures.set(name, `seed ${seed}: ${fc.stringify(counterexample).slice(0, 4000)}\n${errorInstance instanceof Error ? (errorInstance.stack ?? "").slice(0, 2500) : String(errorInstance)}`);
      process.stdout.write(`FOUND ${name} ${failures.get(name)}\n`);
    }
    most = Math.max(most, process.memoryUsage().heapUsed / 1024 / 1024);
  }
  if (most > MEMORY_MOST) failures.set("memory", `${Math.round(most)} MiB of heap`);
  properties.forEach(({ name }, at) => process.stdout.write(`${name}: ${runs[at]} inputs, ${failures.has(name) ? "FOUND" : "nothing found"}\n`));
  process.stdout.write(`fuzz: ${Math.round((performance.now() - began) / 1000)} s, ${runs.reduce((sum, count) => sum + count, 0)} inputs, ${failures.size} found, at most ${Math.round(most)} MiB of heap\n`);
  await guard.terminate();
  return failures.size === 0 ? 0 : 1;
}

process.exitCode = await main();
