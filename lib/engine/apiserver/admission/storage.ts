import { compareStrings } from "../../apimachinery/compare";
import { INGRESS, INGRESS_CLASS, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS } from "../../apimachinery/kinds";
import type { KindId, KubeObject } from "../../apimachinery/meta";
import type { Ingress } from "../../resources/networking/ingress/ingress";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { ObjectStore } from "../../store/store";
import type { AdmissionPlugin } from "../request";

const DEFAULT_STORAGE = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
const DEFAULT_INGRESS = ["ingressclass.kubernetes.io/is-default-class"];

/** The class marked as default; of several the newest, and then the first by name. Upstream: util.GetDefaultClass. */
function defaultClass(store: ObjectStore, kind: KindId, marks: readonly string[]): KubeObject | undefined {
  return [...store.list(kind)]
    .filter(({ metadata }) => marks.some((mark) => metadata.annotations?.[mark] === "true"))
    .sort((a, b) => compareStrings(b.metadata.creationTimestamp, a.metadata.creationTimestamp) || compareStrings(a.metadata.name, b.metadata.name))[0];
}

/** The name of the cluster's default storage class, if it has one. */
export function defaultStorageClass(store: ObjectStore): string | undefined {
  return defaultClass(store, STORAGE_CLASS, DEFAULT_STORAGE)?.metadata.name;
}

/** A claim that names no class gets the default one; an empty name means none, and is left. Upstream: plugin/storage/storageclass/setdefault. */
export const defaultStorage: AdmissionPlugin = {
  name: "DefaultStorageClass",
  alters: new Set([PERSISTENT_VOLUME_CLAIM]),
  mutate({ operation, definition, object }, { store }) {
    if (operation !== "CREATE" || definition.kind !== PERSISTENT_VOLUME_CLAIM) return undefined;
    const claim = object as PersistentVolumeClaim;
    if (claim.spec.storageClassName !== undefined || claim.metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] !== undefined) return undefined;
    const name = defaultStorageClass(store);
    return name === undefined ? undefined : ({ ...claim, spec: { ...claim.spec, storageClassName: name } } as PersistentVolumeClaim);
  },
};

const PROTECTION: ReadonlyMap<KindId, string> = new Map([
  [PERSISTENT_VOLUME_CLAIM, "kubernetes.io/pvc-protection"],
  [PERSISTENT_VOLUME, "kubernetes.io/pv-protection"],
]);

/** Claims and volumes are protected from deletion while in use, from their first moment. Upstream: plugin/storage/storageobjectinuseprotection. */
export const storageProtection: AdmissionPlugin = {
  name: "StorageObjectInUseProtection",
  mutate({ operation, definition, object }) {
    const finalizer = PROTECTION.get(definition.kind);
    if (operation !== "CREATE" || finalizer === undefined || !object) return undefined;
    const finalizers = object.metadata.finalizers ?? [];
    return finalizers.includes(finalizer) ? undefined : { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
  },
};

/** An Ingress that names no class gets the default one. Upstream: plugin/network/defaultingressclass. */
export const defaultIngressClass: AdmissionPlugin = {
  name: "DefaultIngressClass",
  alters: new Set([INGRESS]),
  mutate({ operation, definition, object }, { store }) {
    if (operation !== "CREATE" || definition.kind !== INGRESS) return undefined;
    const ingress = object as Ingress;
    if (ingress.spec.ingressClassName !== undefined || ingress.metadata.annotations?.["kubernetes.io/ingress.class"] !== undefined) return undefined;
    const chosen = defaultClass(store, INGRESS_CLASS, DEFAULT_INGRESS);
    return chosen ? ({ ...ingress, spec: { ...ingress.spec, ingressClassName: chosen.metadata.name } } as Ingress) : undefined;
  },
};
