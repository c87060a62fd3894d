// Runs the stages of `npm run check` and `npm test`, gathers their output, and says how each one went.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./steps.mjs";

const results = join(root, "node_modules", ".cache", "timonel", "results");
const bin = (path) => join(root, "node_modules", path);
// The one unit test that needs the production build.
const AFTER_BUILD = "tests/server/kill9-production.test.ts";
const node = (...args) => () => run(process.execPath, args);

/** Every stage there is. One that runs tests also says how many passed and failed. */
export const STAGES = {
  typegen: node(bin("next/dist/bin/next"), "typegen"),
  "types: isomorphic rooms": node(bin("typescript/bin/tsc"), "-p", "lib/tsconfig.json", "--noEmit", "--pretty", "false"),
  "types: the rest": node(bin("typescript/bin/tsc"), "--noEmit", "--pretty", "false"),
  lint: node(bin("eslint/bin/eslint.js"), ".", "--quiet", "--cache", "--cache-strategy", "content", "--cache-location", "node_modules/.cache/eslint/"),
  layers: node(bin("dependency-cruiser/bin/dependency-cruise.mjs"), "lib", "app", "content", "prisma", "scripts", "--config", ".dependency-cruiser.cjs"),
  "unit, vectors, content": vitest("unit", "--exclude", AFTER_BUILD),
  build: node(join(root, "scripts/build.mjs"), "--force"),
  "crash of the built server": vitest("built", AFTER_BUILD),
  journeys: () => counted("journeys", [bin("@playwright/test/cli.js"), "test"], () => []),
};

function vitest(name, ...args) {
  return () => counted(name, [bin("vitest/vitest.mjs"), "run", ...args, "--reporter=default", "--reporter=json"], (file) => [`--outputFile.json=${file}`]);
}

async function counted(name, args, more) {
  mkdirSync(results, { recursive: true });
  const file = join(results, `${name}.json`);
  rmSync(file, { force: true });
  const result = await run(process.execPath, [...args, ...more(file)], { E2E_JSON: file, FORCE_COLOR: "0" }, { echo: true });
  return { ...result, echoed: true, ...tally(file) };
}

function tally(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 0 };
  }
  const { stats } = report;
  if (stats) return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
  // A test file that does not even load has no tests, but is a failure all the same.
  const unloaded = report.testResults.filter((suite) => suite.status === "failed" && suite.assertionResults.length === 0).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded };
}

/** Runs one stage and prints how it went; a failing one also what it said. */
export async function runStage(name) {
  const began = performance.now();
  const result = await STAGES[name]();
  const seconds = (performance.now() - began) / 1000;
  const ok = result.status === 0;
  if (!ok && !result.echoed) console.log(result.output.trimEnd());
  console.log(`${ok ? "ok    " : "FAILED"}  ${seconds.toFixed(1).padStart(6)} s  ${name}`);
  // A stage that breaks without a failing test to its name counts as one failure, or the sum would hide it.
  return { name, ok, seconds, passed: result.passed ?? 0, failed: Math.max(result.failed ?? 0, ok ? 0 : 1) };
}

/** Runs each list one after another, the lists side by side. */
export async function sideBySide(...lists) {
  const done = await Promise.all(
    lists.map(async (names) => {
      const outcomes = [];
      for (const name of names) outcomes.push(await runStage(name));
      return outcomes;
    }),
  );
  return done.flat();
}

/** The closing table, and as the last line `N passed, N failed`. Sets the exit code. */
export function summarize(outcomes, began) {
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  console.log("");
  for (const { name, ok, seconds, passed: yes, failed: no } of outcomes) {
    const count = yes > 0 ? `${yes} passed${no > 0 ? `, ${no} failed` : ""}` : "";
    console.log(`${ok ? "ok    " : "FAILED"}  ${seconds.toFixed(1).padStart(6)} s  ${name.padEnd(26)} ${count}`.trimEnd());
  }
  console.log(`        ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  in all`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
