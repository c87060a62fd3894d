import { invariant } from "../apimachinery/invariant";
import type { Floor } from "./floor";
import type { Machines } from "./physical";
import type { MachineRecord, PodRecord } from "./records";

type Power = Pick<Machines, "addMachine" | "machine" | "machines" | "powerOff" | "powerOn" | "disconnect" | "reconnect">;

/** Machines' switches and cables. */
export function power(floor: Floor): Power {
  const change = (name: string, next: Partial<MachineRecord>): void => {
    const record = floor.nodes.get(name);
    invariant(record, `a machine of this cluster: ${name}`);
    floor.nodes.set(name, { ...record, ...next });
    floor.bound.events.machineChanged?.(name);
  };
  return {
    addMachine(name, ips) {
      if (!floor.nodes.has(name)) floor.nodes.set(name, { name, ips, powered: true, connected: true, boots: 1 });
    },
    machine: (name) => floor.nodes.get(name),
    machines: () => floor.nodes.values(),
    powerOff(name) {
      if (floor.nodes.get(name)?.powered !== true) return;
      floor.journal.record({ at: floor.clock.now(), by: "world", what: "power-off", about: name });
      for (const uid of [...floor.uidsOn(name)]) {
        const pod = floor.pods.get(uid);
        if (!pod) continue;
        for (const container of floor.liveContainers(pod)) floor.endContainer(container, { code: 255, reason: "Unknown" });
        floor.pods.set(uid, { ...(floor.pods.get(uid) as PodRecord), ready: false });
      }
      floor.processes.cache.lose(name, floor.clock.now());
      change(name, { powered: false });
    },
    powerOn(name) {
      const record = floor.nodes.get(name);
      if (!record || record.powered) return;
      floor.journal.record({ at: floor.clock.now(), by: "world", what: "power-on", about: name });
      change(name, { powered: true, boots: record.boots + 1 });
    },
    disconnect(name) {
      if (floor.nodes.get(name)?.connected !== true) return;
      floor.journal.record({ at: floor.clock.now(), by: "world", what: "disconnect", about: name });
      change(name, { connected: false });
    },
    reconnect(name) {
      if (floor.nodes.get(name)?.connected !== false) return;
      floor.journal.record({ at: floor.clock.now(), by: "world", what: "reconnect", about: name });
      change(name, { connected: true });
    },
  };
}
