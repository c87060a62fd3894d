import { compareStrings } from "../apimachinery/compare";
import { chainHash } from "./chain-hash";
import { backendText, portText, type IptablesNode } from "./iptables";
import { usableOn, type Backend, type ServiceRule } from "./rules";

const TAB = "\t";

function chainName(prefix: string, rule: ServiceRule, suffix = ""): string {
  const name = `${rule.service.namespace}/${rule.service.name}/${rule.protocol.toLowerCase()}/${rule.portName}${suffix}`;
  return `${prefix}-${chainHash(name).slice(0, 8)}-${name}`;
}

const endpointName = (rule: ServiceRule, backend: Backend): string => chainName("endpoint", rule, `__${backend.ip}/${backend.port}`);

interface Block {
  readonly head: string;
  readonly lines: readonly string[];
}

function block({ head, lines }: Block): string {
  return [`${TAB}${head} {`, ...lines.map((line) => `${TAB}${TAB}${line}`), `${TAB}}`].join("\n");
}

function elements(values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`elements = { ${values.join(`,\n${TAB}${TAB}             `)} }`];
}

function set(name: string, type: string, comment: string, values: readonly string[], kind: "set" | "map" = "map"): Block {
  return { head: `${kind} ${name}`, lines: [`type ${type}`, `comment "${comment}"`, ...elements([...values].sort(compareStrings))] };
}

const hook = (type: string, at: string, priority: string): string => `type ${type} hook ${at} priority ${priority}; policy accept;`;

/** What `nft list ruleset` shows of a machine whose kube-proxy runs in nftables mode. Upstream: pkg/proxy/nftables/proxier.go. */
export function nftablesText(rules: readonly ServiceRule[], node: IptablesNode, serviceCIDR: string): string {
  const ordered = [...rules].sort((a, b) => compareStrings(portText(a), portText(b)) || compareStrings(a.protocol, b.protocol));
  const destination = "ipv4_addr . inet_proto . inet_service : verdict";
  const door = "inet_proto . inet_service : verdict";
  const found = ordered.map((rule) => entriesOf(rule, node));
  const all = (pick: (entries: Entries) => readonly string[]): readonly string[] => found.flatMap(pick);
  const blocks: Block[] = [
    set("cluster-ips", "ipv4_addr", "Active ClusterIPs", [...new Set(all((entries) => entries.clusterIPs))], "set"),
    set("nodeport-ips", "ipv4_addr", "IPs that accept NodePort traffic", [node.ip], "set"),
    set("no-endpoint-services", destination, "vmap to drop or reject packets to services with no endpoints", all((entries) => entries.closed)),
    set("no-endpoint-nodeports", door, "vmap to drop or reject packets to service nodeports with no endpoints", all((entries) => entries.closedDoors)),
    set("firewall-ips", destination, "destinations that are subject to LoadBalancerSourceRanges", all((entries) => entries.fenced)),
    set("service-ips", destination, "ClusterIP, ExternalIP and LoadBalancer IP traffic", all((entries) => entries.open)),
    set("service-nodeports", door, "NodePort traffic", all((entries) => entries.openDoors)),
    ...baseChains(serviceCIDR),
    ...found.flatMap((entries) => entries.chains),
  ];
  return [`table ip kube-proxy {`, `${TAB}comment "rules for kube-proxy"`, "", blocks.map(block).join("\n\n"), "}", ""].join("\n");
}

function baseChains(serviceCIDR: string): readonly Block[] {
  return [
    { head: "chain filter-prerouting", lines: [hook("filter", "prerouting", "dstnat - 10"), "ct state new jump firewall-check"] },
    { head: "chain filter-input", lines: [hook("filter", "input", "-110"), "ct state new jump nodeport-endpoints-check", "ct state new jump service-endpoints-check"] },
    { head: "chain filter-forward", lines: [hook("filter", "forward", "-110"), "ct state new jump service-endpoints-check", "ct state new jump cluster-ips-check"] },
    { head: "chain filter-output", lines: [hook("filter", "output", "dstnat - 10"), "ct state new jump firewall-check"] },
    { head: "chain filter-output-post-dnat", lines: [hook("filter", "output", "dstnat + 10"), "ct state new jump service-endpoints-check", "ct state new jump cluster-ips-check"] },
    { head: "chain nat-prerouting", lines: [hook("nat", "prerouting", "dstnat"), "jump services"] },
    { head: "chain nat-output", lines: [hook("nat", "output", "dstnat"), "jump services"] },
    { head: "chain nat-postrouting", lines: [hook("nat", "postrouting", "srcnat"), "jump masquerading"] },
    { head: "chain nodeport-endpoints-check", lines: ["ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports"] },
    { head: "chain service-endpoints-check", lines: ["ip daddr . meta l4proto . th dport vmap @no-endpoint-services"] },
    { head: "chain firewall-check", lines: ["ip daddr . meta l4proto . th dport vmap @firewall-ips"] },
    { head: "chain services", lines: ["ip daddr . meta l4proto . th dport vmap @service-ips", "ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports"] },
    { head: "chain cluster-ips-check", lines: ['ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"', `ip daddr ${serviceCIDR} drop comment "Drop traffic to unallocated ClusterIPs"`] },
    { head: "chain mark-for-masquerade", lines: ["meta mark set meta mark | 0x00004000"] },
    { head: "chain masquerading", lines: ["meta mark & 0x00004000 == 0x00000000 return", "meta mark set meta mark ^ 0x00004000", "masquerade fully-random"] },
    { head: "chain reject-chain", lines: ["reject"] },
  ];
}

interface Entries {
  readonly clusterIPs: readonly string[];
  readonly closed: readonly string[];
  readonly closedDoors: readonly string[];
  readonly fenced: readonly string[];
  readonly open: readonly string[];
  readonly openDoors: readonly string[];
  readonly chains: readonly Block[];
}

function entriesOf(rule: ServiceRule, node: IptablesNode): Entries {
  const { cluster, local, any } = usableOn(rule, node);
  const protocol = rule.protocol.toLowerCase();
  const external = rule.matches.some((match) => match.type !== "cluster-ip");
  const service = chainName("service", rule);
  const own = chainName("local", rule);
  const outer = chainName("external", rule);
  const comment = any ? `drop comment "${portText(rule)}"` : `goto reject-chain comment "${portText(rule)}"`;
  const outside = any && (!rule.externalLocal || local.length > 0);
  const inside = any && (!rule.internalLocal || local.length > 0);
  const key = (ip: string, port: number): string => `${ip} . ${protocol} . ${port}`;
  const entries = { clusterIPs: [] as string[], closed: [] as string[], closedDoors: [] as string[], fenced: [] as string[], open: [] as string[], openDoors: [] as string[] };
  for (const match of rule.matches) {
    if (match.type === "node-port") {
      if (any) entries.openDoors.push(`${protocol} . ${match.port} : goto ${outer}`);
      if (!outside) entries.closedDoors.push(`${protocol} . ${match.port} comment "${portText(rule)}" : ${any ? "drop" : "goto reject-chain"}`);
      continue;
    }
    const first = match.type === "cluster-ip";
    if (first) entries.clusterIPs.push(match.ip);
    if (first ? inside : any) entries.open.push(`${key(match.ip, match.port)} : goto ${first ? (rule.internalLocal ? own : service) : outer}`);
    if (first ? !inside : !outside) entries.closed.push(`${key(match.ip, match.port)} comment "${portText(rule)}" : ${comment.split(" comment")[0] ?? ""}`);
    if (match.type === "load-balancer" && rule.sourceRanges && any) entries.fenced.push(`${key(match.ip, match.port)} comment "${portText(rule)}" : goto ${chainName("firewall", rule)}`);
  }
  return { ...entries, chains: any ? chainsOf(rule, node, { cluster, local, external, outside }) : [] };
}

interface Seen {
  readonly cluster: readonly Backend[];
  readonly local: readonly Backend[];
  readonly external: boolean;
  readonly outside: boolean;
}

function chainsOf(rule: ServiceRule, node: IptablesNode, { cluster, local, external, outside }: Seen): readonly Block[] {
  const protocol = rule.protocol.toLowerCase();
  const service = chainName("service", rule);
  const own = chainName("local", rule);
  const clusterIP = rule.matches.find((match) => match.type === "cluster-ip");
  const mark = clusterIP && "ip" in clusterIP ? [`ip daddr ${clusterIP.ip} ${protocol} dport ${clusterIP.port} ip saddr != ${node.podCIDR} jump mark-for-masquerade`] : [];
  const usesLocal = local.length > 0 && (rule.internalLocal || (rule.externalLocal && external));
  const usesCluster = cluster.length > 0 && (!rule.internalLocal || external);
  const blocks: Block[] = [];
  if (usesCluster) blocks.push({ head: `chain ${service}`, lines: [...(rule.internalLocal ? [] : mark), choice(rule, cluster)] });
  if (usesLocal) blocks.push({ head: `chain ${own}`, lines: [...(rule.internalLocal ? mark : []), choice(rule, local)] });
  if (external) {
    const kept = [`ip saddr ${node.podCIDR} goto ${service} comment "short-circuit pod traffic"`, 'fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"', `fib saddr type local goto ${service} comment "short-circuit local traffic"`];
    blocks.push({ head: `chain ${chainName("external", rule)}`, lines: [...(rule.externalLocal ? kept : ["jump mark-for-masquerade"]), ...(outside ? [`goto ${rule.externalLocal ? own : service}`] : [])] });
  }
  if (rule.sourceRanges) blocks.push({ head: `chain ${chainName("firewall", rule)}`, lines: [`ip saddr != { ${rule.sourceRanges.join(", ")} } drop`] });
  const reachable = new Map([...(usesCluster ? cluster : []), ...(usesLocal ? local : [])].map((backend) => [backendText(backend), backend]));
  for (const backend of reachable.values()) {
    blocks.push({ head: `chain ${endpointName(rule, backend)}`, lines: [`ip saddr ${backend.ip} jump mark-for-masquerade`, `meta l4proto ${protocol} dnat to ${backendText(backend)}`] });
  }
  return blocks;
}

function choice(rule: ServiceRule, backends: readonly Backend[]): string {
  const ordered = [...backends].sort((a, b) => compareStrings(backendText(a), backendText(b)));
  return `numgen random mod ${ordered.length} vmap { ${ordered.map((backend, i) => `${i} : goto ${endpointName(rule, backend)}`).join(", ")} }`;
}

/** What `ipvsadm -Ln` shows of a machine whose kube-proxy runs in ipvs mode: a virtual server a destination, round robin. */
export function ipvsText(rules: readonly ServiceRule[], node: IptablesNode): string {
  const servers = rules.flatMap((rule) => {
    const { cluster, local } = usableOn(rule, node);
    return rule.matches.map((match) => {
      const kept = match.type === "cluster-ip" ? rule.internalLocal : rule.externalLocal;
      const address = backendText({ ip: match.type === "node-port" ? node.ip : match.ip, port: match.port });
      return { protocol: rule.protocol, address, backends: kept ? local : cluster, persistent: rule.affinitySeconds };
    });
  });
  const lines = [...servers]
    .sort((a, b) => compareStrings(a.protocol, b.protocol) || compareStrings(a.address, b.address))
    .flatMap(({ protocol, address, backends, persistent }) => [
      `${protocol.padEnd(4)} ${address} rr${persistent === undefined ? "" : ` persistent ${persistent}`}`,
      ...backends.map((backend) => `  -> ${backendText(backend).padEnd(28)} Masq    1      0          0         `),
    ]);
  return ["IP Virtual Server version 1.2.1 (size=4096)", "Prot LocalAddress:Port Scheduler Flags", "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn", ...lines, ""].join("\n");
}
