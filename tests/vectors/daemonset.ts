import { podTemplateHash } from "@/lib/engine/apimachinery/hash";
import { DAEMON_SET, NODE, POD } from "@/lib/engine/apimachinery/kinds";
import { keyOf } from "@/lib/engine/apimachinery/meta";
import { surgeCount, unavailableCount } from "@/lib/engine/controllers/daemonset/decide";
import type { ControllerContext } from "@/lib/engine/controllers/controller";
import { daemonSetController, lookAround, manage, replace } from "@/lib/engine/controllers/daemonset/index";
import { belongsOn, tolerationsOf } from "@/lib/engine/controllers/daemonset/placement";
import type { DaemonSet, Node, Pod, PodSpec } from "@/lib/engine/models";
import { compare, type Adapter } from "./adapter";
import { clockOf, countOf, stored, vectorDesk } from "./desk";
import { scenario } from "./scenario";

type Input = Readonly<Record<string, unknown>>;

/** Events its pod control writes are not counted by the recordings. */
const OF_POD_CONTROL = ["SuccessfulCreate", "SuccessfulDelete", "FailedCreate", "FailedDelete"];

function sync(input: Input): unknown {
  const set = stored<DaemonSet>(DAEMON_SET, input["ds"]);
  const nodes = ((input["nodes"] ?? []) as readonly unknown[]).map((node, i) => stored<Node>(NODE, node, i));
  const pods = ((input["pods"] ?? []) as readonly unknown[]).map((pod, i) => stored<Pod>(POD, pod, i));
  const { context, done } = vectorDesk([set, ...nodes, ...pods], clockOf(input));
  if (set.spec.updateStrategy?.type === "RollingUpdate" && set.metadata.deletionTimestamp === undefined && Object.keys(set.spec.selector).length > 0) stepByStep(set, context);
  else daemonSetController.reconcile(keyOf(set), context);
  return { creates: countOf(POD, done.created), deletes: countOf(POD, done.deleted), events: done.events.filter(({ reason }) => !OF_POD_CONTROL.includes(reason)).length };
}

/** The recordings' pod control makes its changes known at once: both halves of a look act, one after the other. */
function stepByStep(set: DaemonSet, context: ControllerContext): void {
  const hash = podTemplateHash(set.spec.template, set.status?.collisionCount);
  for (const step of [manage, replace]) step(set, lookAround(set, context).places, hash, context);
}

const ops: Readonly<Record<string, (input: Input) => unknown>> = {
  SurgeCount: (input) => ({ result: [surgeCount(input["ds"] as DaemonSet, input["numberToSchedule"] as number), null] }),
  UnavailableCount: (input) => ({ result: [unavailableCount(input["ds"] as DaemonSet, input["numberToSchedule"] as number), null] }),
  NodeShouldRunDaemonPod: (input) => {
    const { run, stay } = belongsOn(stored<DaemonSet>(DAEMON_SET, input["ds"]), stored<Node>(NODE, input["node"]));
    return { result: [run, stay] };
  },
  AddOrUpdateDaemonPodTolerations: (input) => ({ afterArgs: { spec: { ...(input["spec"] as PodSpec), tolerations: tolerationsOf(input["spec"] as PodSpec) } } }),
  syncDaemonSet: sync,
};

/** `behaviour/daemonset`: whole DaemonSets, one look of the controller, and its rules one by one. */
export const daemonset: Adapter = (vector, file) => {
  const op = vector.input["op"] as string;
  const run = Object.hasOwn(ops, op) ? ops[op] : undefined;
  return run ? compare(run(vector.input), vector.expected) : scenario(vector, file);
};
