import { INGRESS, INGRESS_CLASS, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS } from "../../apimachinery/kinds";
import type { KindId } from "../../apimachinery/meta";
import type { Ingress } from "../../resources/networking/ingress/ingress";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { defaultClassOf, newestOf } from "../../resources/storage/storageclass/default-class";
import type { AdmissionPlugin } from "../request";

const DEFAULT_INGRESS = "ingressclass.kubernetes.io/is-default-class";

/** A claim that names no class gets the default one; an empty name means none, and is left. Upstream: plugin/storage/storageclass/setdefault. */
export const defaultStorage: AdmissionPlugin = {
  name: "DefaultStorageClass",
  alters: new Set([PERSISTENT_VOLUME_CLAIM]),
  mutate({ operation, definition, object }, { store }) {
    if (operation !== "CREATE" || definition.kind !== PERSISTENT_VOLUME_CLAIM) return undefined;
    const claim = object as PersistentVolumeClaim;
    if (claim.spec.storageClassName !== undefined || claim.metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] !== undefined) return undefined;
    const name = defaultClassOf(store.list(STORAGE_CLASS))?.metadata.name;
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
  alters: new Set(PROTECTION.keys()),
  onlyNew: true,
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
    const chosen = newestOf(store.list(INGRESS_CLASS).filter(({ metadata }) => metadata.annotations?.[DEFAULT_INGRESS] === "true"));
    return chosen ? ({ ...ingress, spec: { ...ingress.spec, ingressClassName: chosen.metadata.name } } as Ingress) : undefined;
  },
};
