import type { Pod } from "../resources/core/pod/pod";

/** The hosts file a kubelet writes for a pod. Upstream: managedHostsFileContent. */
export function hostsFile(pod: Pod, ip: string, hostname: string, domain: string): string {
  const { subdomain } = pod.spec;
  const names = subdomain === undefined || subdomain === "" ? hostname : `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.${domain}\t${hostname}`;
  const head = ["# Kubernetes-managed hosts file.", "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", "fe00::0\tip6-localnet", "fe00::0\tip6-mcastprefix", "fe00::1\tip6-allnodes", "fe00::2\tip6-allrouters", `${ip}\t${names}`];
  const aliases = (pod.spec.hostAliases ?? []).map((alias) => `${alias.ip}\t${(alias.hostnames ?? []).join("\t")}`);
  return `${[...head, ...(aliases.length > 0 ? ["", "# Entries added by HostAliases.", ...aliases] : [])].join("\n")}\n`;
}

/** What a pod's resolver reads, by its `dnsPolicy` and `dnsConfig`. Upstream: pkg/kubelet/network/dns. */
export function resolvConf(pod: Pod, domain: string, dnsIP: string): string {
  const policy = pod.spec.dnsPolicy === "ClusterFirst" && pod.spec.hostNetwork === true ? "Default" : (pod.spec.dnsPolicy ?? "ClusterFirst");
  const extra = (pod.spec.dnsConfig ?? {}) as { readonly nameservers?: readonly string[]; readonly searches?: readonly string[]; readonly options?: readonly { readonly name: string; readonly value?: string }[] };
  const inCluster = policy === "ClusterFirst" || policy === "ClusterFirstWithHostNet";
  const servers = [...(inCluster ? [dnsIP] : []), ...(extra.nameservers ?? [])];
  const searches = [...(inCluster ? [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain] : []), ...(extra.searches ?? [])];
  const given = (extra.options ?? []).map(({ name, value }) => (value === undefined ? name : `${name}:${value}`));
  const options = [...given, ...(inCluster && !given.some((option) => option.startsWith("ndots")) ? ["ndots:5"] : [])];
  return [...(searches.length > 0 ? [`search ${searches.join(" ")}`] : []), ...servers.map((server) => `nameserver ${server}`), ...(options.length > 0 ? [`options ${options.join(" ")}`] : [])].map((line) => `${line}\n`).join("");
}
