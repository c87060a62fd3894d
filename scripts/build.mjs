// `npm run build`: installs and generates what is missing, then builds the site.
import { guarded, say } from "./say.mjs";
import { build, ensureWritable, generate, install, secrets } from "./steps.mjs";

const args = process.argv.slice(2);
if (args.includes("--help")) {
  console.log("Usage: npm run build [-- --force]\nBuilds the production site when its sources have changed; --force builds it anyway.");
} else {
  await guarded(async () => {
    ensureWritable();
    await install();
    secrets();
    await generate();
    if (!(await build({ force: args.includes("--force") }))) say("El sitio ya está al día", "the site is up to date");
  });
}
