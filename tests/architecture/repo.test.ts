import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** Everything that is, or is about to be, committed. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((name) => name !== "" && !name.startsWith("tests/architecture/") && existsSync(join(root, name)));

const texts = files.filter((name) => /\.(ts|tsx|mjs|cjs|js|json|md|mdx|ya?ml|css|svg|txt|prisma|toml|sh|example)$|^\.[a-z]+rc$|^\.ci\//.test(name));

function matching(pattern: RegExp, among: readonly string[] = texts): readonly string[] {
  return among.filter((name) => pattern.test(readFileSync(join(root, name), "utf8")));
}

describe("the repository", () => {
  test("names no place on somebody's machine", () => {
    expect(matching(/\/work\/(main|shared|\w+\/)|\/Users\/\w+|[A-Z]:\\Users\\/)).toEqual([]);
  });

  test("names no package registry but npm's own", () => {
    expect(matching(/https?:\/\/[^\s"')]*(artifactory|nexus|verdaccio|registry\.npm|pypi)/i)).toEqual([]);
  });

  test("has a lock that carries no download addresses", () => {
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { readonly packages: Record<string, { readonly resolved?: string }> };
    expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  });

  test("pins every dependency to one version", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, Record<string, string>>;
    const versions = Object.entries({ ...manifest["dependencies"], ...manifest["devDependencies"] });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  test("has a file behind every script", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly scripts: Record<string, string> };
    const called = Object.values(scripts).flatMap((line) => line.match(/scripts\/[\w-]+\.(mjs|ts)/g) ?? []);
    expect(called.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });

  test("has no file whose name says nothing", () => {
    const vague = /^(utils?|helpers?|common|misc|shared|types|constants|temp|foo|data)(\.test)?\.(ts|tsx|mjs)$/;
    const folders = /(^|\/)(utils?|helpers?|common|misc|shared)\//;
    expect(files.filter((name) => vague.test(basename(name)) || folders.test(name))).toEqual([]);
  });

  test("keeps React under app", () => {
    const strays = files.filter((name) => name.endsWith(".tsx") && !name.startsWith("app/") && name !== "mdx-components.tsx");
    expect(strays).toEqual([]);
  });

  test("has every page of prose in both languages", () => {
    const present = new Set(files);
    const other = (name: string): string =>
      /(^|[/.])es\.mdx$/.test(name) ? name.replace(/es\.mdx$/, "en.mdx") : name.replace(/en\.mdx$/, "es.mdx");
    const prose = files.filter((name) => /(^|[/.])(es|en)\.mdx$/.test(name));
    expect(prose.filter((name) => !present.has(other(name)))).toEqual([]);
    const folders = new Set(prose.map((name) => dirname(name)));
    expect(folders.size === 0 || prose.length >= 2 * folders.size).toBe(true);
  });

  test("contains no secret", () => {
    expect(files.filter((name) => /(^|\/)\.env($|\.(?!example$))|\.(pem|key|p12|pfx)$|(^|\/)id_(rsa|ed25519)/.test(name))).toEqual([]);
    const shapes = /-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bnpm_[A-Za-z0-9]{36}\b|NEXTAUTH_SECRET=[A-Za-z0-9_-]{16,}/;
    expect(matching(shapes)).toEqual([]);
  });

  test("leaves nothing for later and silences no tool", () => {
    const promises = /\b(TODO|FIXME|XXX)\b(?!\(#)/;
    const silenced = /@ts-(ignore|expect-error|nocheck)|eslint-disable/;
    const code = files.filter((name) => /\.(ts|tsx|mjs|cjs)$/.test(name));
    expect(matching(promises, code)).toEqual([]);
    expect(matching(silenced, code.filter((name) => name !== "eslint.config.mjs"))).toEqual([]);
  });
});
