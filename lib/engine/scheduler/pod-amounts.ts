import { quantityMilli, quantityValue } from "../apimachinery/quantity";
import { asksAsWhole, isExtendedResource, podRequests, type ResourceContainer, type ResourcePod } from "../apimachinery/qos";
import { isChanging, withHeldAmounts } from "../resources/core/pod/held-amounts";
import type { Container, Pod, PodSpec } from "../resources/core/pod/pod";

/** Amounts as the scheduler counts them: milli-CPU, bytes, and whole units of anything else. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
  readonly scalar: ReadonlyMap<string, number>;
}

/** What a pod asks for, and what scoring takes it to ask for when it does not say. */
export interface PodAmounts {
  readonly asked: Amounts;
  /** CPU and memory with 100m and 200 MB for each container that names none, as a pod on its node counts. */
  readonly assumedCpu: number;
  readonly assumedMemory: number;
  /** The same of a newcomer: of its containers alone, whatever the pod asks for as a whole. Upstream: NodeResourcesFit's scorer. */
  readonly wanted: Amounts;
}

/** What a container that does not say is taken to want: 100m and 200 MB. */
const ASSUMED: Readonly<Record<string, string>> = { cpu: "100m", memory: String(200 * 1024 * 1024) };

// What a spec asks for never changes while the spec does not; a pure memory of it may outlive any cluster.
const known = new WeakMap<PodSpec, PodAmounts>();
// Pods of one template ask for the same; what a text of requests comes to is remembered too, up to a number.
const byText = new Map<string, PodAmounts>();
const REMEMBERED = 2000;
// Of a pod with one container and nothing beside it: what that container asks for says it all, and pods of one template share it.
const byAsking = new WeakMap<NonNullable<Container["resources"]>, PodAmounts>();

/** What the pod's only container asks for, if that is all that counts. */
function onlyAsking(spec: PodSpec): Container["resources"] {
  const { resources, overhead } = spec as PodSpec & { readonly resources?: unknown; readonly overhead?: unknown };
  return spec.containers.length === 1 && (spec.initContainers ?? []).length === 0 && resources === undefined && overhead === undefined ? (spec.containers[0] as Container).resources : undefined;
}

function askingText(spec: PodSpec): string {
  const { resources, overhead } = spec as PodSpec & { readonly resources?: unknown; readonly overhead?: unknown };
  return JSON.stringify([spec.containers.map((container) => container.resources), (spec.initContainers ?? []).map((container) => [container.resources, container.restartPolicy]), resources, overhead]);
}

/** A pod's effective requests. While they change in place, whichever is more of old and new. Upstream: PodInfo.calculateResource. */
export function amountsOf(pod: Pod): PodAmounts {
  if (isChanging(pod)) return reckon(withHeldAmounts(pod));
  const asking = onlyAsking(pod.spec);
  const shared = asking && byAsking.get(asking);
  if (shared) return shared;
  const found = known.get(pod.spec);
  if (found) return found;
  const text = askingText(pod.spec);
  let amounts = byText.get(text);
  if (!amounts) {
    if (byText.size >= REMEMBERED) byText.clear();
    byText.set(text, (amounts = reckon(pod)));
  }
  if (asking) byAsking.set(asking, amounts);
  else known.set(pod.spec, amounts);
  return amounts;
}

function reckon(pod: Pod): PodAmounts {
  const exact = podRequests(pod);
  const missing = asksAsWhole(pod) ? Object.keys(ASSUMED).filter((name) => !exact.has(name)) : Object.keys(ASSUMED);
  const assumed = missing.length === 0 ? exact : podRequests(withDefaults(pod, missing));
  const { resources: _whole, ...spec } = pod.spec;
  return {
    asked: counted(exact),
    assumedCpu: milli(assumed.get("cpu")),
    assumedMemory: whole(assumed.get("memory")),
    wanted: counted(podRequests(withDefaults({ spec }, Object.keys(ASSUMED)))),
  };
}

type Quantities = ReturnType<typeof podRequests>;

function counted(quantities: Quantities): Amounts {
  const scalar = new Map<string, number>();
  for (const [name, quantity] of quantities) if (isScalar(name)) scalar.set(name, whole(quantity));
  return { cpu: milli(quantities.get("cpu")), memory: whole(quantities.get("memory")), storage: whole(quantities.get("ephemeral-storage")), scalar };
}

const milli = (quantity: Parameters<typeof quantityMilli>[0] | undefined): number => (quantity ? Number(quantityMilli(quantity)) : 0);
const whole = (quantity: Parameters<typeof quantityValue>[0] | undefined): number => (quantity ? Number(quantityValue(quantity)) : 0);

/** Does the scheduler count a resource it knows nothing of? Upstream: IsScalarResourceName. */
export function isScalar(name: string): boolean {
  return isExtendedResource(name) || name.startsWith("hugepages-") || name.includes("kubernetes.io/") || name.startsWith("attachable-volumes-");
}

function withDefaults({ spec }: ResourcePod, missing: readonly string[]): ResourcePod {
  const defaults = Object.fromEntries(missing.map((name) => [name, ASSUMED[name]]));
  const fill = (container: ResourceContainer): ResourceContainer => ({ ...container, resources: { ...container.resources, requests: { ...defaults, ...container.resources?.requests } } });
  return { spec: { ...spec, containers: (spec.containers ?? []).map(fill), initContainers: (spec.initContainers ?? []).map(fill) } };
}
