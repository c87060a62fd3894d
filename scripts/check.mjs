// `npm run check`: the fast part of what CI runs, side by side on two cores.
import { guarded } from "./say.mjs";
import { runStage, sideBySide, summarize } from "./stages.mjs";
import { generate, install } from "./steps.mjs";

if (process.argv.includes("--help")) {
  console.log("Usage: npm run check\nTypes, lint, layers, unit tests, vectors and content. Exits 1 when any of them fails.");
} else {
  const began = performance.now();
  await guarded(async () => {
    await install();
    await generate();
    const typegen = await runStage("typegen");
    const rest = await sideBySide(["types: the rest", "types: isomorphic rooms", "lint", "layers"], ["unit, vectors, content"]);
    summarize([typegen, ...rest], began);
  });
}
