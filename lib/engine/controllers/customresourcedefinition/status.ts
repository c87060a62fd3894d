/** What a CustomResourceDefinition says of itself: whose names it got, and whether it is served. Upstream: pkg/controller/{status,establish}. */
import { compareStrings } from "../../apimachinery/compare";
import { setCondition, type Condition } from "../../apimachinery/conditions";
import { namesOf } from "../../resources/apiextensions/custom-resource/index";
import type { CustomResourceDefinition } from "../../resources/apiextensions/customresourcedefinition/index";

interface Taken {
  readonly words: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/** Names other definitions of the group have been granted. */
function takenBy(crd: CustomResourceDefinition, others: readonly CustomResourceDefinition[]): Taken {
  const words = new Set<string>();
  const kinds = new Set<string>();
  for (const other of others) {
    if (other.metadata.name === crd.metadata.name || other.spec.group !== crd.spec.group) continue;
    const granted = (other.status?.acceptedNames ?? {}) as { readonly plural?: string; readonly singular?: string; readonly shortNames?: readonly string[]; readonly kind?: string; readonly listKind?: string };
    for (const word of [granted.plural, granted.singular, ...(granted.shortNames ?? [])]) if (word !== undefined && word !== "") words.add(word);
    for (const kind of [granted.kind, granted.listKind]) if (kind !== undefined && kind !== "") kinds.add(kind);
  }
  return { words, kinds };
}

const inUse = (name: string): string => `${JSON.stringify(name)} is already in use`;

/** The first name another definition holds; a few may be wrong at once, the last told wins. */
function conflictOf(crd: CustomResourceDefinition, { words, kinds }: Taken): { readonly reason: string; readonly message: string } | undefined {
  const { plural, singular, shortNames, kind, listKind } = namesOf(crd);
  const found: (readonly [string, string])[] = [];
  if (words.has(plural)) found.push(["PluralConflict", inUse(plural)]);
  if (words.has(singular)) found.push(["SingularConflict", inUse(singular)]);
  const shorts = shortNames.filter((name) => words.has(name));
  if (shorts.length > 0) found.push(["ShortNamesConflict", shorts.length === 1 ? inUse(shorts[0] ?? "") : `[${shorts.map(inUse).join(", ")}]`]);
  if (kinds.has(kind)) found.push(["KindConflict", inUse(kind)]);
  if (kinds.has(listKind)) found.push(["ListKindConflict", inUse(listKind)]);
  const last = found[found.length - 1];
  return last && { reason: last[0], message: last[1] };
}

/**
 * The status of a definition beside the others of its cluster. It is established once its names are its own, and stays
 * so whatever happens to its names later.
 */
export function establishedStatus(crd: CustomResourceDefinition, others: readonly CustomResourceDefinition[], stamp: string): NonNullable<CustomResourceDefinition["status"]> {
  const sorted = [...others].sort((a, b) => compareStrings(a.metadata.name, b.metadata.name));
  const conflict = conflictOf(crd, takenBy(crd, sorted));
  const before = crd.status?.conditions ?? [];
  const names: Condition = conflict ? { type: "NamesAccepted", status: "False", ...conflict } : { type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" };
  const already = before.some(({ type, status }) => type === "Established" && status === "True");
  const established: Condition = conflict && !already ? { type: "Established", status: "False", reason: "NotAccepted", message: "not all names are accepted" } : { type: "Established", status: "True", reason: "InitialNamesAccepted", message: "the initial names have been accepted" };
  const at = { lastTransitionTime: stamp };
  const conditions = setCondition(setCondition(before, { ...names, ...at }), { ...established, ...at });
  const { plural, singular, shortNames, kind, listKind } = crd.spec.names;
  const categories = crd.spec.names.categories;
  const acceptedNames = conflict ? (crd.status?.acceptedNames ?? { plural: "", kind: "" }) : { plural, singular, ...(shortNames ? { shortNames } : {}), kind, listKind, ...(categories ? { categories } : {}) };
  return { conditions, acceptedNames, storedVersions: crd.status?.storedVersions ?? [] };
}
