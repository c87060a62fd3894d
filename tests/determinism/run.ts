import { canonicalJson, fingerprint, type Json, type JsonObject } from "@/lib/engine";
import { parseManifests, parseYaml } from "@/lib/manifest";
import { journalText, openWorkbench, prod4Workloads, readInputs, type FixtureName, type Workbench } from "@/lib/workbench";

/** A scenario that cannot be played: the file is wrong. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

/** What a scenario left behind. */
export interface Played {
  readonly bench: Workbench;
  /** What happened, one readable line an entry. */
  readonly journal: readonly string[];
  /** What the terminal printed, in order. */
  readonly output: string;
  /** Fingerprint of the final snapshot, the journal and the output: equal on every machine. */
  readonly hash: string;
}

/** Plays a scenario: `{fixture, workloads?, objects?, files?, inputs}` in YAML. Runs in Node and in browsers alike. */
export function playScenario(text: string, seed = 1): Played {
  const data = parseYaml(text).documents[0]?.value as JsonObject | undefined;
  if (!data || typeof data["fixture"] !== "string" || !Array.isArray(data["inputs"])) throw new ScenarioError("a scenario has a fixture and a list of inputs");
  const own = typeof data["objects"] === "string" ? parseManifests(data["objects"]).documents.map((document): JsonObject => document.value) : [];
  const objects = [...(data["workloads"] === "prod-4" ? prod4Workloads() : []), ...own];
  const files = Object.fromEntries(Object.entries((data["files"] ?? {}) as JsonObject).map(([path, content]) => [path, String(content)]));
  const bench = openWorkbench({ fixture: data["fixture"] as FixtureName, seed, objects, files });
  let output = "";
  for (const input of readInputs(data["inputs"] as readonly Json[])) {
    const effect = bench.apply(input);
    output += effect.output ? effect.output.stdout + effect.output.stderr : "";
    output += effect.trace ? `${effect.trace.asked} ${effect.trace.outcome}\n` : "";
  }
  const journal = journalText(bench.cluster);
  const hash = fingerprint(`${canonicalJson(bench.cluster.snapshot())}\n${journal.join("\n")}\n${output}`);
  return { bench, journal, output, hash };
}
