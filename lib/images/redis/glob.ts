/** Does a text fit a pattern of KEYS: `*`, `?`, `[abc]`, `[^a-z]`, `\x`? Linear in the text for each star. */
export function matches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const step = pattern.charAt(p) === "*" ? undefined : one(pattern, p, text.charAt(t));
    if (pattern.charAt(p) === "*") {
      star = p;
      mark = t;
      p += 1;
    } else if (step !== undefined) {
      p = step;
      t += 1;
    } else if (star >= 0) {
      mark += 1;
      t = mark;
      p = star + 1;
    } else return false;
  }
  while (pattern.charAt(p) === "*") p += 1;
  return p === pattern.length;
}

/** Where the pattern goes on after one character, if that fits. */
function one(pattern: string, at: number, char: string): number | undefined {
  const first = pattern.charAt(at);
  if (first === "") return undefined;
  if (first === "?") return at + 1;
  if (first === "\\" && at + 1 < pattern.length) return pattern.charAt(at + 1) === char ? at + 2 : undefined;
  if (first !== "[") return first === char ? at + 1 : undefined;
  const not = pattern.charAt(at + 1) === "^";
  let found = false;
  let i = at + (not ? 2 : 1);
  for (; i < pattern.length && pattern.charAt(i) !== "]"; i += 1) {
    if (pattern.charAt(i) === "\\" && i + 1 < pattern.length) i += 1;
    const low = pattern.charAt(i);
    if (pattern.charAt(i + 1) === "-" && i + 2 < pattern.length) {
      const [a, b] = [low, pattern.charAt(i + 2)];
      if (char >= (a < b ? a : b) && char <= (a < b ? b : a)) found = true;
      i += 2;
    } else if (low === char) found = true;
  }
  return found === not ? undefined : Math.min(pattern.length, i + 1);
}
