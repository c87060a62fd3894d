/** Ports of a machine that pods take for themselves. Upstream: scheduler/util GetHostPorts, HostPortInfo. */
import type { ContainerPort, Pod } from "./pod";

const NO_PORTS: readonly ContainerPort[] = Object.freeze([]);

/** Host ports a pod takes, sidecars' included. */
export function hostPorts({ spec }: Pod): readonly ContainerPort[] {
  let found: ContainerPort[] | undefined;
  for (const { ports } of spec.containers) if (ports) for (const port of ports) if ((port.hostPort ?? 0) > 0) (found ??= []).push(port);
  for (const { ports, restartPolicy } of spec.initContainers ?? []) if (ports && restartPolicy === "Always") for (const port of ports) if ((port.hostPort ?? 0) > 0) (found ??= []).push(port);
  return found ?? NO_PORTS;
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
