import { hasExactly, WHOLE } from "../apimachinery/members";
import { LIMIT_RANGE, MUTATING_WEBHOOK_CONFIGURATION, NAMESPACE, PRIORITY_CLASS, SERVICE_ACCOUNT, VALIDATING_ADMISSION_POLICY, VALIDATING_ADMISSION_POLICY_BINDING, VALIDATING_WEBHOOK_CONFIGURATION } from "../apimachinery/kinds";
import { kindId, type JsonObject, type KindId, type KubeObject } from "../apimachinery/meta";
import type { Pod } from "../resources/core/pod/pod";
import { TOKEN_VOLUME_PREFIX } from "../resources/core/serviceaccount/serviceaccount";
import type { ObjectStore } from "../store/store";
import type { Body, WriteOptions } from "./request";

/** What the stages before admission's last make of a pod depends on these kinds besides the pod itself. */
const DECISIVE: readonly KindId[] = [NAMESPACE, LIMIT_RANGE, PRIORITY_CLASS, SERVICE_ACCOUNT, kindId("node.k8s.io/v1", "RuntimeClass")];
/** Somebody else's rules, which may ask anything: with them nothing is taken for granted. */
const STRANGERS: readonly KindId[] = [MUTATING_WEBHOOK_CONFIGURATION, VALIDATING_WEBHOOK_CONFIGURATION, VALIDATING_ADMISSION_POLICY, VALIDATING_ADMISSION_POLICY_BINDING, kindId("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy"), kindId("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding")];

const CARRIED: ReadonlySet<string> = new Set(["generateName", "namespace", "labels", "annotations", "finalizers", "ownerReferences"]);

/** A pod that came through defaulting, mutation and validation, as the pattern of its like. */
interface Stamp {
  readonly at: number;
  readonly sent: JsonObject;
  readonly pattern: Pod;
  /** The token volume made up for it, whose name each pod has its own. */
  readonly volume: string | undefined;
}

/**
 * Pods of one template, made one after the other by a controller, differ in name, uid and the name of their
 * token volume: what defaulting, mutation and validation made of the first holds for the others as long as nothing
 * they look at changed. A memory that changes no answer.
 */
export class PodStamps {
  private readonly known = new WeakMap<object, Stamp>();

  constructor(private readonly store: ObjectStore) {}

  /** The pattern for a body, if one like it came through. */
  find(body: Body, options: WriteOptions): Stamp | undefined {
    const spec = body["spec"];
    if (typeof spec !== "object" || spec === null) return undefined;
    const stamp = this.known.get(spec);
    if (!stamp || !isPlain(options) || body["status"] !== undefined || stamp.at !== this.store.lastWrite(DECISIVE) || !sameSent(stamp.sent, (body["metadata"] ?? {}) as JsonObject)) return undefined;
    return STRANGERS.some((kind) => this.store.count(kind) > 0) ? undefined : stamp;
  }

  /** Remembers what came of a body, where that can hold for others. `fresh` is the metadata it went in with. */
  keep(body: Body, options: WriteOptions, fresh: KubeObject["metadata"], admitted: KubeObject): void {
    const { spec, metadata, status } = body as { readonly spec?: object; readonly metadata?: JsonObject; readonly status?: unknown };
    if (!spec || !Object.isFrozen(spec) || !metadata || status !== undefined || !isPlain(options) || admitted.metadata !== fresh) return;
    if (!metadata["generateName"] || !Object.keys(metadata).every((key) => CARRIED.has(key))) return;
    const pattern = admitted as Pod;
    const brought = (spec as Pod["spec"]).volumes ?? [];
    const volume = (pattern.spec.volumes ?? []).find(({ name }) => String(name).startsWith(TOKEN_VOLUME_PREFIX) && !brought.some((one) => one.name === name))?.name;
    this.known.set(spec, { at: this.store.lastWrite(DECISIVE), sent: metadata, pattern, volume });
  }
}

/** Does a write leave everything to the server? */
export function isPlain(options: WriteOptions): boolean {
  for (const key in options) if (options[key as keyof WriteOptions] !== undefined) return false;
  return true;
}

function sameSent(a: JsonObject, b: JsonObject): boolean {
  for (const key of CARRIED) if (a[key] !== b[key] && key !== "ownerReferences") return false;
  return Object.keys(b).length === Object.keys(a).length;
}

/** The pattern as another pod, with a token volume of its own. */
export function stampOf({ pattern, volume }: Stamp, metadata: KubeObject["metadata"], ownVolume: () => string): Pod {
  if (volume === undefined) return asPod(pattern, metadata, pattern.spec);
  const own = ownVolume();
  const renamed = <T extends { readonly name: string }>(list: readonly T[]): readonly T[] => list.map((one) => (one.name === volume ? { ...one, name: own } : one));
  const inside = <T extends Pod["spec"]["containers"][number]>(container: T): T => (container.volumeMounts?.some(({ name }) => name === volume) ? { ...container, volumeMounts: renamed(container.volumeMounts) } : container);
  const { spec } = pattern;
  const initContainers = spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(inside) };
  return asPod(pattern, metadata, { ...spec, ...initContainers, containers: spec.containers.map(inside), volumes: renamed(spec.volumes ?? []) });
}

// Written out where it can be: a copy of a frozen object is slow, and slow to read ever after.
function asPod(pattern: Pod, metadata: KubeObject["metadata"], spec: Pod["spec"]): Pod {
  const { apiVersion, kind, status } = pattern;
  return status !== undefined && hasExactly(pattern, WHOLE) ? { apiVersion, kind, metadata, spec, status } : { ...pattern, metadata, spec };
}
