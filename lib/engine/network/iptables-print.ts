import type { IptablesRule, IptablesTable, RulePart } from "./iptables";

const MARK = "0x4000";
const MARK_MASK = `${MARK}/${MARK}`;

function quoted(text: string): string {
  return text.includes(" ") ? `"${text}"` : text;
}

function chance(one: number, digits: number): string {
  return (1 / one).toFixed(digits);
}

function written(part: RulePart): string {
  const not = "not" in part && part.not === true ? "! " : "";
  switch (part.k) {
    case "comment":
      return `-m comment --comment ${quoted(part.text)}`;
    case "protocol":
      return `-m ${part.name} -p ${part.name}`;
    case "source":
      return `${not}-s ${part.cidr}`;
    case "destination":
      return `${not}-d ${part.cidr}`;
    case "port":
      return `--dport ${part.port}`;
    case "local":
      return `-m addrtype --${part.side}-type LOCAL`;
    case "recent":
      return `-m recent --name ${part.name} ${part.seconds === undefined ? "--set" : `--rcheck --seconds ${part.seconds} --reap`}`;
    case "chance":
      return `-m statistic --mode random --probability ${chance(part.one, 10)}`;
    case "counter":
      return `-m nfacct --nfacct-name ${part.name}`;
    case "mark":
      return `-m mark ${not}--mark ${MARK_MASK}`;
    case "state":
      return `-m conntrack ${not}--ctstate ${part.names}`;
  }
}

function action(rule: IptablesRule): string {
  if (rule.target === undefined) return "";
  if (rule.target === "DNAT") return ` -j DNAT --to-destination ${rule.argument ?? ""}`;
  return rule.target === "MARK" ? ` -j MARK --${rule.argument ?? "or"}-mark ${MARK}` : ` -j ${rule.target}`;
}

/** The tables as kube-proxy hands them to `iptables-restore`. */
export function restoreText(tables: readonly IptablesTable[]): string {
  return tables
    .map(({ name, chains, rules }) => [`*${name}`, ...chains.map((chain) => `:${chain} - [0:0]`), ...rules.map((rule) => `-A ${rule.chain}${rule.parts.map((part) => ` ${written(part)}`).join("")}${action(rule)}`), "COMMIT", ""].join("\n"))
    .join("");
}

/** The kernel keeps a chance as 31 bits. */
function kernelChance(one: number): string {
  const kept = Math.round(2147483648 * Number(chance(one, 10))) / 2147483648;
  return kept.toFixed(11);
}

function withMask(cidr: string): string {
  return cidr.includes("/") ? cidr : `${cidr}/${cidr.includes(":") ? 128 : 32}`;
}

/** A rule as `iptables-save` and `iptables -S` print it: addresses and protocol first, whatever order it was written in. */
export function savedRule(rule: IptablesRule): string {
  const protocol = rule.parts.find((part) => part.k === "protocol");
  const head = (["source", "destination"] as const).flatMap((k) => {
    const part = rule.parts.find((candidate) => candidate.k === k);
    return part && "cidr" in part ? [`${part.not === true ? "! " : ""}-${k === "source" ? "s" : "d"} ${withMask(part.cidr)}`] : [];
  });
  if (protocol?.k === "protocol") head.push(`-p ${protocol.name}`);
  const tests = rule.parts.flatMap((part): readonly string[] => {
    if (part.k === "source" || part.k === "destination" || part.k === "port") return [];
    if (part.k === "comment") return [`-m comment --comment "${part.text}"`];
    if (part.k === "protocol") {
      const port = rule.parts.find((candidate) => candidate.k === "port");
      return [`-m ${part.name}${port?.k === "port" ? ` --dport ${port.port}` : ""}`];
    }
    if (part.k === "chance") return [`-m statistic --mode random --probability ${kernelChance(part.one)}`];
    if (part.k === "recent") return [`-m recent ${part.seconds === undefined ? "--set" : `--rcheck --seconds ${part.seconds} --reap`} --name ${part.name} --mask 255.255.255.255 --rsource`];
    if (part.k === "counter") return [`-m nfacct --nfacct-name  ${part.name}`];
    return [written(part)];
  });
  return [`-A ${rule.chain}`, ...head, ...tests].join(" ") + savedAction(rule);
}

function savedAction(rule: IptablesRule): string {
  if (rule.target === "MARK") return ` -j MARK --set-xmark ${rule.argument === "xor" ? `${MARK}/0x0` : MARK_MASK}`;
  if (rule.target === "REJECT") return " -j REJECT --reject-with icmp-port-unreachable";
  return action(rule);
}

const SERVICES = "kubernetes service portals";
const EXTERNAL = "kubernetes externally-visible service portals";
const FIREWALL = "kubernetes load balancer firewall";

function jump(chain: string, target: string, comment?: string, fresh = false): IptablesRule {
  return { chain, parts: [...(fresh ? [{ k: "state", names: "NEW" } as const] : []), ...(comment === undefined ? [] : [{ k: "comment", text: comment } as const])], target };
}

/** How the built-in chains lead into kube-proxy's, in the order the kernel meets them. */
const ENTRIES: Readonly<Record<IptablesTable["name"], { readonly chains: readonly string[]; readonly rules: readonly IptablesRule[] }>> = {
  filter: {
    chains: ["INPUT", "FORWARD", "OUTPUT"],
    rules: [
      jump("INPUT", "KUBE-PROXY-FIREWALL", FIREWALL, true),
      jump("INPUT", "KUBE-NODEPORTS", "kubernetes health check service ports"),
      jump("INPUT", "KUBE-EXTERNAL-SERVICES", EXTERNAL, true),
      jump("INPUT", "KUBE-FIREWALL"),
      jump("FORWARD", "KUBE-PROXY-FIREWALL", FIREWALL, true),
      jump("FORWARD", "KUBE-FORWARD", "kubernetes forwarding rules"),
      jump("FORWARD", "KUBE-SERVICES", SERVICES, true),
      jump("FORWARD", "KUBE-EXTERNAL-SERVICES", EXTERNAL, true),
      jump("OUTPUT", "KUBE-PROXY-FIREWALL", FIREWALL, true),
      jump("OUTPUT", "KUBE-SERVICES", SERVICES, true),
      jump("OUTPUT", "KUBE-FIREWALL"),
    ],
  },
  nat: {
    chains: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
    rules: [jump("PREROUTING", "KUBE-SERVICES", SERVICES), jump("OUTPUT", "KUBE-SERVICES", SERVICES), jump("POSTROUTING", "KUBE-POSTROUTING", "kubernetes postrouting rules")],
  },
};

function grouped(rules: readonly IptablesRule[]): ReadonlyMap<string, readonly IptablesRule[]> {
  const byChain = new Map<string, IptablesRule[]>();
  for (const rule of rules) {
    const list = byChain.get(rule.chain) ?? [];
    byChain.set(rule.chain, list);
    list.push(rule);
  }
  return byChain;
}

function whole(table: IptablesTable): { readonly builtIn: readonly string[]; readonly chains: readonly string[]; readonly rules: readonly IptablesRule[] } {
  const { chains, rules } = ENTRIES[table.name];
  const own = [...table.chains, "KUBE-KUBELET-CANARY", "KUBE-PROXY-CANARY"].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const byChain = grouped(table.rules);
  return { builtIn: chains, chains: own, rules: [...rules, ...own.flatMap((chain) => byChain.get(chain) ?? [])] };
}

/** What `iptables-save [-t TABLE]` prints on a machine. Counters are left at nought. */
export function saveText(tables: readonly IptablesTable[], only?: string): string {
  const chosen = tables.filter(({ name }) => only === undefined || name === only);
  return chosen
    .map((table) => {
      const { builtIn, chains, rules } = whole(table);
      return ["# Generated by iptables-save v1.8.11 (nf_tables)", `*${table.name}`, ...builtIn.map((chain) => `:${chain} ACCEPT [0:0]`), ...chains.map((chain) => `:${chain} - [0:0]`), ...rules.map(savedRule), "COMMIT", "# Completed", ""].join("\n");
    })
    .join("");
}

/** What `iptables -t TABLE -L [CHAIN] -n` prints; undefined when the chain does not exist. */
export function listText(table: IptablesTable, chain?: string): string | undefined {
  const { builtIn, chains, rules } = whole(table);
  const shown = [...builtIn, ...chains].filter((name) => chain === undefined || name === chain);
  if (shown.length === 0) return undefined;
  const byChain = grouped(rules);
  const references = new Map<string, number>();
  for (const { target = "" } of rules) references.set(target, (references.get(target) ?? 0) + 1);
  const head = `${"target".padEnd(9)}  prot opt ${"source".padEnd(19)}  ${"destination".padEnd(19)} `;
  return shown
    .map((name) => {
      const about = builtIn.includes(name) ? "policy ACCEPT" : `${references.get(name) ?? 0} references`;
      return [`Chain ${name} (${about})`, head, ...(byChain.get(name) ?? []).map(listedRule), ""].join("\n");
    })
    .join("\n");
}

function listedRule(rule: IptablesRule): string {
  const find = <K extends RulePart["k"]>(k: K): Extract<RulePart, { k: K }> | undefined => rule.parts.find((part): part is Extract<RulePart, { k: K }> => part.k === k);
  const address = (k: "source" | "destination"): string => {
    const part = find(k);
    return part ? `${part.not === true ? "!" : ""}${part.cidr}` : "0.0.0.0/0";
  };
  const protocol = find("protocol");
  const tests = rule.parts.flatMap((part): readonly string[] => {
    if (part.k === "comment") return [`/* ${part.text} */`];
    if (part.k === "protocol") {
      const port = find("port");
      return port ? [`${part.name} dpt:${port.port}`] : [part.name];
    }
    if (part.k === "local") return [`ADDRTYPE match ${part.side}-type LOCAL`];
    if (part.k === "mark") return [`mark match ${part.not === true ? "! " : ""}${MARK_MASK}`];
    if (part.k === "state") return [`${part.not === true ? "! " : ""}ctstate ${part.names}`];
    if (part.k === "chance") return [`statistic mode random probability ${kernelChance(part.one)}`];
    if (part.k === "recent") return [`recent: ${part.seconds === undefined ? "SET" : `CHECK seconds: ${part.seconds} reap`} name: ${part.name} side: source mask: 255.255.255.255`];
    return part.k === "counter" ? [`nfacct-name  ${part.name}`] : [];
  });
  if (rule.target === "DNAT") tests.push(`to:${rule.argument ?? ""}`);
  if (rule.target === "MARK") tests.push(rule.argument === "xor" ? `MARK xor ${MARK}` : `MARK or ${MARK}`);
  if (rule.target === "REJECT") tests.push("reject-with icmp-port-unreachable");
  return `${(rule.target ?? "").padEnd(9)}  ${(protocol?.name ?? "all").padEnd(4)} --  ${address("source").padEnd(19)}  ${address("destination").padEnd(19)}  ${tests.join(" ")}`.trimEnd();
}
