import type { Cluster, PacketTrace } from "@/lib/engine";
import { ask } from "@/lib/grader";

/** Who visits, and by where. */
export const CLIENT = "192.168.2.200";
export const SITE = "http://192.168.1.2/";

/** A dozen visits through the company's balancer. */
export function visits(cluster: Cluster): readonly PacketTrace[] {
  return Array.from({ length: 12 }, () => ask(cluster, "cliente", SITE));
}

/** Did the pod see the client's own address? */
export function seesClient(trace: PacketTrace): boolean {
  return trace.response?.body.includes(`RemoteAddr: ${CLIENT}:`) === true;
}
