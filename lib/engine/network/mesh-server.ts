import { POD } from "../apimachinery/kinds";
import { keyText, type ObjectKey, type ObjectRef } from "../apimachinery/meta";
import type { Redirection } from "../machine/redirection";
import { reason } from "../reason";
import type { Pod } from "../resources/core/pod/pod";
import { refused, withHop, type Flight } from "./flight";
import { identityOf, PEER_AUTHENTICATION, peerMode } from "./mesh-objects";
import type { NetworkParts, Onward } from "./parts";

/** Where a proxy's connections to its own pod seem to come from. */
const INSIDE = "127.0.0.6";

/** Breaks an open connection off. */
function reset(flight: Flight): Onward {
  return { landing: { ...refused(flight), reset: true } };
}

/** TLS that reaches a process which speaks none ends the connection. */
export function withoutProxy(flight: Flight, pod: ObjectKey): Onward {
  if (flight.request.mesh?.identity === undefined) return { flight };
  const by: ObjectRef = { kind: POD, ...pod };
  return reset(withHop(flight, { stage: "mesh", by, verdict: "reject", because: reason("mesh.no-tls-here", { pod: keyText(pod) }, [by]) }));
}

function isRedirected({ inboundPorts, exceptInboundPorts }: Redirection, port: number): boolean {
  return !exceptInboundPorts.includes(port) && (inboundPorts === "*" || inboundPorts.includes(port));
}

/**
 * The door of a pod of the mesh: its own netfilter turns what comes in to its proxy, which decides whether it takes it as it is,
 * encrypted or plain, and hands it to the process in plain text.
 */
export function enterThroughProxy(parts: NetworkParts, flight: Flight, key: ObjectKey, redirection: Redirection): Onward {
  const { destination, source } = flight.packet;
  // What a pod sends to its own address never leaves it; what goes out to a Service and comes back does.
  const asked = flight.sent.destination.ip;
  const within = flight.request.mesh === undefined && (asked === destination.ip || asked.startsWith("127."));
  if (within && "pod" in flight.from && keyText(flight.from.pod) === keyText(key)) return { flight };
  if (!isRedirected(redirection, destination.port)) return withoutProxy(flight, key);
  const by: ObjectRef = { kind: POD, ...key };
  const params = { pod: keyText(key), port: destination.port, to: redirection.inbound };
  const turned = withHop(flight, { stage: "mesh", by, verdict: "rewrite", after: { ...flight.packet, destination: { ip: "127.0.0.1", port: redirection.inbound } }, because: reason("mesh.redirected-in", params, [by]) });
  if (!parts.sockets.at({ ip: destination.ip, port: redirection.inbound })) return { landing: refused(withHop(turned, { stage: "mesh", by, verdict: "reject", because: reason("mesh.proxy-absent", params, [by]) })) };
  const judged = judge(parts, turned, key, destination.port);
  if ("landing" in judged) return judged;
  const { mesh, ...opened } = judged.flight.request;
  const inside: Flight = { ...judged.flight, request: { ...opened, mesh: {}, ...clientShown(flight, mesh?.identity, identityOf(parts.client, key).identity) } };
  const after = { ...flight.packet, source: { ip: INSIDE, port: source.port }, destination };
  return { flight: withHop(inside, { stage: "mesh", by, verdict: "rewrite", after, because: reason("mesh.plain-to-process", params, [by]) }) };
}

/** The header that tells the process who called. */
function clientShown({ request }: Flight, client: string | undefined, own: string): { readonly headers?: Readonly<Record<string, string>> } {
  if (client === undefined || request.protocol !== "http") return {};
  return { headers: { ...request.headers, "x-forwarded-client-cert": `By=${own};Subject="";URI=${client}` } };
}

function judge(parts: NetworkParts, flight: Flight, key: ObjectKey, port: number): Onward {
  const pod = parts.client.get<Pod>(POD, key);
  const verdict = pod ? peerMode(parts.client, pod, port) : { mode: "PERMISSIVE" as const };
  const by: ObjectRef = verdict.by ? { kind: PEER_AUTHENTICATION, ...verdict.by } : { kind: POD, ...key };
  const own = identityOf(parts.client, key);
  const { identity, authority } = flight.request.mesh ?? {};
  const params = { pod: keyText(key), port, identity: identity ?? "", authority: authority ?? "", own: own.authority, policy: verdict.by ? keyText(verdict.by) : "" };
  const about = [by];
  if (identity === undefined) {
    if (verdict.mode === "STRICT") return reset(withHop(flight, { stage: "mesh", by, verdict: "reject", because: reason("mesh.strict-refused", params, about) }));
    return { flight: withHop(flight, { stage: "mesh", by, verdict: "forward", because: reason("mesh.plain-accepted", params, about) }) };
  }
  if (verdict.mode === "DISABLE") return reset(withHop(flight, { stage: "mesh", by, verdict: "reject", because: reason("mesh.no-tls-here", params, about) }));
  if (authority !== own.authority) return reset(withHop(flight, { stage: "mesh", by, verdict: "reject", because: reason("mesh.unknown-authority", params, about) }));
  return { flight: withHop(flight, { stage: "mesh", by, verdict: "forward", because: reason("mesh.identity-checked", params, about) }) };
}
