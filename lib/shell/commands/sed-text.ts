import { toBytes } from "./bytes";

/** A piece of what `s` puts in: text, a group, or a change of case from here on. */
export type Piece = { readonly text: string } | { readonly group: number } | { readonly turn: "U" | "L" | "u" | "l" | "E" };

/** What stands for a character that cannot be seen. */
export const CONTROLS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v", a: "\x07" };

/** Turns the escapes sed knows and the expressions do not into characters. */
export function plainEscapes(pattern: string): string {
  let out = "";
  for (let i = 0, inSet = false; i < pattern.length; i++) {
    const char = pattern[i] as string;
    const next = pattern[i + 1] ?? "";
    if (inSet && char === "[" && /[.:=]/.test(next)) {
      const end = pattern.indexOf(`${next}]`, i + 2);
      out += pattern.slice(i, end < 0 ? undefined : end + 2);
      i = end < 0 ? pattern.length : end + 1;
    } else if (char === "[" && !inSet) {
      inSet = true;
      const opening = /^\[\^?\]?/.exec(pattern.slice(i))?.[0] ?? char;
      out += opening;
      i += opening.length - 1;
    } else if (char === "\\") {
      const code = /^x([0-9a-fA-F]{2})/.exec(pattern.slice(i + 1, i + 4))?.[1];
      const control = inSet || "rfva".includes(next) ? CONTROLS[next] : undefined;
      if (code !== undefined) {
        const literal = String.fromCharCode(parseInt(code, 16));
        out += !inSet && /[.*[\]^$\\]/.test(literal) ? `\\${literal}` : literal;
        i += 3;
      } else if (inSet) {
        out += control ?? char;
        if (control !== undefined) i += 1;
      } else {
        out += control ?? char + next;
        i += 1;
      }
    } else {
      if (char === "]") inSet = false;
      out += char;
    }
  }
  return out;
}

/** What `s` puts in, taken apart. */
export function replacementPieces(source: string, mark: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [whole, escaped] of source.matchAll(/\\(x[0-9a-fA-F]{2}|[^])|&|[^\\&]+/g)) {
    if (whole === "&") pieces.push({ group: 0 });
    else if (escaped === undefined) pieces.push({ text: whole });
    else if (/^[0-9]$/.test(escaped) && escaped !== mark) pieces.push({ group: Number(escaped) });
    else if (/^[ULulE]$/.test(escaped)) pieces.push({ turn: escaped as "U" });
    else if (escaped.length > 1) pieces.push({ text: String.fromCharCode(parseInt(escaped.slice(1), 16)) });
    else pieces.push({ text: escaped === mark ? escaped : (CONTROLS[escaped] ?? escaped) });
  }
  return pieces;
}

/** The pieces as they come out for a match. */
export function turned(pieces: readonly Piece[], groups: readonly (string | undefined)[]): string {
  let out = "";
  let every: "U" | "L" | "E" = "E";
  let next: "u" | "l" | undefined;
  for (const piece of pieces) {
    if ("turn" in piece) {
      if (piece.turn === "u" || piece.turn === "l") next = piece.turn;
      else {
        every = piece.turn;
        if (every === "E") next = undefined;
      }
      continue;
    }
    let text = "text" in piece ? piece.text : (groups[piece.group] ?? "");
    if (text === "") continue;
    if (every !== "E") text = every === "U" ? text.toUpperCase() : text.toLowerCase();
    if (next !== undefined) text = (next === "u" ? text.slice(0, 1).toUpperCase() : text.slice(0, 1).toLowerCase()) + text.slice(1);
    next = undefined;
    out += text;
  }
  return out;
}

const SHOWN: Readonly<Record<string, string>> = { "\\": "\\\\", "\x07": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" };

/** A line as `l` shows it: nothing invisible, folded at a width. */
export function unambiguous(space: string, width: number): string {
  const pieces = [...space].flatMap((char) => {
    const known = SHOWN[char];
    if (known !== undefined) return [known];
    return char >= " " && char <= "~" ? [char] : toBytes(char).map((byte) => `\\${byte.toString(8).padStart(3, "0")}`);
  });
  let out = "";
  let column = 0;
  for (const piece of pieces) {
    if (width > 1 && column + piece.length > width - 1) {
      out += "\\\n";
      column = 0;
    }
    out += piece;
    column += piece.length;
  }
  return `${out}$\n`;
}
