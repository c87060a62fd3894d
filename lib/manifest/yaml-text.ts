/** What a string holds that limits how YAML may write it. */
export interface TextTraits {
  readonly isMultiline: boolean;
  readonly plainAllowed: boolean;
  readonly singleQuotedAllowed: boolean;
  readonly blockAllowed: boolean;
}

const ALWAYS_INDICATORS = new Set("#,[]{}&*!|>'\"%@`");

/** May kubectl's printer write this character as it is? Tabs, controls and everything beyond the basic plane are escaped. */
export function isPrintable(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x0a) return true;
  if (code < 0x20 || code > 0xfffd || code === 0xfeff) return false;
  if (code >= 0x7f && code < 0xa0) return false;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0x2028 && code !== 0x2029;
}

/** Examines a string once, by the rules of the YAML 1.1 emitter kubectl prints with (block context). */
export function examine(chars: readonly string[]): TextTraits {
  if (chars.length === 0) return { isMultiline: false, plainAllowed: true, singleQuotedAllowed: true, blockAllowed: false };
  const last = chars.length - 1;
  let indicators = startsWithMarker(chars);
  let special = false;
  let breakThenSpace = false;
  let spaceThenBreak = false;
  let isMultiline = false;
  for (const [i, char] of chars.entries()) {
    const previous = chars[i - 1];
    indicators ||= isIndicator(char, previous, chars[i + 1], i === 0, i === last);
    special ||= !isPrintable(char);
    isMultiline ||= char === "\n";
    breakThenSpace ||= char === " " && previous === "\n";
    spaceThenBreak ||= char === "\n" && previous === " ";
  }
  const first = chars[0];
  const final = chars[last];
  const ragged = first === " " || first === "\n" || final === " " || final === "\n";
  const hard = spaceThenBreak || special;
  return {
    isMultiline,
    plainAllowed: !(ragged || breakThenSpace || hard || isMultiline || indicators),
    singleQuotedAllowed: !(breakThenSpace || hard),
    blockAllowed: !(final === " " || hard),
  };
}

function startsWithMarker(chars: readonly string[]): boolean {
  const head = chars.slice(0, 3).join("");
  return head === "---" || head === "...";
}

function isIndicator(char: string, previous: string | undefined, next: string | undefined, isFirst: boolean, isLast: boolean): boolean {
  const spaceFollows = isLast || isBlank(next);
  if (isFirst) {
    if (ALWAYS_INDICATORS.has(char)) return true;
    return (char === "?" || char === ":" || char === "-") && spaceFollows;
  }
  return (char === ":" && spaceFollows) || (char === "#" && isBlank(previous));
}

function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r";
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

/** One character inside double quotes. */
export function escapeChar(char: string): string {
  const known = ESCAPES[char];
  if (known !== undefined) return known;
  if (isPrintable(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
