/** Keys that come twice in one object of a JSON text, which `JSON.parse` swallows. Upstream: sigs.k8s.io/json, strict mode. */

/** A key that was there already. */
export interface Duplicate {
  /** As upstream writes paths: `spec.containers[0].name`. */
  readonly path: string;
  /** Where it stands in the text. */
  readonly at: number;
}

interface Level {
  /** What leads here, without the key or index within. */
  readonly path: string;
  /** Keys seen so far; absent in an array. */
  readonly keys: Set<string> | undefined;
  index: number;
  key: string;
}

function within(level: Level): string {
  if (!level.keys) return `${level.path}[${level.index}]`;
  return level.path === "" ? level.key : `${level.path}.${level.key}`;
}

/** The end of the string that begins at `from`, and whether it holds a backslash. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 34) return at;
  }
  return text.length;
}

function keyIn(text: string, from: number, to: number): string {
  const raw = text.slice(from + 1, to);
  return raw.includes("\\") ? (JSON.parse(text.slice(from, to + 1)) as string) : raw;
}

/** Calls `seen` for every key of a text that is JSON, in order, with its path and whether it was there already. */
function walk(text: string, seen: (path: string, at: number, again: boolean) => void): void {
  const levels: Level[] = [];
  let here: Level | undefined;
  let expectsKey = false;
  const open = (keys: Set<string> | undefined): void => {
    const next: Level = { path: here ? within(here) : "", keys, index: 0, key: "" };
    if (here) levels.push(here);
    here = next;
    expectsKey = keys !== undefined;
  };
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 34: {
        const end = stringEnd(text, at);
        if (expectsKey && here?.keys) {
          here.key = keyIn(text, at, end);
          const again = here.keys.has(here.key);
          here.keys.add(here.key);
          seen(within(here), at, again);
          expectsKey = false;
        }
        at = end;
        break;
      }
      case 123:
        open(new Set());
        break;
      case 91:
        open(undefined);
        break;
      case 125:
      case 93:
        here = levels.pop();
        expectsKey = false;
        break;
      case 44:
        if (here?.keys) expectsKey = true;
        else if (here) here.index += 1;
        break;
      default:
    }
  }
}

/** The keys that come again, in order. `text` must be JSON. */
export function duplicateKeys(text: string): readonly Duplicate[] {
  const found: Duplicate[] = [];
  walk(text, (path, at, again) => {
    if (again) found.push({ path, at });
  });
  return found;
}

/** Where a path's key first stands in a text; the end when it is not there. */
export function placeOf(text: string, wanted: string): number {
  let place = text.length;
  walk(text, (path, at) => {
    if (path === wanted && at < place) place = at;
  });
  return place;
}
