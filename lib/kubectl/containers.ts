import { POD, type Pod } from "@/lib/engine";
import type { Call } from "./command";
import type { Info } from "./discovery";
import { fail, Failure } from "./failure";
import { findObjects } from "./resource-args";
import { hasPods, podsOf } from "./pods";

/** The pod a word means: its name, or `deploy/web`, which is one of its pods. */
export function podNamed(call: Call, word: string): Pod {
  const { infos, failures } = findObjects(call, [word.includes("/") ? word : `pods/${word}`], {});
  if (failures.length > 0) throw failures[0] as Error;
  const info = infos[0] as Info;
  if (info.type.kind === POD) return info.object as Pod;
  if (!hasPods(info.type.kind)) fail(`cannot attach to *${info.type.version}.${info.object.kind}: selector for *${info.type.version}.${info.object.kind} not implemented`);
  const pods = podsOf(call, info.object);
  if (pods.length === 0) fail(`no pods found for ${info.type.singular}/${info.ref.name}`);
  return pods[0] as Pod;
}

/** The container a command speaks of: `-c`, the annotated one, or the first; said aloud when there was a choice. */
export function containerOf(call: Call, pod: Pod, wanted: string): string {
  const { metadata, spec } = pod;
  const names = spec.containers.map(({ name }) => name);
  const inits = (spec.initContainers ?? []).map(({ name }) => name);
  const looking = (spec.ephemeralContainers ?? []).map(({ name }) => name);
  const all = [...names, ...inits, ...looking];
  const listed = [...names, ...looking.map((name) => `${name} (ephem)`), ...inits.map((name) => `${name} (init)`)].join(", ");
  if (wanted !== "") return all.includes(wanted) ? wanted : fail(`container ${wanted} is not valid for pod ${metadata.name} out of: ${listed}`);
  const marked = metadata.annotations?.["kubectl.kubernetes.io/default-container"];
  if (marked !== undefined && all.includes(marked)) return marked;
  const first = names[0] ?? "";
  if (all.length > 1) call.err(`Defaulted container "${first}" out of: ${listed}\n`);
  return first;
}

/** Why a container has nothing to say yet, as the API puts it; undefined when it may be asked. */
export function notStarted(pod: Pod, container: string): Failure | undefined {
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === "") return new Failure(`Error from server (BadRequest): pod ${pod.metadata.name} does not have a host assigned`);
  const status = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.ephemeralContainerStatuses ?? [])].find(({ name }) => name === container);
  const waiting = status?.state.waiting;
  if (waiting === undefined || status?.lastState.terminated !== undefined) return undefined;
  const image = waiting.reason === "ErrImagePull" ? "image can't be pulled" : waiting.reason === "ImagePullBackOff" ? "trying and failing to pull image" : (waiting.reason ?? "ContainerCreating");
  return new Failure(`Error from server (BadRequest): container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${image}`);
}
