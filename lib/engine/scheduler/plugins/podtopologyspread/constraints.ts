import { compileLabelSelector, formatSelector, matches, nothing, type LabelSelector, type Requirement, type Selector } from "../../../apimachinery/labels";
import { REPLICA_SET, REPLICATION_CONTROLLER, SERVICE, STATEFUL_SET } from "../../../apimachinery/kinds";
import type { KindId, KubeObject } from "../../../apimachinery/meta";
import { controllerOf } from "../../../apimachinery/owner";
import { firstUntoleratedTaint } from "../../../apimachinery/taints";
import type { Client } from "../../../client/client";
import type { Node } from "../../../resources/core/node/node";
import type { Pod } from "../../../resources/core/pod/pod";
import type { Service } from "../../../resources/core/service/service";
import { nodeMatchesPod } from "../../../resources/core/node/node-selector";
import type { NodeInfo } from "../../node-info";

/** A constraint as pods and the scheduler's configuration write it. */
export interface RawConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway";
  readonly labelSelector?: LabelSelector;
  readonly minDomains?: number;
  readonly nodeAffinityPolicy?: "Honor" | "Ignore";
  readonly nodeTaintsPolicy?: "Honor" | "Ignore";
  readonly matchLabelKeys?: readonly string[];
}

/** A constraint ready to be counted. */
export interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  /** The selector as text: the name counts are remembered by. */
  readonly text: string;
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

/** What spreads pods of a Service or ReplicaSet that say nothing themselves. */
export const SYSTEM_DEFAULTS: readonly RawConstraint[] = [
  { maxSkew: 3, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
  { maxSkew: 5, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
];

function compile(raw: RawConstraint, selector: Selector): Constraint {
  return {
    maxSkew: raw.maxSkew,
    topologyKey: raw.topologyKey,
    selector,
    text: selector.nothing === true ? "-" : formatSelector(selector),
    minDomains: raw.minDomains ?? 1,
    honorAffinity: raw.nodeAffinityPolicy !== "Ignore",
    honorTaints: raw.nodeTaintsPolicy === "Honor",
  };
}

/** The constraints of one kind that hold for a pod: its own, or else the defaults for its siblings. */
export function constraintsFor(pod: Pod, when: RawConstraint["whenUnsatisfiable"], defaults: readonly RawConstraint[], client: Client): readonly Constraint[] {
  const own = (pod.spec.topologySpreadConstraints ?? []) as unknown as readonly RawConstraint[];
  if (own.length > 0) {
    return own
      .filter((raw) => raw.whenUnsatisfiable === when)
      .map((raw) => {
        const result = compileLabelSelector(raw.labelSelector);
        const selector = "selector" in result ? result.selector : nothing;
        const keys = (raw.matchLabelKeys ?? []).filter((key) => pod.metadata.labels?.[key] !== undefined);
        const extra = keys.map((key): Requirement => ({ key, operator: "in", values: [pod.metadata.labels?.[key] ?? ""] }));
        return compile(raw, extra.length === 0 || selector.nothing === true ? selector : { requirements: [...selector.requirements, ...extra] });
      });
  }
  const chosen = defaults.filter((raw) => raw.whenUnsatisfiable === when);
  if (chosen.length === 0) return [];
  const siblings = siblingSelector(pod, client);
  return siblings.requirements.length === 0 ? [] : chosen.map((raw) => compile(raw, siblings));
}

/** What the defaults' selector is made of, besides the pod's labels. While these are the same objects, so is what comes of them. */
export interface SiblingSources {
  readonly services: readonly Service[];
  readonly kind: KindId | undefined;
  readonly selector: unknown;
}

const NO_SERVICES: readonly Service[] = Object.freeze([]);

/** The sources as they are now. */
export function siblingSources(pod: Pod, client: Client): SiblingSources {
  const services = client.list<Service>(SERVICE);
  const { kind, parent } = parentOf(pod, client);
  return { services: services.length === 0 ? NO_SERVICES : services, kind: parent && kind, selector: parent?.spec.selector };
}

function parentOf(pod: Pod, client: Client): { readonly kind: KindId | undefined; readonly parent: Controller | undefined } {
  const owner = controllerOf(pod);
  const kind = owner && CONTROLLERS[`${owner.apiVersion} ${owner.kind}`];
  return { kind, parent: owner && kind ? client.get<Controller>(kind, { namespace: pod.metadata.namespace ?? "", name: owner.name }) : undefined };
}

/** Selects the pods of the same Services and the same controller. Upstream: helper.DefaultSelector. */
function siblingSelector(pod: Pod, client: Client): Selector {
  const labels: Record<string, string> = {};
  for (const { spec } of client.list<Service>(SERVICE, { namespace: pod.metadata.namespace ?? "" })) {
    const selector = Object.entries(spec.selector ?? {});
    if (selector.length > 0 && selector.every(([key, value]) => pod.metadata.labels?.[key] === value)) Object.assign(labels, spec.selector);
  }
  const { kind, parent } = parentOf(pod, client);
  if (kind === REPLICATION_CONTROLLER) Object.assign(labels, parent?.spec.selector);
  const requirements = Object.entries(labels).map(([key, value]): Requirement => ({ key, operator: "=", values: [value] }));
  const result = parent && kind !== REPLICATION_CONTROLLER ? compileLabelSelector(parent.spec.selector as LabelSelector | undefined) : undefined;
  return { requirements: [...requirements, ...(result && "selector" in result ? result.selector.requirements : [])] };
}

interface Controller extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector | Readonly<Record<string, string>> };
}

/** Controllers whose selector tells siblings. */
const CONTROLLERS: Readonly<Record<string, typeof REPLICA_SET>> = {
  "v1 ReplicationController": REPLICATION_CONTROLLER,
  "apps/v1 ReplicaSet": REPLICA_SET,
  "apps/v1 StatefulSet": STATEFUL_SET,
};

/** Does the node have all the topology labels? */
export function hasAllKeys(node: Node, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);
}

/** Does the constraint count this node's pods, given where the pod may go at all? */
export function counts(constraint: Constraint, pod: Pod, node: Node): boolean {
  if (constraint.honorAffinity && !nodeMatchesPod(pod, node)) return false;
  return !constraint.honorTaints || firstUntoleratedTaint(node.spec?.taints ?? [], pod.spec.tolerations ?? [], ["NoSchedule", "NoExecute"]) === undefined;
}

// Remembered per picture of a node: one pod placed changes one node's picture, and only that one is counted again.
const remembered = new WeakMap<NodeInfo, Map<string, number>>();

/** Does the constraint count this pod? A selector that asks for nothing counts nobody, and terminating pods do not count. Upstream: countPodsMatchSelector. */
export function isCounted({ selector }: Constraint, { metadata }: Pod, namespace: string): boolean {
  return selector.requirements.length > 0 && metadata.deletionTimestamp === undefined && (metadata.namespace ?? "") === namespace && matches(selector, metadata.labels);
}

/** Pods of a namespace on a node that the constraint counts. */
export function countPods(info: NodeInfo, constraint: Constraint, namespace: string): number {
  let known = remembered.get(info);
  if (!known) remembered.set(info, (known = new Map()));
  const key = `${namespace}\n${constraint.text}`;
  let count = known.get(key);
  if (count === undefined) {
    count = 0;
    for (const pod of info.pods) if (isCounted(constraint, pod, namespace)) count += 1;
    known.set(key, count);
  }
  return count;
}
