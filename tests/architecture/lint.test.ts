import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ESLint } from "eslint";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const fixtures = join(import.meta.dirname, "fixtures");

/** Lines that must be reported, as `line rule`, with the part of the message that must be in it. */
function expectations(code: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  code.split("\n").forEach((line, index) => {
    const sin = /\/\/ ✗ (\S+): (.+)$/.exec(line);
    if (sin) found.set(`${index + 1} ${sin[1]}`, sin[2] ?? "");
  });
  return found;
}

describe("the linter", () => {
  let eslint: ESLint;
  beforeAll(() => {
    eslint = new ESLint({ cwd: root });
  });

  test.each([
    ["engine.ts", "lib/engine/sim/planted.ts"],
    ["engine.ts", "lib/grader/checks/planted.ts"],
    ["page.tsx", "app/_ui/planted.tsx"],
  ])("reports every sin of %s at %s, and nothing else", async (fixture, filePath) => {
    const code = readFileSync(join(fixtures, "lint", fixture), "utf8");
    const expected = expectations(code);
    const [result] = await eslint.lintText(code, { filePath: join(root, filePath) });
    const reported = new Map((result?.messages ?? []).map(({ line, ruleId, message }) => [`${line} ${ruleId}`, message]));
    expect([...reported.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [place, part] of expected) expect(reported.get(place), place).toContain(part);
  });

  test("lets the engine's tests and the server floor look at the clock", async () => {
    const code = "export const now = () => Date.now();\n";
    for (const filePath of ["lib/engine/sim/planted.test.ts", "lib/progress/planted.ts"]) {
      const [result] = await eslint.lintText(code, { filePath: join(root, filePath) });
      expect(result?.messages, filePath).toEqual([]);
    }
  });

  test("lets Next's own files have a default export", async () => {
    const code = "export default function Page() {\n  return <main />;\n}\n";
    const [result] = await eslint.lintText(code, { filePath: join(root, "app/[locale]/planted/page.tsx") });
    expect(result?.messages).toEqual([]);
  });
});

describe("the compiler", () => {
  test("knows no platform in the isomorphic rooms", () => {
    const path = join(root, "lib/tsconfig.json");
    const parsed = ts.parseJsonConfigFileContent(ts.readConfigFile(path, ts.sys.readFile).config, ts.sys, join(root, "lib"));
    const file = join(fixtures, "compiler/platform.ts");
    const program = ts.createProgram([file], { ...parsed.options, noEmit: true });
    const unknown = ts.getPreEmitDiagnostics(program).map(({ start = 0, messageText, file: where }) => {
      const line = (where?.getLineAndCharacterOfPosition(start).line ?? -1) + 1;
      return `${line} ${/Cannot find name '(\w+)'/.exec(ts.flattenDiagnosticMessageText(messageText, "\n"))?.[1]}`;
    });
    const expected = readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line, index) => (/\/\/ ✗ (\w+)$/.exec(line) ? [`${index + 1} ${/\/\/ ✗ (\w+)$/.exec(line)?.[1]}`] : []));
    expect(unknown).toEqual(expected);
  });

  test("is strict in both configurations", () => {
    for (const name of ["tsconfig.json", "lib/tsconfig.json"]) {
      const path = join(root, name);
      const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(path, ts.sys.readFile).config, ts.sys, join(path, ".."));
      expect(options).toMatchObject({ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noImplicitOverride: true });
    }
  });
});
