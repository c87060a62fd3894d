import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { playScenario } from "./run";

const folder = new URL("./scenarios/", import.meta.url);
const lock = new URL("./hashes.json", import.meta.url);
const names = readdirSync(folder).sort();
const wanted = JSON.parse(readFileSync(lock, "utf8")) as Record<string, string>;

describe("determinism", () => {
  const seen: Record<string, string> = {};
  it.each(names)("%s ends in the same state, journal and output every time", (name) => {
    const text = readFileSync(new URL(name, folder), "utf8");
    const first = playScenario(text);
    expect(playScenario(text).hash).toBe(first.hash);
    seen[name] = first.hash;
    if (process.env["UPDATE_HASHES"] === "1") return;
    expect(first.hash).toBe(wanted[name]);
  });

  it("a fork and a restored snapshot have the same future", () => {
    const { bench } = playScenario(readFileSync(new URL("node-failure.yaml", folder), "utf8"));
    const fork = bench.fork();
    for (const side of [bench, fork]) for (const line of ["kubectl scale deployment web --replicas=6", "sleep 30"]) side.apply({ type: "run", line });
    expect(JSON.stringify(fork.cluster.snapshot())).toBe(JSON.stringify(bench.cluster.snapshot()));
  });

  it.runIf(process.env["UPDATE_HASHES"] === "1")("writes the hashes down", () => {
    writeFileSync(lock, `${JSON.stringify(seen, null, 2)}\n`);
  });
});
