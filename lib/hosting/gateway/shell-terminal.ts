/** A shell at a terminal, line by line. */
import type { ExecCall } from "@/lib/rest";
import type { LiveCluster } from "./live-cluster";

/** A terminal with a shell behind it. */
export interface ShellTerminal {
  /** Keys, as they come. */
  type(text: string): void;
  /** Looks whether the running line has printed or ended. */
  look(): void;
  close(): void;
}

/** What comes after every line, so that the next knows where it stands. */
const MARK = "\u0001timonel\u0001";

/**
 * Opens a shell.
 *
 * @simplified Every line is a shell of its own that begins in the folder and with the exported variables where the one
 * before ended: functions, unexported variables and background jobs do not outlive their line.
 */
export function openShellTerminal(live: LiveCluster, call: ExecCall, print: (text: string) => void, end: (code: number) => void): ShellTerminal {
  const [shell = "sh"] = call.command;
  const prompt = shell.endsWith("bash") ? "root@pod:/# " : "/ # ";
  let line = "";
  let running: { readonly id: string; out: number; err: number } | undefined;
  let folder = "";
  let exports = "";
  let last = 0;

  const finish = (): void => {
    running = undefined;
    print(prompt);
  };
  const look = (): void => {
    if (!running) return;
    const result = live.execResult(running.id);
    if (!result) return finish();
    const mark = result.stdout.indexOf(MARK);
    const visible = mark < 0 ? result.stdout : result.stdout.slice(0, mark);
    print((visible.slice(running.out) + result.stderr.slice(running.err)).replace(/\r?\n/g, "\r\n"));
    running.out = Math.max(running.out, visible.length);
    running.err = result.stderr.length;
    if (!result.done) return;
    live.endExec(running.id);
    last = result.exitCode;
    if (mark < 0) {
      // The line ended the shell itself.
      running = undefined;
      return end(last);
    }
    const [where = "", ...rest] = result.stdout.slice(mark + MARK.length).split("\n");
    folder = where;
    exports = rest.filter((text) => text.startsWith("export ")).join("\n");
    finish();
  };
  const run = (text: string): void => {
    if (text.trim() === "") return print(prompt);
    const script = `${folder === "" ? "" : `cd '${folder.replaceAll("'", `'\\''`)}'\n`}${exports}\n${text}\n__code=$?\nprintf '%s%s\\n' '${MARK}' "$PWD"\nexport -p 2>/dev/null\nexit $__code`;
    const started = live.exec(call, [shell, "-c", script]);
    if ("error" in started) return end(126);
    running = { id: started.id, out: 0, err: 0 };
    live.touch();
    look();
  };
  const key = (char: string): void => {
    if (char === "\u0003") {
      if (running) live.endExec(running.id);
      running = undefined;
      line = "";
      print(`^C\r\n${prompt}`);
    } else if (char === "\u0004") {
      if (line === "" && !running) end(last);
    } else if (char === "\r" || char === "\n") {
      print("\r\n");
      const whole = line;
      line = "";
      run(whole);
    } else if (char === "\u007f" || char === "\b") {
      if (line !== "") print("\b \b");
      line = line.slice(0, -1);
    } else if (char >= " ") {
      line += char;
      print(char);
    }
  };
  print(prompt);
  return {
    type: (text) => void [...text].forEach(key),
    look,
    close() {
      if (running) live.endExec(running.id);
      running = undefined;
    },
  };
}
