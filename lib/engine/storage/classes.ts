import { STORAGE_CLASS } from "../apimachinery/kinds";
import type { JsonObject } from "../apimachinery/meta";
import { partsOfKind } from "../apimachinery/meta";
import type { ClusterOptions } from "../options";
import { DEFAULT_CLASS } from "../resources/storage/storageclass/default-class";

/** One way of storing the cluster offers, as its options describe it. */
export type StorageOption = NonNullable<ClusterOptions["storage"]>[number];

/** The StorageClass an option stands for, as the administrator creates it. */
export function storageClassOf(option: StorageOption): JsonObject {
  const { apiVersion, kind } = partsOfKind(STORAGE_CLASS);
  return {
    apiVersion,
    kind,
    metadata: { name: option.name, ...(option.default === true ? { annotations: { [DEFAULT_CLASS]: "true" } } : {}) },
    provisioner: option.provisioner,
    reclaimPolicy: option.reclaimPolicy ?? "Delete",
    volumeBindingMode: option.bindingMode ?? "Immediate",
    ...(option.kind === "block" ? { allowVolumeExpansion: true } : {}),
  };
}
