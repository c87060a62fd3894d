import { keyText } from "../apimachinery/meta";
import type { Floor } from "./floor";
import type { Machines } from "./physical";
import type { PodRecord } from "./records";
import { KILLED } from "./signals";

type Sandboxes = Pick<Machines, "createSandbox" | "stopSandbox" | "removePod" | "pod" | "podNamed" | "podsOn">;

/** Forgets a container: its log and its writable layer. */
export function dropContainer(floor: Floor, id: string): void {
  floor.processes.logs.drop(id);
  floor.processes.trees.drop(`c:${id}`);
  floor.containers.delete(id);
}

const NO_CONTAINERS: PodRecord["containers"] = Object.freeze({});

/** Pods' sandboxes: an address on a machine, and the containers made in it. */
export function sandboxes(floor: Floor): Sandboxes {
  const stopSandbox = (uid: string): void => {
    const pod = floor.pods.get(uid);
    if (!pod) return;
    for (const container of floor.liveContainers(pod)) floor.endContainer(container, KILLED);
    if (floor.byAddress.get(pod.ip) === uid) floor.byAddress.delete(pod.ip);
    floor.pods.set(uid, { ...(floor.pods.get(uid) as PodRecord), ready: false });
  };
  return {
    createSandbox(spec) {
      const previous = floor.pods.get(spec.uid);
      const { uid, pod, node, ip, hostNetwork, hostname, hosts, resolvConf } = spec;
      floor.pods.set(uid, { uid, pod, node, ip, hostNetwork, hostname, hosts, resolvConf, ready: true, attempt: (previous?.attempt ?? -1) + 1, containers: previous?.containers ?? NO_CONTAINERS });
      floor.byName.set(keyText(spec.pod), spec.uid);
      if (!spec.hostNetwork) floor.byAddress.set(spec.ip, spec.uid);
      floor.uidsOn(spec.node).add(spec.uid);
    },
    stopSandbox,
    removePod(uid) {
      stopSandbox(uid);
      const pod = floor.pods.get(uid);
      if (!pod) return;
      for (const { current, previous } of Object.values(pod.containers)) {
        dropContainer(floor, current);
        if (previous !== undefined) dropContainer(floor, previous);
      }
      if (floor.byName.get(keyText(pod.pod)) === uid) floor.byName.delete(keyText(pod.pod));
      floor.pods.delete(uid);
      floor.uidsOn(pod.node).delete(uid);
    },
    pod: (uid) => floor.pods.get(uid),
    podNamed: (pod) => floor.pods.get(floor.byName.get(keyText(pod)) ?? ""),
    podsOn: (node) => [...floor.uidsOn(node)].sort((a, b) => (a < b ? -1 : 1)).map((uid) => floor.pods.get(uid) as PodRecord),
  };
}
