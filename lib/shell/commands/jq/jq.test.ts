import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { runScript } from "../../testing/run-script";

/** What jq 1.6 printed for each filter, as it was recorded once: a machine without it tests the same. */
const recorded = JSON.parse(readFileSync(new URL("recorded.json", import.meta.url), "utf8")) as readonly { readonly args: string; readonly input: string; readonly stdout: string; readonly status: number }[];

describe("jq agrees with a real one", () => {
  test.each(recorded)("$args of $input", ({ args, input, stdout, status }) => {
    const ours = runScript({ source: `printf '%s\\n' '${input}' | jq ${args}` });
    expect({ stdout: ours.stdout, status: ours.status }).toEqual({ stdout, status });
  });
});

describe("jq", () => {
  it("says what it cannot do", () => {
    expect(runScript({ source: "echo '{\"a\":1}' | jq .a.b" })).toMatchObject({ status: 5, stderr: 'jq: error (at <stdin>:1): Cannot index number with "b"\n' });
  });

  it("refuses what is too deep or too much, and knows no filter it does not have", () => {
    expect(runScript({ source: `echo '${"[".repeat(5000)}' | jq .` }).status).toBe(2);
    expect(runScript({ source: "jq -n '[range(300)] as $a | \"\\($a[])\\($a[])\\($a[])\"'" }).stderr).toContain("takes too long");
    expect(runScript({ source: "jq -cn '[nan] | implode'" }).status).toBe(0);
    expect(runScript({ source: "jq -n '[1] | tostream'" }).stderr).toContain("tostream/0 is not defined");
  });

  it("gives up on what never ends", () => {
    expect(runScript({ source: "jq -n '[recurse(.)]'; jq -n 'def f: f; f'" }).stderr).toContain("takes too long");
  });
});
