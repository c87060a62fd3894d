/** What a pod asks of a node, and how dear it is to it. Upstream: `component-helpers/resource`, `apis/core/v1/helper/qos`. */
import { compareStrings } from "./compare";
import { addQuantities, compareQuantities, formatQuantity, quantityFrom, type Quantity } from "./quantity";

/** Requests or limits as a manifest holds them. */
export type ResourceList = Readonly<Record<string, string | number | undefined>>;

interface Resources {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
}

/** What of a container counts here. */
export interface ResourceContainer {
  readonly name?: string;
  readonly restartPolicy?: string;
  readonly resources?: Resources;
}

/** What of a pod counts here. */
export interface ResourcePod {
  readonly spec: {
    readonly containers?: readonly ResourceContainer[];
    readonly initContainers?: readonly ResourceContainer[];
    readonly overhead?: ResourceList;
    readonly resources?: Resources;
  };
}

type Amounts = Map<string, Quantity>;

function amounts(list: ResourceList | undefined): Amounts {
  const result: Amounts = new Map();
  for (const [name, value] of Object.entries(list ?? {})) if (value !== undefined) result.set(name, quantityFrom(value));
  return result;
}

function add(into: Amounts, more: Amounts): void {
  for (const [name, value] of more) {
    const present = into.get(name);
    into.set(name, present === undefined ? value : addQuantities(present, value));
  }
}

function raise(into: Amounts, more: Amounts): void {
  for (const [name, value] of more) {
    const present = into.get(name);
    if (present === undefined || compareQuantities(value, present) > 0) into.set(name, value);
  }
}

/** Is the resource somebody's own, beyond those Kubernetes knows? Upstream: `IsExtendedResourceName`. */
export function isExtendedResource(name: string): boolean {
  return name.includes("/") && !name.includes("kubernetes.io/") && !name.startsWith("requests.");
}

/** Are any requests of the pod as a whole set, of a kind that a pod can set as a whole? Upstream: `IsPodLevelRequestsSet`. */
export function asksAsWhole({ spec }: ResourcePod): boolean {
  return Object.keys(spec.resources?.requests ?? {}).some(isOfWhole);
}

const isOfWhole = (name: string): boolean => name === "cpu" || name === "memory" || name.startsWith("hugepages-");

function effective(pod: ResourcePod, side: "requests" | "limits"): Amounts {
  const total: Amounts = new Map();
  for (const container of pod.spec.containers ?? []) add(total, amounts(container.resources?.[side]));
  const sidecars: Amounts = new Map();
  const peak: Amounts = new Map();
  for (const container of pod.spec.initContainers ?? []) {
    const own = amounts(container.resources?.[side]);
    if (container.restartPolicy === "Always") {
      add(total, own);
      add(sidecars, own);
      raise(peak, sidecars);
    } else {
      const during: Amounts = new Map(own);
      add(during, sidecars);
      raise(peak, during);
    }
  }
  raise(total, peak);
  for (const [name, value] of amounts(pod.spec.resources?.[side])) {
    if (isOfWhole(name)) total.set(name, value);
  }
  const overhead = amounts(pod.spec.overhead);
  for (const [name, value] of overhead) {
    const present = total.get(name);
    // A limit nobody set, or one of nought, is not made by overhead.
    if (side === "requests" || (present !== undefined && present.unscaled !== 0n)) total.set(name, present === undefined ? value : addQuantities(present, value));
  }
  return total;
}

/** The pod's effective requests as exact amounts: containers together, or the dearest moment of its start, plus overhead. */
export function podRequests(pod: ResourcePod): ReadonlyMap<string, Quantity> {
  return effective(pod, "requests");
}

/** The pod's effective limits, as {@link podRequests}. */
export function podLimits(pod: ResourcePod): ReadonlyMap<string, Quantity> {
  return effective(pod, "limits");
}

/** Amounts in the API's spelling, in order of name. */
export function resourceList(list: ReadonlyMap<string, Quantity>): Readonly<Record<string, string>> {
  return Object.fromEntries([...list].sort(([a], [b]) => compareStrings(a, b)).map(([name, value]) => [name, formatQuantity(value)]));
}

const QOS_RESOURCES = ["cpu", "memory"];

/** The class that decides who is evicted and killed first. Upstream: `ComputePodQOS`. */
export function qosClass(pod: ResourcePod): "Guaranteed" | "Burstable" | "BestEffort" {
  const requests: Amounts = new Map();
  const limits: Amounts = new Map();
  let guaranteed = true;
  const whole = pod.spec.resources ?? undefined;
  const parts = whole !== undefined ? [{ resources: whole }] : [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])];
  for (const { resources } of parts) {
    add(requests, positive(resources?.requests));
    const own = positive(resources?.limits);
    if (own.size < QOS_RESOURCES.length) guaranteed = false;
    add(limits, own);
  }
  if (requests.size === 0 && limits.size === 0) return "BestEffort";
  if (!guaranteed || requests.size !== limits.size) return "Burstable";
  for (const [name, value] of requests) {
    const limit = limits.get(name);
    if (limit === undefined || compareQuantities(limit, value) !== 0) return "Burstable";
  }
  return "Guaranteed";
}

function positive(list: ResourceList | undefined): Amounts {
  return new Map([...amounts(list)].filter(([name, value]) => QOS_RESOURCES.includes(name) && value.unscaled > 0n));
}
