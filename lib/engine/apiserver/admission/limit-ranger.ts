import { forbidden } from "../../apimachinery/api-error";
import { compareStrings } from "../../apimachinery/compare";
import { LIMIT_RANGE, PERSISTENT_VOLUME_CLAIM, POD } from "../../apimachinery/kinds";
import { podLimits, podRequests, qosClass, resourceList, type ResourceList } from "../../apimachinery/qos";
import { compareQuantities, formatQuantity, quantityFrom, quantityMilli, type Quantity } from "../../apimachinery/quantity";
import type { LimitRange, LimitRangeItem } from "../../resources/core/limitrange/index";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Container, Pod } from "../../resources/core/pod/pod";
import { isObject } from "../../resources/json-object";
import type { ObjectStore } from "../../store/store";
import type { AdmissionPlugin } from "../request";

const ANNOTATION = "kubernetes.io/limit-ranger";

function rangesIn(store: ObjectStore, namespace: string): readonly LimitRange[] {
  return store.count(LIMIT_RANGE) === 0 ? [] : (store.list(LIMIT_RANGE, namespace) as readonly LimitRange[]);
}

const itemsOf = (range: LimitRange, type: string): readonly LimitRangeItem[] => (range.spec?.limits ?? []).filter((item) => item.type === type);
const sortedNames = (list: ResourceList | undefined): readonly string[] => Object.keys(list ?? {}).sort(compareStrings);

/** A container with the amounts it lacks, and what was filled in, for the annotation. */
function completed(container: Container, items: readonly LimitRangeItem[], word: string, told: string[]): Container {
  let { limits, requests }: { limits?: ResourceList; requests?: ResourceList } = container.resources ?? {};
  const fill = (given: ResourceList | undefined, defaults: ResourceList | undefined, what: string): ResourceList | undefined => {
    const missing = sortedNames(defaults).filter((name) => given?.[name] === undefined);
    if (missing.length === 0) return given;
    told.push(`${missing.join(", ")} ${what} for ${word} ${container.name}`);
    return { ...given, ...Object.fromEntries(missing.map((name) => [name, defaults?.[name]])) };
  };
  for (const item of items) {
    requests = fill(requests, item.defaultRequest, "request");
    limits = fill(limits, item.default, "limit");
  }
  const same = limits === container.resources?.limits && requests === container.resources?.requests;
  return same ? container : ({ ...container, resources: { ...container.resources, ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) } } as Container);
}

function withDefaults(pod: Pod, ranges: readonly LimitRange[]): Pod | undefined {
  // What is no container at all is for validation to refuse, not for us to fall over.
  if (![pod.spec.containers, pod.spec.initContainers ?? []].every((list) => Array.isArray(list) && list.every(isObject))) return undefined;
  let next = pod;
  for (const range of ranges) {
    const told: string[] = [];
    const items = itemsOf(range, "Container");
    const containers = next.spec.containers.map((container) => completed(container, items, "container", told));
    const initContainers = next.spec.initContainers?.map((container) => completed(container, items, "init container", told));
    if (told.length === 0) continue;
    const spec = { ...next.spec, containers, ...(initContainers ? { initContainers } : {}) };
    // As upstream, the last LimitRange that filled something in has the last word.
    const annotations = { ...next.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${told.join("; ")}` };
    next = { ...next, metadata: { ...next.metadata, annotations }, spec } as Pod;
  }
  if (next === pod) return undefined;
  return { ...next, status: { ...next.status, qosClass: qosClass(next as unknown as Parameters<typeof qosClass>[0]) } } as Pod;
}

/** A ratio with six digits behind the point, as Go prints a float. */
function ratioText(limit: bigint, request: bigint): string {
  const rounded = ((limit * 10_000_000n) / request + 5n) / 10n;
  return `${rounded / 1_000_000n}.${(rounded % 1_000_000n).toString().padStart(6, "0")}`;
}

interface Amounts {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

/** What one item of a LimitRange has against these amounts. Claims have requests alone, so their limits are not asked for. */
function complaints(item: LimitRangeItem, { requests, limits }: Amounts, requestsOnly: boolean): readonly string[] {
  const found: string[] = [];
  const amount = (list: ResourceList, name: string): Quantity | undefined => (list[name] === undefined ? undefined : quantityFrom(list[name]));
  const check = (side: "min" | "max", name: string): void => {
    const bound = quantityFrom(item[side]?.[name]);
    const words = `${side === "min" ? "minimum" : "maximum"} ${name} usage per ${item.type} is ${formatQuantity(bound)}`;
    const [request, limit] = [amount(requests, name), amount(limits, name)];
    const beyond = (value: Quantity): boolean => (side === "min" ? compareQuantities(value, bound) < 0 : compareQuantities(value, bound) > 0);
    const asked = side === "min" || requestsOnly ? request : limit;
    const word = side === "min" || requestsOnly ? "request" : "limit";
    if (asked === undefined) found.push(`${words}.  No ${word} is specified`);
    else if (beyond(asked)) found.push(`${words}, but ${word} is ${formatQuantity(asked)}`);
    else if (!requestsOnly) {
      const other = word === "request" ? limit : request;
      if (other !== undefined && beyond(other)) found.push(`${words}, but ${word === "request" ? "limit" : "request"} is ${formatQuantity(other)}`);
    }
  };
  for (const name of sortedNames(item.min)) check("min", name);
  for (const name of sortedNames(item.max)) check("max", name);
  if (requestsOnly) return found;
  for (const name of sortedNames(item.maxLimitRequestRatio)) {
    const bound = quantityFrom(item.maxLimitRequestRatio?.[name]);
    const words = `${name} max limit to request ratio per ${item.type} is ${formatQuantity(bound)}`;
    const [request, limit] = [requests, limits].map((list) => quantityMilli(quantityFrom(list[name] ?? "0")));
    if (request === undefined || request === 0n) found.push(`${words}, but no request is specified or request is 0`);
    else if (limit === undefined || limit === 0n) found.push(`${words}, but no limit is specified or limit is 0`);
    else if (limit * 1000n > quantityMilli(bound) * request) found.push(`${words}, but provided ratio is ${ratioText(limit, request)}`);
  }
  return found;
}

function podComplaints(pod: Pod, range: LimitRange): readonly string[] {
  const of = (container: Container): Amounts => ({ requests: container.resources?.requests ?? {}, limits: container.resources?.limits ?? {} });
  return (range.spec?.limits ?? []).flatMap((item) => {
    if (item.type === "Container") return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap((container) => complaints(item, of(container), false));
    if (item.type !== "Pod") return [];
    const about = pod as unknown as Parameters<typeof podRequests>[0];
    return complaints(item, { requests: resourceList(podRequests(about)), limits: resourceList(podLimits(about)) }, false);
  });
}

function refuse(plural: string, kind: string, name: string, found: readonly string[]): void {
  if (found.length === 0) return;
  const [only] = found;
  throw forbidden({ group: "", plural, kind }, name, found.length === 1 && only !== undefined ? only : `[${found.join(", ")}]`);
}

/** Containers get a namespace's default amounts, and what is out of its bounds is refused. Upstream: plugin/pkg/admission/limitranger. */
export const limitRanger: AdmissionPlugin = {
  name: "LimitRanger",
  alters: new Set([POD]),
  onlyNew: true,
  judges: new Set([POD, PERSISTENT_VOLUME_CLAIM]),
  mutate({ operation, definition, object, ref }, { store }) {
    if (operation !== "CREATE" || definition.kind !== POD || !object) return undefined;
    const ranges = rangesIn(store, ref.namespace);
    return ranges.length === 0 ? undefined : withDefaults(object as Pod, ranges);
  },
  validate({ operation, definition, object, ref, subresource }, { store }) {
    if (operation === "DELETE" || !object) return;
    const isPod = definition.kind === POD;
    // A pod's amounts are settled when it is made and when it is resized.
    if (isPod ? (operation === "CREATE" ? subresource !== "" : subresource !== "resize") : subresource !== "" || definition.kind !== PERSISTENT_VOLUME_CLAIM) return;
    for (const range of rangesIn(store, ref.namespace)) {
      if (isPod) refuse("pods", "Pod", ref.name, podComplaints(object as Pod, range));
      else {
        const requests = ((object as PersistentVolumeClaim).spec.resources?.requests ?? {}) as ResourceList;
        const found = itemsOf(range, "PersistentVolumeClaim").flatMap((item) => complaints(item, { requests, limits: {} }, true));
        refuse("persistentvolumeclaims", "PersistentVolumeClaim", ref.name, found);
      }
    }
  },
};
