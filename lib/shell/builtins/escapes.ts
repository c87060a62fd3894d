const SIMPLE: Readonly<Record<string, string>> = { a: "\x07", b: "\b", e: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\" };

/** Backslash escapes of `echo -e` and `%b`. `isCut`: a `\c` ended the output there. */
export function escapeEcho(text: string): { readonly text: string; readonly isCut: boolean } {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "\\") {
      out += text[i] as string;
      continue;
    }
    const rest = text.slice(i + 1, i + 6);
    if (rest.startsWith("c")) return { text: out, isCut: true };
    const code = /^(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3}))/.exec(rest);
    const simple = SIMPLE[rest[0] ?? ""];
    if (simple !== undefined) {
      out += simple;
      i += 1;
    } else if (code) {
      out += String.fromCharCode(code[1] === undefined ? parseInt(code[2] ?? "0", 8) & 255 : parseInt(code[1], 16));
      i += code[0].length;
    } else {
      out += "\\";
    }
  }
  return { text: out, isCut: false };
}
