import type { KubeObject } from "../../../apimachinery/meta";

/** metallb.io/v1beta1/IPAddressPool: addresses MetalLB may hand out, as ranges or CIDRs. */
export interface IPAddressPool extends KubeObject {
  readonly spec: { readonly addresses: readonly string[]; readonly autoAssign?: boolean; readonly avoidBuggyIPs?: boolean };
}

/** metallb.io/v1beta1/L2Advertisement: announces addresses of pools by ARP. */
export interface L2Advertisement extends KubeObject {
  readonly spec?: { readonly ipAddressPools?: readonly string[]; readonly nodeSelectors?: readonly { readonly matchLabels?: Readonly<Record<string, string>> }[]; readonly interfaces?: readonly string[] };
}
