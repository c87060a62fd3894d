import { inputsIn } from "./inputs-in";
import type { Input } from "@/lib/workbench";

/** What this browser keeps of a bench: what was done, and texts not yet saved to its disk. */
export interface Kept {
  readonly inputs: readonly Input[];
  readonly drafts: { readonly [path: string]: string };
}

const PREFIX = "timonel.bench.";
const NOTHING: Kept = { inputs: [], drafts: {} };

/** Reads what was kept under a name; what cannot be read is nothing. */
export function readKept(name: string): Kept {
  try {
    const value: unknown = JSON.parse(window.localStorage.getItem(PREFIX + name) ?? "null");
    if (typeof value !== "object" || value === null) return NOTHING;
    const { inputs, drafts } = value as { readonly inputs?: unknown; readonly drafts?: unknown };
    return { inputs: inputsIn(inputs), drafts: textsIn(drafts) };
  } catch {
    return NOTHING;
  }
}

function textsIn(value: unknown): Kept["drafts"] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** Keeps a bench's work. False when the browser has no room or keeps nothing. */
export function keep(name: string, kept: Kept): boolean {
  try {
    if (kept.inputs.length === 0 && Object.keys(kept.drafts).length === 0) window.localStorage.removeItem(PREFIX + name);
    else window.localStorage.setItem(PREFIX + name, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}
