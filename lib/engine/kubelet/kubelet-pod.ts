import { Memory } from "../apimachinery/memory";
import type { JsonObject, ObjectRef } from "../apimachinery/meta";
import { NODE, POD } from "../apimachinery/kinds";
import type { Client } from "../client/client";
import type { EventRecorder } from "../client/events";
import type { ImageCatalog } from "../machine/behaviour";
import type { Machines } from "../machine/machines";
import type { NodeOptions } from "../options";
import type { Container, Pod, ResourceRequirements } from "../resources/core/pod/pod";
import type { Clock, Millis } from "../sim/clock";
import type { Table } from "../sim/state";

/** Where something that can be mounted is. */
export interface Mounted {
  readonly tree: string;
  readonly base: string;
  readonly readOnly: boolean;
  /** The CSI volume in use, as `status.volumesInUse` of the Node names it. */
  readonly attached?: string;
}

/** A volume of a pod, mounted. */
export interface MountedVolume extends Mounted {
  readonly name: string;
}

/** What a kubelet remembers of one container of a pod, by name. */
export interface ContainerMemory {
  /** Containers of this name made so far. */
  readonly made: number;
  /** Why it does not run, when that is not simply that its turn has not come. */
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly started: boolean;
  readonly ready: boolean;
  /** Crash back-off: how long, counted from the end of the last run; when it was last raised. */
  readonly backoff?: { readonly delay: number; readonly raised: number };
  /** Pull back-off: how long, and until when. */
  readonly pull?: { readonly delay: number; readonly until: number; readonly message: string; readonly told: boolean };
  /** It is being stopped. */
  readonly killing?: { readonly deadline: number; readonly hook: boolean; readonly exec?: string };
  /** Number of the sandbox it was last started in. */
  readonly sandbox?: number;
  /** Number of the run that ended because the whole pod began again. */
  readonly reset?: number;
  /** What it was given, when that can be more or less than nothing. */
  readonly resources?: ResourceRequirements;
  /** Canonical name and digest of the image it runs. */
  readonly image?: { readonly name: string; readonly id: string; readonly asked: string };
}

/** One probe of one container. */
export interface ProbeMemory {
  readonly kind: "startup" | "liveness" | "readiness";
  readonly container: string;
  /** Which run of the container it belongs to. */
  readonly run: number;
  readonly last: "success" | "failure" | "none";
  /** Equal results in a row. */
  readonly count: number;
  /** Number of the wake-up it waits for. */
  readonly wake: number;
  readonly exec?: string;
  /** It sleeps since its last answer, until the pod's processes change: till then its answer cannot. */
  readonly asleepSince?: number;
}

/** Something a kubelet does that takes time; one at a time for a pod. */
export interface Operation {
  readonly kind: "sandbox" | "pull" | "start" | "postStart";
  readonly container: string;
  readonly token: number;
  readonly began: number;
  readonly exec?: string;
}

/** Everything a kubelet remembers of a pod. Kept in the state table `kubelet:pod`, by uid. */
export interface KubeletPod {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly startTime: string;
  readonly token: number;
  /** These three stand in every record made here, undefined too: records of one shape are quick to copy. */
  readonly op?: Operation | undefined;
  readonly volumes?: readonly MountedVolume[] | undefined;
  /** When mounting is tried again, and how long that was put off. */
  readonly mountRetry?: { readonly at: number; readonly delay: number };
  /** Why volumes cannot be mounted yet, and since when they are waited for. */
  readonly volumeProblem?: string;
  readonly volumesSince: number;
  /** It will be said when they take too long. */
  readonly volumesLate?: true;
  readonly ip?: string | undefined;
  readonly containers: Readonly<Record<string, ContainerMemory>>;
  readonly probes: Readonly<Record<string, ProbeMemory>>;
  readonly stopping?: { readonly grace: number };
  /** No container of it will run again. */
  readonly ended?: boolean;
  /** Failed by the kubelet's own decision; `grace` in seconds, when it is not the pod's own, and `disrupted` when it was to make room. */
  readonly failure?: { readonly reason: string; readonly message: string; readonly grace?: number; readonly disrupted?: true; readonly rejected?: true };
  /** When it will have been active for too long, once somebody looks then. */
  readonly deadline?: number;
  /** All its containers begin again, or have: the condition says so from the first time on. */
  readonly restartingAll?: "now" | "done";
  /** It comes from a file on its machine; the API holds an image of it. */
  readonly isStatic?: true;
  /** When the API is asked again for what it refused. */
  readonly apiRetry?: number;
  /** It promises to keep its files within a limit. */
  readonly limited?: true;
  /** A change of its resources that cannot be made now, or is being made. */
  readonly resize?: { readonly generation: number; readonly reason?: "Deferred" | "Infeasible" | "Error"; readonly message?: string };
  /** Its containers are gone and its volumes unmounted. */
  readonly finished?: boolean;
}

/** Gives addresses to pods: the network's plugin. */
export interface PodNetwork {
  allocatePodIP(node: string, pod: Pod): { readonly ip: string } | { readonly error: string };
  releasePodIP(ip: string): void;
}

/** A machine's addresses and its share of the pod network. */
export interface MachineAddresses {
  readonly name: string;
  readonly ip: string;
  readonly internalIP?: string;
  readonly podCIDR: string;
}

/** What kubelets are composed with. */
export interface KubeletParts {
  readonly machines: Machines;
  readonly images: ImageCatalog;
  readonly nodes: readonly NodeOptions[];
  readonly addresses: readonly MachineAddresses[];
  readonly clusterDomain: string;
  readonly dnsIP: string;
  readonly kubernetesVersion: string;
  /** What tokens of service accounts are signed with. */
  readonly signingKey: string;
  readonly podNetwork: PodNetwork;
  /** What `mount.nfs` on a machine complains of; undefined when the export can be mounted. */
  nfsProblem(node: string, server: string, path: string): string | undefined;
}

/** When a machine was last short of something; without what it is not held to be short of. */
export type Pressure = Readonly<Partial<Record<"memory" | "disk" | "pid", number>>>;

/** A kubelet's tools while it works. */
export interface Kubelet extends KubeletParts {
  readonly client: Client;
  readonly clock: Clock;
  readonly pods: Table<KubeletPod>;
  /** Pods as last seen, kept while their machine cannot reach the API or after they are gone from it. */
  readonly lastSeen: Table<Pod>;
  /** Static pods whose manifest is on their machine: uid → machine. Their specification is in {@link lastSeen}. */
  readonly statics: Table<string>;
  /** Images on a machine: `node image` → 1. */
  readonly pulled: Table<number>;
  /** Layers of images on a machine: `node digest` → 1. */
  readonly layers: Table<number>;
  /** Pods that wait for a volume or for their configuration: uid → 1. Some may wait no more. */
  readonly waiting: Table<number>;
  /** Since when, or when last, a machine was short of something; absent when it is not. */
  readonly pressure: Table<Pressure>;
  /** Machines about to be compared with their thresholds, and when. */
  readonly checks: Table<number>;
  /** The memory of a machine may be short. */
  lookAt(node: string): void;
  /** How a machine was ordered. */
  optionsOf(node: string): NodeOptions | undefined;
  /** Has the machine been switched on so lately that its kubelet is not up? */
  isBooting(node: string): boolean;
  /** The volumes in use on a machine may have changed. */
  volumesChanged(node: string): void;
  event(node: string): EventRecorder;
  /** Pods looked after on a machine. */
  podsOn(node: string): readonly KubeletPod[];
  wake(uid: string): void;
  after(delay: Millis, message: JsonObject): void;
}

/** The pod object a kubelet goes by: the API's when reachable, else the one last seen. */
export function podOf(kubelet: Kubelet, record: KubeletPod): { readonly pod: Pod | undefined; readonly gone: boolean } {
  if (record.isStatic) return { pod: kubelet.lastSeen.get(record.uid), gone: !kubelet.statics.has(record.uid) };
  if (!kubelet.machines.isUp(record.node)) return { pod: kubelet.lastSeen.get(record.uid), gone: false };
  const pod = kubelet.client.get<Pod>(POD, record);
  if (pod && pod.metadata.uid === record.uid) return { pod, gone: false };
  return { pod: kubelet.lastSeen.get(record.uid), gone: true };
}

/** Changes what is remembered of a pod; nothing happens to a pod forgotten meanwhile. */
export function remember(kubelet: Kubelet, uid: string, change: (record: KubeletPod) => KubeletPod): KubeletPod | undefined {
  const record = kubelet.pods.get(uid);
  if (!record) return undefined;
  const next = change(record);
  if (next !== record) kubelet.pods.set(uid, next);
  return next;
}

/** What is seldom remembered of a pod. */
type Rare = "mountRetry" | "volumeProblem" | "volumesLate" | "stopping" | "ended" | "failure" | "deadline" | "restartingAll" | "isStatic" | "apiRetry" | "limited" | "resize" | "finished";
/** What is always, and never changes. */
type Lasting = "uid" | "namespace" | "name" | "node" | "startTime" | "volumesSince";
/** The compiler says here when a member of {@link KubeletPod} is in none of the lists, and would get lost below. */
const ALL_ARE_NAMED: [Exclude<keyof KubeletPod, Rare | Lasting | keyof Often>] extends [never] ? true : never = true;

/** What changes most of what is remembered of a pod. */
type Often = Pick<KubeletPod, "token" | "op" | "volumes" | "ip" | "containers" | "probes">;

/** A record with these members changed: in one piece, unless something rare is remembered too, so that all records share a shape and fit in one object. */
export function revised(old: KubeletPod, { token, op, volumes, ip, containers, probes }: Often): KubeletPod {
  if (!ALL_ARE_NAMED || !isCommon(old)) return { ...old, token, op, volumes, ip, containers, probes };
  const { uid, namespace, name, node, startTime, volumesSince } = old;
  return { uid, namespace, name, node, startTime, token, op, volumes, ip, volumesSince, containers, probes };
}

function isCommon(old: Pick<KubeletPod, Rare>): boolean {
  const { mountRetry, volumeProblem, volumesLate, stopping, ended, failure, deadline } = old;
  const { restartingAll, isStatic, apiRetry, limited, resize, finished } = old;
  return (mountRetry ?? volumeProblem ?? volumesLate ?? stopping ?? ended ?? failure ?? deadline ?? restartingAll ?? isStatic ?? apiRetry ?? limited ?? resize ?? finished) === undefined;
}

/** Changes what is remembered of one container. */
export function rememberContainer(kubelet: Kubelet, uid: string, name: string, change: (memory: ContainerMemory) => ContainerMemory): void {
  remember(kubelet, uid, (record) => {
    const memory = record.containers[name] ?? NEW_CONTAINER;
    const next = change(memory);
    const { token, op, volumes, ip, probes } = record;
    return next === memory ? record : revised(record, { token, op, volumes, ip, containers: withEntry(record.containers, name, next), probes });
  });
}

/** A record with one entry more or another one; entry by entry, so that all records of the same names share a shape. */
function withEntry<T>(record: Readonly<Record<string, T>>, name: string, value: T): Record<string, T> {
  const next: Record<string, T> = {};
  for (const key of Object.keys(record)) next[key] = record[key] as T;
  next[name] = value;
  return next;
}

const NEW_CONTAINER: ContainerMemory = { made: 0, started: false, ready: false };

/** What is remembered of a container, or what a new one begins with. */
export function memoryOf(record: KubeletPod, name: string): ContainerMemory {
  return record.containers[name] ?? NEW_CONTAINER;
}

/** A member taken out of a memory. */
export function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _dropped, ...rest } = value;
  return rest;
}

/** Does the pod use a disk that is attached to its machine? */
export function usesDisk(record: KubeletPod | undefined): boolean {
  return record?.volumes?.some((volume) => volume.attached !== undefined) === true;
}

/** A machine as Events name it. */
export function aboutNode(name: string): ObjectRef & { readonly uid: string } {
  return { kind: NODE, namespace: "", name, uid: name };
}

/** The pod as Events name it. */
export function aboutPod(record: KubeletPod): ObjectRef & { readonly uid: string } {
  return { kind: POD, namespace: record.namespace, name: record.name, uid: record.uid };
}

/** A container of a pod as Events name it. */
export function aboutContainer(record: KubeletPod, pod: Pod, name: string): ObjectRef & { readonly uid: string; readonly fieldPath: string } {
  return { kind: POD, namespace: record.namespace, name: record.name, uid: record.uid, fieldPath: fieldPathOf(pod, name) };
}

function fieldPathOf({ spec }: Pod, name: string): string {
  const list = named(spec.initContainers, name) ? "initContainers" : named(spec.ephemeralContainers, name) ? "ephemeralContainers" : "containers";
  return fieldPaths[list].of(name, (text) => `spec.${list}{${text}}`);
}

/** Paths by list and name: what thousands of pods say alike is kept once. */
const fieldPaths = { initContainers: new Memory<string>(1000), ephemeralContainers: new Memory<string>(1000), containers: new Memory<string>(1000) };

function named(containers: readonly Container[] | undefined, name: string): Container | undefined {
  if (containers) for (const container of containers) if (container.name === name) return container;
  return undefined;
}

const texts = new Memory<string>(2000);

/** The text as it was met first: what thousands of pods say alike is kept once. */
export function oneText(text: string): string {
  return texts.of(text, itself);
}

const itself = (text: string): string => text;

/** `web_default(uid)`, as the kubelet's messages name a pod. */
export function podText(record: KubeletPod): string {
  return `${record.name}_${record.namespace}(${record.uid})`;
}

/** Is this init container a sidecar? */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === "Always";
}

/** All containers that may run, init containers first, ephemeral ones last. */
export function allContainers(pod: Pod): readonly Container[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])];
}

/** The container of that name. */
export function containerNamed(pod: Pod, name: string): Container | undefined {
  const { initContainers, containers, ephemeralContainers } = pod.spec;
  return named(initContainers, name) ?? named(containers, name) ?? named(ephemeralContainers, name);
}
