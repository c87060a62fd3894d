import { isSidecar } from "./kubelet-pod";
import { mayRestart, restartsAll, shouldRestart } from "./restart";
import { resizeNeedsRestart, type ActualResources } from "./resize-policy";
import type { Container, Pod } from "../resources/core/pod/pod";

/** A container as the runtime has it. */
export interface RuntimeContainer {
  readonly name: string;
  readonly id: string;
  readonly state: "running" | "exited" | "created" | "unknown";
  readonly exitCode: number;
  /** Is it another than its specification now asks for? */
  readonly changed: boolean;
  /** Result of its startup probe, when it has one: absent while there is none. */
  readonly startup?: "success" | "failure";
  /** Result of its liveness probe, when it failed. */
  readonly liveness?: "failure";
  /** What it runs with; absent: what its specification says. */
  readonly actual?: ActualResources;
}

/** A pod as the runtime has it: its newest sandbox, and the containers made in it. */
export interface RuntimePod {
  readonly sandbox: { readonly ready: boolean; readonly attempt: number; readonly ip: string; readonly onHostNetwork: boolean } | undefined;
  /** Has one of its main containers been made in that sandbox? Then its init containers have done their work. */
  readonly begun: boolean;
  readonly containers: readonly RuntimeContainer[];
}

/** A container to be stopped, and why. */
export interface Kill {
  readonly name: string;
  readonly id: string;
  readonly message: string;
  readonly reason: "" | "Unknown" | "StartupProbe" | "LivenessProbe";
}

/** What is to be done for a pod now. Containers by their place in the specification. */
export interface PodActions {
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  readonly attempt: number;
  readonly initContainersToStart: readonly number[];
  readonly containersToStart: readonly number[];
  readonly ephemeralContainersToStart: readonly number[];
  readonly containersToKill: readonly Kill[];
  /** Every container is taken away and the pod begins again in its sandbox. */
  readonly resetAll?: boolean;
}

interface Draft {
  killPod: boolean;
  createSandbox: boolean;
  attempt: number;
  inits: number[];
  mains: number[];
  ephemeral: number[];
  kills: Kill[];
}

/** Is a new sandbox needed, and which number would it have? Upstream: runtimeutil.PodSandboxChanged. */
function sandboxNeeded(pod: Pod, { sandbox }: RuntimePod): { readonly needed: boolean; readonly attempt: number } {
  if (!sandbox) return { needed: true, attempt: 0 };
  const hostNetwork = pod.spec.hostNetwork === true;
  const needed = !sandbox.ready || sandbox.onHostNetwork !== hostNetwork || (!hostNetwork && sandbox.ip === "");
  return { needed, attempt: sandbox.attempt + (needed ? 1 : 0) };
}

/** Can any failure of this pod's containers be followed by another run? */
function restartsOnFailure(pod: Pod): boolean {
  return pod.spec.restartPolicy !== "Never" || pod.spec.containers.some((container) => container.restartPolicy !== undefined && container.restartPolicy !== "Never");
}

/** What a pod needs next, from its specification and what the runtime has; with `resetAll`, to begin again as a whole. Upstream: kuberuntime computePodActions. */
export function computePodActions(pod: Pod, runtime: RuntimePod, resetAll = false): PodActions {
  const { needed, attempt } = sandboxNeeded(pod, runtime);
  const draft: Draft = { killPod: needed, createSandbox: needed, attempt, inits: [], mains: [], ephemeral: [], kills: [] };
  const statuses = new Map(runtime.containers.map((container) => [container.name, container]));
  if (!resetAll && needed) forNewSandbox(pod, runtime, statuses, draft);
  else if (!resetAll) inSandbox(pod, runtime.begun, statuses, draft);
  return {
    killPod: draft.killPod,
    createSandbox: draft.createSandbox,
    attempt: draft.attempt,
    initContainersToStart: draft.inits,
    containersToStart: draft.mains,
    ephemeralContainersToStart: draft.ephemeral,
    containersToKill: draft.kills,
    ...(resetAll ? { resetAll } : {}),
  };
}

/** Does a container's end ask for the whole pod to begin again? */
export function wantsFreshStart(pod: Pod, containers: readonly RuntimeContainer[]): boolean {
  const specs = new Map([...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((container) => [container.name, container]));
  return containers.some((seen) => {
    const spec = specs.get(seen.name);
    return seen.state === "exited" && spec !== undefined && restartsAll(spec, seen.exitCode);
  });
}

type Statuses = ReadonlyMap<string, RuntimeContainer>;

function forNewSandbox(pod: Pod, runtime: RuntimePod, statuses: Statuses, draft: Draft): void {
  if (!restartsOnFailure(pod) && draft.attempt !== 0 && runtime.containers.length > 0) {
    draft.createSandbox = false;
    return;
  }
  const starts = pod.spec.containers.flatMap((container, index) => {
    const seen = statuses.get(container.name);
    const succeeded = seen?.state === "exited" && seen.exitCode === 0;
    return succeeded && (container.restartPolicy ?? pod.spec.restartPolicy) === "OnFailure" ? [] : [index];
  });
  // Main containers that have been made say that the pod was initialised, whatever is left of its init containers.
  const made = pod.spec.containers.some((container) => (statuses.get(container.name)?.state ?? "unknown") !== "unknown");
  if (starts.length === 0 && made) draft.createSandbox = false;
  else if ((pod.spec.initContainers ?? []).length > 0) draft.inits = [0];
  else draft.mains = starts;
}

function inSandbox(pod: Pod, begun: boolean, statuses: Statuses, draft: Draft): void {
  (pod.spec.ephemeralContainers ?? []).forEach((container, index) => {
    if (!statuses.has(container.name)) draft.ephemeral.push(index);
  });
  const ready = initActions(pod, begun, statuses, draft);
  if (draft.killPod || !ready) return;
  let kept = 0;
  pod.spec.containers.forEach((container, index) => {
    if (keeps(pod, container, index, statuses.get(container.name), draft)) kept += 1;
  });
  if (kept === 0 && draft.mains.length === 0) {
    draft.killPod = true;
    draft.inits = [];
  }
}

/** Looks at one main container. True when it runs and shall go on running. */
function keeps(pod: Pod, container: Container, index: number, seen: RuntimeContainer | undefined, draft: Draft): boolean {
  if (seen?.state !== "running") {
    if (!shouldRestart(pod, container, seen)) return false;
    draft.mains.push(index);
    if (seen?.state === "unknown") draft.kills.push(kill(seen, `Container is in "unknown" state, try killing it before restart`, "Unknown"));
    return false;
  }
  // Rules speak of exit codes, and this one has none yet.
  const again = (container.restartPolicy ?? pod.spec.restartPolicy) !== "Never";
  const stop = (message: string, reason: Kill["reason"], restart: boolean): false => {
    draft.kills.push(kill(seen, restart ? `${message}, will be restarted` : message, reason));
    if (restart) draft.mains.push(index);
    return false;
  };
  if (seen.changed) return stop(`Container ${container.name} definition changed`, "", true);
  if (seen.liveness === "failure") return stop(`Container ${container.name} failed liveness probe`, "LivenessProbe", again);
  if (seen.startup === "failure") return stop(`Container ${container.name} failed startup probe`, "StartupProbe", again);
  if (resizeNeedsRestart(pod, container, seen.actual)) {
    draft.kills.push(kill(seen, `Container ${container.name} resize requires restart`, ""));
    draft.mains.push(index);
    return false;
  }
  return true;
}

function kill(seen: RuntimeContainer, message: string, reason: Kill["reason"]): Kill {
  return { name: seen.name, id: seen.id, message, reason };
}

/**
 * Looks at init containers from the last one known to the first: that one's turn it is, of those before it only sidecars
 * are kept running. True when the main containers may run. Upstream: computeInitContainerActions.
 */
function initActions(pod: Pod, begun: boolean, statuses: Statuses, draft: Draft): boolean {
  const inits = pod.spec.initContainers ?? [];
  if (inits.length === 0) return true;
  const progress = { initialised: begun };
  let before = begun;
  for (let index = inits.length - 1; index >= 0; index -= 1) {
    const container = inits[index] as Container;
    const seen = statuses.get(container.name);
    if (!seen) {
      if (before && isSidecar(container)) draft.inits.push(index);
      continue;
    }
    if (before && !isSidecar(container)) continue;
    if (!(isSidecar(container) ? sidecarActions : initAction)(pod, container, index, seen, draft, progress, before)) return false;
    before = true;
  }
  if (!before) draft.inits.push(0);
  draft.inits.reverse();
  return progress.initialised;
}

/** One that must end well before the next begins. False when it failed for good. */
function initAction(pod: Pod, container: Container, index: number, seen: RuntimeContainer, draft: Draft, progress: { initialised: boolean }): boolean {
  if (seen.state === "running") return true;
  if (seen.state === "created") draft.inits.push(index);
  else if (seen.state === "exited" && seen.exitCode === 0) advance(pod, index, draft, progress, false);
  else if (!mayRestart(pod, container, seen.state === "unknown" ? 1 : seen.exitCode)) {
    draft.killPod = true;
    draft.inits = [];
    return false;
  } else {
    if (seen.state === "unknown") draft.kills.push(kill(seen, `Init container is in "unknown" state, try killing it before restart`, "Unknown"));
    draft.inits.push(index);
  }
  return true;
}

/** One that runs beside the others from its turn on. */
function sidecarActions(pod: Pod, container: Container, index: number, seen: RuntimeContainer, draft: Draft, progress: { initialised: boolean }, before: boolean): boolean {
  const again = (message?: string, reason: Kill["reason"] = ""): void => {
    if (message !== undefined) draft.kills.push(kill(seen, message, reason));
    draft.inits.push(index);
  };
  if (seen.state === "unknown") again(`Init container is in "unknown" state, try killing it before restart`, "Unknown");
  else if (seen.state !== "running") again();
  else if (container.startupProbe && seen.startup !== "success") {
    if (seen.startup === "failure") again(`Init container ${container.name} failed startup probe`, "StartupProbe");
  } else {
    advance(pod, index, draft, progress, before);
    if (seen.changed) again(`Init container ${container.name} definition changed`);
    else if (seen.liveness === "failure") again(`Init container ${container.name} failed liveness probe`, "LivenessProbe");
    else if (resizeNeedsRestart(pod, container, seen.actual)) again(`Init container ${container.name} resize requires restart`);
  }
  return true;
}

/** This one is done with: the next one's turn, or the main containers'. */
function advance(pod: Pod, index: number, draft: Draft, progress: { initialised: boolean }, before: boolean): void {
  if (index === (pod.spec.initContainers ?? []).length - 1) progress.initialised = true;
  else if (!before) draft.inits.push(index + 1);
}
