/** What objects cost a ResourceQuota. Upstream: k8s.io/kubernetes/pkg/quota/v1/evaluator. */
import { CONFIG_MAP, PERSISTENT_VOLUME_CLAIM, POD, REPLICATION_CONTROLLER, RESOURCE_QUOTA, SECRET, SERVICE } from "../../../apimachinery/kinds";
import { partsOfKind, type KindId, type KubeObject } from "../../../apimachinery/meta";
import { asksAsWhole, podLimits, podRequests, qosClass } from "../../../apimachinery/qos";
import { addQuantities, compareQuantities, formatQuantity, quantityFrom, quantityOf, type Quantity } from "../../../apimachinery/quantity";
import { compareStrings } from "../../../apimachinery/compare";
import { instantOf } from "../../../apimachinery/time";
import type { PersistentVolumeClaim } from "../persistentvolumeclaim/persistentvolumeclaim";
import { isChanging, withHeldAmounts } from "../pod/held-amounts";
import type { Pod } from "../pod/pod";
import type { ResourceQuota, ScopeRequirement } from "./index";
import type { Service } from "../service/service";

/** Amounts by resource. */
export type Usage = ReadonlyMap<string, Quantity>;

const ONE = quantityOf(1);
const ZERO = quantityOf(0);
/** Kinds a quota has an old name for. */
const NAMED: ReadonlyMap<KindId, string> = new Map([
  [CONFIG_MAP, "configmaps"],
  [SECRET, "secrets"],
  [REPLICATION_CONTROLLER, "replicationcontrollers"],
  [RESOURCE_QUOTA, "resourcequotas"],
]);
/** Resources of containers a quota may make compulsory. */
const COMPULSORY = ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"];
const CHARGED = ["cpu", "memory", "ephemeral-storage"];

type AboutPod = Parameters<typeof podRequests>[0];

function compute(requests: ReadonlyMap<string, Quantity>, limits: ReadonlyMap<string, Quantity>): Map<string, Quantity> {
  const usage = new Map<string, Quantity>();
  for (const [name, amount] of requests) {
    if (CHARGED.includes(name)) usage.set(name, amount);
    usage.set(`requests.${name}`, amount);
    if (name.startsWith("hugepages-")) usage.set(name, amount);
  }
  for (const [name, amount] of limits) if (CHARGED.includes(name)) usage.set(`limits.${name}`, amount);
  return usage;
}

/** When a pod on its way out is no longer paid for: as long again after the end of its grace as that grace was. Upstream: QuotaV1Pod. */
export function paidUntil({ metadata }: Pod): number | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds: grace } = metadata;
  const end = instantOf(deletionTimestamp ?? "");
  return end === undefined || grace === undefined ? undefined : end + grace * 1000;
}

function podUsage(pod: Pod, now: number): Map<string, Quantity> {
  // What has ended runs no more and costs nothing but its entry in the count of objects; nor does what is stuck on a lost node.
  if (pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed" || now > (paidUntil(pod) ?? Infinity)) return new Map();
  const held = isChanging(pod) ? withHeldAmounts(pod) : pod;
  return compute(podRequests(held as unknown as AboutPod), podLimits(pod as unknown as AboutPod)).set("pods", ONE);
}

function claimUsage(claim: PersistentVolumeClaim): Map<string, Quantity> {
  const usage = new Map<string, Quantity>([["persistentvolumeclaims", ONE]]);
  const storage = quantityFrom((claim.spec.resources?.requests as Readonly<Record<string, string>> | undefined)?.["storage"] ?? "0");
  usage.set("requests.storage", storage);
  const name = claim.metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? claim.spec.storageClassName;
  if (name === undefined || name === "") return usage;
  return usage.set(`${name}.storageclass.storage.k8s.io/persistentvolumeclaims`, ONE).set(`${name}.storageclass.storage.k8s.io/requests.storage`, storage);
}

function serviceUsage({ spec }: Service): Map<string, Quantity> {
  const usage = new Map<string, Quantity>([["services", ONE], ["services.loadbalancers", ZERO], ["services.nodeports", ZERO]]);
  const ports = spec.ports ?? [];
  if (spec.type === "NodePort") usage.set("services.nodeports", quantityOf(ports.length));
  if (spec.type === "LoadBalancer") {
    const open = spec.allocateLoadBalancerNodePorts === false ? ports.filter((port) => (port.nodePort ?? 0) !== 0) : ports;
    usage.set("services.loadbalancers", ONE).set("services.nodeports", quantityOf(open.length));
  }
  return usage;
}

/** What one object costs at a moment, by every resource a quota may speak of. `plural` is its resource's name. */
export function usageOf(kind: KindId, plural: string, object: KubeObject, now: number): Usage {
  const { group } = partsOfKind(kind);
  const usage = kind === POD ? podUsage(object as Pod, now) : kind === PERSISTENT_VOLUME_CLAIM ? claimUsage(object as PersistentVolumeClaim) : kind === SERVICE ? serviceUsage(object as Service) : new Map<string, Quantity>();
  const named = NAMED.get(kind);
  if (named !== undefined) usage.set(named, ONE);
  return usage.set(`count/${plural}${group === "" ? "" : `.${group}`}`, ONE);
}

/** The scopes of a quota, in both ways of writing them. */
function scopesOf(quota: ResourceQuota): readonly ScopeRequirement[] {
  const plain = (quota.spec?.scopes ?? []).map((scopeName): ScopeRequirement => ({ scopeName, operator: "Exists" }));
  return [...plain, ...(quota.spec?.scopeSelector?.matchExpressions ?? [])];
}

/** Does a name, or none, meet a scope that is about names? */
function named(name: string, { operator, values = [] }: ScopeRequirement): boolean {
  if (operator === "Exists") return name !== "";
  if (operator === "DoesNotExist") return name === "";
  return operator === "In" ? values.includes(name) : !values.includes(name);
}

interface AffinityTerms {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly AffinityTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly { readonly podAffinityTerm: AffinityTerm }[];
}

interface AffinityTerm {
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: unknown;
}

/** Does a pod's (anti-)affinity look at pods of namespaces it names, be it its own? */
function looksAbroad({ affinity }: Pod["spec"]): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some((terms) => {
    const { requiredDuringSchedulingIgnoredDuringExecution: required = [], preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } = (terms ?? {}) as AffinityTerms;
    return [...required, ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)].some(({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || (namespaceSelector ?? undefined) !== undefined);
  });
}

function podInScope(pod: Pod, scope: ScopeRequirement): boolean {
  const deadline = (pod.spec as { readonly activeDeadlineSeconds?: number }).activeDeadlineSeconds;
  switch (scope.scopeName) {
    case "Terminating":
      return deadline !== undefined;
    case "NotTerminating":
      return deadline === undefined;
    case "BestEffort":
      return qosClass(pod as unknown as AboutPod) === "BestEffort";
    case "NotBestEffort":
      return qosClass(pod as unknown as AboutPod) !== "BestEffort";
    case "PriorityClass":
      return named(pod.spec.priorityClassName ?? "", scope);
    case "CrossNamespacePodAffinity":
      return looksAbroad(pod.spec);
    default:
      return false;
  }
}

interface ModifiedStatus {
  readonly currentVolumeAttributesClassName?: string;
  readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string };
}

/** A claim belongs to the class it asks for, to that it has, and to that it is on its way to. */
function claimInScope({ spec, status }: PersistentVolumeClaim, scope: ScopeRequirement): boolean {
  if (scope.scopeName !== "VolumeAttributesClass") return false;
  const { currentVolumeAttributesClassName: current, modifyVolumeStatus: change } = (status ?? {}) as ModifiedStatus;
  const classes = [spec.volumeAttributesClassName, current, change?.targetVolumeAttributesClassName].filter((name): name is string => name !== undefined && name !== "");
  return (classes.length === 0 ? [""] : classes).some((name) => named(name, scope));
}

/** Does a quota count this object? Only pods and claims have scopes. */
export function counts(quota: ResourceQuota, kind: KindId, object: KubeObject): boolean {
  const scopes = scopesOf(quota);
  if (kind === POD) return scopes.every((scope) => podInScope(object as Pod, scope));
  if (kind === PERSISTENT_VOLUME_CLAIM) return scopes.every((scope) => claimInScope(object as PersistentVolumeClaim, scope));
  return scopes.length === 0;
}

/** What a quota's namespace uses of what it limits; every limited resource is named. `list` gives the namespace's objects of a kind. */
export function usedIn(quota: ResourceQuota, kinds: readonly (readonly [kind: KindId, plural: string])[], list: (kind: KindId, namespace: string) => readonly KubeObject[], now: number): Usage {
  const hard = Object.keys(quota.spec?.hard ?? {}).sort(compareStrings);
  const total = new Map<string, Quantity>(hard.map((name) => [name, ZERO]));
  const namespace = quota.metadata.namespace ?? "";
  for (const [kind, plural] of kinds) {
    for (const object of list(kind, namespace)) {
      if (!counts(quota, kind, object)) continue;
      for (const [name, amount] of usageOf(kind, plural, object, now)) {
        const before = total.get(name);
        if (before !== undefined) total.set(name, addQuantities(before, amount));
      }
    }
  }
  return total;
}

/** `a=1,b=2`, as refusals print amounts. */
export function usageText(names: readonly string[], usage: Usage): string {
  return names.map((name) => `${name}=${formatQuantity(usage.get(name) ?? ZERO)}`).join(",");
}

/** The limited resources of which more is asked for than there is. */
export function exceeded(quota: ResourceQuota, used: Usage, asked: Usage): readonly string[] {
  return [...asked.keys()].sort(compareStrings).filter((name) => {
    const limit = quota.spec?.hard?.[name];
    return limit !== undefined && compareQuantities(addQuantities(used.get(name) ?? ZERO, asked.get(name) ?? ZERO), quantityFrom(limit)) > 0;
  });
}

/** Which containers fail to name an amount the quota insists on: `limits.memory for: c; requests.cpu for: c`. A pod that asks as a whole need not name any. */
export function unspecified(quota: ResourceQuota, pod: Pod): string {
  const { resources: whole } = pod.spec as unknown as AboutPod["spec"];
  if (whole && (asksAsWhole({ spec: { resources: whole } }) || asksAsWhole({ spec: { resources: { requests: whole.limits ?? {} } } }))) return "";
  const wanted = Object.keys(quota.spec?.hard ?? {}).filter((name) => COMPULSORY.includes(name)).sort(compareStrings);
  const lists = (list: Readonly<Record<string, unknown>> | undefined): ReadonlyMap<string, Quantity> => new Map(Object.entries(list ?? {}).map(([name, value]) => [name, quantityFrom(value)]));
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  return wanted
    .flatMap((name) => {
      const lacking = containers.filter(({ resources }) => !compute(lists(resources?.requests), lists(resources?.limits)).has(name)).map((container) => container.name);
      return lacking.length === 0 ? [] : [`${name} for: ${[...new Set(lacking)].sort(compareStrings).join(",")}`];
    })
    .join("; ");
}
