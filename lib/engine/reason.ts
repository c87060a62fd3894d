import type { ObjectRef } from "./apimachinery/meta";

/**
 * Why something happened, as data: a stable code, the values that belong in the
 * sentence, and the objects it is about.
 *
 * The engine explains itself only in reasons; it holds no prose of its own. Sentences in
 * each language live in `lib/explain`, one per code. Tests and graders compare codes,
 * never wording.
 */
export interface Reason {
  readonly code: ReasonCode;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  readonly about: readonly ObjectRef[];
}

/** Every reason the engine can give. Adding one makes `lib/explain` incomplete at compile time. */
export type ReasonCode = SchedulerReason | NetworkReason | KubeletReason | StorageReason;

/** Why a pod does not fit a node. */
export type SchedulerReason =
  | "scheduler.insufficient-resource"
  | "scheduler.too-many-pods"
  | "scheduler.untolerated-taint"
  | "scheduler.node-affinity-mismatch"
  | "scheduler.node-unschedulable"
  | "scheduler.volume-node-conflict"
  | "scheduler.unbound-claims"
  | "scheduler.claim-not-found"
  | "scheduler.claim-in-use"
  | "scheduler.too-many-volumes"
  | "scheduler.node-name-mismatch"
  | "scheduler.port-taken"
  | "scheduler.anti-affinity";

/** What one place did to a packet, and why. */
export type NetworkReason =
  | "dns.answered"
  | "dns.no-such-name"
  | "dns.no-server"
  | "dns.blocked"
  | "dns.server-failed"
  | "link.same-subnet"
  | "link.routed"
  | "link.no-route"
  | "link.no-arp-answer"
  | "link.arp-answered"
  | "link.wrong-network"
  | "link.partitioned"
  | "link.slow"
  | "link.lossy"
  | "route.to-node"
  | "route.to-pod"
  | "route.default-gateway"
  | "route.machine-down"
  | "route.no-such-pod"
  | "balancer.picked-backend"
  | "balancer.no-backends"
  | "balancer.not-listening"
  | "balancer.unhealthy-backend"
  | "service.picked-endpoint"
  | "service.kept-connection"
  | "service.kept-client"
  | "service.no-endpoints"
  | "service.no-such-port"
  | "service.node-port"
  | "service.local-without-endpoints"
  | "service.internal-local"
  | "service.source-refused"
  | "service.masquerade"
  | "host-port.forwarded"
  | "policy.ingress-allowed"
  | "policy.ingress-denied"
  | "policy.egress-allowed"
  | "policy.egress-denied"
  | "policy.not-selected"
  | "policy.not-enforced"
  | "policy.own-node"
  | "policy.established"
  | "ingress.matched-rule"
  | "ingress.no-matching-rule"
  | "ingress.no-endpoints"
  | "ingress.backend-refused"
  | "ingress.backend-timed-out"
  | "ingress.redirected"
  | "ingress.source-refused"
  | "ingress.loop"
  | "gateway.matched-route"
  | "gateway.redirected"
  | "gateway.no-backend"
  | "tls.accepted"
  | "tls.name-mismatch"
  | "tls.self-signed"
  | "tls.unknown-authority"
  | "openshift.routed"
  | "openshift.no-route"
  | "openshift.no-endpoints"
  | "openshift.redirected"
  | "mesh.redirected-out"
  | "mesh.redirected-in"
  | "mesh.proxy-absent"
  | "mesh.plain-to-proxy"
  | "mesh.plain-to-process"
  | "mesh.passed-through"
  | "mesh.chosen"
  | "mesh.routed"
  | "mesh.encrypted"
  | "mesh.plain"
  | "mesh.plain-accepted"
  | "mesh.strict-refused"
  | "mesh.identity-checked"
  | "mesh.unknown-authority"
  | "mesh.no-tls-here"
  | "mesh.no-route"
  | "mesh.no-endpoints"
  | "mesh.fault-delay"
  | "mesh.fault-abort"
  | "mesh.direct"
  | "mesh.retried"
  | "mesh.gave-up"
  | "mesh.failed"
  | "socket.accepted"
  | "socket.nobody-listens"
  | "socket.no-node-port"
  | "socket.host-down"
  | "socket.process-hung"
  | "reply.rewritten-back";

/** What a kubelet met. */
export type KubeletReason =
  | "image.not-found"
  | "image.invalid-name"
  | "container.command-not-found"
  | "container.exited"
  | "probe.failed";

/** What storage met. */
export type StorageReason =
  | "storage.multi-attach"
  | "storage.no-class"
  | "storage.no-matching-volume"
  | "storage.waiting-for-consumer";

/** Builds a {@link Reason}. */
export function reason(code: ReasonCode, params: Reason["params"] = {}, about: readonly ObjectRef[] = []): Reason {
  return { code, params, about };
}
