import type { JsonObject } from "./apimachinery/meta";
import type { ImageCatalog } from "./machine/behaviour";
import type { WorldOptions } from "./world/world";

/** A machine of the cluster. */
export interface NodeOptions {
  readonly name: string;
  /** Quantities, as a Node's capacity writes them. */
  readonly cpu: string;
  readonly memory: string;
  /** Most pods it takes; 110 unless said. */
  readonly pods?: number;
  /** Its disk, for images and what pods write; 100Gi that never fill unless said. */
  readonly disk?: string;
  /** How many processes its pods may be together; its kubelet keeps a tenth of that free (`pid.available<10%`). No bounds, and no threshold, unless said. */
  readonly pids?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute" }[];
  /** Address on the company network; given in order from the node subnet unless said. */
  readonly ip?: string;
  /** A second address (tunnel or storage network), as the notes' machines have. */
  readonly internalIP?: string;
  /** Its share of the pod network; carved from the pod CIDR unless said. */
  readonly podCIDR?: string;
}

/** The cluster's own networks and defaults. */
export interface NetworkOptions {
  readonly podCIDR?: string;
  readonly serviceCIDR?: string;
  readonly nodePortRange?: readonly [number, number];
  readonly clusterDomain?: string;
  /** Address of the `kubernetes` Service; the first of the service range unless said. */
  readonly apiServiceIP?: string;
  /** Where the API server itself answers; 172.18.0.254 unless said. */
  readonly apiServerIP?: string;
  /** Address of the DNS Service; the tenth of the service range unless said. */
  readonly dnsIP?: string;
  readonly proxyMode?: "iptables" | "nftables" | "ipvs";
  /** Is the Gateway API installed (its CustomResourceDefinitions)? */
  readonly gatewayApi?: boolean;
  /** The network plugin; `flannel` and `bridge` enforce no NetworkPolicy. Unless said, what the DaemonSets show, else kindnet. */
  readonly cni?: "kindnet" | "calico" | "cilium" | "canal" | "antrea" | "weave" | "kube-router" | "flannel" | "bridge";
}

/** Flags of kube-controller-manager that change when things happen; milliseconds, upstream's defaults unless said. */
export interface ControllerFlags {
  /** `--node-monitor-grace-period`: 50 s. */
  readonly nodeMonitorGracePeriod?: number;
  /** `--horizontal-pod-autoscaler-sync-period`: 15 s. */
  readonly horizontalSyncPeriod?: number;
}

/** How a cluster begins. Two clusters of equal options given equal inputs are equal, byte for byte, on every machine. */
export interface ClusterOptions {
  readonly seed: number;
  readonly kubernetesVersion: string;
  readonly nodes: readonly NodeOptions[];
  readonly images: ImageCatalog;
  readonly network?: NetworkOptions;
  readonly world?: WorldOptions;
  /** Storage classes and their provisioners: `block` gives ReadWriteOnce disks attached to one node, `file` shares for many. */
  readonly storage?: readonly { readonly name: string; readonly provisioner: string; readonly kind: "block" | "file"; readonly default?: boolean; readonly bindingMode?: "Immediate" | "WaitForFirstConsumer"; readonly reclaimPolicy?: "Delete" | "Retain" }[];
  /** Is the snapshot API installed (its CustomResourceDefinitions)? */
  readonly snapshots?: boolean;
  /** Objects created by the administrator once the system namespaces exist. */
  readonly objects?: readonly JsonObject[];
  /** Most pods, and most objects of all kinds (Events and Leases aside), the API server takes; unbounded unless said. */
  readonly limits?: { readonly pods: number; readonly objects: number };
  /** What the tokens of service accounts are signed with. Whoever hosts clusters gives each one its own; made from the seed unless said. */
  readonly signingKey?: string;
  readonly controllerFlags?: ControllerFlags;
  /** Most pieces of work the cluster may do in all before the run is abandoned. */
  readonly stepBudget?: number;
}
