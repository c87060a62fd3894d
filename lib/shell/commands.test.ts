import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compileRegex } from "./commands/regex";
import { commandSnippets } from "./testing/command-snippets";
import { runScript } from "./testing/run-script";

const hasTools = existsSync("/bin/sh") && spawnSync("/bin/sh", ["-c", "seq 2 | awk '{print}' | sha256sum"]).status === 0;
const env = { PATH: "/usr/bin:/bin", HOME: "/root", LC_ALL: "C.UTF-8", NODE_ENV: "test" as const };

describe.skipIf(!hasTools)("agrees with the system's tools", () => {
  test.each(commandSnippets)("%j", (source) => {
    const directory = mkdtempSync("/tmp/timonel-shell-");
    const real = spawnSync("/bin/sh", ["-c", source], { encoding: "utf8", env, cwd: directory, input: "", timeout: 5000 });
    rmSync(directory, { recursive: true });
    const ours = runScript({ source, env, cwd: "/work" }, { files: { "/work/.x": "" } });
    const cleaned = ours.stdout.replaceAll(".x\n", "");
    expect({ stdout: cleaned, status: ours.status }).toEqual({ stdout: real.stdout, status: real.status });
  });
});

test("ls -l shows mode, owner, size and time", () => {
  const { stdout } = runScript({ source: "echo hola > /tmp/f; ls -l /tmp/f; ls -ld /etc" });
  expect(stdout).toBe("-rw-r--r--    1 root root 5 Jan  1 00:00 /tmp/f\ndrwxr-xr-x    2 root root 4096 Jan  1 00:00 /etc\n");
});

test("what is not installed says so", () => {
  const run = runScript({ source: "curl http://x; echo $?; /usr/bin/vim; echo $?" });
  expect(run).toMatchObject({ stdout: "127\n127\n", stderr: "sh: curl: not found\nsh: /usr/bin/vim: not found\n" });
});

test("a regular expression made to explode gives up in time", () => {
  expect(compileRegex("^(a+)+$", { extended: true }).test("a".repeat(40) + "b")).toBe(false);
  expect(compileRegex("(x*)*(y*)*z", { extended: true }).test("xy".repeat(2000))).toBe(false);
  expect(() => compileRegex("[a", { extended: true })).toThrow();
});

test("tail of long lines, deep trees and copies into themselves stay within bounds", () => {
  expect(runScript({ source: "mkdir -p d; cp -r d d/e; echo $?; i=0; while [ $i -lt 70 ]; do mkdir -p $p/d; p=$p/d; i=$((i+1)); done; find / -name nothing | wc -l", cwd: "/tmp" }, { budget: 100_000 }).stdout).toBe("1\n0\n");
});

test("a folder's contents are copied with folder/. as their source", () => {
  const source = "mkdir -p a/x b; echo 1 > a/f; echo 2 > a/x/g; cp -a a/. b/; ls b; cat b/x/g; cp -r a b; ls b/a";
  expect(runScript({ source, cwd: "/tmp" }).stdout).toBe("f\nx\n2\nf\nx\n");
});
