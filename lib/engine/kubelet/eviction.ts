import { formatQuantity, bytesOf, quantityOf, quantityValue } from "../apimachinery/quantity";
import { podLimits, type ResourcePod } from "../apimachinery/qos";
import type { Container, Pod } from "../resources/core/pod/pod";
import { millis } from "../sim/clock";
import { rankForEviction, type Candidate } from "./eviction-order";
import { canonicalImage } from "./image-name";
import { dropImages, imagesOn } from "./layers";
import { aboutNode, aboutPod, allContainers, podOf, remember, type Kubelet, type KubeletPod, type Pressure } from "./kubelet-pod";
import { reportPressure } from "./node";
import { isCriticalPod, oomScore } from "./oom-score";
import { diskOf, LEAST_MEMORY, memoryOf, podDisk, RESOURCE, SCARCE, supplyOf, supplyText, type Scarce, type Supply } from "./shortage";
import { TIMERS } from "../sim/timers";

/** How often a kubelet compares what is left with its thresholds. Upstream: monitoringInterval. */
const PERIOD = TIMERS.pods.evictionCheck.ms;
/** From the last shortage until the machine says it is over. Upstream: evictionPressureTransitionPeriod. */
const TRANSITION = TIMERS.pods.pressureTransition.ms;
/** Seconds a pod has that must go at once. Upstream: immediateEvictionGracePeriodSeconds. */
const GRACE = 1;

const inBytes = (value: number): string => formatQuantity(quantityOf(value, "BinarySI"));

/** Does a pod promise to keep its files within a limit? */
export function limitsStorage(pod: Pod): boolean {
  if ((pod.spec.volumes ?? []).some((volume) => volume.emptyDir?.sizeLimit !== undefined && volume.emptyDir.medium !== "Memory")) return true;
  return allContainers(pod).some((container) => container.resources?.limits?.["ephemeral-storage"] !== undefined);
}

/** What processes of a machine use has changed: when that may matter, the kubelet looks. Costs nothing otherwise. */
export function usageChanged(kubelet: Kubelet, node: string): void {
  const capacity = memoryOf(kubelet, node);
  if (capacity - kubelet.machines.memoryOn(node) < LEAST_MEMORY) kubelet.lookAt(node);
}

/** There are more processes on a machine: when their numbers may run out, the kubelet looks at its next turn. */
export function forked(kubelet: Kubelet, node: string): void {
  if (kubelet.optionsOf(node)?.pids !== undefined) bookCheck(kubelet, node);
}

/** A file tree has grown: when its pod or its machine has a limit, the kubelet looks at its next turn. */
export function filesGrew(kubelet: Kubelet, tree: string): void {
  const record = kubelet.pods.get(tree.slice(2).split("/")[0] ?? "");
  if (record && (record.limited === true || diskOf(kubelet, record.node) !== undefined)) bookCheck(kubelet, record.node);
}

/** A kubelet has just started: what lies on its disk has stayed, so that may be short at once. */
export function diskMayBeShort(kubelet: Kubelet, node: string): void {
  if (diskOf(kubelet, node) !== undefined) bookCheck(kubelet, node);
}

/** Books the next comparison, at the next whole period. */
function bookCheck(kubelet: Kubelet, node: string): void {
  bookAt(kubelet, node, (Math.trunc(kubelet.clock.now() / PERIOD) + 1) * PERIOD);
}

/** Books a comparison; the soonest counts. */
function bookAt(kubelet: Kubelet, node: string, due: number): void {
  const booked = kubelet.checks.get(node);
  if (booked !== undefined && booked <= due) return;
  kubelet.checks.set(node, due);
  kubelet.after(millis(due - kubelet.clock.now()), { k: "check", node });
}

/** Memory is short or gone: gone, and the kernel kills; short, and the kubelet's next turn decides. */
export function lookAtMemory(kubelet: Kubelet, node: string): void {
  const capacity = memoryOf(kubelet, node);
  for (let tries = 0; tries < 1000 && kubelet.machines.memoryOn(node) > capacity; tries += 1) if (!killForMemory(kubelet, node, capacity)) break;
  if (capacity - kubelet.machines.memoryOn(node) < LEAST_MEMORY) bookCheck(kubelet, node);
}

/** Kills the process the kernel would: the one with the highest share of memory plus its adjustment. */
function killForMemory(kubelet: Kubelet, node: string, capacity: number): boolean {
  let worst: { readonly record: KubeletPod; readonly name: string; readonly score: number } | undefined;
  for (const record of live(kubelet, node)) {
    const { pod } = podOf(kubelet, record);
    for (const container of pod ? allContainers(pod) : []) {
      const used = kubelet.machines.containerUsage(record.uid, container.name).memoryBytes;
      const score = used === 0 || !pod ? -1 : Math.trunc((1000 * used) / capacity) + oomScore(pod, container, capacity);
      if (used > 0 && (worst === undefined || score > worst.score)) worst = { record, name: container.name, score };
    }
  }
  const killed = worst && kubelet.machines.killForMemory(worst.record.uid, worst.name);
  if (!worst || killed === undefined) return false;
  kubelet.event(node)(aboutNode(node), "Warning", "SystemOOM", `System OOM encountered, victim process: ${killed}, pid: 1`);
  return true;
}

/** Pods of a machine that the kubelet keeps running. */
function live(kubelet: Kubelet, node: string): readonly KubeletPod[] {
  return kubelet.podsOn(node).filter((record) => !record.finished && !record.failure && !record.ended && record.stopping === undefined);
}

/** One comparison of what is left with what must be. Upstream: managerImpl.synchronize. */
export function checkPressure(kubelet: Kubelet, node: string): void {
  const due = kubelet.checks.get(node);
  // One booked before a sooner one was.
  if (due === undefined || due > kubelet.clock.now()) return;
  kubelet.checks.delete(node);
  const machine = kubelet.machines.machine(node);
  if (!machine?.powered || kubelet.isBooting(node)) return;
  if (evictForLimits(kubelet, node)) return bookCheck(kubelet, node);
  const now = kubelet.clock.now();
  const before = kubelet.pressure.get(node) ?? {};
  const supplies = SCARCE.map((what) => ({ what, supply: supplyOf(kubelet, node, what) }));
  const short = supplies.flatMap(({ what, supply }) => (supply && supply.left < supply.least ? [{ what, supply }] : []));
  const after: Pressure = Object.fromEntries(
    SCARCE.flatMap((what) => {
      const since = short.some((one) => one.what === what) ? now : before[what];
      return since !== undefined && now - since < TRANSITION ? [[what, since]] : [];
    }),
  );
  const since = Object.values(after);
  if (since.length === 0) kubelet.pressure.delete(node);
  else kubelet.pressure.set(node, after);
  reportPressure(kubelet, node, before, after);
  const [first] = short;
  if (first) {
    reclaim(kubelet, node, first.what, first.supply);
    bookCheck(kubelet, node);
  } else if (since.length > 0) bookAt(kubelet, node, Math.min(...since) + TRANSITION);
}

const EMPTY = { apiVersion: "v1", kind: "Pod", metadata: {}, spec: { containers: [] } } as unknown as Pod;

/** Makes room: of disk by taking away images no container uses, and when that is not enough, or of anything else, by sending a pod away. */
function reclaim(kubelet: Kubelet, node: string, what: Scarce, supply: Supply): void {
  kubelet.event(node)(aboutNode(node), "Warning", "EvictionThresholdMet", `Attempting to reclaim ${RESOURCE[what]}`);
  if (what === "disk") dropUnusedImages(kubelet, node);
  const now = what === "disk" ? (supplyOf(kubelet, node, what) ?? supply) : supply;
  if (now.left < now.least) evictFirst(kubelet, node, what, now);
}

function dropUnusedImages(kubelet: Kubelet, node: string): void {
  const used = new Set(kubelet.podsOn(node).flatMap((record) => (record.finished ? [] : allContainers(podOf(kubelet, record).pod ?? EMPTY).map((container) => `${node} ${canonicalImage(container.image ?? "")}`))));
  dropImages(kubelet, node, [...imagesOn(kubelet, node).keys()].filter((key) => !used.has(key)));
}

/** Sends away the first pod in the order of eviction; critical ones stay. */
function evictFirst(kubelet: Kubelet, node: string, what: Scarce, supply: Supply): void {
  const records = new Map(live(kubelet, node).map((record) => [record.uid, record]));
  const candidates = [...records.values()].flatMap((record): readonly Candidate[] => {
    const { pod } = podOf(kubelet, record);
    if (!pod) return [];
    return [{ pod, stats: { memoryBytes: kubelet.machines.usage(record.uid).memoryBytes, diskBytes: podDisk(kubelet, record, pod), processes: kubelet.machines.processesOf(record.uid) } }];
  });
  for (const { pod } of rankForEviction(candidates, what)) {
    const record = records.get(pod.metadata.uid);
    if (!record || isCriticalPod(pod)) continue;
    const details = what === "pid" ? "" : allContainers(pod).map((container) => consumption(kubelet, record, container, what)).join("");
    return evict(kubelet, record, `The node was low on resource: ${RESOURCE[what]}. ${supplyText(what, supply)}${details}`);
  }
}

function consumption(kubelet: Kubelet, record: KubeletPod, container: Container, what: "memory" | "disk"): string {
  const resource = RESOURCE[what];
  const used = what === "memory" ? kubelet.machines.containerUsage(record.uid, container.name).memoryBytes : kubelet.machines.diskUsage(record.uid, container.name);
  const request = container.resources?.requests?.[resource] ?? "0";
  return used > bytesOf(request) ? `Container ${container.name} was using ${inBytes(used)}, request is ${request}, has larger consumption of ${resource}. ` : "";
}

/** Pods that have written more than they promised go, whatever the machine has left. Upstream: localStorageEviction. */
function evictForLimits(kubelet: Kubelet, node: string): boolean {
  let any = false;
  for (const record of live(kubelet, node)) {
    if (record.limited !== true) continue;
    const { pod } = podOf(kubelet, record);
    const why = pod && brokenLimit(kubelet, record, pod);
    if (why === undefined) continue;
    evict(kubelet, record, why);
    any = true;
  }
  return any;
}

function brokenLimit(kubelet: Kubelet, record: KubeletPod, pod: Pod): string | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const limit = volume.emptyDir?.sizeLimit;
    if (limit === undefined || volume.emptyDir?.medium === "Memory") continue;
    if (kubelet.machines.trees.sizeOf(`v:${record.uid}/${volume.name}`) > bytesOf(limit)) return `Usage of EmptyDir volume ${JSON.stringify(volume.name)} exceeds the limit ${JSON.stringify(limit)}. `;
  }
  const whole = podLimits(pod as unknown as ResourcePod).get("ephemeral-storage");
  if (whole !== undefined && podDisk(kubelet, record, pod) > Number(quantityValue(whole))) return `Pod ephemeral local storage usage exceeds the total limit of containers ${formatQuantity(whole)}. `;
  for (const container of allContainers(pod)) {
    const limit = container.resources?.limits?.["ephemeral-storage"];
    if (limit !== undefined && kubelet.machines.diskUsage(record.uid, container.name) > bytesOf(limit)) return `Container ${container.name} exceeded its local ephemeral storage limit ${JSON.stringify(limit)}. `;
  }
  return undefined;
}

function evict(kubelet: Kubelet, record: KubeletPod, message: string): void {
  kubelet.event(record.node)(aboutPod(record), "Warning", "Evicted", message);
  remember(kubelet, record.uid, (old) => ({ ...old, failure: { reason: "Evicted", message, grace: GRACE, disrupted: true } }));
  kubelet.wake(record.uid);
}
