import type { Json } from "../apimachinery/meta";
import type { AppRequest, AppResponse } from "./behaviour";
import type { ProcessRecord, Stopped } from "./records";
import { HEALTH_CHECK } from "./wire";

const NOTHING: Stopped = Object.freeze({ signals: [] });

/** A process held up by a signal: it lives, and takes no step until SIGCONT or SIGKILL. Upstream: signal(7). */
export function stopped(record: ProcessRecord): ProcessRecord {
  return { ...record, stopped: NOTHING };
}

export function goingOn({ stopped: _stopped, ...record }: ProcessRecord): ProcessRecord {
  return record;
}

/** The wake-up it waits for fell due. */
export function overdue(record: ProcessRecord, waiting: Stopped, message: Json): ProcessRecord {
  return { ...record, stopped: { ...waiting, message } };
}

/** A signal waits, once: the second of a kind adds nothing. */
export function later(record: ProcessRecord, waiting: Stopped, signal: string): ProcessRecord {
  return waiting.signals.includes(signal) ? record : { ...record, stopped: { ...waiting, signals: [...waiting.signals, signal] } };
}

/** The kernel accepts connections for it; whoever waits for an answer waits in vain. */
export function accepts({ protocol, path, body }: AppRequest): AppResponse | undefined {
  return protocol === "tcp" && body === "" && path !== HEALTH_CHECK ? { status: 0, body: "" } : undefined;
}
