/** One line of a vectors file: what was put into real Kubernetes and what came out. */
export interface VectorCase {
  readonly id: string;
  readonly source?: string;
  readonly kind?: string;
  /** `recorded/rejections`: the request, in place of an input. */
  readonly request?: Readonly<Record<string, unknown>>;
  readonly setup?: readonly unknown[];
  readonly input: Readonly<Record<string, unknown>>;
  readonly code?: number;
  readonly namespace?: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** What one case came to. `got` is shown when the case fails; `skip` says why a case does not count. */
export type Verdict =
  | { readonly pass: boolean; readonly got?: unknown }
  | { readonly skip: string }
  /** A case of many questions, each of which counts. */
  | { readonly passed: number; readonly total: number; readonly got?: unknown };

/** Runs one case of a topic against the engine. `file` is where the case was read, for cases that name files beside it. */
export type Adapter = (vector: VectorCase, file: string) => Verdict;

/** Equal as JSON, whatever the order of keys; an absent key equals `undefined`. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys) if (!same(left[key], right[key])) return false;
  return true;
}

/** What a missing member of these lists' entries is to Go. */
const ZERO: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  matchExpressions: { key: "", operator: "" },
  matchFields: { key: "", operator: "" },
  requiredDuringSchedulingIgnoredDuringExecution: { topologyKey: "" },
  preferredDuringSchedulingIgnoredDuringExecution: { weight: 0, preference: {}, podAffinityTerm: { topologyKey: "" } },
};

/** An object of the API as Go reads it: a member that is null is not there, and a part of a selector that is not there is empty. */
export function asGoReads<T>(value: T, within = ""): T {
  if (Array.isArray(value)) return value.map((entry: unknown) => (typeof entry === "object" && entry !== null ? { ...ZERO[within], ...asGoReads(entry) } : entry)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null).map(([key, member]) => [key, asGoReads(member as unknown, key)])) as T;
}

/** The verdict of comparing an answer with the expected one. */
export function compare(got: unknown, expected: unknown): Verdict {
  return same(got, expected) ? { pass: true } : { pass: false, got };
}
