import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { runScript } from "./testing/run-script";

/** What bash 5.2 printed, as it was recorded once: a machine without it tests the same. */
const recorded = JSON.parse(readFileSync(new URL("testing/bash-recorded.json", import.meta.url), "utf8")) as readonly { readonly source: string; readonly stdout: string; readonly status: number }[];
const files = { "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "/tmp/.keep": "" };
const run = (source: string, name: string) => runScript({ source, name, env: { PATH: "/usr/bin:/bin", HOME: "/root" }, cwd: "/tmp", pid: 4242 }, { files });

describe("a shell called bash", () => {
  test.each(recorded)("$source", ({ source, stdout, status }) => {
    const { stdout: printed, status: ended } = run(source, "bash");
    expect({ stdout: printed, status: ended }).toEqual({ stdout, status });
  });

  it("goes through JSON in small steps", () => {
    for (const { source } of recorded) expect(runScript({ source, name: "/bin/bash", cwd: "/tmp" }, { files, throughJson: true, budget: 7 })).toEqual(runScript({ source, name: "/bin/bash", cwd: "/tmp" }, { files }));
  });

  it("is what a script for bash gets, and sh does not", () => {
    expect(run("printf '#!/bin/bash\\necho {1..2}\\n' > s; chmod +x s; ./s; bash -c 'echo {a,b}'; sh -c 'echo {a,b}'; echo {x,y}", "sh").stdout).toBe("1 2\na b\n{a,b}\n{x,y}\n");
  });

  it("says what it cannot read", () => {
    expect(run("[[ a == ", "bash")).toMatchObject({ status: 2, stderr: "bash: -c: line 1: syntax error: unexpected end of file\n" });
    expect(run("[[ a =~ ( ]]; echo $?", "bash").stderr).not.toBe("");
    expect(run("for ((i=0;i<2)); do :; done", "bash").stderr).toBe("bash: -c: line 1: syntax error: bad for loop\n");
    expect(run("((1/0)); echo on", "bash").stdout).toBe("on\n");
    expect(run("echo {1..99999999} | wc -w", "bash").stdout.trim()).toBe("10000");
  });
});
