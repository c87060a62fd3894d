import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";

const root = fileURLToPath(new URL("../../", import.meta.url));
const WINDOW = 5;

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** Text as it is compared: escapes of JavaScript and JSON undone, every run of white space one space. */
function plain(text: string): string {
  return text
    .replace(/\\+u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\+x([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\+[nrt]/g, " ")
    .replace(/\\+(["'`\\])/g, "$1")
    .replace(/\s+/g, " ");
}

const content = filesIn(join(root, "content"));
const parts = (path: string): readonly string[] => relative(root, path).split("/");
const isSecret = (path: string): boolean => parts(path).includes("solution") || parts(path).includes("wrong") || basename(path) === "server.ts" || basename(path) === "unchecked.yaml";
const known = ["app", "lib"].flatMap((folder) => filesIn(join(root, folder))).filter((path) => /\.(ts|tsx)$/.test(path) && !path.includes("/generated/") && !path.endsWith(".test.ts"));
const open = plain([...content.filter((path) => !isSecret(path)), ...known].map((path) => readFileSync(path, "utf8")).join("\n"));

/** Whole runs of lines of a written answer that nothing public says. Values of a variant stand between them. */
function windowsOf(text: string): readonly string[] {
  const pieces = text.split(/\{\{[^}]*\}\}/);
  return pieces.flatMap((piece) => {
    const lines = piece.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    if (lines.length <= WINDOW) return lines.length === 0 ? [] : [lines.join(" ")];
    return lines.slice(0, lines.length - WINDOW + 1).map((_, i) => lines.slice(i, i + WINDOW).join(" "));
  });
}

/** What quotes hold in a file of ours: sentences, ids, codes. */
function stringsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].flatMap(([, quoted, template]) => (quoted ?? template ?? "").split(/\$\{[^}]*\}/));
}

/** Every text that must stay on the server, with the file it comes from. */
function secrets(): readonly { readonly from: string; readonly text: string }[] {
  return content.filter(isSecret).flatMap((path) => {
    const text = readFileSync(path, "utf8");
    const texts = basename(path) === "server.ts" || basename(path) === "expected.yaml" || basename(path) === "unchecked.yaml" ? stringsOf(text) : windowsOf(text);
    return [...new Set(texts.map(plain).map((each) => each.trim()))].filter((each) => each.length >= 10 && !open.includes(each)).map((each) => ({ from: relative(root, path), text: each }));
  });
}

const kept = secrets();

function leaksIn(text: string): readonly string[] {
  const read = plain(text);
  return kept.filter((secret) => read.includes(secret.text)).map((secret) => `${secret.from}: ${secret.text}`);
}

test("there are secrets to keep in every exercise that has some", () => {
  const withServer = content.filter((path) => basename(path) === "server.ts").map((path) => dirname(relative(root, path)));
  for (const folder of withServer) expect(kept.filter(({ from }) => from === `${folder}/server.ts`).length, folder).toBeGreaterThan(0);
  expect(kept.filter(({ from }) => from.includes("/solution/")).length).toBeGreaterThan(20);
  expect(kept.filter(({ from }) => from.endsWith("expected.yaml")).length).toBeGreaterThan(20);
  // A searcher that finds nothing anywhere proves nothing.
  expect(leaksIn(JSON.stringify(readFileSync(join(root, kept[0]?.from ?? ""), "utf8"))).length).toBeGreaterThan(0);
});

test("no file a browser may fetch holds a solution, a typical mistake or a check of the server", () => {
  const served = [...filesIn(join(root, ".next/static")), ...filesIn(join(root, ".next/server/app")).filter((path) => /\.(html|rsc|body|meta)$/.test(path))].filter((path) => /\.(js|css|json|html|rsc|body|meta|map|txt)$/.test(path));
  expect(served.length).toBeGreaterThan(100);
  expect(served.some((path) => statSync(path).size > 200_000)).toBe(true);
  // A map, where there is one, leads to no source of ours.
  for (const path of served.filter((each) => each.endsWith(".map"))) expect(JSON.parse(readFileSync(path, "utf8")), path).toMatchObject({ sources: [] });
  // The search reads what the compiler wrote: the public half of each exercise is found, accents and all.
  const all = plain(served.filter((path) => path.endsWith(".js")).map((path) => readFileSync(path, "utf8")).join("\n"));
  const hints = content.filter((path) => basename(path) === "exercise.ts").flatMap((path) => /hints: \[\s*\{ es: "([^"]{10,})"/.exec(readFileSync(path, "utf8"))?.[1] ?? []);
  expect(hints.length).toBeGreaterThan(0);
  expect(hints.map(plain).filter((hint) => !all.includes(hint))).toEqual([]);
  const leaks = served.flatMap((path) => leaksIn(readFileSync(path, "utf8")).map((leak) => `${relative(root, path)} ← ${leak}`));
  expect(leaks).toEqual([]);
});

test("no public answer of the server holds them, and nobody is shown a solution without giving up", async ({ request }) => {
  const ids = content.filter((path) => basename(path) === "exercise.ts").map((path) => /\bid: "([a-z0-9-]+)"/.exec(readFileSync(path, "utf8"))?.[1] ?? "");
  expect(ids.length).toBeGreaterThan(0);
  const heard: string[] = [];
  for (const path of ["/api/health", "/api/account", "/api/progress", "/api/attempts", "/api/classes"]) heard.push(await (await request.get(path)).text());
  for (const exercise of ids) {
    heard.push(await (await request.post("/api/seeds", { data: { exercise } })).text());
    const shown = await request.post(`/api/solutions/${exercise}`, { data: {} });
    expect([401, 403, 409, 429], `${exercise} ${shown.status()}`).toContain(shown.status());
    heard.push(await shown.text());
  }
  for (const exercise of ids.slice(0, 4)) heard.push(JSON.stringify(((await (await request.post("/api/submissions", { data: { answer: { exercise, seed: 1, inputs: [] } } })).json()) as { submission?: unknown }).submission ?? null));
  expect(heard.flatMap(leaksIn)).toEqual([]);
});
