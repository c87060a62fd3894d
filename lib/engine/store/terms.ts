import { compareStrings } from "../apimachinery/compare";
import type { KubeObject } from "../apimachinery/meta";
import { controllerOf } from "../apimachinery/owner";

/** Names under a term in one namespace, in order. */
export interface Names {
  readonly namespace: string;
  readonly names: readonly string[];
}

function sortedNames(names: ReadonlySet<string>): readonly string[] {
  return names.size < 2 ? [...names] : [...names].sort(compareStrings);
}

const NOBODY: readonly Names[] = [];

/** The names under one index term, by namespace; nearly always of one namespace only. */
class Term {
  private readonly names = new Set<string>();
  private others: Map<string, Set<string>> | undefined;
  private sorted: readonly string[] | undefined;

  constructor(private readonly namespace: string) {}

  get isEmpty(): boolean {
    return this.names.size === 0 && this.others === undefined;
  }

  get size(): number {
    let size = this.names.size;
    for (const names of this.others?.values() ?? []) size += names.size;
    return size;
  }

  add(namespace: string, name: string): void {
    const names = this.in(namespace) ?? this.begin(namespace);
    if (names.has(name)) return;
    names.add(name);
    this.sorted = undefined;
  }

  delete(namespace: string, name: string): void {
    const names = this.in(namespace);
    if (!names?.delete(name)) return;
    this.sorted = undefined;
    if (names.size === 0 && namespace !== this.namespace) this.others?.delete(namespace);
    if (this.others?.size === 0) this.others = undefined;
  }

  /** Every name, by namespace, in key order. */
  inOrder(): readonly Names[] {
    if (!this.others) return [{ namespace: this.namespace, names: (this.sorted ??= sortedNames(this.names)) }];
    return inOrder([this.namespace, ...this.others.keys()]).map((namespace) => ({ namespace, names: sortedNames(this.in(namespace) ?? new Set()) }));
  }

  private in(namespace: string): Set<string> | undefined {
    return namespace === this.namespace ? this.names : this.others?.get(namespace);
  }

  private begin(namespace: string): Set<string> {
    const names = new Set<string>();
    (this.others ??= new Map()).set(namespace, names);
    return names;
  }
}

/** Namespaces in the order of the keys they begin: `a-b/x` comes before `a/x`. */
export function inOrder(namespaces: Iterable<string>): readonly string[] {
  return [...namespaces].sort((a, b) => compareStrings(`${a}/`, `${b}/`));
}

/** An index of objects of one kind by `owner:<uid>`, `node:<name>`, `label:<k>=<v>`, and `orphan` for those nobody controls. */
export class Terms {
  private readonly terms = new Map<string, Term>();

  /** Names under a term, by namespace, in key order. */
  under(term: string): readonly Names[] {
    return this.terms.get(term)?.inOrder() ?? NOBODY;
  }

  /** How many names there are under a term. */
  sizeOf(term: string): number {
    return this.terms.get(term)?.size ?? 0;
  }

  /** Notes that an object came, changed or went. */
  note(old: KubeObject | undefined, next: KubeObject | undefined): void {
    const { namespace = "", name } = ((next ?? old) as KubeObject).metadata;
    if (old && next && old.metadata.labels === next.metadata.labels && old.metadata.ownerReferences === next.metadata.ownerReferences) {
      const [left, joined] = [nodeOf(old), nodeOf(next)];
      if (left === joined) return;
      if (isNamed(left)) this.takeOut(`node:${left}`, namespace, name);
      if (isNamed(joined)) this.putIn(`node:${joined}`, namespace, name);
      return;
    }
    const before = old ? termsOf(old) : [];
    const after = next ? termsOf(next) : [];
    for (const term of before) if (!after.includes(term)) this.takeOut(term, namespace, name);
    for (const term of after) this.putIn(term, namespace, name);
  }

  private takeOut(term: string, namespace: string, name: string): void {
    const found = this.terms.get(term);
    found?.delete(namespace, name);
    if (found?.isEmpty) this.terms.delete(term);
  }

  private putIn(term: string, namespace: string, name: string): void {
    let found = this.terms.get(term);
    if (!found) this.terms.set(term, (found = new Term(namespace)));
    found.add(namespace, name);
  }
}

function isNamed(node: unknown): node is string {
  return typeof node === "string" && node !== "";
}

function nodeOf(object: KubeObject): unknown {
  return (object as { readonly spec?: { readonly nodeName?: unknown } }).spec?.nodeName;
}

function termsOf(object: KubeObject): readonly string[] {
  const { metadata } = object;
  const terms: string[] = [];
  for (const owner of metadata.ownerReferences ?? []) terms.push(`owner:${owner.uid}`);
  if (controllerOf(object) === undefined) terms.push("orphan");
  for (const name in metadata.labels) terms.push(`label:${name}=${metadata.labels[name]}`);
  const node = nodeOf(object);
  if (isNamed(node)) terms.push(`node:${node}`);
  return terms;
}
