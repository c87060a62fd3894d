import { DAEMON_SET } from "../apimachinery/kinds";
import type { Client } from "../client/client";
import type { NetworkOptions } from "../options";

/** A network plugin by its usual name. */
export type NetworkPlugin = NonNullable<NetworkOptions["cni"]>;

/** DaemonSets by which a plugin shows that it is installed. Calico beside Flannel (Canal) enforces. */
const AGENTS: readonly (readonly [string, NetworkPlugin])[] = [
  ["canal", "canal"],
  ["calico-node", "calico"],
  ["cilium", "cilium"],
  ["antrea-agent", "antrea"],
  ["weave-net", "weave"],
  ["kube-router", "kube-router"],
  ["kube-flannel-ds", "flannel"],
  ["kube-flannel", "flannel"],
  ["kindnet", "kindnet"],
];

/** Plugins that carry packets and leave NetworkPolicy objects unread. */
const BLIND: readonly NetworkPlugin[] = ["flannel", "bridge"];

/** The plugin of the cluster: what its options say, else what its DaemonSets show, else kindnet. */
export function pluginOf(client: Client, option: NetworkPlugin | undefined): NetworkPlugin {
  if (option !== undefined) return option;
  const names = new Set(client.list(DAEMON_SET).map(({ metadata }) => metadata.name));
  return AGENTS.find(([name]) => names.has(name))?.[1] ?? "kindnet";
}

/** Does the plugin enforce NetworkPolicies? */
export function enforcesPolicies(plugin: NetworkPlugin): boolean {
  return !BLIND.includes(plugin);
}
