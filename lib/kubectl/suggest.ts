/** `Did you mean this?` and the commands that look like a word, or nothing. Upstream: cobra `findSuggestions`, distance 2. */
export function suggestions(word: string, names: readonly string[]): string {
  const near = names.filter((name) => distance(word.toLowerCase(), name) <= 2 || name.startsWith(word.toLowerCase()));
  return near.length === 0 ? "" : `\n\nDid you mean this?\n${near.map((name) => `\t${name}\n`).join("")}`;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
