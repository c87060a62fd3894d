import { commands, containers } from "./containers";
import { disks } from "./disks";
import { layFloor } from "./floor";
import type { MachineParts, Machines } from "./physical";
import { power } from "./power";
import { sandboxes } from "./sandboxes";

export { diskTree } from "./disks";
export type { DiskRecord, MachineEvents, MachineParts, Machines } from "./physical";

/** The machines of a cluster. */
export function createMachines(parts: MachineParts): Machines {
  const floor = layFloor(parts);
  const { bound, processes, sockets } = floor;
  const made = containers(floor);
  return {
    trees: processes.trees,
    bind: (wire) => void (bound.wire = wire),
    wire: () => floor.wire(),
    looksOutside: () => processes.outside,
    unsteadyLooks: () => processes.outside + processes.restless,
    wakeProcess: (process, wake, message) => processes.wake(process, wake, message),
    signalProcess: (process, signal) => processes.signal(process, signal),
    listen: (events) => void (bound.events = events),
    ...power(floor),
    ...sandboxes(floor),
    ...made,
    ...commands(floor, made.container),
    ...disks(floor),
    ...sockets,
  };
}
