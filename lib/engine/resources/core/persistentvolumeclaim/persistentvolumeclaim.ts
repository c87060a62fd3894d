import type { Condition } from "../../../apimachinery/conditions";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import type { AccessMode } from "../persistentvolume/persistentvolume";

/** `spec` of a claim, also inside `volumeClaimTemplates`. */
export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly AccessMode[];
  readonly resources?: { readonly requests?: Readonly<Record<string, string>>; readonly limits?: Readonly<Record<string, string>> };
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  readonly volumeAttributesClassName?: string;
  readonly volumeName?: string;
  readonly selector?: JsonObject;
  readonly dataSource?: JsonObject;
  readonly dataSourceRef?: JsonObject;
}

/** v1/PersistentVolumeClaim. */
export interface PersistentVolumeClaim extends KubeObject {
  readonly spec: PersistentVolumeClaimSpec;
  readonly status?: {
    readonly phase?: "Pending" | "Bound" | "Lost";
    readonly accessModes?: readonly AccessMode[];
    readonly capacity?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
    readonly allocatedResources?: Readonly<Record<string, string>>;
    /** How far making it larger has come: `ControllerResizeInProgress`, `NodeResizePending`. */
    readonly allocatedResourceStatuses?: Readonly<Record<string, string>>;
  };
}
