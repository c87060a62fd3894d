const LONGEST_PATTERN = 200;
/** Longer texts are not compared: a pattern's work grows with their length. */
const LONGEST_TEXT = 512;
/** Parts of a pattern that may stretch; each multiplies the work by the length of the text. */
const MOST_STRETCHES = 3;

/**
 * A regular expression somebody wrote into an annotation or a Corefile, as long as it cannot take for ever: short, no repetition
 * of what repeats or chooses itself, no references back. Undefined for any other, and for what is no pattern at all.
 */
export function safePattern(source: string, flags = ""): RegExp | undefined {
  if (source.length > LONGEST_PATTERN || /\([^)]*[+*|{][^)]*\)[+*{]/.test(source) || /\)\)[+*{]/.test(source) || /\\[1-9]/.test(source)) return undefined;
  if ((source.match(/[+*]|\{\d+,/g) ?? []).length > MOST_STRETCHES) return undefined;
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** What the pattern finds in a text of reasonable length. */
export function findPattern(pattern: RegExp | undefined, text: string): RegExpExecArray | undefined {
  return text.length > LONGEST_TEXT ? undefined : (pattern?.exec(text) ?? undefined);
}
