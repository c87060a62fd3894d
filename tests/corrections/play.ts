import type { Json, JsonObject } from "@/lib/engine";
import { gatewayDefinitions } from "@/lib/engine/resources/gateway/definitions";
import { parseManifests, parseYaml } from "@/lib/manifest";
import { journalText, openWorkbench, prod4Workloads, published, readInputs, type FixtureName, type Workbench } from "@/lib/workbench";

/** What a step found that is not as the correction says. */
export interface Contradiction {
  readonly step: number;
  readonly line: string;
  readonly wanted: string;
  readonly got: string;
}

/** An Event, as far as sentences need it. */
export interface PlayedEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
}

/** A correction, played. */
export interface PlayedCorrection {
  readonly id: string;
  readonly says: { readonly es: string; readonly en: string };
  /** Every line typed, and what it printed. */
  readonly transcript: string;
  readonly journal: readonly string[];
  /** What the cluster reported. */
  readonly events: readonly PlayedEvent[];
  readonly contradictions: readonly Contradiction[];
  /** How many statements were put to the test. */
  readonly statements: number;
}

interface Playing {
  readonly bench: Workbench;
  readonly known: Map<string, string>;
  readonly contradictions: Contradiction[];
  transcript: string;
  statements: number;
}

/** What projects publish to be installed. */
const manifests: ReadonlyMap<string, string> = new Map([...Object.entries(published), ["gateway-api", gatewayDefinitions.map((definition) => JSON.stringify(definition)).join("\n---\n")]]);

function manifestOf(name: string): string {
  const text = manifests.get(name);
  if (text === undefined) throw new Error(`installs knows ${[...manifests.keys()].join(", ")}, not ${name}`);
  return text;
}

const WORDS = ["is", "has", "lacks", "matches", "counts"] as const;

/**
 * Plays a correction: `{id, says: {es, en}, fixture, workloads?, objects?, installs?, files?, steps, journal}` in YAML. `installs: [gateway-api]`
 * (or `istio`, `openshift`) lays out what that project publishes to be installed, as the file `gateway-api.yaml`.
 *
 * A step is an input as scenes write them, or a statement: `{see: LINE, is | has | lacks | matches: TEXT}` about what a terminal line
 * prints, `{remember: LINE, as: NAME}` (`{NAME}` stands for it from then on), or `{sends: {from, url…}, ends: OUTCOME, has?: TEXT}` about
 * a request. `has` and `lacks` take a list too. `journal` is a list of patterns the journal must hold, in this order.
 *
 * @throws {Error} when it wants to install what nobody publishes here
 */
export function playCorrection(text: string): PlayedCorrection {
  const data = parseYaml(text).documents[0]?.value as JsonObject;
  const own = typeof data["objects"] === "string" ? parseManifests(data["objects"]).documents.map((document): JsonObject => document.value) : [];
  const objects = [...(data["workloads"] === "prod-4" ? prod4Workloads() : []), ...own];
  const installs = Object.fromEntries(listOf(data["installs"]).map((name) => [`${name}.yaml`, manifestOf(name)]));
  const files = { ...installs, ...Object.fromEntries(Object.entries((data["files"] ?? {}) as JsonObject).map(([path, content]) => [path, String(content)])) };
  const bench = openWorkbench({ fixture: (data["fixture"] ?? "three-nodes") as FixtureName, seed: 1, objects, files });
  const playing: Playing = { bench, known: new Map(), contradictions: [], transcript: "", statements: 0 };
  for (const [i, step] of (data["steps"] as readonly Json[]).entries()) take(playing, i + 1, step);
  const journal = journalText(bench.cluster);
  inOrder(playing, journal, (data["journal"] ?? []) as readonly string[]);
  const { es = "", en = "" } = data["says"] as { readonly es?: string; readonly en?: string };
  return { id: String(data["id"]), says: { es, en }, transcript: playing.transcript, journal, events: bench.cluster.as("kubernetes-admin").list("v1/Event" as never) as unknown as readonly PlayedEvent[], contradictions: playing.contradictions, statements: playing.statements };
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

function take(playing: Playing, number: number, step: Json): void {
  if (isObject(step) && typeof step["see"] === "string") return judge(playing, number, step["see"], run(playing, step["see"]), step);
  if (isObject(step) && typeof step["remember"] === "string") {
    playing.known.set(String(step["as"]), run(playing, step["remember"]).trim());
    return;
  }
  if (isObject(step) && isObject(step["sends"])) {
    const [input] = readInputs([filledIn(playing, { send: step["sends"] })]);
    const trace = input && playing.bench.apply(input).trace;
    const printed = `${trace?.outcome ?? "nothing"}\n${trace?.response ? `${trace.response.status}\n${trace.response.body}` : ""}`;
    playing.transcript += `→ ${JSON.stringify(step["sends"])}\n${printed}\n`;
    return judge(playing, number, "request", printed, { ...step, ...(step["ends"] === undefined ? {} : { matches: `^${String(step["ends"])}\n` }) });
  }
  if (typeof step === "string") return void run(playing, step);
  for (const input of readInputs([filledIn(playing, step)])) {
    playing.transcript += `· ${JSON.stringify(step)}\n`;
    const { refused } = playing.bench.apply(input);
    if (refused) playing.contradictions.push({ step: number, line: JSON.stringify(step), wanted: "done", got: refused.code });
  }
}

function run(playing: Playing, line: string): string {
  const whole = filled(playing, line);
  const output = playing.bench.apply({ type: "run", line: whole }).output;
  const printed = `${output?.stdout ?? ""}${output?.stderr ?? ""}`;
  playing.transcript += `$ ${whole}\n${printed}${printed === "" || printed.endsWith("\n") ? "" : "\n"}`;
  return printed;
}

function filled({ known }: Playing, text: string): string {
  return text.replace(/\{([a-z][a-zA-Z]*)\}/g, (whole, name: string) => known.get(name) ?? whole);
}

/** The same with every remembered name in its texts filled in. */
function filledIn(playing: Playing, value: Json): Json {
  return JSON.parse(filled(playing, JSON.stringify(value))) as Json;
}

const listOf = (value: Json | undefined): readonly string[] => (value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)]);

function judge(playing: Playing, step: number, line: string, printed: string, statement: JsonObject): void {
  for (const word of WORDS) {
    for (const given of listOf(statement[word])) {
      const wanted = filled(playing, given);
      playing.statements += 1;
      if (!holds(word, printed, wanted)) playing.contradictions.push({ step, line, wanted: `${word} ${wanted}`, got: printed.trim() });
    }
  }
}

function holds(word: (typeof WORDS)[number], printed: string, wanted: string): boolean {
  switch (word) {
    case "is":
      return printed.trim() === wanted.trim();
    case "has":
      return printed.includes(wanted);
    case "lacks":
      return !printed.includes(wanted);
    case "matches":
      return new RegExp(wanted, "m").test(printed);
    case "counts":
      return printed.trim().split("\n").filter((line) => line !== "").length === Number(wanted);
  }
}

function inOrder(playing: Playing, journal: readonly string[], patterns: readonly string[]): void {
  let from = 0;
  for (const pattern of patterns) {
    playing.statements += 1;
    const found = journal.findIndex((line, i) => i >= from && new RegExp(pattern).test(line));
    if (found < 0) playing.contradictions.push({ step: 0, line: "journal", wanted: pattern, got: `not after line ${from}` });
    else from = found + 1;
  }
}
