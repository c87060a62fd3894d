import type { Condition } from "../../../apimachinery/conditions";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";

/** A taint: keeps pods off that do not tolerate it. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  readonly timeAdded?: string;
}

/** v1/Node. */
export interface Node extends KubeObject {
  readonly spec: {
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
    readonly providerID?: string;
    readonly unschedulable?: boolean;
    readonly taints?: readonly Taint[];
  };
  readonly status?: {
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo?: JsonObject;
    readonly images?: readonly { readonly names: readonly string[]; readonly sizeBytes?: number }[];
    readonly volumesInUse?: readonly string[];
    readonly volumesAttached?: readonly { readonly name: string; readonly devicePath: string }[];
    readonly daemonEndpoints?: JsonObject;
  };
}
