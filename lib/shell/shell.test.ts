import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runScript } from "./testing/run-script";
import { snippets } from "./testing/snippets";

const hasSh = existsSync("/bin/sh") && spawnSync("/bin/sh", ["-c", "exit 7"]).status === 7;

// Where busybox, which we follow, and dash differ: \\ in echo, the status of a failed redirection, ~user.
const dashOnly = new Set(["cat < /tmp/tsh_nonexistent; echo $?", "X='a\\b'; echo \"$X\" | { read -r y; printf '%s\\n' \"$y\"; }", 'echo "\\$X \\\\ \\a"', "echo ~root | cat"]);
const comparable = snippets.filter((source) => !dashOnly.has(source));

describe.skipIf(!hasSh)("agrees with /bin/sh", () => {
  test.each(comparable)("%j", (source) => {
    execFileSync("/bin/rm", ["-rf", "/tmp/tsh_d"]);
    const real = spawnSync("/bin/sh", ["-c", source], { encoding: "utf8", env: { PATH: "/usr/bin:/bin", HOME: "/root", NODE_ENV: "test" }, cwd: "/", input: "", timeout: 5000 });
    const status = real.status ?? 128 + 15;
    const ours = runScript({ source, env: { PATH: "/usr/bin:/bin", HOME: "/root" }, pid: 4242 });
    expect({ stdout: ours.stdout, status: ours.status }).toEqual({ stdout: real.stdout, status });
  });

  test.each(snippets)("the same through JSON in small steps: %j", (source) => {
    const options = { source, env: { PATH: "/usr/bin:/bin", HOME: "/root" }, pid: 4242 };
    expect(runScript(options, { throughJson: true, budget: 7 })).toEqual(runScript(options));
  });
});
