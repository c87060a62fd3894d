import { describe, expect, test } from "vitest";
import { enter, startShell, step, type ShellState } from "./index";
import { runScript } from "./testing/run-script";
import { allCommands, makeFileTree, memoryFileSystem, rootIdentity, type ShellHost } from "./index";

/** Recorded from bash 5.2 and dash 0.5.12; busybox's words are the shell's own. */
const complaints: readonly (readonly [source: string, bash: string, dash: string, busybox: string])[] = [
  ["nosuch", "bash: line 1: nosuch: command not found", "dash: 1: nosuch: not found", "sh: nosuch: not found"],
  ["\n\n./nosuch", "bash: line 3: ./nosuch: No such file or directory", "dash: 3: ./nosuch: not found", "sh: ./nosuch: not found"],
  ["cd nope", "bash: line 1: cd: nope: No such file or directory", "dash: 1: cd: can't cd to nope", "sh: cd: can't cd to nope: No such file or directory"],
  ["cat < nope", "bash: line 1: nope: No such file or directory", "dash: 1: cannot open nope: No such file", "sh: can't open nope: no such file"],
  ["echo x > /nope/y", "bash: line 1: /nope/y: No such file or directory", "dash: 1: cannot create /nope/y: Directory nonexistent", "sh: can't create /nope/y: nonexistent directory"],
  ["[ 1 -eq a ]", "bash: line 1: [: a: integer expression expected", "dash: 1: [: Illegal number: a", "sh: a: bad number"],
  ["[ a b ]", "bash: line 1: [: a: unary operator expected", "dash: 1: [: a: unexpected operator", "sh: a: unknown operand"],
  ["set -u; echo $nope", "bash: line 1: nope: unbound variable", "dash: 1: nope: parameter not set", "sh: nope: parameter not set"],
  ["readonly x=1; x=2", "bash: line 1: x: readonly variable", "dash: 1: x: is read only", "sh: x: is read only"],
  ["case a in a) echo )", "bash: -c: line 1: syntax error near unexpected token `)'", 'dash: 1: Syntax error: ")" unexpected (expecting ";;")', 'sh: syntax error: unexpected ")" (expecting ";;")'],
  ["getopts a: o -z", "bash: illegal option -- z", "Illegal option -z", "sh: Illegal option -z"],
];

describe("each shell complains in its own words", () => {
  test.each(complaints)("%s", (source, bash, dash, busybox) => {
    const said = (name: string, tools?: "busybox" | "coreutils"): string => runScript({ source, name, cwd: "/tmp" }, { files: { "/tmp/.keep": "" }, host: tools === undefined ? {} : { tools } }).stderr.trimEnd();
    expect(said("bash")).toBe(bash);
    expect(said("dash", "coreutils")).toBe(dash);
    expect(said("sh", "busybox")).toBe(busybox);
  });

  test("dash reads backslashes in echo, and nothing of bash's", () => {
    const dash = (source: string) => runScript({ source, name: "sh", cwd: "/tmp" }, { host: { tools: "coreutils" } });
    expect(dash("echo -e 'a\\tb'").stdout).toBe("-e a\tb\n");
    expect(dash("declare x=1").stderr).toBe("sh: 1: declare: not found\n");
    expect(dash("set -euo pipefail; echo no")).toMatchObject({ stdout: "", stderr: "sh: 1: set: Illegal option -o pipefail\n", status: 2 });
    expect(dash("x=abc; echo ${x:1}").stderr).toBe("sh: 1: Bad substitution\n");
    expect(dash("a=(1 2)").stderr).toContain("Syntax error");
  });

  test("an alias stands for its text once the line it was made on is over", () => {
    const tree = makeFileTree({});
    const host: ShellHost = { fs: memoryFileSystem(tree, { now: () => 0 }), identity: rootIdentity, commands: allCommands, now: () => 0, knows: () => false, run: () => undefined };
    let state: ShellState = startShell({ interactive: true, name: "sh", bash: true });
    const typed = (line: string): string => {
      const result = step(JSON.parse(JSON.stringify(enter(state, line))) as ShellState, host);
      state = result.state;
      return result.output.map(({ text }) => text).join("");
    };
    expect(typed("alias k='echo kubectl' kg='k get'")).toBe("");
    expect(typed("kg pods; k; echo k")).toBe("kubectl get pods\nkubectl\nk\n");
    expect(typed("alias k")).toBe("alias k='echo kubectl'\n");
    expect(typed("unalias k; type kg")).toBe("kg is an alias for k get\n");
    expect(typed("k")).toBe("sh: k: not found\n");
  });
});
