import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { discoveryCases } from "./discovery";
import { adapters } from "./index";
import type { Adapter, VectorCase } from "./adapter";

const here = dirname(fileURLToPath(import.meta.url));

/** What became of one file. */
export interface FileScore {
  readonly file: string;
  readonly passed: number;
  readonly total: number;
  /** Absent when the file has an adapter. */
  readonly note?: string;
  readonly failures: readonly { readonly id: string; readonly input: unknown; readonly expected: unknown; readonly got: unknown }[];
}

/** The folder of recorded vectors: `TIMONEL_VECTORS`, else beside the repository. It is not part of the repository. */
export function vectorsFolder(): string {
  return process.env.TIMONEL_VECTORS ?? resolve(here, "../../../shared/vectors");
}

/** The folder of people's own manifests with what a real API server answered to each: beside the vectors. */
export function corpusFolder(): string {
  return resolve(vectorsFolder(), "../corpus");
}

/** The small sample that comes with the repository. */
export const sampleFolder = join(here, "sample");

/** Files that are one document, and how each is taken apart into cases. */
const WHOLE: Readonly<Record<string, (text: string) => readonly VectorCase[]>> = { "discovery.json": discoveryCases };

function casesIn(file: string): readonly VectorCase[] {
  const text = readFileSync(file, "utf8");
  const whole = WHOLE[basename(file)];
  if (whole) return whole(text);
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as VectorCase);
}

/** Every JSON-lines file under a path, in order of name. */
export function filesUnder(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = join(path, entry.name);
      return entry.isDirectory() ? filesUnder(inner) : entry.name.endsWith(".jsonl") || Object.hasOwn(WHOLE, entry.name) ? [inner] : [];
    });
}

/** `api/quantity` for any path that ends in `api/quantity.jsonl`; a file elsewhere is known by its last two parts. */
export function topicOf(file: string): string {
  return `${basename(dirname(file))}/${basename(file).replace(/\.jsonl?$/, "")}`;
}

const exclusions = JSON.parse(readFileSync(join(here, "exclusions.json"), "utf8")) as Readonly<Record<string, string>>;

function adapterOf(topic: string): Adapter | undefined {
  if (Object.hasOwn(adapters, topic)) return adapters[topic];
  // A sample or a held-out file may lie in a folder of another name: its own name is enough when only one topic bears it.
  const name = basename(topic);
  const found = Object.keys(adapters).filter((key) => basename(key) === name);
  return found.length === 1 ? adapters[found[0] ?? ""] : undefined;
}

/** Rows of Go's test tables lean on constants of their test and are left out, except those of a file that stands alone. */
const STANDS_ALONE = new Set(["taint.jsonl"]);

/** Runs every case of a file. A case that throws fails with what was thrown. */
export function score(file: string): FileScore {
  const shown = relative(process.cwd(), file);
  const adapter = adapterOf(topicOf(file));
  if (adapter === undefined) return { file: shown, passed: 0, total: 0, note: "no adapter", failures: [] };
  let passed = 0;
  let total = 0;
  const failures: { id: string; input: unknown; expected: unknown; got: unknown }[] = [];
  for (const vector of casesIn(file)) {
    if ((vector.kind === "table" && !STANDS_ALONE.has(basename(file))) || Object.hasOwn(exclusions, vector.id)) continue;
    const verdict = verdictOf(adapter, vector, file);
    if ("skip" in verdict) continue;
    const { right, asked } = "passed" in verdict ? { right: verdict.passed, asked: verdict.total } : { right: verdict.pass ? 1 : 0, asked: 1 };
    total += asked;
    passed += right;
    if (right === asked) continue;
    failures.push({ id: vector.id, input: vector.input ?? vector.request, expected: vector.expected, got: verdict.got });
  }
  return { file: shown, passed, total, failures };
}

function verdictOf(adapter: Adapter, vector: VectorCase, file: string): ReturnType<Adapter> {
  try {
    return adapter(vector, file);
  } catch (error) {
    return { pass: false, got: `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
  }
}
