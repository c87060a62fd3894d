/** The storage of a cluster: classes, the provisioner behind them, and who puts disks on machines. */
export { attachDetach } from "./attach-detach";
export { storageClassOf, type StorageOption } from "./classes";
export { provisioner } from "./provisioner";
export { resizer } from "./resizer";
export { snapshotController } from "./snapshots";
