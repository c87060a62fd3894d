import type { Container, Pod } from "../resources/core/pod/pod";

/** What the runtime says of a container. */
interface Seen {
  readonly state: "running" | "exited" | "created" | "unknown";
  readonly exitCode: number;
}

/** May a container that ended with this code run again? The container's own policy stands over the pod's. */
export function mayRestart(pod: Pod, container: Container, exitCode: number): boolean {
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? "Always";
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}

/** Is a container to be started, again or for the first time? Upstream: kubecontainer.ShouldContainerBeRestarted. */
export function shouldRestart(pod: Pod, container: Container, seen: Seen | undefined): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (!seen || seen.state === "unknown" || seen.state === "created") return true;
  return seen.state === "exited" && mayRestart(pod, container, seen.exitCode);
}
