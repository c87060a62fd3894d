import type { Pod } from "../resources/core/pod/pod";

/** The hosts file of a pod. */
export function hostsFile(pod: Pod, ip: string, clusterDomain: string): string {
  const { domain } = podHostname(pod, clusterDomain);
  const short = pod.spec.hostnameOverride ?? shortHostname(pod.spec.hostname ?? pod.metadata.name);
  return managedHosts([ip], short, domain, pod.spec.hostAliases ?? []);
}

/** The hosts file a kubelet writes. Upstream: managedHostsFileContent. */
export function managedHosts(ips: readonly string[], hostname: string, domain: string, aliases: NonNullable<Pod["spec"]["hostAliases"]>): string {
  const names = domain === "" ? hostname : `${hostname}.${domain}\t${hostname}`;
  // Put together by addition: what all pods have at the head is then kept once.
  let text = HOSTS;
  for (const ip of ips) text += `${ip}\t${names}\n`;
  if (aliases.length === 0) return text;
  return `${text}\n# Entries added by HostAliases.\n${aliases.map((alias) => `${alias.ip}\t${(alias.hostnames ?? []).join("\t")}\n`).join("")}`;
}

const HOSTS = ["# Kubernetes-managed hosts file.", "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", "fe00::0\tip6-localnet", "fe00::0\tip6-mcastprefix", "fe00::1\tip6-allnodes", "fe00::2\tip6-allrouters", ""].join("\n");

/** The host name of a pod, and its domain when it has one. Upstream: GeneratePodHostNameAndDomain. */
export function podHostname(pod: Pod, clusterDomain: string): { readonly hostname: string; readonly domain: string } {
  const { hostnameOverride, hostname, subdomain, setHostnameAsFQDN } = pod.spec;
  if (hostnameOverride !== undefined) return { hostname: hostnameOverride, domain: "" };
  const short = shortHostname(hostname === undefined || hostname === "" ? pod.metadata.name : hostname);
  const domain = subdomain === undefined || subdomain === "" ? "" : `${subdomain}.${pod.metadata.namespace ?? "default"}.svc.${clusterDomain}`;
  return { hostname: setHostnameAsFQDN === true && domain !== "" ? `${short}.${domain}` : short, domain };
}

/** A host name no longer than the kernel takes, not ending in a dot or a dash. Upstream: truncatePodHostnameIfNeeded. */
export function shortHostname(hostname: string): string {
  return hostname.length <= 63 ? hostname : hostname.slice(0, 63).replace(/[-.]+$/, "");
}

/** What a pod's resolver reads, by its `dnsPolicy` and `dnsConfig`. Upstream: pkg/kubelet/network/dns. */
export function resolvConf(pod: Pod, domain: string, dnsIP: string): string {
  const { dnsPolicy, dnsConfig } = pod.spec;
  if (dnsConfig !== undefined || (dnsPolicy !== undefined && dnsPolicy !== "ClusterFirst") || pod.spec.hostNetwork === true) return composed(pod, domain, dnsIP);
  const namespace = pod.metadata.namespace ?? "default";
  let known = usual.get(namespace);
  if (known?.domain !== domain || known.dnsIP !== dnsIP) {
    known = { domain, dnsIP, text: composed(pod, domain, dnsIP) };
    if (usual.size >= MOST_NAMESPACES) usual.clear();
    usual.set(namespace, known);
  }
  return known.text;
}

/** What pods that ask for nothing special read, by namespace. A memory that changes no answer. */
const usual = new Map<string, { readonly domain: string; readonly dnsIP: string; readonly text: string }>();
const MOST_NAMESPACES = 200;

function composed(pod: Pod, domain: string, dnsIP: string): string {
  const policy = pod.spec.dnsPolicy === "ClusterFirst" && pod.spec.hostNetwork === true ? "Default" : (pod.spec.dnsPolicy ?? "ClusterFirst");
  const extra = (pod.spec.dnsConfig ?? {}) as { readonly nameservers?: readonly string[]; readonly searches?: readonly string[]; readonly options?: readonly { readonly name: string; readonly value?: string }[] };
  const inCluster = policy === "ClusterFirst" || policy === "ClusterFirstWithHostNet";
  const servers = [...(inCluster ? [dnsIP] : []), ...(extra.nameservers ?? [])];
  const searches = [...(inCluster ? [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain] : []), ...(extra.searches ?? [])];
  const given = (extra.options ?? []).map(({ name, value }) => (value === undefined ? name : `${name}:${value}`));
  const options = [...given, ...(inCluster && !given.some((option) => option.startsWith("ndots")) ? ["ndots:5"] : [])];
  return [...(searches.length > 0 ? [`search ${searches.join(" ")}`] : []), ...servers.map((server) => `nameserver ${server}`), ...(options.length > 0 ? [`options ${options.join(" ")}`] : [])].map((line) => `${line}\n`).join("");
}
