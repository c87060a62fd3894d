import { compareYamlKeys } from "./compare";
import { goFloat } from "./go-float";
import { isJsonObject, type Json, type JsonObject } from "./json";
import { looksLikeAnotherType } from "./plain-scalar";
import { escapeChar, examine } from "./yaml-text";

/** Lines are folded at the first space past this column. */
const WIDTH = 80;
const LONGEST_SIMPLE_KEY = 128;

/**
 * Prints a value as `kubectl -o yaml` does: keys in its natural order, two spaces, lists level with their key, strings
 * quoted where a YAML 1.1 reader would take them for something else, several lines as `|`, long ones folded at 80 columns.
 * Ends with a newline. Reading the text back gives the same value.
 *
 * @simplified a key `<<` is quoted and U+0085, U+2028 and U+2029 are escaped, where kubectl's own text does not read back.
 */
export function toYaml(value: Json): string {
  const page = new Page();
  if (isNonEmptyObject(value)) printMap(page, value, 0, true);
  else if (isNonEmptyList(value)) printList(page, value, 0, true);
  else printScalar(page, value, 2, false);
  page.endLine();
  return page.text();
}

/** Text under construction, and the column it has reached. */
class Page {
  private readonly parts: string[] = [];
  column = 0;

  put(text: string, width = [...text].length): void {
    this.parts.push(text);
    this.column += width;
  }

  newLine(indent: number): void {
    this.endLine();
    this.put(" ".repeat(indent), indent);
  }

  endLine(): void {
    if (this.column > 0) this.breakLine();
  }

  breakLine(): void {
    this.parts.push("\n");
    this.column = 0;
  }

  text(): string {
    return this.parts.join("");
  }
}

function isNonEmptyObject(value: Json): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0;
}

function isNonEmptyList(value: Json): value is readonly Json[] {
  return Array.isArray(value) && value.length > 0;
}

/** `isInline`: the first entry goes where the pen stands (after `- `), not on a new line. */
function printMap(page: Page, map: JsonObject, indent: number, isInline: boolean): void {
  const keys = Object.keys(map).sort(compareYamlKeys);
  for (const [position, key] of keys.entries()) {
    if (position > 0 || !isInline) page.newLine(indent);
    const value = map[key] as Json;
    if (isSimpleKey(key)) {
      printString(page, key, indent + 2, true);
      page.put(":");
      printValue(page, value, indent);
    } else {
      page.put("? ");
      printString(page, key, indent + 2, false);
      page.newLine(indent);
      page.put(": ");
      printEntry(page, value, indent);
    }
  }
}

function isSimpleKey(key: string): boolean {
  return !key.includes("\n") && utf8Length(key) <= LONGEST_SIMPLE_KEY;
}

function utf8Length(text: string): number {
  let length = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** What follows `key:`. */
function printValue(page: Page, value: Json, indent: number): void {
  if (isNonEmptyObject(value)) {
    printMap(page, value, indent + 2, false);
  } else if (isNonEmptyList(value)) {
    printList(page, value, indent, false);
  } else {
    page.put(" ");
    printScalar(page, value, indent + 2, false);
  }
}

function printList(page: Page, list: readonly Json[], indent: number, isInline: boolean): void {
  for (const [position, item] of list.entries()) {
    if (position > 0 || !isInline) page.newLine(indent);
    page.put("- ");
    printEntry(page, item, indent);
  }
}

/** What follows `- `, and `: ` after a long key. */
function printEntry(page: Page, value: Json, indent: number): void {
  if (isNonEmptyObject(value)) printMap(page, value, indent + 2, true);
  else if (isNonEmptyList(value)) printList(page, value, indent + 2, true);
  else printScalar(page, value, indent + 2, false);
}

function printScalar(page: Page, value: Json, indent: number, isKey: boolean): void {
  if (typeof value === "string") printString(page, value, indent, isKey);
  else if (typeof value === "number") page.put(printNumber(value));
  else page.put(Array.isArray(value) ? "[]" : isJsonObject(value) ? "{}" : String(value));
}

function printNumber(value: number): string {
  if (Number.isInteger(value) && value < 18446744073709551615 && value >= -9223372036854775808) return BigInt(value).toString();
  return goFloat(value, 6);
}

function printString(page: Page, text: string, indent: number, isKey: boolean): void {
  const chars = [...text];
  const traits = examine(chars);
  const plainMeaning = !looksLikeAnotherType(text) && !(isKey && text === "<<");
  if (traits.isMultiline && traits.blockAllowed && !isKey) printLiteral(page, text, indent);
  else if (traits.isMultiline || !plainMeaning) printQuoted(page, chars, indent, isKey, false);
  else if (traits.plainAllowed) printPlain(page, chars, indent, isKey);
  else printQuoted(page, chars, indent, isKey, traits.singleQuotedAllowed);
}

function printPlain(page: Page, chars: readonly string[], indent: number, isKey: boolean): void {
  printFolded(page, chars, indent, isKey, (char) => char, (i) => chars[i + 1] !== " ");
}

function printQuoted(page: Page, chars: readonly string[], indent: number, isKey: boolean, isSingle: boolean): void {
  const last = chars.length - 1;
  page.put(isSingle ? "'" : '"');
  if (isSingle) {
    printFolded(page, chars, indent, isKey, (char) => (char === "'" ? "''" : char), (i) => i > 0 && i < last && chars[i + 1] !== " ");
  } else {
    // A fold swallows the spaces that follow it, so the first of them is escaped.
    printFolded(page, chars, indent, isKey, escapeChar, (i) => i > 0 && i < last, (i) => chars[i + 1] === " ");
  }
  page.put(isSingle ? "'" : '"');
}

function printFolded(
  page: Page,
  chars: readonly string[],
  indent: number,
  isKey: boolean,
  write: (char: string) => string,
  mayFold: (index: number) => boolean,
  needsBackslash: (index: number) => boolean = () => false,
): void {
  let afterSpace = false;
  for (const [i, char] of chars.entries()) {
    if (char === " " && !isKey && !afterSpace && page.column > WIDTH && mayFold(i)) {
      page.newLine(indent);
      if (needsBackslash(i)) page.put("\\");
    } else {
      page.put(write(char));
    }
    afterSpace = char === " ";
  }
}

function printLiteral(page: Page, text: string, indent: number): void {
  const hint = text.startsWith(" ") || text.startsWith("\n") ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : text === "\n" || text.endsWith("\n\n") ? "+" : "";
  page.put(`|${hint}${chomp}`);
  page.breakLine();
  const lines = text.split("\n");
  if (text.endsWith("\n")) lines.pop();
  for (const [i, line] of lines.entries()) {
    if (line !== "") page.put(" ".repeat(indent) + line);
    if (i < lines.length - 1 || text.endsWith("\n")) page.breakLine();
  }
}
