/** `expr`: sums of old. */
import type { Command } from "../host";
import { failure } from "./files";
import { compileRegex, RegexError } from "./regex";

type Sum = (words: string[]) => string;

const isNumber = (text: string): boolean => /^-?\d+$/.test(text);

class NotSum extends Error {}

function primary(words: string[]): string {
  const word = words.shift();
  if (word === undefined) throw new NotSum("syntax error");
  if (word === "length") return String([...(words.shift() ?? "")].length);
  if (word === "substr") {
    const [text = "", from = "1", count = "0"] = words.splice(0, 3);
    return text.slice(Math.max(0, Number(from) - 1), Math.max(0, Number(from) - 1 + Number(count)));
  }
  if (word === "index") {
    const [text = "", chars = ""] = words.splice(0, 2);
    return String([...text].findIndex((char) => chars.includes(char)) + 1);
  }
  if (word === "match") {
    const [text = "", pattern = ""] = words.splice(0, 2);
    return matched([text, ":", pattern]);
  }
  if (word === "+" && words.length > 0) return words.shift() ?? "";
  if (word !== "(") return word;
  const inside = either(words);
  if (words.shift() !== ")") throw new NotSum("syntax error");
  return inside;
}

function matched(words: string[]): string {
  let left = primary(words);
  while (words[0] === ":") {
    words.shift();
    const found = compileRegex(`^${primary(words).replace(/^\^/, "")}`, { extended: false }).exec(left);
    const group = found?.groups[1];
    left = found && found.groups.length > 1 ? (group ?? "") : String(found ? found.end : 0);
  }
  return left;
}

/** A level of operators of the same strength, from the left. */
function level(inner: Sum, ops: readonly string[], work: (op: string, a: string, b: string) => string): Sum {
  return (words) => {
    let left = inner(words);
    while (ops.includes(words[0] ?? "")) {
      const op = words.shift() ?? "";
      left = work(op, left, inner(words));
    }
    return left;
  };
}

function arithmetic(op: string, a: string, b: string): string {
  if (!isNumber(a) || !isNumber(b)) throw new NotSum("non-integer argument");
  const [x, y] = [BigInt(a), BigInt(b)];
  if ((op === "/" || op === "%") && y === 0n) throw new NotSum("division by zero");
  return String(op === "+" ? x + y : op === "-" ? x - y : op === "*" ? x * y : op === "/" ? x / y : x % y);
}

function ordered(op: string, a: string, b: string): string {
  const order = isNumber(a) && isNumber(b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
  return { "=": order === 0, "==": order === 0, "!=": order !== 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[op] === true ? "1" : "0";
}

const empty = (text: string): boolean => text === "" || text === "0";
const products = level(matched, ["*", "/", "%"], arithmetic);
const sums = level(products, ["+", "-"], arithmetic);
const comparisons = level(sums, ["=", "==", "!=", "<", "<=", ">", ">="], ordered);
const both = level(comparisons, ["&"], (_, a, b) => (empty(a) || empty(b) ? "0" : a));
const either: Sum = level(both, ["|"], (_, a, b) => (empty(a) ? b : a));

/** `expr EXPRESSION`; ends with 1 when it comes to nothing or 0. */
export const expr: Command = {
  name: "expr",
  run(args) {
    const words = [...args].slice(0, 1_000);
    if (words.length === 0) return failure("expr", "missing operand\nTry 'expr --help' for more information.", 2);
    try {
      const value = either(words);
      if (words.length > 0) return failure("expr", "syntax error", 2);
      return { status: empty(value) ? 1 : 0, stdout: `${value}\n` };
    } catch (error) {
      if (!(error instanceof NotSum) && !(error instanceof RegexError)) throw error;
      return failure("expr", error.message, 2);
    }
  },
};
