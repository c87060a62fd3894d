import { ApiError } from "@/lib/engine/apimachinery/api-error";
import type { Condition } from "@/lib/engine/apimachinery/conditions";
import { kindId, type JsonObject, type KindId } from "@/lib/engine/apimachinery/meta";
import { isFinished, isReady } from "@/lib/engine/controllers/pod-state";
import type { Pod } from "@/lib/engine/models";
import { mergePatch } from "@/lib/engine/apimachinery/patch/merge";
import { resources } from "@/lib/engine/resources/index";
import { millis, seconds } from "@/lib/engine/sim/clock";
import { play, podsIn, scriptedCluster } from "@/lib/engine/testing/scripted";
import { compare, same, type Adapter } from "./adapter";
import { endPods, settleJobs } from "./scenario-jobs";
import { observe, replicaSets } from "./scenario-observe";
import { NS, type Run } from "./scenario-run";

/** One step of a scenario, in the recording's words. */
export interface ScenarioStep {
  readonly do: string;
  readonly object?: JsonObject;
  readonly kind?: string;
  readonly name?: string;
  readonly patch?: JsonObject;
  readonly sub?: string;
  readonly propagationPolicy?: "Foreground" | "Background" | "Orphan" | null;
  readonly gracePeriodSeconds?: number | null;
  readonly action?: string;
  readonly states?: readonly (readonly [string, string])[];
  readonly what?: string;
  readonly pod?: string;
  readonly seconds?: number;
  readonly conditions?: readonly Condition[] | null;
}

const kindByName = new Map(resources.map(({ kind }) => [kind.slice(kind.lastIndexOf("/") + 1), kind]));
const unknown = kindId("v1", "Unknown");

/** `behaviour/*` of kind `scenario`: the control plane on three nodes with a scripted kubelet. */
export const scenario: Adapter = ({ input, expected }) => {
  if (input["op"] !== "scenario") return { skip: "not a scenario" };
  const nodes = [1, 2, 3].map((n) => ({ name: `node${n}`, cpu: "32", memory: "64Gi", pods: 500, labels: { zone: `z${n}` } }));
  const cluster = scriptedCluster(nodes, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: NS } }]);
  const run: Run = { cluster, held: new Set(), subject: "", emptying: false, newest: "" };
  const steps = input["steps"] as readonly ScenarioStep[];
  const wanted = expected["steps"] as readonly JsonObject[];
  const got = steps.map((step) => perform(run, step));
  const wrong = got.findIndex((one, i) => !same(one, wanted[i]));
  return wrong < 0 ? { pass: true } : { ...compare(got[wrong], wanted[wrong]), got: { step: wrong, got: got[wrong], wanted: wanted[wrong] } };
};

function perform(run: Run, step: ScenarioStep): JsonObject {
  const { cluster } = run;
  switch (step.do) {
    case "create":
      return answer(201, () => create(run, step.object ?? {}));
    case "patch":
      return answer(200, () => {
        settle(run);
        const subresource = step.sub ? { subresource: step.sub as "status" | "scale" } : {};
        const changed = cluster.as("admin").patch({ kind: kindOf(step), ...keyOf(step) }, { type: "merge", body: step.patch ?? {} }, subresource);
        if (step.kind === "Service") Object.assign(run, { newest: changed.metadata.uid, given: mergePatch(changed.metadata.uid === run.newest ? (run.given ?? {}) : {}, step.patch ?? {}) });
      });
    case "delete":
      return answer(200, () => {
        settle(run);
        if (step.kind === "Namespace") run.emptying = true;
        const propagation = step.propagationPolicy ? { propagation: step.propagationPolicy } : {};
        const grace = typeof step.gracePeriodSeconds === "number" ? { gracePeriodSeconds: step.gracePeriodSeconds } : {};
        cluster.as("admin").delete({ kind: kindOf(step), ...keyOf(step) }, { ...propagation, ...grace });
      });
    case "wait":
      cluster.advance(seconds(step.seconds ?? 0));
      return {};
    case "kubelet":
      return kubelet(run, step);
    case "evict":
      return evict(run, step);
    default:
      settle(run);
      return { value: observe(run, step.what ?? "") as JsonObject };
  }
}

/** Evicts the n-th pod that is ready, or not ready, or of that name. */
function evict(run: Run, { pod: which = "" }: ScenarioStep): JsonObject {
  settle(run);
  const [, state, place] = /^(ready|not ready|unready) pod number ([0-9]+)$/.exec(which) ?? [];
  const pods = podsIn(run.cluster, NS).filter((pod) => (state === undefined ? pod.metadata.name === which : isReady(pod) === (state === "ready")));
  const pod = pods[Number(place ?? 0)];
  const causes: string[] = [];
  try {
    run.cluster.as("admin").evict({ namespace: NS, name: pod?.metadata.name ?? which });
    return { status: 201, message: null, cause: null };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    causes.push(...(error.status.details?.causes ?? []).map(({ message }) => message));
    return { status: error.status.code, message: error.status.message, cause: causes.length === 0 ? null : causes };
  }
}

function answer(status: number, act: () => void): JsonObject {
  try {
    act();
    return { status };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status.code, reason: error.status.reason, message: error.status.message.replaceAll(NS, "NS") };
  }
}

const kindOf = ({ kind = "" }: ScenarioStep): KindId => kindByName.get(kind) ?? unknown;
const isNamespaced = (kind: string): boolean => resources.find((one) => one.kind === kindByName.get(kind))?.namespaced !== false;
const keyOf = ({ kind = "", name = "" }: ScenarioStep) => ({ namespace: isNamespaced(kind) ? NS : "", name: name === "NS" ? NS : name });

function create(run: Run, given: JsonObject): void {
  settle(run);
  const admin = run.cluster.as("admin");
  const metadata = given["metadata"] as JsonObject;
  const owners = (metadata["ownerReferences"] as readonly JsonObject[] | undefined)?.map((owner) => {
    if (owner["uid"] !== "UID-OF-OWNER") return owner;
    const found = admin.get(kindId(owner["apiVersion"] as string, owner["kind"] as string), { namespace: NS, name: owner["name"] as string });
    return { ...owner, uid: found?.metadata.uid ?? "" };
  });
  const made = admin.create({ ...given, metadata: { ...metadata, ...(isNamespaced(given["kind"] as string) ? { namespace: NS } : {}), ...(owners === undefined ? {} : { ownerReferences: owners }) } });
  run.newest = made.metadata.uid;
  run.given = given;
  if (run.subject === "") run.subject = given["kind"] as string;
}

/** Lets the controllers finish; terminating pods vanish at once unless they are held. */
export function settle(run: Run, vanish = true): void {
  const { cluster, held } = run;
  cluster.advance(millis(run.emptying ? 30_000 : 0));
  if (run.subject === "Job") settleJobs(run);
  for (let round = 0; vanish && round < 200; round += 1) {
    const gone = podsIn(cluster, NS).filter((pod) => pod.metadata.deletionTimestamp !== undefined && !held.has(pod.metadata.name));
    if (gone.length === 0) return;
    for (const pod of gone) play(cluster, pod, "gone");
    cluster.advance(millis(run.emptying ? 30_000 : 0));
    if (run.subject === "Job") settleJobs(run);
  }
}

const placed = (pod: Pod): boolean => (pod.spec.nodeName ?? "") !== "" && pod.metadata.deletionTimestamp === undefined && !isFinished(pod);
const pending = (run: Run): readonly Pod[] => podsIn(run.cluster, NS).filter((pod) => placed(pod) && pod.status?.phase === "Pending");

function allReady(run: Run): void {
  for (let round = 0; round < 300; round += 1) {
    settle(run);
    const waiting = podsIn(run.cluster, NS).filter((pod) => placed(pod) && !isReady(pod));
    if (waiting.length === 0) return;
    for (const pod of waiting) play(run.cluster, pod, "ready");
  }
}

function kubelet(run: Run, { action = "", states = [], conditions }: ScenarioStep): JsonObject {
  if (action.includes("live pod(s)")) settle(run);
  if (endPods(run, action, conditions)) return {};
  if (action.startsWith("all scheduled pods")) {
    allReady(run);
    run.cluster.advance(seconds(1));
    allReady(run);
    return {};
  }
  if (action.startsWith("pods reach these states")) return reach(run, states);
  if (action.startsWith("repeat:")) return { value: repeat(run, action) as JsonObject };
  const unready = /^([0-9]+) of [0-9]+ pods become not ready$/.exec(action)?.[1];
  if (unready !== undefined) {
    settle(run);
    for (const pod of podsIn(run.cluster, NS).slice(0, Number(unready))) play(run.cluster, pod, "unready");
    return {};
  }
  const [name = "", what = ""] = /^(\S+) (.*)$/.exec(action)?.slice(1) ?? [];
  settle(run);
  const pod = podsIn(run.cluster, NS).find((one) => one.metadata.name === name);
  const move = what.includes("Failed") ? "failed" : what.includes("Succeeded") ? "succeeded" : what.includes("not ready") ? "unready" : "ready";
  if (pod) play(run.cluster, pod, move);
  return {};
}

function reach(run: Run, states: readonly (readonly [string, string])[]): JsonObject {
  settle(run);
  states.forEach(([name, state], i) => {
    const pod = podsIn(run.cluster, NS).find((one) => one.metadata.name === name);
    if (!pod || state === "none") return;
    const ip = `10.244.0.${i + 1}`;
    play(run.cluster, pod, state === "notready" ? "unready" : "ready", ip);
    if (state === "failed") play(run.cluster, pod, "failed");
    if (state === "done") play(run.cluster, pod, "succeeded");
    if (state !== "term") return;
    run.held.add(name);
    run.cluster.as("admin").delete({ kind: kindId("v1", "Pod"), namespace: NS, name });
  });
  return {};
}

/** `repeat: settle, record …, then move one pod on`, until nothing is left to move. */
function repeat(run: Run, action: string): unknown {
  const removes = action.includes("remove terminating pods");
  const records: unknown[] = [];
  for (let round = 0; round < 100; round += 1) {
    settle(run, !removes);
    const pods = podsIn(run.cluster, NS);
    records.push(recordOf(run, action, pods));
    const dying = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined);
    if (removes ? dying.length === 0 : pending(run).length === 0) return records;
    if (removes) for (const pod of dying) play(run.cluster, pod, "gone");
    else if (!action.includes("Ready")) return records;
    else for (const pod of pending(run).slice(0, 1)) play(run.cluster, pod, "ready");
  }
  return records;
}

function recordOf(run: Run, action: string, pods: readonly Pod[]): unknown {
  const image = (pod: Pod): string => pod.spec.containers[0]?.image ?? "";
  const phase = (pod: Pod): string => pod.status?.phase ?? "";
  if (action.includes("record replicasets")) return replicaSets(run);
  if (action.includes("[pod,image]")) return pods.map((pod) => [pod.metadata.name, image(pod)]);
  if (action.includes("[image,phase]")) return pods.map((pod) => [image(pod), phase(pod)]).sort((a, b) => (a.join() < b.join() ? -1 : 1));
  return pods.map((pod) => [pod.metadata.name, phase(pod), pod.metadata.deletionTimestamp !== undefined]);
}
