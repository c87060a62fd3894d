import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Controller, ControllerContext } from "../controller";
import { clientBinder } from "./client-binder";
import { syncVolume } from "./sync-volume";

/** Keeps volumes' phases, and carries out what their policy says once their claim is gone: {@link syncVolume}. */
export const volumeBinder: Controller = {
  name: "persistentvolume-volumes",
  eventSource: "persistentvolume-controller",
  reconciles: PERSISTENT_VOLUME,
  watches: [
    {
      kind: PERSISTENT_VOLUME_CLAIM,
      wakes: (claim) => {
        const name = (claim as PersistentVolumeClaim).spec.volumeName ?? "";
        return name === "" ? [] : [{ namespace: "", name }];
      },
    },
  ],
  reconcile,
};

function reconcile(key: ObjectKey, context: ControllerContext): void {
  const volume = context.client.get<PersistentVolume>(PERSISTENT_VOLUME, key);
  if (volume) syncVolume(volume, clientBinder(context));
}
