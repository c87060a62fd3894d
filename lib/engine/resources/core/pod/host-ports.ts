/** Ports of a machine that pods take for themselves. Upstream: scheduler/util GetHostPorts, HostPortInfo. */
import type { ContainerPort, Pod } from "./pod";

const NO_PORTS: readonly ContainerPort[] = Object.freeze([]);

/** Host ports a pod takes, sidecars' included. By number: asked each time a pod comes, goes or is imagined gone. */
export function hostPorts({ spec: { containers, initContainers } }: Pod): readonly ContainerPort[] {
  let found: ContainerPort[] | undefined;
  for (let i = 0; i < containers.length; i += 1) found = withHostPorts(found, containers[i]?.ports);
  if (initContainers) for (let i = 0; i < initContainers.length; i += 1) if (initContainers[i]?.restartPolicy === "Always") found = withHostPorts(found, initContainers[i]?.ports);
  return found ?? NO_PORTS;
}

function withHostPorts(found: ContainerPort[] | undefined, ports: readonly ContainerPort[] | undefined): ContainerPort[] | undefined {
  let all = found;
  if (ports) for (let i = 0; i < ports.length; i += 1) if (((ports[i] as ContainerPort).hostPort ?? 0) > 0) (all ??= []).push(ports[i] as ContainerPort);
  return all;
}

/** Listening everywhere. */
export const ANY_ADDRESS = "0.0.0.0";

/** Is a host port taken already? Listening on every address clashes with listening on any. */
export function portTaken(ports: ReadonlyMap<string, readonly string[]>, wanted: ContainerPort): boolean {
  const listeners = ports.get(`${wanted.protocol ?? "TCP"}/${wanted.hostPort}`);
  if (!listeners) return false;
  const ip = wanted.hostIP || ANY_ADDRESS;
  return ip === ANY_ADDRESS || listeners.some((other) => other === ANY_ADDRESS || other === ip);
}
