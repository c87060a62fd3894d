import type { NodeOptions, NetworkOptions } from "../options";
import type { StateTree } from "../sim/state";
import { blockOf, ipNumber, ipText, nth, type Block } from "../world/addresses";

/** Where a node stands in the three address spaces. */
export interface NodeAddresses {
  readonly name: string;
  /** On the company network. */
  readonly ip: string;
  /** A second address, for tunnels or storage. */
  readonly internalIP?: string;
  /** Its share of the pod network. */
  readonly podCIDR: string;
}

/** Pods' network unless the options say otherwise. */
export const DEFAULT_POD_CIDR = "10.244.0.0/16";
const DEFAULT_NODE_CIDR = "172.18.0.0/16";

/** The addresses of a cluster's nodes, in order: given ones kept, the rest from upstream's usual ranges. */
export function nodeAddresses(nodes: readonly NodeOptions[], network: NetworkOptions = {}): readonly NodeAddresses[] {
  const pods = blockOf(network.podCIDR ?? DEFAULT_POD_CIDR) ?? blockOf(DEFAULT_POD_CIDR);
  const first = pods?.first ?? 0;
  return nodes.map((node, i) => ({
    name: node.name,
    ip: node.ip ?? nth(DEFAULT_NODE_CIDR, i + 2) ?? "172.18.0.2",
    ...(node.internalIP === undefined ? {} : { internalIP: node.internalIP }),
    podCIDR: node.podCIDR ?? `${ipText(first + i * 256)}/24`,
  }));
}

/** The annotation with which Calico is asked for a given address. */
export const WANTED_IP = "cni.projectcalico.org/ipAddrs";

/**
 * Hands out pod addresses node by node, never the same twice in a row: a released address goes to
 * the end of the line, as host-local IPAM does, so a pod that comes back has another IP.
 */
export interface Ipam {
  /** An address for a pod of this node, or the one its annotation asks for; the CNI plugin's complaint when its range is used up. */
  allocate(node: string, wanted?: string): { readonly ip: string } | { readonly error: string };
  release(ip: string): void;
}

/** The allocator over the cluster's state. */
export function createIpam(state: StateTree, nodes: readonly NodeAddresses[]): Ipam {
  const taken = state.table<string>("ipam:taken");
  const cursor = state.table<number>("ipam:cursor");
  const cidrs = new Map(nodes.map((node) => [node.name, node.podCIDR]));
  const blocks = new Map<string, Block | undefined>();
  const blockFor = (node: string): Block | undefined => {
    if (!blocks.has(node)) blocks.set(node, blockOf(cidrs.get(node) ?? DEFAULT_POD_CIDR));
    return blocks.get(node);
  };
  return {
    allocate(node, wanted) {
      const asked = wanted === undefined ? undefined : /"?(\d+\.\d+\.\d+\.\d+)"?/.exec(wanted)?.[1];
      if (asked !== undefined && ipNumber(asked) !== undefined && !taken.has(asked)) {
        taken.set(asked, node);
        return { ip: asked };
      }
      const block = blockFor(node);
      const first = (block?.first ?? 0) + 2;
      const size = Math.max(1, (block?.last ?? first + 252) - first);
      const start = cursor.get(node) ?? 0;
      for (let i = 0; i < size; i += 1) {
        const ip = ipText(first + ((start + i) % size));
        if (taken.has(ip)) continue;
        taken.set(ip, node);
        cursor.set(node, (start + i + 1) % size);
        return { ip };
      }
      return { error: `failed to allocate for range 0: no IP addresses available in range set: ${cidrs.get(node) ?? DEFAULT_POD_CIDR}` };
    },
    release: (ip) => taken.delete(ip),
  };
}

/** Machines by what they are looked up by; lists of machines are never changed. */
interface NodeIndex {
  readonly byName: ReadonlyMap<string, NodeAddresses>;
  readonly byAddress: ReadonlyMap<string, NodeAddresses>;
  readonly ranges: readonly (Block & { readonly node: NodeAddresses })[];
}

const indexes = new WeakMap<readonly NodeAddresses[], NodeIndex>();

function indexOf(nodes: readonly NodeAddresses[]): NodeIndex {
  const known = indexes.get(nodes);
  if (known) return known;
  const first = (pairs: readonly (readonly [string | undefined, NodeAddresses])[]): ReadonlyMap<string, NodeAddresses> => {
    const found = new Map<string, NodeAddresses>();
    for (const [key, node] of pairs) if (key !== undefined && !found.has(key)) found.set(key, node);
    return found;
  };
  const ranges = nodes.flatMap((node) => {
    const block = blockOf(node.podCIDR);
    return block ? [{ ...block, node }] : [];
  });
  const made: NodeIndex = { byName: first(nodes.map((node) => [node.name, node])), byAddress: first(nodes.flatMap((node) => [[node.ip, node] as const, [node.internalIP, node] as const])), ranges };
  indexes.set(nodes, made);
  return made;
}

/** The machine of that name. */
export function nodeNamed(name: string, nodes: readonly NodeAddresses[]): NodeAddresses | undefined {
  return indexOf(nodes).byName.get(name);
}

/** The machine whose own address this is, on either network. */
export function nodeAt(ip: string, nodes: readonly NodeAddresses[]): NodeAddresses | undefined {
  return indexOf(nodes).byAddress.get(ip);
}

/** Which node's pod range holds this address. */
export function nodeOfPodIP(ip: string, nodes: readonly NodeAddresses[]): NodeAddresses | undefined {
  const value = ipNumber(ip);
  return value === undefined ? undefined : indexOf(nodes).ranges.find(({ first, last }) => value >= first && value <= last)?.node;
}
