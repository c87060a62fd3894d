import type { ObjectKey, ObjectRef } from "../apimachinery/meta";
import type { Millis } from "../sim/clock";
import type { DnsReply, DnsType } from "./dns-records";
import type { Reason } from "../reason";
import type { Redirection } from "./redirection";

/** An address a packet comes from or goes to. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/** What travels: enough of a packet to rewrite and to route. */
export interface Packet {
  readonly protocol: "TCP" | "UDP" | "ICMP";
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** A place a packet passes, in the order it usually meets them. */
export type HopStage = "dns" | "egress-policy" | "link" | "balancer" | "service-nat" | "masquerade" | "route" | "ingress-policy" | "mesh" | "socket" | "gateway" | "reply";

/** One place, one decision. */
export interface Hop {
  readonly stage: HopStage;
  /** The machine where it happened: a node, or a host of the company network. */
  readonly at: string;
  /** The object that decided: the NetworkPolicy, the Service, the Pod. Absent when nothing was configured there. */
  readonly by?: ObjectRef;
  readonly verdict: "forward" | "rewrite" | "drop" | "reject" | "deliver" | "answer";
  readonly before: Packet;
  readonly after: Packet;
  /** What the packet carries cannot be read here. */
  readonly encrypted?: true;
  readonly because: Reason;
}

/**
 * A packet's journey, complete whether or not it arrived.
 *
 * `outcome` is derived from the last hop and never stored apart from it, so a trace cannot
 * disagree with itself. Tracing and sending are the same function: what the course
 * shows is what happened, not a second opinion.
 */
export interface PacketTrace {
  readonly from: Origin;
  readonly asked: string;
  readonly hops: readonly Hop[];
  readonly outcome: "delivered" | "refused" | "timed-out" | "no-such-host" | "unreachable";
  readonly latency: Millis;
  /** The application's answer, when it got that far. */
  readonly response?: AppResponse;
  /** The names that were asked for on the way, with their answer codes. */
  readonly queries?: DnsAnswer["queries"];
  /** The connection was opened and then broken off. */
  readonly reset?: true;
  /** Why the client broke off the TLS handshake. */
  readonly tlsProblem?: "name-mismatch" | "self-signed" | "unknown-authority";
  /** The pod whose process answered, when it was one. */
  readonly servedBy?: ObjectKey;
}

/** What came of a request, without the story of how: for whoever only waits for the answer. */
export type Reached = Omit<PacketTrace, "from" | "asked" | "hops" | "queries">;

/** A request as the listening process receives it. */
export interface AppRequest {
  readonly protocol: "http" | "mysql" | "redis" | "tcp";
  readonly port: number;
  readonly method: string;
  readonly path: string;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Who it seems to come from, after every rewriting. */
  readonly from: Endpoint;
}

/** The method a health check by gRPC calls; its body is the name of the service. */
export const HEALTH_CHECK = "/grpc.health.v1.Health/Check";

/** The process's answer. For protocols without status, 0 is success; gRPC has its own codes. */
export interface AppResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long the process took to answer. */
  readonly took?: Millis;
}

/** Who sends: a process in a pod, a node itself, or a host of the world outside. */
export type Origin = { readonly pod: ObjectKey } | { readonly node: string } | { readonly host: string };

/** A request before anybody has resolved or routed it. */
export interface OutboundRequest {
  readonly protocol: AppRequest["protocol"];
  /** A name or an IP. */
  readonly host: string;
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** `Host` header when it differs from `host`. */
  readonly hostHeader?: string;
  /** Requests on one kept-alive connection share this: the backend is chosen once. */
  readonly connection?: string;
  /** Speak TLS: the server name asked for (the host's unless said), whose certificates are believed, and whether any is. */
  readonly tls?: { readonly serverName?: string; readonly insecure?: boolean; readonly trusted?: string };
  /** The user whose process sends; rules of the pod may look at it. */
  readonly uid?: number;
  /** Sent by a mesh's proxy. With an identity it speaks mutual TLS, and shows that name, signed by that authority. */
  readonly mesh?: { readonly identity?: string; readonly authority?: string };
  /** How many proxies have passed this request on already. */
  readonly relayed?: number;
  /** How long the sender waits for a connection before giving up; Linux's 127 s unless said. */
  readonly timeout?: Millis;
}

/** A DNS answer: A records in order, or a CNAME chain that ends in them. */
export interface DnsAnswer {
  readonly name: string;
  /** The fully qualified name that answered, after search domains. */
  readonly resolved?: string;
  readonly addresses: readonly string[];
  readonly cname?: string;
  readonly server?: string;
  readonly because: Reason;
  /** Every question asked on the way, in order, with its answer code. */
  readonly queries: readonly { readonly name: string; readonly code: "NOERROR" | "NXDOMAIN" | "SERVFAIL" | "TIMEOUT" }[];
}

/** How a process reaches the network; implemented by `network/`, used by processes and probes. */
export interface Wire {
  send(from: Origin, request: OutboundRequest): PacketTrace;
  /** The same journey, untold: nothing is different but that no hop is written down. */
  reach(from: Origin, request: OutboundRequest): Reached;
  resolve(from: Origin, name: string): DnsAnswer;
  /** One question to one server, as `dig` asks it; undefined when nobody answers. Wires without servers lack it. */
  query?(from: Origin, name: string, type: DnsType, server?: string): DnsReply | undefined;
}

/** Where a packet ends: a process listening on an address. Implemented by the machines. */
export interface Socket {
  readonly ip: string;
  readonly port: number;
  readonly node: string;
  readonly pod?: ObjectKey;
  /** The container's process. */
  readonly process: string;
}

/** What the network may ask of the machines. */
export interface Sockets {
  /** Is the machine powered and connected? */
  isUp(node: string): boolean;
  /** The listener for a destination, if any process accepts there. Wildcard listeners of host-network pods are found by node IP. */
  at(endpoint: Endpoint): Socket | undefined;
  /** The pod sandbox that has this IP, running or not. */
  sandboxOf(ip: string): { readonly pod: ObjectKey; readonly node: string; readonly redirection?: Redirection } | undefined;
  /** The IP and machine of a pod's sandbox, once it has one, and what its resolver reads. */
  addressOf(pod: ObjectKey): { readonly ip: string; readonly node: string; readonly hostNetwork: boolean; readonly hosts: string; readonly resolvConf: string; readonly redirection?: Redirection } | undefined;
  /** Hands a request to the process. `undefined` when it never answers (hung). */
  deliver(socket: Socket, request: AppRequest): AppResponse | undefined;
  /** What the process would answer: it is afterwards as it was. */
  ask(socket: Socket, request: AppRequest): AppResponse | undefined;
}
