import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allCommands, enter, feed, isIncomplete, makeFileTree, memoryFileSystem, parse, resume, rootIdentity, type ShellHost, type ShellState, signal, startShell, step, typeInput } from "./index";
import { runScript } from "./testing/run-script";

function makeHost(over: Partial<ShellHost> = {}): ShellHost {
  return { fs: memoryFileSystem(makeFileTree()), identity: rootIdentity, commands: allCommands, now: () => 0, knows: () => false, run: () => undefined, ...over };
}

const json = (state: ShellState): ShellState => JSON.parse(JSON.stringify(state)) as ShellState;

describe("waiting", () => {
  test("a loop around a slow program is stopped, stored, copied and resumed", () => {
    let isUp = false;
    const asked: string[] = [];
    const host = makeHost({
      knows: (name) => name === "nslookup",
      run: (command) => {
        asked.push(command.argv.join(" "));
        return "later";
      },
    });
    const answer = (): { status: number; stdout: string } => (isUp ? { status: 0, stdout: "Name: db\n" } : { status: 1, stdout: "" });
    let result = step(startShell({ source: "until nslookup db; do echo waiting; sleep 2; done; echo ready" }), host);
    expect(result).toMatchObject({ status: "waiting", pending: [{ type: "command", argv: ["nslookup", "db"] }] });
    result = step(resume(json(result.state), result.pending[0]?.type === "command" ? result.pending[0].id : 0, answer()), host);
    expect(result).toMatchObject({ output: [{ fd: 1, text: "waiting\n" }], pending: [{ type: "sleep", millis: 2000 }] });
    const fork = json(result.state);
    const idOf = (r: typeof result): number => (r.pending[0] && "id" in r.pending[0] ? r.pending[0].id : 0);
    const finish = (state: ShellState): unknown => {
      let last = step(resume(state, idOf(result), { status: 0 }), host);
      last = step(resume(last.state, idOf(last), answer()), host);
      return { status: last.status, output: last.output, code: last.code };
    };
    isUp = true;
    expect(finish(result.state)).toEqual({ status: "exited", output: [{ fd: 1, text: "Name: db\nready\n" }], code: 0 });
    expect(finish(fork)).toEqual(finish(result.state));
    expect(asked[0]).toBe("nslookup db");
  });

  test("sleeps take virtual time, also side by side", () => {
    expect(runScript({ source: "sleep 2; sleep 0.5; sleep 1m" }).elapsed).toBe(62_500);
    expect(runScript({ source: "sleep 3 & sleep 5 & wait; echo done" })).toMatchObject({ elapsed: 5000, stdout: "done\n" });
    expect(runScript({ source: "(sleep 1; echo a) | (sleep 2; cat)" })).toMatchObject({ elapsed: 2000, stdout: "a\n" });
    expect(runScript({ source: "timeout 2 sleep 10; echo $?" })).toMatchObject({ elapsed: 2000, stdout: "124\n" });
    expect(runScript({ source: "timeout -s KILL 2 sleep 10; echo $?; timeout --preserve-status 1 sleep 10; echo $?; timeout x true; echo $?" })).toMatchObject({ elapsed: 3000, stdout: "137\n143\n125\n" });
    expect(runScript({ source: "timeout -k 3 2 sh -c 'trap \"echo no\" TERM; while :; do sleep 1; done'; echo $?" })).toMatchObject({ elapsed: 5000, stdout: "no\n137\n" });
    expect(runScript({ source: "printf '1 2 3\\n' | xargs -n 1 sh -c 'echo $0; test $0 != 2 || exit 255'; echo $?" }).stdout).toBe("1\n2\n124\n");
  });

  test("a stream is filtered as it comes", () => {
    const host = makeHost();
    const first = step(startShell({ source: "while true; do echo tick; sleep 1; done | sed s/t/T/ | cat | tee /tmp/log | grep -v x" }), host);
    expect(first.status).toBe("waiting");
    const late = step(startShell({ source: "while true; do echo tick; sleep 1; done | sed s/t/T/ | cat" }), host);
    expect(late.output).toEqual([{ fd: 1, text: "Tick\n" }]);
  });

  test("a program under way may write before it ends", () => {
    const host = makeHost({ knows: () => true, run: () => "later" });
    let result = step(startShell({ source: "server | cat; echo $?" }), host);
    const id = result.pending[0] && "id" in result.pending[0] ? result.pending[0].id : 0;
    result = step(feed(result.state, id, { stdout: "line 1\n" }), host);
    expect(result.output).toEqual([{ fd: 1, text: "line 1\n" }]);
    result = step(resume(result.state, id, { status: 0, stdout: "line 2\n" }), host);
    expect(result).toMatchObject({ output: [{ fd: 1, text: "line 2\n0\n" }], status: "exited" });
  });

  test("an empty loop spends its budget and can go on", () => {
    const first = step(startShell({ source: "i=0; while :; do i=$((i+1)); [ $i = 3000 ] && exit 9; done" }), makeHost(), 500);
    expect(first.status).toBe("budget");
    let result = first;
    for (let i = 0; i < 200 && result.status === "budget"; i++) result = step(result.state, makeHost(), 500);
    expect(result).toMatchObject({ status: "exited", code: 9 });
  });
});

describe("signals", () => {
  test("a trap runs after the command in the foreground; wait gives way at once", () => {
    const host = makeHost();
    let result = step(startShell({ source: "trap 'echo bye; exit 0' TERM; sleep 100; echo slept" }), host);
    result = step(signal(result.state, "SIGTERM", host), host);
    expect(result).toMatchObject({ status: "waiting", output: [] });
    result = step(resume(result.state, 2, { status: 0 }), host);
    expect(result).toMatchObject({ status: "exited", code: 0, output: [{ fd: 1, text: "bye\n" }] });
    result = step(startShell({ source: "trap 'echo bye; exit 3' TERM; sleep 100 & wait; echo no" }), host);
    expect(step(signal(result.state, "SIGTERM", host), host)).toMatchObject({ status: "exited", code: 3, output: [{ fd: 1, text: "bye\n" }] });
  });

  test("process 1 takes no notice of what it has no trap for; others end with 143; SIGKILL ends all", () => {
    const host = makeHost();
    const init = step(startShell({ source: "sleep 100" }), host).state;
    expect(signal(init, "SIGTERM", host).exit).toBeNull();
    expect(signal(init, "SIGKILL", host).exit).toBe(137);
    const other = step(startShell({ source: "sleep 100", pid: 7 }), host).state;
    expect(step(signal(other, "TERM", host), host)).toMatchObject({ status: "exited", code: 143 });
  });

  test("exec hands over, with its arguments", () => {
    const host = makeHost({ knows: (name) => name === "nginx", run: () => "later" });
    const result = step(startShell({ source: "exec nginx -g 'daemon off;'; echo no" }), host);
    expect(result.pending).toMatchObject([{ type: "command", argv: ["nginx", "-g", "daemon off;"], isExec: true }]);
    expect(step(resume(result.state, 2, { status: 5 }), host)).toMatchObject({ status: "exited", code: 5, output: [] });
  });
});

describe("at a terminal", () => {
  test("variables, directory and status last from line to line; errors do not end it", () => {
    const host = makeHost();
    let result = step(startShell({ interactive: true, pid: 5 }), host);
    const run = (line: string): string => {
      result = step(enter(json(result.state), line), host);
      return result.output.map(({ text }) => text).join("");
    };
    expect(result.status).toBe("idle");
    expect(run("X=1; cd /tmp; f() { echo f $1; }")).toBe("");
    expect(run("echo $X $PWD; f x")).toBe("1 /tmp\nf x\n");
    expect(run("if")).toBe("sh: syntax error: unexpected end of file\n");
    expect(run("echo $?")).toBe("2\n");
    expect(run("echo ${U:?gone}")).toBe("sh: U: gone\n");
    expect(run("nope")).toBe("sh: nope: not found\n");
    expect(run("read a b; echo $b $a")).toBe("");
    expect(result.pending).toEqual([{ type: "input" }]);
    result = step(typeInput(result.state, "uno dos\n"), host);
    expect(result.output).toEqual([{ fd: 1, text: "dos uno\n" }]);
    run("sleep 100");
    result = step(signal(result.state, "INT", host), host);
    expect(result).toMatchObject({ status: "idle", code: 130 });
    expect(run("echo still $?; exit 4")).toBe("still 130\n");
    expect(result).toMatchObject({ status: "exited", code: 4 });
  });

  test("knows when a line is not finished", () => {
    expect(["if true", "echo 'a", "cat <<E", "f() {", 'echo "$(ls', "echo a"].map((source) => isIncomplete(source))).toEqual([true, true, false, true, true, false]);
  });
});

describe("syntax errors are told as sh tells them", () => {
  test.each([
    ["if true; then echo", 'syntax error: unexpected end of file (expecting "fi")'],
    ["for i in a; echo", 'syntax error: unexpected word (expecting "do")'],
    ["fi", 'syntax error: unexpected "fi"'],
    ["echo 'a", "syntax error: unterminated quoted string"],
    ["echo )", 'syntax error: unexpected ")"'],
    ["a | | b", 'syntax error: unexpected "|"'],
  ])("%s", (source, message) => {
    expect(parse(source)).toMatchObject({ error: { message, line: 1 } });
    expect(runScript({ source })).toMatchObject({ status: 2, stderr: `sh: ${message}\n` });
  });
});

describe("bad input", () => {
  test.each([
    ["a fork bomb", ":(){ :|:& };:"],
    ["another", "b() { b & b; }; b"],
    ["endless recursion", "f() { f; }; f"],
    ["a doubling variable", "x=aaaa; while :; do x=$x$x; done"],
    ["endless output", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done"],
    ["endless eval", "x='eval \"$x\"'; eval \"$x\""],
    ["deep nesting", "(".repeat(5000)],
    ["deep substitution", "echo " + "$(".repeat(2000)],
    ["deep braces", "${a:-".repeat(2000)],
    ["deep arithmetic", `echo $((${"(".repeat(3000)}1${")".repeat(3000)}))`],
    ["minus signs", `echo $((${"- ".repeat(2000)}1))`],
    ["huge shift", "echo $((1 << 99999999999999999999))"],
    ["many stars", `case ${"a".repeat(3000)} in ${"*a".repeat(500)}b) ;; esac`],
    ["prototype names", "__proto__=1; constructor=2; echo $constructor $toString; export __proto__; hasOwnProperty() { echo f; }; hasOwnProperty; toString; unset constructor"],
    ["sourcing oneself", "echo '. /tmp/s' > /tmp/s; . /tmp/s"],
    ["trap in a trap", "trap 'kill -USR1 $$' USR1; kill -USR1 $$; echo x"],
    ["xargs of itself", "seq 5000 | xargs -n1 xargs"],
  ])("%s", (_, source) => {
    const started = step(startShell({ source }), makeHost(), 5000);
    let result = started;
    for (let i = 0; i < 20 && result.status === "budget"; i++) result = step(result.state, makeHost(), 5000);
    expect(JSON.stringify(result.state).length).toBeLessThan(40_000_000);
    expect(({} as { x?: string }).x).toBeUndefined();
  });

  const piece = fc.constantFrom("echo ", "a", "$X", "${X:-", "}", "$(", ")", "`", '"', "'", "|", "&", ";", "\n", "&&", "||", "if ", "then ", "fi", "for i in ", "do ", "done", "while ", "case ", "esac", "in ", ";;", "{ ", "(", "<<E\n", "E\n", ">", "<", "2>&1", "$((", "))", "1+", "*", "\\", "!", "f() ", "=", "X=", "cat ", "sed s/a/b/ ", "grep -E '(a|' ", "awk '{print}' ", "read x ", "exit ", "trap 'echo t' EXIT", "set -e", "sleep 1", "wait", "[ ", " ]", "-n ", "~", "#", "%", "\t", "break ", "return ", "eval ", "xargs ", "sort -k", "tr a-", "printf %", "find ", "test -", "local ", "kill ");
  const source = fc.oneof(fc.string(), fc.array(piece, { maxLength: 30 }).map((parts) => parts.join("")));

  test("no script crashes or hangs, and JSON in between changes nothing", () => {
    fc.assert(
      fc.property(source, (text) => {
        const settings = { files: { "/a": "one\ntwo\n" } };
        const plain = runScript({ source: text, stdin: "in 1\nin 2\n" }, settings);
        if (plain.status !== -1) expect(runScript({ source: text, stdin: "in 1\nin 2\n" }, { ...settings, throughJson: true, budget: 11 })).toEqual(plain);
      }),
      { numRuns: 1500 },
    );
  });

  const argument = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("-n", "-r", "-i", "-c", "-e", "-k", "-d", "-f", "/a", "-", "s/a/b/", "{print $1}", "[", "(", "*", "1,2", "%s%d", "+%F", "-1", "0", "\\(", "a\\{1,"));
  test("no command crashes, whatever its arguments", () => {
    const host = makeHost({ fs: memoryFileSystem(makeFileTree({ "/a": "one\ntwo\n", "/b/c": "x" })) });
    fc.assert(
      fc.property(fc.constantFrom(...allCommands.keys(), "printf", "test", "[", "read", "xargs", "env", "timeout", "kill", "set", "getopts", "trap", "export", "cd", "sh"), fc.array(argument, { maxLength: 4 }), (name, args) => {
        step(startShell({ argv: [name, ...args], stdin: "b 2\na 1\n", pid: 9 }), host, 3000);
      }),
      { numRuns: 3000 },
    );
  });
});
