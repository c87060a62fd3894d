/** `npm run -s vectors`: how faithful the engine is to recorded answers of real Kubernetes. */
import { existsSync } from "node:fs";
import { corpusFolder, filesUnder, score, vectorsFolder, type FileScore } from "../tests/vectors/run";

const HELP = `Usage: npm run -s vectors -- [--failures] [--json] [PATH…]

Runs JSON-lines conformance vectors against the engine and prints FILE passed/total
for each file, then total passed/total. PATH is a file or a folder; without one, the
vectors folder beside the repository, or the one TIMONEL_VECTORS names, and
the corpus of manifests beside that.

  --failures   also print each failing case: id, input, expected, got
  --json       print everything as one JSON document
  --help       this text

Exits 0 when every case with an adapter passes, 1 when one fails, 2 on misuse.
`;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}

function report(scores: readonly FileScore[], failures: boolean): void {
  for (const { file, passed, total, note, failures: failed } of scores) {
    print(note === undefined ? `${file} ${passed}/${total}` : `${file} ${note}`);
    if (!failures) continue;
    for (const { id, input, expected, got } of failed) {
      print(`  ${id}\n    input    ${short(input)}\n    expected ${short(expected)}\n    got      ${short(got)}`);
    }
  }
}

function main(args: readonly string[]): number {
  if (args.includes("--help")) {
    print(HELP.trimEnd());
    return 0;
  }
  const unknown = args.find((arg) => arg.startsWith("-") && arg !== "--failures" && arg !== "--json");
  if (unknown !== undefined) {
    process.stderr.write(`unknown option ${unknown}\n${HELP}`);
    return 2;
  }
  const named = args.filter((arg) => !arg.startsWith("-"));
  const missing = named.find((path) => !existsSync(path));
  if (missing !== undefined) {
    process.stderr.write(`no such file or folder: ${missing}\n`);
    return 2;
  }
  const paths = named.length > 0 ? named : [vectorsFolder(), corpusFolder()];
  if (named.length === 0 && !existsSync(vectorsFolder())) {
    print(`No vectors at ${vectorsFolder()}: nothing to run. Name a path, or set TIMONEL_VECTORS.`);
    return 0;
  }
  const scores = paths.flatMap(filesUnder).map(score);
  const passed = scores.reduce((sum, file) => sum + file.passed, 0);
  const total = scores.reduce((sum, file) => sum + file.total, 0);
  if (args.includes("--json")) print(JSON.stringify({ files: scores, passed, total }));
  else {
    report(scores, args.includes("--failures"));
    print(`total ${passed}/${total}`);
  }
  return passed === total ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
