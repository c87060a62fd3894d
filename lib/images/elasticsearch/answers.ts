import { compareStrings } from "@/lib/engine";
import { healthOf, isData, type ClusterState, type Health, type Peer } from "./cluster";

/** Why nothing can be asked: no node leads. */
export function noMaster(): { readonly status: number; readonly body: string } {
  return { status: 503, body: JSON.stringify({ error: { root_cause: [{ type: "master_not_discovered_exception", reason: null }], type: "master_not_discovered_exception", reason: null }, status: 503 }) };
}

/** What `_cluster/health` says. */
export interface HealthBody {
  readonly cluster_name: string;
  readonly status: Health;
  readonly number_of_nodes: number;
  readonly number_of_data_nodes: number;
  readonly active_primary_shards: number;
  readonly active_shards: number;
  readonly unassigned_shards: number;
}

/** `GET _cluster/health` */
export function healthBody(cluster: ClusterState, name: string): HealthBody {
  const active = cluster.shards.filter(({ node }) => node !== null);
  return {
    cluster_name: name,
    status: healthOf(cluster),
    number_of_nodes: cluster.nodes.length,
    number_of_data_nodes: cluster.nodes.filter(isData).length,
    active_primary_shards: active.filter(({ primary }) => primary).length,
    active_shards: active.length,
    unassigned_shards: cluster.shards.length - active.length,
  };
}

const LETTERS: Readonly<Record<string, string>> = { master: "m", data: "d", ingest: "i", ml: "l", remote_cluster_client: "r", transform: "t" };

function letters({ roles }: Peer): string {
  const found = roles.map((role) => LETTERS[role] ?? "").filter((letter) => letter !== "").sort(compareStrings);
  return found.length === 0 ? "-" : found.join("");
}

/** `GET _cat/nodes[?v]` */
export function catNodes(cluster: ClusterState, query: string): string {
  const lines = cluster.nodes.map((node) => `${node.ip.padEnd(15)} 30 60 2 ${letters(node).padEnd(9)} ${node.name === cluster.master ? "*" : "-"}      ${node.name}`);
  return `${query.includes("v") ? "ip              heap.percent ram.percent cpu node.role master name\n" : ""}${lines.map((line) => `${line}\n`).join("")}`;
}

/** `GET _cat/shards[?v]` */
export function catShards(cluster: ClusterState, query: string): string {
  const lines = cluster.shards.map(({ index, number, primary, node }) => `${index.padEnd(20)} ${String(number).padStart(2)} ${primary ? "p" : "r"} ${node === null ? "UNASSIGNED" : `STARTED ${cluster.nodes.find(({ name }) => name === node)?.ip ?? ""} ${node}`}`);
  return `${query.includes("v") ? "index                shard prirep state ip node\n" : ""}${lines.map((line) => `${line}\n`).join("")}`;
}
