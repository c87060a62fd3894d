import { compileRegex, RegexError } from "./commands/regex";
import { type Expansion, ExpansionError } from "./expand";
import { matchPattern } from "./pattern";
import type { Condition } from "./syntax-tree";

/** What a condition asks of the shell besides expansions. */
export interface ConditionWorld {
  /** `test` with these words. */
  test(words: readonly string[]): boolean;
  /** Told what `=~` found: the whole, and each group. */
  matched(groups: readonly string[]): void;
}

/** Is a condition of `[[ … ]]` true? What is not reached is not expanded. @throws {ExpansionError} for a pattern that is none */
export function holds(condition: Condition, expansion: Expansion, world: ConditionWorld): boolean {
  switch (condition.k) {
    case "and": return holds(condition.a, expansion, world) && holds(condition.b, expansion, world);
    case "or": return holds(condition.a, expansion, world) || holds(condition.b, expansion, world);
    case "not": return !holds(condition.a, expansion, world);
    case "word": return expansion.text(condition.word) !== "";
    case "unary": return world.test([condition.op, expansion.text(condition.word)]);
    default: return compared(condition, expansion, world);
  }
}

function compared({ op, left, right }: Extract<Condition, { k: "binary" }>, expansion: Expansion, world: ConditionWorld): boolean {
  const text = expansion.text(left);
  switch (op) {
    case "=": case "==": return matchPattern(expansion.pattern(right), text);
    case "!=": return !matchPattern(expansion.pattern(right), text);
    case "=~": return matched(text, expansion.regex(right), world);
    case "<": return text < expansion.text(right);
    case ">": return text > expansion.text(right);
    case "-eq": case "-ne": case "-lt": case "-le": case "-gt": case "-ge":
      return world.test([expansion.number(text), op, expansion.number(expansion.text(right))]);
    default: return world.test([text, op, expansion.text(right)]);
  }
}

function matched(text: string, pattern: string, world: ConditionWorld): boolean {
  try {
    const found = compileRegex(pattern, { extended: true }).exec(text);
    world.matched((found?.groups ?? []).map((group) => group ?? ""));
    return found !== undefined;
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new ExpansionError(`[[: ${error.message}`);
  }
}
