import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { runScript } from "../../testing/run-script";

/** What mawk 1.3.4 printed, as it was recorded once: a machine without it tests the same. */
const recorded = JSON.parse(readFileSync(new URL("recorded.json", import.meta.url), "utf8")) as readonly { readonly source: string; readonly stdout: string }[];

const run = (source: string, files?: Readonly<Record<string, string>>) => runScript({ source: `cd /tmp\n${source}`, env: { PATH: "/usr/bin:/bin", HOME: "/root" }, pid: 4242 }, { files: { "/tmp/.keep": "", ...files } });

describe("awk prints what mawk does", () => {
  test.each(recorded)("$source", ({ source, stdout }) => {
    expect(run(source).stdout).toBe(stdout);
  });
});

describe("awk", () => {
  it("follows POSIX and busybox where mawk does not", () => {
    expect(run(`awk 'BEGIN { print substr("hello",-1,3), 100000*100000, 2**3, length("añb"), toupper("ñ"), 1e15 }'`).stdout).toBe("h 10000000000 8 3 Ñ 1000000000000000\n");
  });

  it("says what is wrong with a program, and ends with 2", () => {
    expect(run("awk 'BEGIN { print 1/0 }'")).toMatchObject({ status: 2, stderr: "awk: division by zero\n" });
    expect(run("awk '{'")).toMatchObject({ status: 2, stderr: "awk: syntax error: unexpected end of program\n" });
    expect(run("awk 'BEGIN { foo() }'")).toMatchObject({ status: 2, stderr: "awk: function foo never defined\n" });
    expect(run("awk 'BEGIN { a[1]; a = 2 }'")).toMatchObject({ status: 2, stderr: "awk: can't assign to a; it's an array name\n" });
    expect(run("awk '{ print }' nofile")).toMatchObject({ status: 2, stderr: "awk: nofile: No such file or directory\n" });
  });

  it("stops a program that does not end, and keeps what it printed", () => {
    expect(run("awk 'BEGIN { print \"a\"; while (1) n++ }'")).toMatchObject({ status: 2, stdout: "a\n", stderr: "awk: program ran too long\n" });
    expect(run("awk 'function f() { f() } BEGIN { f() }'")).toMatchObject({ status: 2, stderr: "awk: function calls nested too deeply\n" });
    expect(run("awk 'BEGIN { s = \"x\"; while (1) s = s s }'").stderr).toBe("awk: out of memory\n");
    expect(run("awk 'BEGIN { while (1) print 1 }'").status).toBe(2);
  });

  it("runs commands that run awk, but not without end", () => {
    expect(run(`awk 'BEGIN { system("awk \\"BEGIN { print 42 }\\"") }'`).stdout).toBe("42\n");
    const { stderr } = run("awk -f /tmp/again.awk", { "/tmp/again.awk": 'BEGIN { system("awk -f /tmp/again.awk") }' });
    expect(stderr).toContain("no shell here");
  });

  it("draws the same numbers for the same seed", () => {
    const drawn = (seed: number): string => run(`awk 'BEGIN { srand(${seed}); print rand(), rand() }'`).stdout;
    expect(drawn(1)).toBe(drawn(1));
    expect(drawn(1)).not.toBe(drawn(2));
  });

  it("reads programs from files, and assignments among its operands", () => {
    expect(run("awk -f /tmp/p.awk x=1 /tmp/d x=2 /tmp/d", { "/tmp/p.awk": "{ print x, $1 }\n", "/tmp/d": "a b\n" }).stdout).toBe("1 a\n2 a\n");
  });
});
