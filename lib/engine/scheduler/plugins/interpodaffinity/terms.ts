import { compileLabelSelector, matches, type LabelSelector, type Selector } from "../../../apimachinery/labels";
import { NAMESPACE } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import type { Client } from "../../../client/client";
import type { Pod } from "../../../resources/core/pod/pod";

interface RawTerm {
  readonly topologyKey: string;
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
}

interface RawAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly RawTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly { readonly weight: number; readonly podAffinityTerm: RawTerm }[];
}

/** A term of pod affinity, ready to be asked. */
export interface Term {
  readonly topologyKey: string;
  readonly weight: number;
  readonly selector: Selector;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
}

/** A pod's affinity to other pods, compiled. `error` is upstream's word on a selector that cannot be read. */
export interface PodTerms {
  readonly affinity: readonly Term[];
  readonly antiAffinity: readonly Term[];
  readonly preferredAffinity: readonly Term[];
  readonly preferredAntiAffinity: readonly Term[];
  readonly error?: string;
}

const NO_TERMS: PodTerms = Object.freeze({ affinity: [], antiAffinity: [], preferredAffinity: [], preferredAntiAffinity: [] });

// Compiled once per spec; a pure memory.
const compiled = new WeakMap<Pod["spec"], PodTerms>();

/** The terms of a pod. Upstream: framework.PodInfo. */
export function termsOf(pod: Pod): PodTerms {
  const wishes = pod.spec.affinity;
  if (wishes?.podAffinity === undefined && wishes?.podAntiAffinity === undefined) return NO_TERMS;
  const known = compiled.get(pod.spec);
  if (known) return known;
  const errors: string[] = [];
  const all = <T>(list: readonly T[] | undefined, what: string, read: (term: T) => Term | string): readonly Term[] => {
    const found: Term[] = [];
    for (const term of list ?? []) {
      const read_ = read(term);
      // One term that cannot be read takes its whole list with it.
      if (typeof read_ === "string") {
        errors.push(`parsing pod: ${what}: ${read_}`);
        return [];
      }
      found.push(read_);
    }
    return found;
  };
  const affinity = pod.spec.affinity?.podAffinity as RawAffinity | undefined;
  const anti = pod.spec.affinity?.podAntiAffinity as RawAffinity | undefined;
  const required = (list: readonly RawTerm[] | undefined, what: string) => all(list, what, (term) => compile(term, 0, pod));
  const preferred = (list: RawAffinity["preferredDuringSchedulingIgnoredDuringExecution"], what: string) => all(list, what, ({ weight, podAffinityTerm }) => compile(podAffinityTerm, weight, pod));
  const terms: PodTerms = {
    affinity: required(affinity?.requiredDuringSchedulingIgnoredDuringExecution, "requiredAffinityTerms"),
    antiAffinity: required(anti?.requiredDuringSchedulingIgnoredDuringExecution, "requiredAntiAffinityTerms"),
    preferredAffinity: preferred(affinity?.preferredDuringSchedulingIgnoredDuringExecution, "preferredAffinityTerms"),
    preferredAntiAffinity: preferred(anti?.preferredDuringSchedulingIgnoredDuringExecution, "preferredAntiAffinityTerms"),
  };
  // Of several errors the last list's is told.
  const error = errors.at(-1);
  const whole: PodTerms = error === undefined ? terms : { ...terms, error };
  compiled.set(pod.spec, whole);
  return whole;
}

/** Node labels that a pod's affinity terms speak of, each once for every term; none for most pods. */
export function affinityKeys(pod: Pod): readonly string[] {
  if (pod.spec.affinity?.podAffinity === undefined && pod.spec.affinity?.podAntiAffinity === undefined) return [];
  const { affinity, antiAffinity, preferredAffinity, preferredAntiAffinity } = termsOf(pod);
  return [...affinity, ...antiAffinity, ...preferredAffinity, ...preferredAntiAffinity].map(({ topologyKey }) => topologyKey);
}

/** The term, or upstream's words on a selector of it that cannot be read. */
function compile(term: RawTerm, weight: number, pod: Pod): Term | string {
  const selector = compileLabelSelector(term.labelSelector);
  const namespaceSelector = compileLabelSelector(term.namespaceSelector);
  if ("error" in selector) return selector.error;
  if ("error" in namespaceSelector) return namespaceSelector.error;
  const own = (term.namespaces ?? []).length === 0 && term.namespaceSelector === undefined;
  return {
    topologyKey: term.topologyKey,
    weight,
    selector: selector.selector,
    namespaces: new Set(own ? [pod.metadata.namespace ?? ""] : (term.namespaces ?? [])),
    namespaceSelector: namespaceSelector.selector,
  };
}

/** Labels of a namespace; undefined when there is no such namespace. */
export type NamespaceLabels = Readonly<Record<string, string>> | undefined;

/** Does a term of a running pod mean the newcomer? `labels` are those of its namespace; one nobody knows has none. */
export function means(term: Term, pod: Pod, labels: NamespaceLabels): boolean {
  return (term.namespaces.has(pod.metadata.namespace ?? "") || matches(term.namespaceSelector, labels ?? {})) && matches(term.selector, pod.metadata.labels);
}

/** Does a newcomer's term mean this pod? Its selector picks among the namespaces there are; an empty one picks any. Upstream: mergeAffinityTermNamespacesIfNotEmpty. */
export function asksFor(term: Term, pod: Pod, labels: NamespaceLabels): boolean {
  if (labels === undefined && term.namespaceSelector.requirements.length > 0 && !term.namespaces.has(pod.metadata.namespace ?? "")) return false;
  return means(term, pod, labels);
}

/** Labels of a namespace. */
export function namespaceLabels(client: Client, namespace: string): NamespaceLabels {
  const found = client.get<KubeObject>(NAMESPACE, { namespace: "", name: namespace });
  return found && (found.metadata.labels ?? {});
}
