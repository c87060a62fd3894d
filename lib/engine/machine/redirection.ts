/**
 * What somebody has written into the netfilter rules of a pod's own network namespace: connections its processes open are turned
 * to one port of the pod, connections that come in to another. The machine's rules know nothing of it.
 */
export interface Redirection {
  /** Port that takes what the pod's processes send; 15001 in Istio. */
  readonly outbound: number;
  /** Port that takes what comes in; 15006 in Istio. */
  readonly inbound: number;
  /** What this user's processes send is left alone: the proxy itself. */
  readonly uid: number;
  /** Ports that are redirected on the way in; `*` is all of them. */
  readonly inboundPorts: "*" | readonly number[];
  readonly exceptInboundPorts: readonly number[];
  readonly exceptOutboundPorts: readonly number[];
  /** Destinations that are redirected on the way out; `*` is all of them. */
  readonly outboundRanges: "*" | readonly string[];
  readonly exceptOutboundRanges: readonly string[];
}

/** The rules as `iptables-save` prints them inside the pod. Upstream: istio tools/istio-iptables/pkg/capture. */
export function redirectionText(redirection: Redirection | undefined): string {
  if (!redirection) return "";
  const { outbound, inbound, uid, inboundPorts, exceptInboundPorts, exceptOutboundPorts, outboundRanges, exceptOutboundRanges } = redirection;
  const rules = [
    "-A PREROUTING -p tcp -j ISTIO_INBOUND",
    "-A OUTPUT -j ISTIO_OUTPUT",
    ...exceptInboundPorts.map((port) => `-A ISTIO_INBOUND -p tcp -m tcp --dport ${port} -j RETURN`),
    ...(inboundPorts === "*" ? ["-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT"] : inboundPorts.map((port) => `-A ISTIO_INBOUND -p tcp -m tcp --dport ${port} -j ISTIO_IN_REDIRECT`)),
    `-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports ${inbound}`,
    ...exceptOutboundPorts.map((port) => `-A ISTIO_OUTPUT -p tcp -m tcp --dport ${port} -j RETURN`),
    "-A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN",
    `-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp -m tcp ! --dport 15008 -m owner --uid-owner ${uid} -j ISTIO_IN_REDIRECT`,
    `-A ISTIO_OUTPUT -o lo -m owner ! --uid-owner ${uid} -j RETURN`,
    `-A ISTIO_OUTPUT -m owner --uid-owner ${uid} -j RETURN`,
    "-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN",
    ...exceptOutboundRanges.map((range) => `-A ISTIO_OUTPUT -d ${range} -j RETURN`),
    ...(outboundRanges === "*" ? ["-A ISTIO_OUTPUT -j ISTIO_REDIRECT"] : [...outboundRanges.map((range) => `-A ISTIO_OUTPUT -d ${range} -j ISTIO_REDIRECT`), "-A ISTIO_OUTPUT -j RETURN"]),
    `-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports ${outbound}`,
  ];
  const chains = ["PREROUTING ACCEPT", "INPUT ACCEPT", "OUTPUT ACCEPT", "POSTROUTING ACCEPT", "ISTIO_INBOUND -", "ISTIO_IN_REDIRECT -", "ISTIO_OUTPUT -", "ISTIO_REDIRECT -"];
  return ["*nat", ...chains.map((chain) => `:${chain} [0:0]`), ...rules, "COMMIT", ""].join("\n");
}
