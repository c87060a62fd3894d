import { expect, test } from "vitest";
import { runScript } from "../testing/run-script";

const run = (source: string, tools?: "busybox" | "coreutils") => runScript({ source: `cd /tmp\n${source}`, env: { PATH: "/usr/bin:/bin" } }, tools ? { host: { tools } } : {});

test("sed stops a script that goes round for ever, and says so", () => {
  expect(run("echo a | sed ':a;ba'; echo $?")).toMatchObject({ stdout: "4\n", stderr: "sed: stopped: the script does not come to an end\n" });
  expect(run("echo a | sed ':a;s/a/aa/;ta' | wc -c")).toMatchObject({ stdout: "0\n", stderr: "sed: stopped: the script does not come to an end\n" });
});

test("sed complains as the image's tools do", () => {
  expect(run("echo x | sed 's/x/y'", "coreutils").stderr).toBe("sed: -e expression #1, char 5: unterminated `s' command\n");
  expect(run("echo x | sed 's/x/y'", "busybox").stderr).toBe("sed: unmatched '/'\n");
  expect(run("echo x | sed k", "busybox").stderr).toBe("sed: unsupported command k\n");
  expect(run("echo x | sed bend", "busybox").stderr).toBe("sed: can't find label for jump to 'end'\n");
  expect(run("sed p nofile", "busybox").stderr).toBe("sed: nofile: No such file or directory\n");
  expect(run("sed p nofile", "coreutils").stderr).toBe("sed: can't read nofile: No such file or directory\n");
});

test("sed that quits ends a producer that never would", () => {
  expect(run("while :; do echo x; done | sed 2q; echo $?")).toMatchObject({ stdout: "x\nx\n0\n", stderr: "" });
  expect(run("while :; do echo x; done | sed 3q", "busybox").stdout).toBe("x\nx\nx\n");
});

test("sed -i ends a file at q, and keeps the copy it was asked for", () => {
  expect(run("seq 4 > f; sed -i.old 2q f; cat f; cat f.old | wc -l").stdout).toBe("1\n2\n4\n");
});
