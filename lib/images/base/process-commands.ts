/** `ps`, `kill` and their like: what a container's processes may ask about one another. */
import type { ProcessLine, ProcessView } from "@/lib/engine";
import { signalName, type CommandResult, type HostCommand } from "@/lib/shell";
import type { Waited } from "./network-command";

/** A command that looks at the processes of its container. */
export type ProcessCommand = (command: HostCommand, process: ProcessView) => Waited;

const now = (result: CommandResult): Waited => ({ result, takes: 0 });
const userOf = ({ user }: ProcessView): string => ((user?.uid ?? 0) === 0 ? "root" : String(user?.uid));
const wordsOf = ({ argv }: HostCommand): readonly string[] => argv.slice(1).filter((word) => !word.startsWith("-"));
const isNamed = ({ argv }: ProcessLine, pattern: string, whole: boolean): boolean => (whole ? argv.join(" ") : (argv[0]?.split("/").pop() ?? "")).includes(pattern);

function clock(millis: number): string {
  const seconds = Math.trunc(millis / 1000);
  return `${Math.trunc(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `ps` as busybox prints it, `ps -ef` and `ps aux` as procps does. */
const ps: ProcessCommand = (command, process) => {
  const words = command.argv.slice(1).join(" ");
  const user = userOf(process);
  // Whoever asks is in the list too.
  const lines = [...process.processes().filter(({ pid }) => pid !== process.pid || process.pid === 1), ...(process.pid === 1 ? [] : [{ pid: process.pid, argv: command.argv, memoryBytes: 0, startedAt: process.now }])];
  const shown = (line: ProcessLine): string => line.argv.join(" ");
  if (/e.*f|f.*e/.test(words)) {
    return now({ status: 0, stdout: ["UID          PID    PPID  C STIME TTY          TIME CMD", ...lines.map((line) => `${user.padEnd(8)} ${String(line.pid).padStart(7)} ${line.pid === 1 ? "      0" : "      0"}  0 00:00 ?        00:00:00 ${shown(line)}`)].join("\n") + "\n" });
  }
  if (/a?ux/.test(words)) {
    return now({
      status: 0,
      stdout: ["USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND", ...lines.map((line) => `${user.padEnd(8)} ${String(line.pid).padStart(7)}  0.0  0.0 ${String(Math.trunc(line.memoryBytes / 1024)).padStart(6)} ${String(Math.trunc(line.memoryBytes / 1024)).padStart(5)} ?        ${line.stopped ? "Ts" : "Ss"}   00:00   0:00 ${shown(line)}`)].join("\n") + "\n",
    });
  }
  return now({ status: 0, stdout: ["PID   USER     TIME  COMMAND", ...lines.map((line) => `${String(line.pid).padStart(5)} ${user.padEnd(8)}  0:00 ${shown(line)}`)].join("\n") + "\n" });
};

/** `top -b -n 1`: once is all anybody sees without a screen. */
const top: ProcessCommand = (_command, process) => {
  const lines = process.processes();
  const used = lines.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return now({
    status: 0,
    stdout: [`Mem: ${Math.trunc(used / 1024)}K used`, "CPU:   0% usr   0% sys   0% nic 100% idle", "  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND", ...lines.map((line) => `${String(line.pid).padStart(5)}     0 ${userOf(process).padEnd(8)} ${line.stopped ? "T" : "S"}    ${`${Math.trunc(line.memoryBytes / 1024)}`.padStart(5)}   0%   0   0% ${line.argv.join(" ")}`)].join("\n") + "\n",
  });
};

/** `kill [-s SIGNAL | -SIGNAL] PID…` for processes the shell did not start itself. */
const kill: ProcessCommand = ({ argv }, process) => {
  const words = argv.slice(1);
  let signal: string | undefined = "TERM";
  if (words[0] === "-s") signal = signalName(words.splice(0, 2)[1] ?? "");
  else if (/^-./.test(words[0] ?? "") && words[0] !== "--") signal = signalName((words.shift() ?? "").slice(1));
  if (signal === undefined) return now({ status: 1, stderr: "kill: bad signal name\n" });
  const errors = words.filter((word) => word !== "--").flatMap((word) => {
    const pid = Number(word);
    if (!Number.isInteger(pid)) return [`kill: invalid number '${word}'`];
    const found = signal === "EXIT" ? process.processes().some((line) => line.pid === pid) : process.signal(pid, `SIG${signal}`);
    return found ? [] : [`kill: can't kill pid ${pid}: No such process`];
  });
  return now({ status: errors.length === 0 ? 0 : 1, ...(errors.length === 0 ? {} : { stderr: `${errors.join("\n")}\n` }) });
};

/** `pgrep [-f] PATTERN` */
const pgrep: ProcessCommand = (command, process) => {
  const [pattern = ""] = wordsOf(command);
  const found = process.processes().filter((line) => line.pid !== process.pid && isNamed(line, pattern, command.argv.includes("-f")));
  return now({ status: found.length === 0 ? 1 : 0, stdout: found.map(({ pid }) => `${pid}\n`).join("") });
};

/** `pidof NAME…` */
const pidof: ProcessCommand = (command, process) => {
  const found = process.processes().filter((line) => wordsOf(command).includes(line.argv[0]?.split("/").pop() ?? ""));
  return now({ status: found.length === 0 ? 1 : 0, ...(found.length === 0 ? {} : { stdout: `${found.map(({ pid }) => pid).join(" ")}\n` }) });
};

/** `pkill [-SIGNAL] [-f] PATTERN` and `killall [-SIGNAL] NAME…` */
function byName(name: "pkill" | "killall"): ProcessCommand {
  return (command, process) => {
    const given = command.argv.slice(1).find((word) => /^-[A-Z0-9]/.test(word));
    const signal = given === undefined ? "TERM" : signalName(given.slice(1));
    if (signal === undefined) return now({ status: 1, stderr: `${name}: bad signal name '${given ?? ""}'\n` });
    const words = wordsOf(command);
    const found = process.processes().filter((line) => line.pid !== process.pid && words.some((word) => isNamed(line, word, name === "pkill" && command.argv.includes("-f"))));
    for (const { pid } of found) process.signal(pid, `SIG${signal}`);
    if (found.length > 0) return now({ status: 0 });
    return now({ status: 1, ...(name === "killall" ? { stderr: `killall: ${words[0] ?? ""}: no process killed\n` } : {}) });
  };
}

/** `uptime` */
const uptime: ProcessCommand = (_command, process) => now({ status: 0, stdout: ` ${process.timestamp.slice(11, 19)} up ${clock(process.now)},  0 users,  load average: 0.00, 0.00, 0.00\n` });

/** Every command about processes, by name. */
export const processCommands: Readonly<Record<string, ProcessCommand>> = { ps, top, kill, pgrep, pidof, pkill: byName("pkill"), killall: byName("killall"), uptime };
