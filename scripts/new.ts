/** `npm run new`: writes the skeleton of an addition, a failing test included, and names the line that lists it. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { additions } from "./skeletons";

const root = process.env["TIMONEL_ROOT"] ?? fileURLToPath(new URL("..", import.meta.url));
const USAGE = `Usage: npm run new -- WHAT NAME
${additions.map(({ what, example }) => `  ${what.padEnd(11)} ${example}`).join("\n")}
Writes the files, and says which line to add where. Nothing that exists is overwritten.`;

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const [what, name, ...rest] = args;
  const addition = additions.find((candidate) => candidate.what === what);
  if (!addition || name === undefined || rest.length > 0) {
    console.error(USAGE);
    return 2;
  }
  if (!addition.name.test(name)) {
    console.error(`A ${addition.what} is named like ${addition.example}, not ${name}.`);
    return 2;
  }
  const { files, listedIn, line } = addition.make(name);
  const taken = Object.keys(files).filter((path) => existsSync(join(root, path)));
  if (taken.length > 0) {
    console.error(`Already there: ${taken.join(", ")}`);
    return 1;
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`  ${path}`);
  }
  console.log(`Now add to ${listedIn}:\n  ${line}`);
  return 0;
}
