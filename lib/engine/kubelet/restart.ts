import type { Container, Pod, RestartRule } from "../resources/core/pod/pod";

/** What the runtime says of a container. */
interface Seen {
  readonly state: "running" | "exited" | "created" | "unknown";
  readonly exitCode: number;
}

/** Reason of containers taken away because one of them asked for the whole pod to begin again. */
export const RESTARTING_ALL = "RestartingAllContainers";

/** The first of a container's own rules that speaks of this exit code. Upstream: podutil.FindMatchingContainerRestartRule. */
export function matchingRule(container: Container, exitCode: number): RestartRule | undefined {
  return (container.restartPolicyRules ?? []).find(({ exitCodes }) => {
    if (!exitCodes) return false;
    const listed = (exitCodes.values ?? []).includes(exitCode);
    return exitCodes.operator === "In" ? listed : exitCodes.operator === "NotIn" && !listed;
  });
}

/**
 * May a container that ended with this code run again? A rule of its own decides first, then its
 * own policy, then the pod's. Upstream: podutil.ContainerShouldRestart.
 */
export function mayRestart(pod: Pod, container: Container, exitCode: number): boolean {
  if (container.restartPolicy !== undefined && matchingRule(container, exitCode)) return true;
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? "Always";
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}

/** Does this end of a container begin the whole pod again? Upstream: kubecontainer.ShouldAllContainersRestart. */
export function restartsAll(container: Container, exitCode: number): boolean {
  return matchingRule(container, exitCode)?.action === "RestartAllContainers";
}

/** Is a container to be started, again or for the first time? Upstream: kubecontainer.ShouldContainerBeRestarted. */
export function shouldRestart(pod: Pod, container: Container, seen: Seen | undefined): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (!seen || seen.state === "unknown" || seen.state === "created") return true;
  return seen.state === "exited" && mayRestart(pod, container, seen.exitCode);
}
