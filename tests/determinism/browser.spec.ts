import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { build } from "esbuild";

const folder = new URL("./scenarios/", import.meta.url);
const names = readdirSync(folder).sort();
const wanted = JSON.parse(readFileSync(new URL("./hashes.json", import.meta.url), "utf8")) as Record<string, string>;

/** The player of scenarios as one browser script that leaves `timonel.playScenario` behind. */
async function bundle(): Promise<string> {
  const made = await build({
    entryPoints: [fileURLToPath(new URL("./run.ts", import.meta.url))],
    tsconfig: fileURLToPath(new URL("../../tsconfig.json", import.meta.url)),
    bundle: true,
    write: false,
    format: "iife",
    globalName: "timonel",
    platform: "browser",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  return made.outputFiles[0]?.text ?? "";
}

test("every scenario ends with the same hash in this browser as in Node, twice", async ({ page }) => {
  const code = await bundle();
  expect(code).not.toBe("");
  const scenarios = names.map((name) => [name, readFileSync(new URL(name, folder), "utf8")] as const);
  expect(scenarios.length).toBeGreaterThanOrEqual(6);
  for (let time = 1; time <= 2; time += 1) {
    // A new document each time: nothing the first round left in memory can help the second.
    await page.goto("about:blank");
    const hashes = await page.evaluate(
      ([script, played]) => {
        const { playScenario } = new Function(`${script}; return timonel;`)() as { playScenario(text: string): { hash: string } };
        return Object.fromEntries(played.map(([name, text]) => [name, playScenario(text).hash]));
      },
      [code, scenarios] as const,
    );
    expect(hashes, `round ${time}`).toEqual(wanted);
  }
});
