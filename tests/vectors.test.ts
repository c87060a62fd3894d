import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { adapters } from "./vectors/index";
import { corpusFolder, sampleFolder, score, vectorsFolder } from "./vectors/run";

const floors = JSON.parse(readFileSync(new URL("./vectors/floors.json", import.meta.url), "utf8")) as Readonly<Record<string, number>>;
const topics = Object.keys(adapters);
/** Why we do not give an answer that was recorded, by case. `docs/fidelity.md` lists them. */
const misses = Object.assign({}, ...readdirSync(new URL("./vectors/misses/", import.meta.url)).filter((name) => name.endsWith(".json")).map((name) => JSON.parse(readFileSync(new URL(`./vectors/misses/${name}`, import.meta.url), "utf8")) as object)) as Readonly<Record<string, string>>;
const ids = (failures: readonly { readonly id: string; readonly got: unknown }[]): string[] =>
  failures.slice(0, 5).map(({ id, got }) => `${id}: ${JSON.stringify(got)?.slice(0, 300) ?? ""}`);

describe("our own sample of vectors", () => {
  for (const topic of topics.filter((name) => existsSync(join(sampleFolder, `${name}.jsonl`)))) {
    it(`${topic} passes whole`, () => {
      const { passed, total, failures } = score(join(sampleFolder, `${topic}.jsonl`));
      expect(ids(failures)).toEqual([]);
      expect(passed).toBe(total);
      expect(total).toBeGreaterThan(0);
    });
  }
});

// The recorded vectors live beside the repository and are not part of it: a clone without them is tested by the sample alone.
describe.skipIf(!existsSync(vectorsFolder()))("recorded vectors of real Kubernetes", () => {
  const fileOf = (topic: string): string | undefined => [vectorsFolder(), corpusFolder()].map((folder) => join(folder, `${topic}.jsonl`)).find(existsSync);
  for (const topic of topics.filter((name) => fileOf(name) !== undefined)) {
    it(`${topic} is no less faithful than it was`, { timeout: 120_000 }, () => {
      const { passed, total, failures } = score(fileOf(topic) ?? "");
      expect(floors[topic], `tests/vectors/floors.json has no floor for ${topic}: it passes ${passed} of ${total}`).toBeDefined();
      expect(passed, ids(failures).join("\n")).toBeGreaterThanOrEqual(floors[topic] ?? total);
      expect(failures.map(({ id }) => id).filter((id) => !Object.hasOwn(misses, id)), "each miss has its reason in tests/vectors/misses").toEqual([]);
    });
  }
});
