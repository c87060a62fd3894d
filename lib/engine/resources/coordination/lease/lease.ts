import type { KubeObject } from "../../../apimachinery/meta";

/** coordination.k8s.io/v1/Lease. */
export interface Lease extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string; readonly leaseDurationSeconds?: number; readonly acquireTime?: string; readonly renewTime?: string; readonly leaseTransitions?: number };
}
