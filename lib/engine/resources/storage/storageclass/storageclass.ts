import type { JsonObject, KubeObject } from "../../../apimachinery/meta";

/** storage.k8s.io/v1/StorageClass. */
export interface StorageClass extends KubeObject {
  readonly provisioner: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly reclaimPolicy?: "Retain" | "Delete";
  readonly mountOptions?: readonly string[];
  readonly allowVolumeExpansion?: boolean;
  readonly volumeBindingMode?: "Immediate" | "WaitForFirstConsumer";
  readonly allowedTopologies?: readonly JsonObject[];
}

/** storage.k8s.io/v1/VolumeAttachment. */
export interface VolumeAttachment extends KubeObject {
  readonly spec: { readonly attacher: string; readonly nodeName: string; readonly source: { readonly persistentVolumeName?: string } };
  readonly status?: { readonly attached: boolean; readonly attachError?: { readonly message?: string; readonly time?: string } };
}
