import { resolvePath } from "../../path";
import type { Command, CommandIo, CommandResult } from "../../host";
import { failure } from "../files";
import { RegexError } from "../regex";
import { unescaped } from "./lexer";
import { Leave, type Statement } from "./operations";
import { parseProgram, type Program } from "./parser";
import { Runtime, type Flow } from "./runtime";
import { AwkError } from "./values";

interface Call {
  /** `-v name=text` and `-F`, in order. */
  readonly assignments: readonly (readonly [name: string, text: string])[];
  /** Files of `-f`. */
  readonly sources: readonly string[];
  readonly program: string | undefined;
  readonly operands: readonly string[];
}

function readCall(args: readonly string[]): Call {
  const assignments: [string, string][] = [];
  const sources: string[] = [];
  let i = 0;
  for (; /^-[Fvf]/.test(args[i] ?? ""); i += 1) {
    const flag = args[i] as string;
    const value = flag.length > 2 ? flag.slice(2) : (args[(i += 1)] ?? "");
    const at = value.indexOf("=");
    if (flag[1] === "F") assignments.push(["FS", value === "t" ? "\t" : unescaped(value)]);
    else if (flag[1] === "f") sources.push(value);
    else if (at > 0) assignments.push([value.slice(0, at), unescaped(value.slice(at + 1))]);
  }
  if (args[i] === "--") i += 1;
  const program = sources.length > 0 ? undefined : args[i];
  return { assignments, sources, program, operands: args.slice(sources.length > 0 ? i : i + 1) };
}

const isFile = (operand: string): boolean => operand !== "-" && !/^[A-Za-z_]\w*=/.test(operand);

/** `awk [-F SEP] [-v NAME=VALUE] [-f FILE | PROGRAM] [FILE | NAME=VALUE]…`, as POSIX has it, with the functions busybox adds. */
export const awk: Command = {
  name: "awk",
  readsStdin(args) {
    const { program, operands } = readCall(args);
    if (operands.some(isFile) && !operands.includes("-")) return false;
    return !/^\s*BEGIN\s*\{(?:[^{}]|\{[^{}]*\})*\}\s*$/.test(program ?? "") || /\bgetline\b/.test(program ?? "");
  },
  run(args, io) {
    const call = readCall(args);
    const texts: string[] = [];
    for (const path of call.sources) {
      const content = path === "/dev/null" ? { text: "" } : path === "-" ? { text: io.stdin } : io.fs.readFile(resolvePath(io.cwd, path));
      if ("error" in content) return failure("awk", `can't open file ${path}`, 2);
      texts.push(content.text);
    }
    const source = call.program ?? (texts.length > 0 ? texts.join("\n") : undefined);
    if (source === undefined) return failure("awk", "usage: awk [-F sep] [-v var=value] [-f progfile | 'program'] [file ...]", 2);
    return runProgram(source, call, io);
  },
};

function runProgram(source: string, { assignments, operands }: Call, io: CommandIo): CommandResult {
  const run = new Runtime(io, operands);
  try {
    const program = parseProgram(source);
    for (const [name, text] of assignments) run.assign(name, text);
    play(program, run);
    run.closeAll();
  } catch (error) {
    if (!(error instanceof AwkError || error instanceof RegexError)) throw error;
    return { status: 2, stdout: run.out, stderr: `${run.err}awk: ${error.message}\n` };
  }
  return { status: run.status, stdout: run.out, stderr: run.err };
}

function play({ begin, rules, end }: Program, run: Runtime): void {
  if (ended(begin, run) !== "exit" && rules.length + end.length > 0) {
    // Whoever only has an END still reads everything.
    for (let line = run.nextRecord(); line !== undefined; line = run.nextRecord()) {
      run.setRecord(line);
      const flow = ended(rules, run);
      if (flow === "nextfile") run.skipFile();
      if (flow === "exit") break;
    }
  } else if (rules.length + end.length === 0) return;
  ended(end, run);
}

/** Runs statements until one says that it is enough. */
function ended(statements: readonly Statement[], run: Runtime): Flow {
  try {
    for (const statement of statements) {
      const flow = statement(run);
      if (flow) return flow;
    }
  } catch (error) {
    if (!(error instanceof Leave)) throw error;
    run.frame = [];
    run.depth = 0;
    return error.flow;
  }
  return undefined;
}
