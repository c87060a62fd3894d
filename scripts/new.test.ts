import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ESLint } from "eslint";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { lessonFile } from "@/lib/course/schema";
import { additions } from "./skeletons";

const root = resolve(import.meta.dirname, "..");
const target = mkdtempSync(join(tmpdir(), "timonel-new-"));
afterAll(() => rmSync(target, { recursive: true, force: true }));

function runNew(...args: string[]) {
  const cli = join(root, "node_modules/tsx/dist/cli.mjs");
  return spawnSync(process.execPath, [cli, join(root, "scripts/new.ts"), ...args], { encoding: "utf8", env: { ...process.env, TIMONEL_ROOT: target } });
}

describe("npm run new", () => {
  test("writes every file of a skeleton once, and overwrites nothing", () => {
    const first = runNew("controller", "ttlafterfinished");
    expect(first.status).toBe(0);
    expect(first.stdout).toContain("lib/engine/controllers/index.ts");
    expect(readdirSync(join(target, "lib/engine/controllers/ttlafterfinished")).sort()).toEqual(["index.ts", "ttlafterfinished.test.ts"]);
    const before = readFileSync(join(target, "lib/engine/controllers/ttlafterfinished/index.ts"), "utf8");
    expect(runNew("controller", "ttlafterfinished").status).toBe(1);
    expect(readFileSync(join(target, "lib/engine/controllers/ttlafterfinished/index.ts"), "utf8")).toBe(before);
  });

  test("refuses a name that climbs out of its folder, and a thing it does not know", () => {
    expect(runNew("image", "../../escape").status).toBe(2);
    expect(runNew("planet", "mars").status).toBe(2);
    expect(runNew("--help").status).toBe(0);
  });

  test("accepts its own examples, and writes nothing the linter refuses", async () => {
    const eslint = new ESLint({ cwd: root });
    for (const { name, example, make } of additions) {
      expect(example).toMatch(name);
      for (const [path, text] of Object.entries(make(example).files)) {
        if (!path.endsWith(".ts")) continue;
        const [result] = await eslint.lintText(text, { filePath: join(root, path) });
        expect(result?.messages, path).toEqual([]);
      }
    }
  });

  test("writes a lesson the content index accepts", () => {
    const files = additions.find(({ what }) => what === "lesson")?.make("06-networking/my-lesson").files ?? {};
    expect(lessonFile.safeParse(parse(files["content/modules/06-networking/my-lesson/lesson.yaml"] ?? "")).success).toBe(true);
  });
});
