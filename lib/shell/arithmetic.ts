/** Variables as arithmetic sees them. */
export interface ArithmeticScope {
  get(name: string): string;
  set(name: string, value: string): void;
}

/** An expression that cannot be worked out; the message is what `sh` prints. */
export class ArithmeticError extends Error {}

const TOKEN = /\s*(?:(0[xX][0-9a-fA-F]+|[0-9]+#[0-9A-Za-z@_]+|[0-9]+)|([A-Za-z_][A-Za-z0-9_]*)|(<<=|>>=|\*\*|\+\+|--|&&|\|\||[-+*/%<>=!&|^]=|<<|>>|[-+*/%<>=!~&|^?:(),]))/y;
const LEVELS: readonly (readonly string[])[] = [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", "<=", ">", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];

/** Works out `$(( text ))` in 64-bit integers. Throws {@link ArithmeticError}. */
export function evaluateArithmetic(text: string, scope: ArithmeticScope): string {
  if (text.trim() === "") return "0";
  return new Evaluator(tokenize(text), scope).evaluate().toString();
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const trimmed = text.trimEnd();
  if (trimmed.length > 4096) throw new ArithmeticError("arithmetic syntax error");
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < trimmed.length; ) {
    const match = TOKEN.exec(trimmed);
    if (!match) throw new ArithmeticError("arithmetic syntax error");
    const subscript = match[2] === undefined ? "" : subscriptAt(trimmed, TOKEN.lastIndex);
    TOKEN.lastIndex += subscript.length;
    tokens.push((match[1] ?? match[2] ?? match[3] ?? "") + subscript);
  }
  return tokens;
}

/** `[…]` behind a name, with the brackets inside it. */
function subscriptAt(text: string, at: number): string {
  if (text[at] !== "[") return "";
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === "[") depth += 1;
    else if (text[i] === "]") depth -= 1;
    if (depth === 0) return text.slice(at, i + 1);
  }
  throw new ArithmeticError("arithmetic syntax error");
}

class Evaluator {
  private at = 0;
  private depth = 0;
  /** Above zero while reading a branch that is not taken. */
  private skipped = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly scope: ArithmeticScope,
    private readonly level = 0,
  ) {}

  evaluate(): bigint {
    const value = this.comma();
    if (this.at < this.tokens.length) throw new ArithmeticError("arithmetic syntax error");
    return value;
  }

  private take(...options: string[]): string | undefined {
    const token = this.tokens[this.at];
    if (token === undefined || !options.includes(token)) return undefined;
    this.at += 1;
    return token;
  }

  private comma(): bigint {
    this.depth += 1;
    if (this.depth > 100) throw new ArithmeticError("expression too deep");
    let value = this.assignment();
    while (this.take(",")) value = this.assignment();
    this.depth -= 1;
    return value;
  }

  private assignment(): bigint {
    const name = this.tokens[this.at] ?? "";
    const operator = this.tokens[this.at + 1] ?? "";
    if (/^[A-Za-z_]/.test(name) && /^(?:=|[-+*/%&|^]=|<<=|>>=)$/.test(operator)) {
      this.at += 2;
      this.depth += 1;
      if (this.depth > 100) throw new ArithmeticError("expression too deep");
      const right = this.assignment();
      this.depth -= 1;
      const value = operator === "=" ? right : this.apply(operator.slice(0, -1), this.read(name), right);
      return this.write(name, value);
    }
    return this.ternary();
  }

  private ternary(): bigint {
    const condition = this.binary(0);
    if (!this.take("?")) return condition;
    const yes = this.branch(condition !== 0n, () => this.comma());
    if (!this.take(":")) throw new ArithmeticError("arithmetic syntax error");
    this.depth += 1;
    if (this.depth > 100) throw new ArithmeticError("expression too deep");
    const no = this.branch(condition === 0n, () => this.ternary());
    this.depth -= 1;
    return condition !== 0n ? yes : no;
  }

  private branch(isTaken: boolean, read: () => bigint): bigint {
    this.skipped += isTaken ? 0 : 1;
    const value = read();
    this.skipped -= isTaken ? 0 : 1;
    return value;
  }

  private binary(level: number): bigint {
    const operators = LEVELS[level];
    if (!operators) return this.power();
    let left = this.binary(level + 1);
    for (let op = this.take(...operators); op; op = this.take(...operators)) {
      if (op === "&&" || op === "||") {
        const decided = op === "&&" ? left === 0n : left !== 0n;
        const right = this.branch(!decided, () => this.binary(level + 1));
        left = (op === "&&" ? left !== 0n && right !== 0n : left !== 0n || right !== 0n) ? 1n : 0n;
      } else {
        left = this.apply(op, left, this.binary(level + 1));
      }
    }
    return left;
  }

  private power(): bigint {
    const base = this.unary();
    if (!this.take("**")) return base;
    this.depth += 1;
    if (this.depth > 100) throw new ArithmeticError("expression too deep");
    const exponent = this.power();
    this.depth -= 1;
    if (exponent < 0n) throw new ArithmeticError("exponent less than 0");
    return raised(base, exponent);
  }

  private unary(): bigint {
    const op = this.take("-", "+", "!", "~", "++", "--");
    if (op) {
      this.depth += 1;
      if (this.depth > 100) throw new ArithmeticError("expression too deep");
      const name = this.tokens[this.at] ?? "";
      const operand = this.unary();
      this.depth -= 1;
      if (op === "++" || op === "--") return this.write(name, operand + (op === "++" ? 1n : -1n));
      return BigInt.asIntN(64, op === "-" ? -operand : op === "~" ? ~operand : op === "!" ? (operand === 0n ? 1n : 0n) : operand);
    }
    return this.primary();
  }

  private primary(): bigint {
    const token = this.tokens[this.at++];
    if (token === "(") {
      const value = this.comma();
      if (!this.take(")")) throw new ArithmeticError("arithmetic syntax error");
      return value;
    }
    if (token !== undefined && /^[0-9]/.test(token)) return parseInteger(token);
    if (token === undefined || !/^[A-Za-z_]/.test(token)) throw new ArithmeticError("arithmetic syntax error");
    const value = this.read(token);
    const step = this.take("++", "--");
    if (step) this.write(token, value + (step === "++" ? 1n : -1n));
    return value;
  }

  private read(name: string): bigint {
    const text = this.scope.get(name).trim();
    if (text === "") return 0n;
    const match = /^([-+]?)(0[xX][0-9a-fA-F]+|[0-9]+)$/.exec(text);
    if (match) return match[1] === "-" ? -parseInteger(match[2] as string) : parseInteger(match[2] as string);
    // What is no number is an expression of its own.
    if (this.level > 30) throw new ArithmeticError("expression recursion level exceeded");
    return new Evaluator(tokenize(text), this.scope, this.level + 1).evaluate();
  }

  private write(name: string, value: bigint): bigint {
    const wrapped = BigInt.asIntN(64, value);
    if (!/^[A-Za-z_]/.test(name)) throw new ArithmeticError("arithmetic syntax error");
    if (this.skipped === 0) this.scope.set(name, wrapped.toString());
    return wrapped;
  }

  private apply(op: string, a: bigint, b: bigint): bigint {
    if ((op === "/" || op === "%") && b === 0n) {
      if (this.skipped > 0) return 0n;
      throw new ArithmeticError("divide by zero");
    }
    return BigInt.asIntN(64, calculate(op, a, b));
  }
}

/** In 64 bits, by squaring. */
function raised(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = BigInt.asIntN(64, result * factor);
    factor = BigInt.asIntN(64, factor * factor);
  }
  return result;
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_";

/** `2#101` */
function inBase(base: number, digits: string): bigint {
  if (base < 2 || base > 64) throw new ArithmeticError("arithmetic syntax error");
  return [...(base <= 36 ? digits.toLowerCase() : digits)].reduce((value, digit) => {
    const worth = DIGITS.indexOf(digit);
    if (worth >= base) throw new ArithmeticError("arithmetic syntax error");
    return BigInt.asIntN(64, value * BigInt(base) + BigInt(worth));
  }, 0n);
}

function parseInteger(text: string): bigint {
  if (text.length > 40) throw new ArithmeticError("arithmetic syntax error");
  const hash = text.indexOf("#");
  if (hash > 0) return inBase(Number(text.slice(0, hash)), text.slice(hash + 1));
  if (/^0[0-9]+$/.test(text)) {
    if (/[89]/.test(text)) throw new ArithmeticError("arithmetic syntax error");
    return BigInt.asIntN(64, BigInt(`0o${text.slice(1)}`));
  }
  return BigInt.asIntN(64, BigInt(text));
}

function calculate(op: string, a: bigint, b: bigint): bigint {
  const truth = (value: boolean): bigint => (value ? 1n : 0n);
  switch (op) {
    case "+": return a + b;
    case "-": return a - b;
    case "*": return a * b;
    case "/": return a / b;
    case "%": return a % b;
    case "<": return truth(a < b);
    case "<=": return truth(a <= b);
    case ">": return truth(a > b);
    case ">=": return truth(a >= b);
    case "==": return truth(a === b);
    case "!=": return truth(a !== b);
    case "&": return a & b;
    case "|": return a | b;
    case "^": return a ^ b;
    case "<<": return a << (b & 63n);
    default: return a >> (b & 63n);
  }
}
