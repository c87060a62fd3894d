import type { Image } from "../machine/behaviour";
import type { RunAs } from "../machine/records";
import type { Container, Pod } from "../resources/core/pod/pod";
import { podText, type KubeletPod } from "./kubelet-pod";

interface Security {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
}

function securityOf(pod: Pod, container: Container): { readonly own: Security; readonly whole: Security } {
  return { own: (container.securityContext ?? {}) as Security, whole: (pod.spec.securityContext ?? {}) as Security };
}

/** Why a container that must not run as root cannot be made, if it cannot. Upstream: kuberuntime verifyRunAsNonRoot. */
export function rootProblem(record: KubeletPod, pod: Pod, container: Container, image: Image): string | undefined {
  const { own, whole } = securityOf(pod, container);
  if ((own.runAsNonRoot ?? whole.runAsNonRoot) !== true) return undefined;
  const user = own.runAsUser ?? whole.runAsUser;
  const where = `(pod: ${JSON.stringify(podText(record))}, container: ${container.name})`;
  if (user !== undefined) return user === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined;
  return image.user === 0 ? `container has runAsNonRoot and image will run as root ${where}` : undefined;
}

/** Whom a container's processes run as; undefined when nothing but the image decides. */
export function runAs(pod: Pod, container: Container, image: Image): RunAs | undefined {
  const { own, whole } = securityOf(pod, container);
  const user = own.runAsUser ?? whole.runAsUser;
  const group = own.runAsGroup ?? whole.runAsGroup;
  const groups = [...(whole.fsGroup === undefined ? [] : [whole.fsGroup]), ...(whole.supplementalGroups ?? [])];
  if (user === undefined && group === undefined && groups.length === 0) return image.user === 0 ? undefined : { user: image.user, group: image.user, groups: [], foreign: false, sharesFiles: false };
  return { user: user ?? image.user, group: group ?? 0, groups, foreign: user !== undefined && user !== image.user, sharesFiles: whole.fsGroup !== undefined };
}
