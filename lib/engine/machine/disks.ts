import type { Floor } from "./floor";
import type { DiskRecord, Machines } from "./physical";

type Disks = Pick<Machines, "addDisk" | "disk" | "attachDisk" | "detachDisk" | "copyDisk" | "growDisk" | "growFileSystem" | "removeDisk">;

/** The tree that holds a disk's files. */
export function diskTree(handle: string): string {
  return `d:${handle}`;
}

/** Is a disk attached to this machine? */
export function isOn(disk: DiskRecord, node: string): boolean {
  return disk.attachedTo === node || disk.alsoOn?.includes(node) === true;
}

/** Disks and shares, and which machine a disk is on. */
export function disks(floor: Floor): Disks {
  return {
    addDisk(disk) {
      floor.disks.set(disk.handle, disk);
      floor.processes.trees.setLimit(diskTree(disk.handle), disk.bytes);
    },
    disk: (handle) => floor.disks.get(handle),
    attachDisk(handle, node, shared = false) {
      const disk = floor.disks.get(handle);
      if (!disk || isOn(disk, node)) return;
      if (shared && disk.attachedTo !== undefined) floor.disks.set(handle, { ...disk, alsoOn: [...(disk.alsoOn ?? []), node] });
      else floor.disks.set(handle, { ...disk, attachedTo: node });
    },
    detachDisk(handle, node) {
      const disk = floor.disks.get(handle);
      const gone = node ?? disk?.attachedTo;
      if (!disk || gone === undefined || !isOn(disk, gone)) return;
      const { attachedTo, alsoOn = [], ...rest } = disk;
      const [first, ...others] = [...(attachedTo === undefined ? [] : [attachedTo]), ...alsoOn].filter((one) => one !== gone);
      floor.disks.set(handle, { ...rest, ...(first === undefined ? {} : { attachedTo: first }), ...(others.length > 0 ? { alsoOn: others } : {}) });
      floor.processes.releaseLocks(diskTree(handle), gone);
    },
    copyDisk(from, disk) {
      floor.disks.set(disk.handle, disk);
      floor.processes.trees.copy(diskTree(from), diskTree(disk.handle));
      floor.processes.trees.setLimit(diskTree(disk.handle), disk.bytes);
    },
    growDisk(handle, bytes, wholly) {
      const disk = floor.disks.get(handle);
      if (!disk || bytes <= disk.bytes) return;
      floor.disks.set(handle, { ...disk, bytes });
      if (wholly) floor.processes.trees.setLimit(diskTree(handle), bytes);
    },
    growFileSystem(handle) {
      const disk = floor.disks.get(handle);
      if (disk) floor.processes.trees.setLimit(diskTree(handle), disk.bytes);
    },
    removeDisk(handle) {
      floor.disks.delete(handle);
      floor.processes.trees.drop(diskTree(handle));
    },
  };
}
