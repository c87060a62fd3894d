import { compareStrings } from "../../apimachinery/compare";
import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS } from "../../apimachinery/kinds";
import { refOf, type KindId, type KubeObject } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../../resources/core/pod/pod";
import type { StorageClass } from "../../resources/storage/storageclass/storageclass";
import type { ControllerContext } from "../controller";
import type { Binder } from "./binder";

const DEFAULT_CLASS = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

/** Is this the class of claims that name none? */
export function isDefault({ metadata }: KubeObject): boolean {
  return DEFAULT_CLASS.some((name) => metadata.annotations?.[name] === "true");
}

/** The class of claims that name none: the newest, then the first by name. Upstream: pkg/volume/util, GetDefaultClass. */
export function defaultClassOf(classes: readonly StorageClass[]): string | undefined {
  const born = ({ metadata }: StorageClass): string => metadata.creationTimestamp ?? "";
  return classes.filter(isDefault).sort((a, b) => compareStrings(born(b), born(a)) || compareStrings(a.metadata.name, b.metadata.name))[0]?.metadata.name;
}

/** A {@link Binder} over the API. */
export function clientBinder({ client, now, event }: ControllerContext, pods: KindId): Binder {
  return {
    volume: (name) => client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name }),
    volumes: () => client.list<PersistentVolume>(PERSISTENT_VOLUME),
    claim: (key) => client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, key),
    storageClass: (name) => client.get<StorageClass>(STORAGE_CLASS, { namespace: "", name }),
    defaultClass: () => defaultClassOf(client.list<StorageClass>(STORAGE_CLASS)),
    pods: (namespace) => client.list<Pod>(pods, { namespace }),
    updateVolume: (volume) => client.update<PersistentVolume>(volume),
    updateVolumeStatus: (volume) => client.updateStatus<PersistentVolume>(volume),
    updateClaim: (claim) => client.update<PersistentVolumeClaim>(claim),
    updateClaimStatus: (claim) => client.updateStatus<PersistentVolumeClaim>(claim),
    now: () => timestamp(now),
    tell: (about, [type, reason, message]) => event({ ...refOf(about), uid: about.metadata.uid }, type, reason, message),
  };
}
