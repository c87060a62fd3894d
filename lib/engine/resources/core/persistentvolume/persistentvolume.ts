import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import type { NodeSelectorTerm } from "../pod/pod";

/** Who may mount a volume at once: per node, except `ReadWriteOncePod`. */
export type AccessMode = "ReadWriteOnce" | "ReadOnlyMany" | "ReadWriteMany" | "ReadWriteOncePod";

/** v1/PersistentVolume. */
export interface PersistentVolume extends KubeObject {
  readonly spec: {
    readonly capacity?: Readonly<Record<string, string>>;
    readonly accessModes?: readonly AccessMode[];
    readonly persistentVolumeReclaimPolicy?: "Retain" | "Delete" | "Recycle";
    readonly storageClassName?: string;
    readonly volumeMode?: string;
    readonly volumeAttributesClassName?: string;
    readonly mountOptions?: readonly string[];
    readonly claimRef?: { readonly apiVersion?: string; readonly kind?: string; readonly namespace?: string; readonly name?: string; readonly uid?: string; readonly resourceVersion?: string };
    readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms: readonly NodeSelectorTerm[] } };
    readonly hostPath?: { readonly path: string; readonly type?: string };
    readonly nfs?: { readonly server: string; readonly path: string; readonly readOnly?: boolean };
    readonly local?: { readonly path: string };
    readonly csi?: { readonly driver: string; readonly volumeHandle: string; readonly volumeAttributes?: Readonly<Record<string, string>>; readonly fsType?: string; readonly readOnly?: boolean };
    readonly cephfs?: JsonObject;
  };
  readonly status?: { readonly phase?: "Pending" | "Available" | "Bound" | "Released" | "Failed"; readonly reason?: string; readonly message?: string; readonly lastPhaseTransitionTime?: string };
}
