import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const house = join(import.meta.dirname, "fixtures/house");
const floorPlan = join(root, ".dependency-cruiser.cjs");

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

interface FloorPlan {
  readonly forbidden: readonly { readonly name: string }[];
}

/** Every report the floor plan makes on the planted house, as `file: rule`. */
function reported(): readonly string[] {
  const cli = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const args = [cli, "lib", "app", "content", "--config", floorPlan, "--output-type", "json"];
  const found = JSON.parse(execFileSync(process.execPath, args, { cwd: house, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })) as {
    readonly summary: { readonly violations: readonly Violation[] };
  };
  return [...new Set(found.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`))].sort();
}

/** What the planted files say of themselves: a first line `// breaks: rule` for each rule broken. */
function planted(): readonly string[] {
  const files = readdirSync(house, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return files
    .flatMap((file) => {
      const code = readFileSync(join(house, file), "utf8");
      return [...code.matchAll(/^\/\/ breaks: (\S+)$/gm)].map(([, rule]) => `${file.replaceAll("\\", "/")}: ${rule}`);
    })
    .sort();
}

describe("the floor plan", () => {
  const sins = planted();

  test("reports every planted violation, and nothing else", () => {
    expect(reported()).toEqual(sins);
  });

  test("has no rule that was never seen to report", () => {
    const plan = createRequire(import.meta.url)(floorPlan) as FloorPlan;
    const seen = new Set(sins.map((sin) => sin.slice(sin.indexOf(": ") + 2)));
    expect(plan.forbidden.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });
});

describe("the three lists of isomorphic rooms", () => {
  test("name the same rooms: compiler, floor plan and linter", () => {
    const compiler = JSON.parse(readFileSync(join(root, "lib/tsconfig.json"), "utf8")) as { readonly include: readonly string[] };
    const plan = /const ISOMORPHIC = "([^"]+)"/.exec(readFileSync(floorPlan, "utf8"))?.[1]?.split("|");
    const linter = /const ISOMORPHIC = (\[[^\]]+\])/.exec(readFileSync(join(root, "eslint.config.mjs"), "utf8"))?.[1];
    expect(plan).toEqual(compiler.include);
    expect(JSON.parse(linter ?? "[]")).toEqual(compiler.include);
  });
});
