/** How `kubectl get pods` sums up a pod. Upstream: `printPod` in `pkg/printers/internalversion/printers.go`. */
import { isTrue, type Condition } from "../../../apimachinery/conditions";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { instantOf } from "../../../apimachinery/time";
import { age, jsonOf, since, wide } from "../../cells";
import type { Column } from "../../define";
import { has, isObject, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";

/** READY, STATUS and RESTARTS of a pod. `lastRestart` is when a container last ended, as the API writes it; empty when none did. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
  readonly lastRestart: string;
}

interface Tally {
  ready: number;
  restarts: number;
  lastRestart: string;
}

const state = (container: JsonObject, kind: string): JsonObject | undefined => {
  const found = objectAt(container, "state")[kind];
  return isObject(found) ? found : undefined;
};

function countRestarts(tally: Tally, container: JsonObject): void {
  tally.restarts += numberAt(container, "restartCount") ?? 0;
  const ended = textAt(objectAt(objectAt(container, "lastState"), "terminated"), "finishedAt");
  if ((instantOf(ended) ?? -Infinity) > (instantOf(tally.lastRestart) ?? -Infinity)) tally.lastRestart = ended;
}

function endText(terminated: JsonObject): string {
  const reason = textAt(terminated, "reason");
  if (reason !== "") return reason;
  const signal = numberAt(terminated, "signal") ?? 0;
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${numberAt(terminated, "exitCode") ?? 0}`;
}

/** What an init container that is not done says of the pod; undefined when it is done. */
function initText(container: JsonObject, index: number, total: number): string | undefined {
  const terminated = state(container, "terminated");
  if (terminated !== undefined) return (numberAt(terminated, "exitCode") ?? 0) === 0 ? undefined : `Init:${endText(terminated)}`;
  const waiting = textAt(state(container, "waiting") ?? {}, "reason");
  return waiting !== "" && waiting !== "PodInitializing" ? `Init:${waiting}` : `Init:${index}/${total}`;
}

/** What a main container says of the pod; undefined when it says nothing. Counts it if it is ready. */
function mainText(container: JsonObject, tally: Tally): string | undefined {
  const waiting = textAt(state(container, "waiting") ?? {}, "reason");
  if (waiting !== "") return waiting;
  const terminated = state(container, "terminated");
  if (terminated !== undefined) return endText(terminated);
  if (container["ready"] === true && state(container, "running") !== undefined) tally.ready += 1;
  return undefined;
}

function readsInit(pod: JsonObject, all: Tally, sidecars: Tally): string | undefined {
  const inits = objectsAt(objectAt(pod, "spec"), "initContainers");
  const isSidecar = (name: string): boolean => inits.some((init) => textAt(init, "name") === name && textAt(init, "restartPolicy") === "Always");
  const statuses = objectsAt(objectAt(pod, "status"), "initContainerStatuses");
  for (const [index, container] of statuses.entries()) {
    countRestarts(all, container);
    const sidecar = isSidecar(textAt(container, "name"));
    if (sidecar) countRestarts(sidecars, container);
    const terminated = state(container, "terminated");
    const done = terminated !== undefined && (numberAt(terminated, "exitCode") ?? 0) === 0;
    if (!done && sidecar && container["started"] === true) {
      if (container["ready"] === true) sidecars.ready += 1;
      continue;
    }
    const text = initText(container, index, inits.length);
    if (text !== undefined) return text;
  }
  return undefined;
}

const tally = (): Tally => ({ ready: 0, restarts: 0, lastRestart: "" });

/** Sums a pod up as `kubectl get pods` does. */
export function summarizePod(object: KubeObject): PodSummary {
  const pod = jsonOf(object);
  const [spec, status] = [objectAt(pod, "spec"), objectAt(pod, "status")];
  const conditions = listAt(status, "conditions") as unknown as readonly Condition[];
  const sidecarCount = objectsAt(spec, "initContainers").filter((init) => textAt(init, "restartPolicy") === "Always").length;
  const total = listAt(spec, "containers").length + sidecarCount;
  const gated = conditions.some((condition) => condition.type === "PodScheduled" && condition.reason === "SchedulingGated");
  let text = gated ? "SchedulingGated" : textAt(status, "reason") || textAt(status, "phase");
  const [all, sum] = [tally(), tally()];
  const init = readsInit(pod, all, sum);
  if (init !== undefined) text = init;
  const counted = init === undefined || isTrue(conditions, "Initialized") ? sum : { ...all, ready: sum.ready };
  if (counted === sum) {
    const readyBefore = sum.ready;
    for (const container of [...objectsAt(status, "containerStatuses")].reverse()) {
      countRestarts(sum, container);
      text = mainText(container, sum) ?? text;
    }
    if (text === "Completed" && sum.ready > readyBefore) text = isTrue(conditions, "Ready") ? "Running" : "NotReady";
  }
  const { ready, restarts, lastRestart } = counted;
  return { ready, total, status: ending(pod, text), restarts, lastRestart };
}

function ending(pod: JsonObject, text: string): string {
  if (!has(objectAt(pod, "metadata"), "deletionTimestamp")) return text;
  const status = objectAt(pod, "status");
  if (textAt(status, "reason") === "NodeLost") return "Unknown";
  return ["Succeeded", "Failed"].includes(textAt(status, "phase")) ? text : "Terminating";
}

/** `1/2`: how many of a pod's readiness gates are open; `<none>` without any. */
function readinessGates(pod: JsonObject): string {
  const gates = objectsAt(objectAt(pod, "spec"), "readinessGates");
  if (gates.length === 0) return "<none>";
  const conditions = listAt(objectAt(pod, "status"), "conditions") as unknown as readonly Condition[];
  return `${gates.filter((gate) => isTrue(conditions, textAt(gate, "conditionType"))).length}/${gates.length}`;
}

const orNone = (text: string): string => (text === "" ? "<none>" : text);

/** Columns of pods. */
export const podColumns: readonly Column[] = [
  {
    name: "Ready",
    value: (object) => {
      const { ready, total } = summarizePod(object);
      return `${ready}/${total}`;
    },
  },
  { name: "Status", value: (object) => summarizePod(object).status },
  {
    name: "Restarts",
    value: (object, now) => {
      const { restarts, lastRestart } = summarizePod(object);
      return restarts !== 0 && lastRestart !== "" ? `${restarts} (${since(lastRestart, now)} ago)` : String(restarts);
    },
  },
  age,
  wide("IP", (pod) => orNone(textAt(objectsAt(objectAt(pod, "status"), "podIPs")[0] ?? {}, "ip") || textAt(objectAt(pod, "status"), "podIP"))),
  wide("Node", (pod) => orNone(textAt(objectAt(pod, "spec"), "nodeName"))),
  wide("Nominated Node", (pod) => orNone(textAt(objectAt(pod, "status"), "nominatedNodeName"))),
  wide("Readiness Gates", readinessGates),
];
