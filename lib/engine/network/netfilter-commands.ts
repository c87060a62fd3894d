import { NODE } from "../apimachinery/kinds";
import type { Client } from "../client/client";
import type { NetworkOptions } from "../options";
import type { Node } from "../resources/core/node/node";
import type { StateTree } from "../sim/state";
import { DEFAULT_POD_CIDR, type NodeAddresses } from "./ipam";
import { buildIptables, type IptablesNode, type IptablesTable } from "./iptables";
import { listText, savedRule, saveText } from "./iptables-print";
import { rulesOn } from "./kube-proxy";
import { ipvsText, nftablesText } from "./nftables-print";

/** What a command printed. */
export interface ToolResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine whose kernel is asked, and the cluster it is in. */
export interface NetfilterView {
  readonly state: StateTree;
  readonly client: Client;
  readonly node: NodeAddresses;
  readonly network: NetworkOptions;
  readonly serviceCIDR: string;
}

/** The commands {@link netfilterCommand} knows. */
export const NETFILTER_TOOLS: readonly string[] = ["iptables-save", "iptables", "nft", "ipvsadm"];

const ok = (stdout: string): ToolResult => ({ status: 0, stdout, stderr: "" });
const bad = (stderr: string, status = 1): ToolResult => ({ status, stdout: "", stderr });

/**
 * `iptables-save [-t TABLE]`, `iptables [-t TABLE] -L|-S [CHAIN] [-n]`, `nft list ruleset|table ip kube-proxy`, `ipvsadm -Ln`, as run
 * on a machine. Each shows what kube-proxy wrote in its mode: the tools of the other modes find nothing of it.
 *
 * @simplified Rules can be looked at, not changed; the network plugin's own rules are not shown.
 */
export function netfilterCommand(argv: readonly string[], view: NetfilterView): ToolResult {
  const [tool = ""] = argv;
  const mode = view.network.proxyMode ?? "iptables";
  const rules = rulesOn(view.state, view.node.name);
  const at = standpoint(view);
  if (tool === "nft") {
    if (argv[1] !== "list") return bad("nft: only list is known here\n");
    return ok(mode === "nftables" ? nftablesText(rules, at, view.serviceCIDR) : "");
  }
  if (tool === "ipvsadm") return ok(ipvsText(mode === "ipvs" ? rules : [], at));
  const tables = buildIptables(mode === "iptables" ? rules : [], at);
  const table = valueOf(argv, "-t", "--table");
  if (tool === "iptables-save") return table === undefined || tables.some(({ name }) => name === table) ? ok(saveText(tables, table)) : bad("");
  if (tool !== "iptables") return bad(`${tool}: command not found\n`, 127);
  return iptables(argv, tables, table ?? "filter");
}

function standpoint({ client, node, network }: NetfilterView): IptablesNode {
  const zone = client.get<Node>(NODE, { namespace: "", name: node.name })?.metadata.labels?.["topology.kubernetes.io/zone"];
  return { node: node.name, zone, ip: node.ip, podCIDR: network.podCIDR ?? DEFAULT_POD_CIDR };
}

function valueOf(argv: readonly string[], ...names: readonly string[]): string | undefined {
  const at = argv.findIndex((arg) => names.includes(arg));
  return at < 0 ? undefined : argv[at + 1];
}

function iptables(argv: readonly string[], tables: readonly IptablesTable[], name: string): ToolResult {
  const table = tables.find((candidate) => candidate.name === name);
  if (!table) return bad(`iptables v1.8.11 (nf_tables): table '${name}' does not exist\nPerhaps iptables or your kernel needs to be upgraded.\n`, 3);
  // Letters may stand together, as in -nL.
  const at = argv.findIndex((arg) => /^-[nvx]*[LS][nvx]*$/.test(arg) || arg === "--list" || arg === "--list-rules");
  if (at < 0) return bad("iptables v1.8.11 (nf_tables): no command specified\nTry `iptables -h' or 'iptables --help' for more information.\n", 2);
  const next = argv[at + 1];
  const chain = next === undefined || next.startsWith("-") ? undefined : next;
  const missing = bad("iptables: No chain/target/match by that name.\n");
  if (argv[at]?.includes("S") === true || argv[at] === "--list-rules") {
    const lines = [...table.chains.filter((one) => chain === undefined || one === chain).map((one) => `-N ${one}`), ...table.rules.filter((rule) => chain === undefined || rule.chain === chain).map(savedRule)];
    return lines.length === 0 ? missing : ok(`${lines.join("\n")}\n`);
  }
  const text = listText(table, chain);
  return text === undefined ? missing : ok(text);
}
