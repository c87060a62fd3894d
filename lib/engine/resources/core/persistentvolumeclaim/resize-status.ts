import type { PersistentVolumeClaim } from "./persistentvolumeclaim";

/** The annotation that keeps what a volume held before its file system grows with it. */
export const PRE_RESIZE = "volume.alpha.kubernetes.io/pre-resize-capacity";

type Status = NonNullable<PersistentVolumeClaim["status"]>;

/** A claim's status without anything that says it is being made larger; what was allotted last stays. */
export function withoutResizing(status: Status): Status {
  const { conditions = [], allocatedResourceStatuses: _gone, ...rest } = status;
  const kept = conditions.filter(({ type }) => type !== "Resizing" && type !== "FileSystemResizePending");
  return { ...rest, ...(kept.length > 0 ? { conditions: kept } : {}) };
}
