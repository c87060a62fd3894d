import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runScript } from "./testing/run-script";

/** What the tools of a Debian system printed, as it was recorded once: a machine without them tests the same. */
const folder = new URL("testing/recorded/", import.meta.url);
const areas = readdirSync(folder).sort((a, b) => (a < b ? -1 : 1)).map((file) => ({
  area: file.replace(".json", ""),
  cases: JSON.parse(readFileSync(new URL(file, folder), "utf8")) as readonly { readonly source: string; readonly stdout: string; readonly status: number }[],
}));

describe.each(areas)("$area agrees with what the system's printed", ({ cases }) => {
  test.each(cases)("$source", ({ source, stdout, status }) => {
    const run = runScript({ source: `mkdir -p /tmp/w; cd /tmp/w\n${source}`, env: { PATH: "/usr/bin:/bin", HOME: "/root", LC_ALL: "C.UTF-8" }, pid: 4242 });
    expect({ stdout: run.stdout, status: run.status }).toEqual({ stdout, status });
  });
});
