import { compareStrings } from "../apimachinery/compare";
import { inCidr } from "../world/ipv6";
import { chainHash } from "./chain-hash";
import { usableOn, type Backend, type ServiceRule, type Standpoint } from "./rules";

/** One test or action of a rule, in the order kube-proxy writes them. */
export type RulePart =
  | { readonly k: "comment"; readonly text: string }
  | { readonly k: "protocol"; readonly name: string }
  | { readonly k: "source" | "destination"; readonly cidr: string; readonly not?: boolean }
  | { readonly k: "port"; readonly port: number }
  | { readonly k: "local"; readonly side: "src" | "dst" }
  | { readonly k: "recent"; readonly name: string; readonly seconds?: number }
  | { readonly k: "chance"; readonly one: number }
  | { readonly k: "counter"; readonly name: string }
  | { readonly k: "mark"; readonly not?: boolean }
  | { readonly k: "state"; readonly names: string; readonly not?: boolean };

/** A rule of a chain: tests, and where it jumps. Without a target it only counts. */
export interface IptablesRule {
  readonly chain: string;
  readonly parts: readonly RulePart[];
  readonly target?: string;
  /** Of DNAT: where to; of MARK: how. */
  readonly argument?: string;
}

/** A table: its chains and their rules, each chain's in order. */
export interface IptablesTable {
  readonly name: "filter" | "nat";
  readonly chains: readonly string[];
  readonly rules: readonly IptablesRule[];
}

/** The machine the rules are for. */
export interface IptablesNode extends Standpoint {
  readonly ip: string;
  /** The pods' network: who comes from there is a pod. */
  readonly podCIDR: string;
}

/** `namespace/name` and, when the port has a name, `:port`. */
export function portText(rule: ServiceRule): string {
  return `${rule.service.namespace}/${rule.service.name}${rule.portName === "" ? "" : `:${rule.portName}`}`;
}

/** A backend's address as `ip:port`. */
export function backendText({ ip, port }: { readonly ip: string; readonly port: number }): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

const COUNTER = "localhost_nps_accepted_pkts";
const LAST = "kubernetes service nodeports; NOTE: this must be the last rule in this chain";

/** What one rule's chains are called: SVC every endpoint, SVL the machine's own, EXT from outside, FW the balancer's filter. */
function chainsOf(rule: ServiceRule): { readonly svc: string; readonly svl: string; readonly ext: string; readonly fw: string; readonly sep: (backend: Backend) => string } {
  const name = portText(rule);
  const protocol = rule.protocol.toLowerCase();
  const hash = chainHash(name + protocol);
  return { svc: `KUBE-SVC-${hash}`, svl: `KUBE-SVL-${hash}`, ext: `KUBE-EXT-${hash}`, fw: `KUBE-FW-${hash}`, sep: (backend) => `KUBE-SEP-${chainHash(name + protocol + backendText(backend))}` };
}

interface Draft {
  readonly filter: IptablesRule[];
  readonly nat: IptablesRule[];
  readonly chains: Set<string>;
}

/** The rules kube-proxy gives the kernel of one machine, tables filter and nat. Upstream: pkg/proxy/iptables/proxier.go syncProxyRules. */
export function buildIptables(rules: readonly ServiceRule[], node: IptablesNode): readonly [filter: IptablesTable, nat: IptablesTable] {
  const draft: Draft = { filter: [], nat: [], chains: new Set() };
  const ordered = [...rules].sort((a, b) => compareStrings(portText(a), portText(b)) || compareStrings(a.protocol, b.protocol));
  for (const rule of ordered) writeService(draft, rule, node);
  const filter: IptablesRule[] = [
    ...draft.filter,
    { chain: "KUBE-FIREWALL", parts: [{ k: "comment", text: "block incoming localnet connections" }, { k: "destination", cidr: "127.0.0.0/8" }, { k: "source", cidr: "127.0.0.0/8", not: true }, { k: "state", names: "RELATED,ESTABLISHED,DNAT", not: true }], target: "DROP" },
    { chain: "KUBE-FORWARD", parts: [{ k: "state", names: "INVALID" }, { k: "counter", name: "ct_state_invalid_dropped_pkts" }], target: "DROP" },
    { chain: "KUBE-FORWARD", parts: [{ k: "comment", text: "kubernetes forwarding rules" }, { k: "mark" }], target: "ACCEPT" },
    { chain: "KUBE-FORWARD", parts: [{ k: "comment", text: "kubernetes forwarding conntrack rule" }, { k: "state", names: "RELATED,ESTABLISHED" }], target: "ACCEPT" },
  ];
  const nat: IptablesRule[] = [
    ...draft.nat,
    { chain: "KUBE-SERVICES", parts: [{ k: "comment", text: LAST }, { k: "local", side: "dst" }], target: "KUBE-NODEPORTS" },
    { chain: "KUBE-MARK-MASQ", parts: [], target: "MARK", argument: "or" },
    { chain: "KUBE-POSTROUTING", parts: [{ k: "mark", not: true }], target: "RETURN" },
    { chain: "KUBE-POSTROUTING", parts: [], target: "MARK", argument: "xor" },
    { chain: "KUBE-POSTROUTING", parts: [{ k: "comment", text: "kubernetes service traffic requiring SNAT" }], target: "MASQUERADE" },
  ];
  const sorted = (chains: readonly string[]): readonly string[] => [...chains].sort((a, b) => rank(a) - rank(b) || compareStrings(a, b));
  return [
    table("filter", sorted(["KUBE-NODEPORTS", "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-FIREWALL", "KUBE-FORWARD", "KUBE-PROXY-FIREWALL"]), filter),
    table("nat", sorted(["KUBE-NODEPORTS", "KUBE-SERVICES", "KUBE-MARK-MASQ", "KUBE-POSTROUTING", ...draft.chains]), nat),
  ];
}

function rank(chain: string): number {
  return chain === "KUBE-NODEPORTS" ? 0 : chain === "KUBE-SERVICES" ? 1 : 2;
}

function table(name: IptablesTable["name"], chains: readonly string[], rules: readonly IptablesRule[]): IptablesTable {
  const byChain = new Map<string, IptablesRule[]>(chains.map((chain) => [chain, []]));
  for (const rule of rules) byChain.get(rule.chain)?.push(rule);
  return { name, chains, rules: chains.flatMap((chain) => byChain.get(chain) ?? []) };
}

function writeService(draft: Draft, rule: ServiceRule, node: IptablesNode): void {
  const { cluster, local, any } = usableOn(rule, node);
  const name = portText(rule);
  const chains = chainsOf(rule);
  const protocol = rule.protocol.toLowerCase();
  const inside = any && (!rule.internalLocal || local.length > 0);
  const outside = any && (!rule.externalLocal || local.length > 0);
  const external = rule.matches.some((match) => match.type !== "cluster-ip");
  const to = (ip: string, port: number): readonly RulePart[] => [{ k: "protocol", name: protocol }, { k: "destination", cidr: ip }, { k: "port", port }];
  const refusal = (comment: boolean): { readonly parts: readonly RulePart[]; readonly target: string } => ({ parts: [{ k: "comment", text: `${name} has no ${comment ? "local " : ""}endpoints` }], target: comment ? "DROP" : "REJECT" });
  const balancers = rule.matches.filter((match) => match.type === "load-balancer");
  const fenced = any && balancers.length > 0 && (rule.sourceRanges ?? []).length > 0;
  for (const match of rule.matches) {
    if (match.type === "node-port") {
      if (any) {
        const at: readonly RulePart[] = [{ k: "comment", text: name }, { k: "protocol", name: protocol }];
        draft.nat.push({ chain: "KUBE-NODEPORTS", parts: [...at, { k: "destination", cidr: "127.0.0.0/8" }, { k: "port", port: match.port }, { k: "counter", name: COUNTER }], target: chains.ext });
        draft.nat.push({ chain: "KUBE-NODEPORTS", parts: [...at, { k: "port", port: match.port }], target: chains.ext });
      }
      if (!outside) draft.filter.push({ chain: "KUBE-EXTERNAL-SERVICES", parts: [...refusal(any).parts, { k: "local", side: "dst" }, { k: "protocol", name: protocol }, { k: "port", port: match.port }], target: refusal(any).target });
      continue;
    }
    const kind = { "cluster-ip": "cluster IP", "external-ip": "external IP", "load-balancer": "loadbalancer IP" }[match.type];
    const entry = match.type === "cluster-ip" ? (rule.internalLocal ? chains.svl : chains.svc) : match.type === "load-balancer" && fenced ? chains.fw : chains.ext;
    const open = match.type === "cluster-ip" ? inside : any;
    if (open) draft.nat.push({ chain: "KUBE-SERVICES", parts: [{ k: "comment", text: `${name} ${kind}` }, ...to(match.ip, match.port)], target: entry });
    if (match.type === "load-balancer" && fenced) draft.filter.push({ chain: "KUBE-PROXY-FIREWALL", parts: [{ k: "comment", text: `${name} traffic not accepted by ${chains.fw}` }, ...to(match.ip, match.port)], target: "DROP" });
    const closed = match.type === "cluster-ip" ? !inside : !outside;
    if (closed) draft.filter.push({ chain: match.type === "cluster-ip" ? "KUBE-SERVICES" : "KUBE-EXTERNAL-SERVICES", parts: [...refusal(any).parts, ...to(match.ip, match.port)], target: refusal(any).target });
  }
  if (rule.healthCheckNodePort !== undefined) draft.filter.push({ chain: "KUBE-NODEPORTS", parts: [{ k: "comment", text: `${name} health check node port` }, { k: "protocol", name: "tcp" }, { k: "port", port: rule.healthCheckNodePort }], target: "ACCEPT" });
  const usesCluster = cluster.length > 0 && (!rule.internalLocal || external);
  const usesLocal = local.length > 0 && (rule.internalLocal || (rule.externalLocal && external));
  const clusterIP = rule.matches.find((match) => match.type === "cluster-ip");
  if (inside && clusterIP?.type === "cluster-ip") draft.nat.push({ chain: rule.internalLocal ? chains.svl : chains.svc, parts: [{ k: "comment", text: `${name} cluster IP` }, ...to(clusterIP.ip, clusterIP.port), { k: "source", cidr: node.podCIDR, not: true }], target: "KUBE-MARK-MASQ" });
  if (any && external) writeExternal(draft, rule, node, outside);
  if (fenced) writeFence(draft, rule, node, balancers.map((match) => ("ip" in match ? match.ip : "")));
  if (usesCluster) writeChoice(draft, rule, chains.svc, cluster);
  if (usesLocal) writeChoice(draft, rule, chains.svl, local);
  const reachable = new Map([...(usesCluster ? cluster : []), ...(usesLocal ? local : [])].map((backend) => [backendText(backend), backend]));
  for (const backend of reachable.values()) writeEndpoint(draft, rule, chains.sep(backend), backend);
}

/** Traffic from outside: masqueraded, or with Local kept as it is except for the machine's and the pods' own. */
function writeExternal(draft: Draft, rule: ServiceRule, node: IptablesNode, outside: boolean): void {
  const name = portText(rule);
  const { ext, svc, svl } = chainsOf(rule);
  draft.chains.add(ext);
  if (!rule.externalLocal) draft.nat.push({ chain: ext, parts: [{ k: "comment", text: `masquerade traffic for ${name} external destinations` }], target: "KUBE-MARK-MASQ" });
  else {
    draft.nat.push({ chain: ext, parts: [{ k: "comment", text: `pod traffic for ${name} external destinations` }, { k: "source", cidr: node.podCIDR }], target: svc });
    draft.nat.push({ chain: ext, parts: [{ k: "comment", text: `masquerade LOCAL traffic for ${name} external destinations` }, { k: "local", side: "src" }], target: "KUBE-MARK-MASQ" });
    draft.nat.push({ chain: ext, parts: [{ k: "comment", text: `route LOCAL traffic for ${name} external destinations` }, { k: "local", side: "src" }], target: svc });
  }
  if (outside) draft.nat.push({ chain: ext, parts: [], target: rule.externalLocal ? svl : svc });
}

function writeFence(draft: Draft, rule: ServiceRule, node: IptablesNode, addresses: readonly string[]): void {
  const name = portText(rule);
  const { fw, ext } = chainsOf(rule);
  const ranges = rule.sourceRanges ?? [];
  draft.chains.add(fw);
  const own = ranges.some((range) => inCidr(node.ip, range)) ? addresses : [];
  for (const source of [...ranges, ...own]) draft.nat.push({ chain: fw, parts: [{ k: "comment", text: `${name} loadbalancer IP` }, { k: "source", cidr: source }], target: ext });
  draft.nat.push({ chain: fw, parts: [{ k: "comment", text: `other traffic to ${name} will be dropped by KUBE-PROXY-FIREWALL` }] });
}

/** The choice of an endpoint: first whoever has a client's affinity, then each by equal chance. */
function writeChoice(draft: Draft, rule: ServiceRule, chain: string, backends: readonly Backend[]): void {
  const { sep } = chainsOf(rule);
  const ordered = [...backends].sort((a, b) => compareStrings(backendText(a), backendText(b)));
  const comment = (backend: Backend): RulePart => ({ k: "comment", text: `${portText(rule)} -> ${backendText(backend)}` });
  draft.chains.add(chain);
  if (rule.affinitySeconds !== undefined) for (const backend of ordered) draft.nat.push({ chain, parts: [comment(backend), { k: "recent", name: sep(backend), seconds: rule.affinitySeconds }], target: sep(backend) });
  ordered.forEach((backend, i) => {
    const left = ordered.length - i;
    draft.nat.push({ chain, parts: [comment(backend), ...(left > 1 ? [{ k: "chance", one: left } as const] : [])], target: sep(backend) });
  });
}

function writeEndpoint(draft: Draft, rule: ServiceRule, chain: string, backend: Backend): void {
  const comment: RulePart = { k: "comment", text: portText(rule) };
  draft.chains.add(chain);
  draft.nat.push({ chain, parts: [comment, { k: "source", cidr: backend.ip }], target: "KUBE-MARK-MASQ" });
  const recent: readonly RulePart[] = rule.affinitySeconds === undefined ? [] : [{ k: "recent", name: chain }];
  draft.nat.push({ chain, parts: [comment, ...recent, { k: "protocol", name: rule.protocol.toLowerCase() }], target: "DNAT", argument: backendText(backend) });
}
