import { compileLabelSelector, matches, nothing, type LabelSelector, type Selector } from "../../../apimachinery/labels";
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

// Compiled once per spec; a pure memory.
const compiled = new WeakMap<Pod["spec"], PodTerms>();

/** The terms of a pod. Upstream: framework.PodInfo. */
export function termsOf(pod: Pod): PodTerms {
  const known = compiled.get(pod.spec);
  if (known) return known;
  const errors: string[] = [];
  const affinity = pod.spec.affinity?.podAffinity as RawAffinity | undefined;
  const anti = pod.spec.affinity?.podAntiAffinity as RawAffinity | undefined;
  const required = (list: readonly RawTerm[] | undefined, what: string) => (list ?? []).map((term) => compile(term, 0, pod, errors, what));
  const preferred = (list: RawAffinity["preferredDuringSchedulingIgnoredDuringExecution"], what: string) => (list ?? []).map(({ weight, podAffinityTerm }) => compile(podAffinityTerm, weight, pod, errors, what));
  const terms: PodTerms = {
    affinity: required(affinity?.requiredDuringSchedulingIgnoredDuringExecution, "requiredAffinityTerms"),
    antiAffinity: required(anti?.requiredDuringSchedulingIgnoredDuringExecution, "requiredAntiAffinityTerms"),
    preferredAffinity: preferred(affinity?.preferredDuringSchedulingIgnoredDuringExecution, "preferredAffinityTerms"),
    preferredAntiAffinity: preferred(anti?.preferredDuringSchedulingIgnoredDuringExecution, "preferredAntiAffinityTerms"),
    ...(errors[0] === undefined ? {} : { error: errors[0] }),
  };
  compiled.set(pod.spec, terms);
  return terms;
}

/** Node labels that a pod's affinity terms speak of, each once for every term; none for most pods. */
export function affinityKeys(pod: Pod): readonly string[] {
  if (pod.spec.affinity?.podAffinity === undefined && pod.spec.affinity?.podAntiAffinity === undefined) return [];
  const { affinity, antiAffinity, preferredAffinity, preferredAntiAffinity } = termsOf(pod);
  return [...affinity, ...antiAffinity, ...preferredAffinity, ...preferredAntiAffinity].map(({ topologyKey }) => topologyKey);
}

function compile(term: RawTerm, weight: number, pod: Pod, errors: string[], what: string): Term {
  const read = (selector: LabelSelector | undefined): Selector => {
    const result = compileLabelSelector(selector);
    if ("selector" in result) return result.selector;
    errors.push(`parsing pod: ${what}: ${result.error}`);
    return nothing;
  };
  const own = (term.namespaces ?? []).length === 0 && term.namespaceSelector === undefined;
  return {
    topologyKey: term.topologyKey,
    weight,
    selector: read(term.labelSelector),
    namespaces: new Set(own ? [pod.metadata.namespace ?? ""] : (term.namespaces ?? [])),
    namespaceSelector: read(term.namespaceSelector),
  };
}

/** Does a term mean this pod? `labels` are those of its namespace. */
export function means(term: Term, pod: Pod, labels: Readonly<Record<string, string>>): boolean {
  const namespace = pod.metadata.namespace ?? "";
  return (term.namespaces.has(namespace) || matches(term.namespaceSelector, labels)) && matches(term.selector, pod.metadata.labels);
}

/** Labels of a namespace; none when it is not known. */
export function namespaceLabels(client: Client, namespace: string): Readonly<Record<string, string>> {
  return client.get<KubeObject>(NAMESPACE, { namespace: "", name: namespace })?.metadata.labels ?? {};
}
