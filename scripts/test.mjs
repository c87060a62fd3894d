// `npm test`: everything, on a fresh clone too. All stages run even when one fails; the last line sums them up.
import { ensureChromium } from "./chromium.mjs";
import { Problem, guarded, say } from "./say.mjs";
import { runStage, sideBySide, summarize } from "./stages.mjs";
import { ensureWritable, generate, install, secrets } from "./steps.mjs";

if (process.argv.includes("--help")) {
  console.log(`Usage: npm test
Installs and generates what is missing, then runs types, lint, layers, unit tests, vectors, content, the production
build and the browser journeys. Exits 1 when any of them fails.
  CHROMIUM_PATH  the browser to drive; without it the usual places are searched, and at last one is installed`);
} else {
  const began = performance.now();
  await guarded(async () => {
    ensureWritable();
    await install();
    secrets();
    await generate();
    const chromium = ensureChromium((line) => console.log(`· ${line}`));
    if (!chromium) {
      throw new Problem(
        "No hay Chromium ni se ha podido instalar: instala uno y nómbralo en CHROMIUM_PATH.",
        "There is no Chromium and none could be installed: install one and name it in CHROMIUM_PATH.",
      );
    }
    process.env.CHROMIUM_PATH = chromium;
    say(`Navegador: ${chromium}`, `browser: ${chromium}`);
    const outcomes = [await runStage("typegen")];
    outcomes.push(...(await sideBySide(["types: the rest", "types: isomorphic rooms"], ["lint", "layers"])));
    outcomes.push(await runStage("unit, vectors, content"));
    const build = await runStage("build");
    outcomes.push(build);
    if (build.ok) outcomes.push(await runStage("crash of the built server"), await runStage("journeys"));
    else outcomes.push({ name: "journeys (no build)", ok: false, seconds: 0, passed: 0, failed: 1 });
    summarize(outcomes, began);
  });
}
