import type { FileSystem } from "../host";
import type { Machine } from "../machine";
import { resolvePath } from "../path";
import type { Dialect } from "../dialect";
import type { Process } from "../state";

class TestError extends Error {}

/** `test` and `[ … ]`: 0 for true, 1 for false, 2 for nonsense. */
export function testBuiltin(machine: Machine, process: Process, args: readonly string[], name = "["): number {
  try {
    return new TestExpression(args, machine.host.fs, process).evaluate() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    machine.complain(process, worded(machine.dialect(process), name, args, error.message));
    return 2;
  }
}

/** The other shells name the command, and look at how many words there are. Upstream: bash's test.c, dash's test.c. */
function worded(dialect: Dialect, name: string, args: readonly string[], message: string): string {
  if (dialect === "ash") return message;
  const number = /^([^]*): bad number$/.exec(message)?.[1];
  if (number !== undefined) return dialect === "bash" ? `${name}: ${number}: integer expression expected` : `${name}: Illegal number: ${number}`;
  const [first = "", second = ""] = args;
  if (dialect === "dash") return args.length === 2 && (BINARY.has(second) || UNARY.test(first)) ? `${name}: ${second}: argument expected` : `${name}: ${first}: unexpected operator`;
  if (args.length === 2) return `${name}: ${first}: unary operator expected`;
  return args.length === 3 ? `${name}: ${second}: binary operator expected` : `${name}: too many arguments`;
}

const BINARY = new Set(["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]);
const UNARY = /^-[bcdefghkLnoprstuvwxzGOS]$/;

class TestExpression {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly args: readonly string[],
    private readonly fs: FileSystem,
    private readonly process: Process,
  ) {}

  evaluate(): boolean {
    const { args } = this;
    if (args.length === 0) return false;
    if (args.length === 1) return args[0] !== "";
    // With three words an operator in the middle wins over everything else, as POSIX has it.
    if (args.length === 3 && BINARY.has(args[1] as string)) return this.binary(args[0] as string, args[1] as string, args[2] as string);
    if (args.length === 2 && args[0] !== "!" && !UNARY.test(args[0] as string)) throw new TestError(`${args[0] as string}: unknown operand`);
    const value = this.or();
    if (this.at < args.length) throw new TestError(`${args[this.at] as string}: unknown operand`);
    return value;
  }

  private or(): boolean {
    this.depth += 1;
    if (this.depth > 100) throw new TestError("too many arguments");
    let value = this.and();
    while (this.args[this.at] === "-o") {
      this.at += 1;
      value = this.and() || value;
    }
    this.depth -= 1;
    return value;
  }

  private and(): boolean {
    let value = this.not();
    while (this.args[this.at] === "-a") {
      this.at += 1;
      value = this.not() && value;
    }
    return value;
  }

  private not(): boolean {
    let negated = false;
    while (this.args[this.at] === "!" && this.at + 1 < this.args.length && !BINARY.has(this.args[this.at + 1] as string)) {
      this.at += 1;
      negated = !negated;
    }
    return this.primary() !== negated;
  }

  private primary(): boolean {
    const word = this.args[this.at++];
    if (word === undefined) throw new TestError("argument expected");
    const operator = this.args[this.at];
    if (operator !== undefined && BINARY.has(operator) && this.at + 1 < this.args.length) {
      this.at += 2;
      return this.binary(word, operator, this.args[this.at - 1] as string);
    }
    if (word === "(") {
      const value = this.or();
      if (this.args[this.at++] !== ")") throw new TestError("closing paren expected");
      return value;
    }
    if (UNARY.test(word) && this.at < this.args.length) return this.unary(word, this.args[this.at++] as string);
    return word !== "";
  }

  private binary(left: string, operator: string, right: string): boolean {
    switch (operator) {
      case "=": case "==": return left === right;
      case "!=": return left !== right;
      case "<": return left < right;
      case ">": return left > right;
      // A file that is not there is neither newer nor older.
      case "-nt": return this.time(left) > this.time(right);
      case "-ot": return this.time(left) < this.time(right);
      case "-ef": return resolvePath(this.process.cwd, left) === resolvePath(this.process.cwd, right);
    }
    const a = integer(left);
    const b = integer(right);
    switch (operator) {
      case "-eq": return a === b;
      case "-ne": return a !== b;
      case "-lt": return a < b;
      case "-le": return a <= b;
      case "-gt": return a > b;
      default: return a >= b;
    }
  }

  private time(path: string): number {
    return this.fs.stat(resolvePath(this.process.cwd, path))?.mtime ?? NaN;
  }

  private unary(operator: string, operand: string): boolean {
    if (operator === "-n") return operand !== "";
    if (operator === "-z") return operand === "";
    if (operator === "-v") return Object.hasOwn(this.process.vars, operand);
    if (operator === "-o") return false;
    if (operator === "-t") return this.process.interactive && ["terminal", "input"].includes(this.process.fds[operand]?.k ?? "");
    if (operand === "") return false;
    const path = resolvePath(this.process.cwd, operand);
    if (operator === "-L" || operator === "-h") return this.fs.lstat(path)?.type === "symlink";
    const stat = this.fs.stat(path);
    if (!stat) return false;
    switch (operator) {
      case "-d": return stat.type === "directory";
      case "-f": return stat.type === "file";
      case "-s": return stat.size > 0;
      case "-x": return stat.type === "directory" || (stat.mode & 0o111) !== 0;
      case "-r": return (stat.mode & 0o444) !== 0;
      case "-w": return (stat.mode & 0o222) !== 0;
      case "-c": return stat.type === "device";
      case "-b": case "-p": case "-S": case "-g": case "-u": case "-k": return false;
      default: return true;
    }
  }
}

function integer(text: string): bigint {
  const trimmed = text.trim();
  if (!/^[-+]?\d{1,40}$/.test(trimmed)) throw new TestError(`${text}: bad number`);
  return BigInt(trimmed.replace(/^\+/, ""));
}
