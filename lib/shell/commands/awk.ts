import type { Command } from "../host";
import { AwkParser } from "./awk-parser";
import { AwkError, ExitProgram, NextLine, type Scope, setRecord, type Statement, tick, toNumber, type Value } from "./awk-runtime";
import { failure, linesOf, readInputs } from "./files";
import { RegexError } from "./regex";

function readOptions(args: readonly string[]): { vars: Map<string, Value>; program: string | undefined; paths: string[] } {
  const vars = new Map<string, Value>();
  let i = 0;
  const assign = (text: string): void => {
    const at = text.indexOf("=");
    vars.set(text.slice(0, at), text.slice(at + 1).replaceAll("\\t", "\t").replaceAll("\\n", "\n"));
  };
  for (; /^-[Fv]/.test(args[i] ?? ""); i++) {
    const flag = args[i] as string;
    const value = flag.length > 2 ? flag.slice(2) : (args[++i] ?? "");
    if (flag[1] === "F") assign(`FS=${value}`);
    else assign(value);
  }
  return { vars, program: args[i], paths: args.slice(i + 1) };
}

/** `awk [-F C] [-v X=Y] PROGRAM [FILE…]`, the usual subset. */
export const awk: Command = {
  name: "awk",
  readsStdin: (args) => readOptions(args).paths.length === 0 && !/^\s*BEGIN\s*\{[^}]*\}\s*$/.test(readOptions(args).program ?? ""),
  run(args, io) {
    const { vars, program, paths } = readOptions(args);
    if (program === undefined) return failure("awk", "usage: awk [-F value] [-v var=value] program [file ...]", 2);
    const scope: Scope = { fields: [""], vars, arrays: new Map(), out: "", steps: 0 };
    try {
      const parsed = new AwkParser(program).parse();
      const { inputs, errors } = readInputs("awk", paths, io);
      runProgram(parsed, scope, inputs.map(({ text }) => text));
      return { status: errors === "" ? toNumber(scope.vars.get("__status") ?? 0) : 2, stdout: scope.out, stderr: errors };
    } catch (error) {
      if (error instanceof AwkError || error instanceof RegexError) return { status: 2, stdout: scope.out, stderr: `awk: ${error.message}\n` };
      throw error;
    }
  },
};

function runProgram(program: ReturnType<AwkParser["parse"]>, scope: Scope, texts: readonly string[]): void {
  const run = (statements: readonly Statement[]): boolean => {
    try {
      for (const statement of statements) statement(scope);
    } catch (error) {
      if (error instanceof ExitProgram) return false;
      if (!(error instanceof NextLine)) throw error;
    }
    return true;
  };
  if (!run(program.begin)) return;
  const needsInput = program.rules.length > 0 || program.end.length > 0;
  const lines = needsInput ? texts.flatMap(linesOf) : [];
  for (const [i, line] of lines.entries()) {
    scope.vars.set("NR", i + 1);
    tick(scope);
    setRecord(scope, line);
    if (!run(program.rules)) break;
  }
  run(program.end);
}
