/**
 * Cuts an upstream-style field path: `spec.containers[0].image` → `spec`, `containers`, 0, `image`. What stands in brackets
 * is an index or a key (`metadata.labels[app.kubernetes.io/name]`), quoted or not. Never fails: odd text becomes odd keys.
 */
export function splitFieldPath(path: string): readonly (string | number)[] {
  const segments: (string | number)[] = [];
  let word = "";
  const flush = (): void => {
    if (word !== "") segments.push(word);
    word = "";
  };
  for (let i = 0; i < path.length; i++) {
    const char = path[i] as string;
    const close = char === "[" ? path.indexOf("]", i) : -1;
    if (close >= 0) {
      flush();
      const inside = path.slice(i + 1, close);
      segments.push(/^\d{1,9}$/.test(inside) ? Number(inside) : inside.replace(/^(["'])(.*)\1$/, "$2"));
      i = close;
    } else if (char === ".") {
      flush();
    } else {
      word += char;
    }
  }
  flush();
  return segments;
}
