import type { Json } from "../apimachinery/meta";
import type { Machines } from "./machines";
import { RUNTIME } from "./surroundings";

/** What the runtime is as a component: somebody whose timers wake processes. Structurally a `Component`. */
export interface RuntimeComponent {
  readonly name: string;
  readonly watches: readonly [];
  onTimer(message: Json): void;
}

/** The component that wakes processes. Its timers carry a process and the number of its wake-up, so stale ones do nothing. */
export function runtime(machines: Machines): RuntimeComponent {
  return {
    name: RUNTIME,
    watches: [],
    onTimer(message) {
      const { process, wake, message: inner, signal } = message as { readonly process: string; readonly wake: number; readonly message: Json; readonly signal?: string };
      if (signal === undefined) machines.wakeProcess(process, wake, inner);
      else machines.signalProcess(process, signal);
    },
  };
}
