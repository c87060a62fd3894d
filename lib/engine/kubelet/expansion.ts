import { utf8Bytes, utf8Text } from "../apimachinery/utf8";

/** What follows a `$` that begins no reference: upstream takes the first byte of it for a character, so what is more than one byte is torn. */
function torn(character: string): string {
  const [first = 0, ...rest] = utf8Bytes(character);
  return `$${String.fromCharCode(first)}${utf8Text(rest)}`;
}

/**
 * `$(NAME)` references replaced by their values; an unknown one stays as written and `$$` is a plain `$`.
 * Upstream: third_party/forked/golang/expansion.
 */
export function expand(text: string, valueOf: (name: string) => string | undefined): string {
  let result = "";
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== "$" || at + 1 >= text.length) {
      result += text[at];
      continue;
    }
    const next = text[at + 1] as string;
    const close = next === "(" ? text.indexOf(")", at + 2) : -1;
    if (next === "$") {
      result += "$";
      at += 1;
    } else if (close > 0) {
      const name = text.slice(at + 2, close);
      result += valueOf(name) ?? `$(${name})`;
      at = close;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
      result += torn(character);
      at += character.length;
    }
  }
  return result;
}
