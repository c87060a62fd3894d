import type { Word, WordPart } from "./syntax-tree";

/** Most words one word may become. */
const MOST = 10_000;

/** A character that stands unquoted in a word, or a piece that is not looked into. */
type Unit = string | WordPart;

/** `a{b,c}{1..3}`: the words a word stands for, in bash's order; itself when it has no braces. Upstream: bash, braces.c. */
export function expandBraces(word: Word): readonly Word[] {
  if (!word.some((part) => part.t === "lit" && !part.q && part.s.includes("{"))) return [word];
  const units = word.flatMap((part): readonly Unit[] => (part.t === "lit" && !part.q ? [...part.s] : [part]));
  return expanded(units).map(joined);
}

function expanded(units: readonly Unit[]): readonly (readonly Unit[])[] {
  for (let open = units.indexOf("{"); open >= 0; open = units.indexOf("{", open + 1)) {
    // `${` is none of ours; the reader has made a piece of it.
    const group = groupAt(units, open);
    if (!group) continue;
    const before = units.slice(0, open);
    const after = expanded(units.slice(group.end));
    const inside = group.choices.flatMap((choice) => (group.isSequence ? [choice] : expanded(choice)));
    const all = inside.flatMap((middle) => after.map((rest) => [...before, ...middle, ...rest]));
    return all.slice(0, MOST);
  }
  return [units];
}

function groupAt(units: readonly Unit[], open: number): { readonly end: number; readonly choices: readonly (readonly Unit[])[]; readonly isSequence: boolean } | undefined {
  const choices: Unit[][] = [[]];
  let depth = 0;
  for (let i = open + 1; i < units.length; i += 1) {
    const unit = units[i] as Unit;
    if (unit === "}" && depth === 0) {
      if (choices.length > 1) return { end: i + 1, choices, isSequence: false };
      const sequence = sequenceOf(choices[0] as readonly Unit[]);
      return sequence && { end: i + 1, choices: sequence, isSequence: true };
    }
    if (unit === "{") depth += 1;
    if (unit === "}") depth -= 1;
    if (unit === "," && depth === 0) choices.push([]);
    else (choices.at(-1) as Unit[]).push(unit);
  }
  return undefined;
}

/** `1..5`, `01..10..2`, `a..e`. */
function sequenceOf(units: readonly Unit[]): readonly (readonly Unit[])[] | undefined {
  if (!units.every((unit) => typeof unit === "string")) return undefined;
  const match = /^(?:(-?\d{1,15})\.\.(-?\d{1,15})|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d{1,9}))?$/.exec(units.join(""));
  if (!match) return undefined;
  const [, first, last, firstLetter, lastLetter, given] = match;
  const from = first === undefined ? (firstLetter as string).charCodeAt(0) : Number(first);
  const to = last === undefined ? (lastLetter as string).charCodeAt(0) : Number(last);
  const by = Math.max(1, Math.abs(Number(given ?? 1))) * (from <= to ? 1 : -1);
  const isPadded = /^-?0\d/.test(first ?? "") || /^-?0\d/.test(last ?? "");
  const width = isPadded ? Math.max((first ?? "").length, (last ?? "").length) : 0;
  const text = (value: number): string => {
    if (first === undefined) return String.fromCharCode(value);
    const sign = value < 0 ? "-" : "";
    return sign + String(Math.abs(value)).padStart(width - sign.length, "0");
  };
  const words: (readonly Unit[])[] = [];
  for (let value = from; (by > 0 ? value <= to : value >= to) && words.length < MOST; value += by) words.push([...text(value)]);
  return words;
}

function joined(units: readonly Unit[]): Word {
  const parts: WordPart[] = [];
  let text = "";
  const flush = (): void => {
    if (text !== "") parts.push({ t: "lit", s: text, q: false });
    text = "";
  };
  for (const unit of units) {
    if (typeof unit === "string") text += unit;
    else {
      flush();
      parts.push(unit);
    }
  }
  flush();
  return parts;
}
