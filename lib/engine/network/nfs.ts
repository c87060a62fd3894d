import type { Machines } from "../machine/machines";
import { millis } from "../sim/clock";
import type { World } from "../world/state";

const PORT = 2049;

/**
 * What `mount.nfs` on a machine complains of; undefined when the export can be mounted.
 *
 * @simplified An address of the company network nobody described exports whatever is asked of it; a described host only what it says it exports.
 */
export function nfsProblem(machines: Machines, world: World, node: string, server: string, path: string): string | undefined {
  const from = { node } as const;
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(server) || server.includes(":");
  const ip = isAddress ? server : machines.wire().resolve(from, server).addresses[0];
  if (ip === undefined) return `mount.nfs: Failed to resolve server ${server}: Name or service not known`;
  const host = world.hostAt(ip);
  if (host) {
    if (world.link(node, host.name)?.cut === true) return "mount.nfs: Connection timed out";
    if (host.exports === undefined) return "mount.nfs: Connection refused";
    if (host.exports.some((one) => one === "/" || path === one || path.startsWith(`${one}/`))) return undefined;
    return `mount.nfs: mounting ${server}:${path} failed, reason given by server: No such file or directory`;
  }
  const inside = machines.machines().some((machine) => machine.ips.includes(ip)) || machines.sandboxOf(ip) !== undefined;
  if (!inside) return undefined;
  const { outcome } = machines.wire().send(from, { protocol: "tcp", host: ip, port: PORT, timeout: millis(5000) });
  if (outcome === "delivered") return undefined;
  return outcome === "refused" ? "mount.nfs: Connection refused" : "mount.nfs: Connection timed out";
}
