import type { ObjectKey } from "./apimachinery/meta";
import type { Machines } from "./machine/machines";
import type { MachineRecord } from "./machine/records";
import { freezeRules, thawRules } from "./network/kube-proxy";
import type { StateTree } from "./sim/state";

/** The hands of whoever stands before the machines. What is already so changes nothing; unknown machines are ignored. */
export interface MachineControl {
  list(): readonly MachineRecord[];
  powerOff(node: string): void;
  powerOn(node: string): void;
  /** Pulls the network cable: processes go on, nobody reaches them. */
  disconnect(node: string): void;
  reconnect(node: string): void;
  /** Stops kube-proxy on a machine: its rules stay as they are. */
  stopProxy(node: string): void;
  startProxy(node: string): void;
  /** Stops what runs first in a container of a pod, or in each of them: it lives, keeps its ports and answers nobody. */
  freeze(pod: ObjectKey, container?: string): void;
  /** Lets it go on where it was. */
  thaw(pod: ObjectKey, container?: string): void;
}

const nothing = (): void => undefined;

/** Can the rest of the cluster talk to this machine? */
export function reachable(machines: Machines, node: string): boolean {
  const machine = machines.machine(node);
  return machine !== undefined && machine.powered && machine.connected;
}

/**
 * The hands of whoever stands before these machines. `drain` lets the cluster work off what is under way; `registered` is told
 * whether the kubelet of a node that has no machine here is silent.
 */
export function machineControl(machines: Machines, state: StateTree, drain: () => void, registered: (node: string, silent: boolean) => void): MachineControl {
  const changing = (change: (node: string) => void, rules: (state: StateTree, node: string) => void) => (node: string): void => {
    drain();
    if (!machines.machine(node)) {
      // A node registered by hand has no machine here: all that can be seen of it is whether its kubelet is heard.
      if (change !== nothing) registered(node, rules === freezeRules);
      return drain();
    }
    change(node);
    rules(state, node);
    // MetalLB's speakers watch each other, not the API: a machine that goes is noticed at once.
    state.cell<boolean>("metallb-speaker:look", false).set(true);
    drain();
  };
  const signalling = (signal: string) => (key: ObjectKey, container?: string): void => {
    drain();
    for (const [name, { current }] of Object.entries(machines.podNamed(key)?.containers ?? {})) if (container === undefined || container === name) machines.signal(current, signal);
    drain();
  };
  return {
    list: () => machines.machines(),
    powerOff: changing(machines.powerOff, freezeRules),
    powerOn: changing(machines.powerOn, thawRules),
    disconnect: changing(machines.disconnect, freezeRules),
    reconnect: changing(machines.reconnect, thawRules),
    stopProxy: changing(nothing, freezeRules),
    startProxy: changing(nothing, thawRules),
    freeze: signalling("SIGSTOP"),
    thaw: signalling("SIGCONT"),
  };
}
