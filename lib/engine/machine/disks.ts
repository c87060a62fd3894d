import type { Floor } from "./floor";
import type { Machines } from "./physical";

type Disks = Pick<Machines, "addDisk" | "disk" | "attachDisk" | "detachDisk" | "copyDisk" | "growDisk" | "growFileSystem" | "removeDisk">;

/** The tree that holds a disk's files. */
export function diskTree(handle: string): string {
  return `d:${handle}`;
}

/** Disks and shares, and which machine a disk is on. */
export function disks(floor: Floor): Disks {
  return {
    addDisk(disk) {
      floor.disks.set(disk.handle, disk);
      floor.processes.trees.setLimit(diskTree(disk.handle), disk.bytes);
    },
    disk: (handle) => floor.disks.get(handle),
    attachDisk(handle, node) {
      const disk = floor.disks.get(handle);
      if (disk) floor.disks.set(handle, { ...disk, attachedTo: node });
    },
    detachDisk(handle) {
      const disk = floor.disks.get(handle);
      if (disk?.attachedTo === undefined) return;
      const { attachedTo, ...rest } = disk;
      floor.disks.set(handle, rest);
      floor.processes.releaseLocks(diskTree(handle), attachedTo);
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
