import { DAEMON_SET, DEPLOYMENT, findCondition, keyOf, STATEFUL_SET, type DaemonSet, type Deployment, type Json, type KubeObject, type ObjectRef, type StatefulSet } from "@/lib/engine";
import type { Call, Outcome, Waiting } from "../../command";
import { typeOfKind } from "../../discovery";
import { fail, failAll, Failure } from "../../failure";
import { deadlineOf, timedOut } from "../../timeout";
import { workloads } from "./workloads";

interface StatusState {
  readonly refs: readonly ObjectRef[];
  readonly revision: number;
  readonly deadline?: number;
  /** What went wrong with those before, in words. */
  readonly problems?: readonly string[];
}

/** What is left to do of a rollout, in upstream's words, and whether it is done. Upstream: polymorphichelpers/rollout_status.go. */
export function progressOf(object: KubeObject): { readonly text: string; readonly done: boolean } {
  const kind = `${object.apiVersion}/${object.kind}`;
  if (kind === DEPLOYMENT) return ofDeployment(object as Deployment);
  if (kind === DAEMON_SET) return ofDaemonSet(object as DaemonSet);
  if (kind === STATEFUL_SET) return ofStatefulSet(object as StatefulSet);
  return fail(`no status viewer has been implemented for ${object.kind}${object.apiVersion.includes("/") ? `.${object.apiVersion.split("/")[0] ?? ""}` : ""}`);
}

function ofDeployment({ metadata, spec, status = {} }: Deployment): { readonly text: string; readonly done: boolean } {
  const waiting = (rest: string): { text: string; done: boolean } => ({ text: `Waiting for deployment "${metadata.name}" rollout to finish: ${rest}...`, done: false });
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return { text: "Waiting for deployment spec update to be observed...", done: false };
  if (findCondition(status.conditions, "Progressing")?.reason === "ProgressDeadlineExceeded") fail(`deployment "${metadata.name}" exceeded its progress deadline`);
  const { updatedReplicas: updated = 0, replicas = 0, availableReplicas: available = 0 } = status;
  const wanted = spec.replicas ?? 1;
  if (updated < wanted) return waiting(`${updated} out of ${wanted} new replicas have been updated`);
  if (replicas > updated) return waiting(`${replicas - updated} old replicas are pending termination`);
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available`);
  return { text: `deployment "${metadata.name}" successfully rolled out`, done: true };
}

function ofDaemonSet({ metadata, spec, status }: DaemonSet): { readonly text: string; readonly done: boolean } {
  if ((spec.updateStrategy?.type ?? "RollingUpdate") !== "RollingUpdate") fail("rollout status is only available for RollingUpdate strategy type");
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) return { text: "Waiting for daemon set spec update to be observed...", done: false };
  const { updatedNumberScheduled: updated = 0, desiredNumberScheduled: wanted = 0, numberAvailable: available = 0 } = status ?? {};
  const waiting = (rest: string): { text: string; done: boolean } => ({ text: `Waiting for daemon set "${metadata.name}" rollout to finish: ${rest}...`, done: false });
  if (updated < wanted) return waiting(`${updated} out of ${wanted} new pods have been updated`);
  if (available < wanted) return waiting(`${available} of ${wanted} updated pods are available`);
  return { text: `daemon set "${metadata.name}" successfully rolled out`, done: true };
}

function ofStatefulSet({ metadata, spec, status }: StatefulSet): { readonly text: string; readonly done: boolean } {
  if ((spec.updateStrategy?.type ?? "RollingUpdate") !== "RollingUpdate") fail("rollout status is only available for RollingUpdate strategy type");
  const observed = status?.observedGeneration ?? 0;
  if (observed === 0 || (metadata.generation ?? 0) > observed) return { text: "Waiting for statefulset spec update to be observed...", done: false };
  const wanted = spec.replicas ?? 1;
  const { readyReplicas: ready = 0, updatedReplicas: updated = 0, updateRevision = "", currentRevision = "" } = status ?? {};
  if (ready < wanted) return { text: `Waiting for ${wanted - ready} pods to be ready...`, done: false };
  const partition = spec.updateStrategy?.rollingUpdate?.partition;
  if (spec.updateStrategy?.rollingUpdate !== undefined) {
    if (partition !== undefined && updated < wanted - partition) return { text: `Waiting for partitioned roll out to finish: ${updated} out of ${wanted - partition} new pods have been updated...`, done: false };
    return { text: `partitioned roll out complete: ${updated} new pods have been updated...`, done: true };
  }
  if (updateRevision !== currentRevision) return { text: `waiting for statefulset rolling update to complete ${updated} pods at revision ${updateRevision}...`, done: false };
  return { text: `statefulset rolling update complete ${updated} pods at revision ${currentRevision}...`, done: true };
}

/** `rollout status`: says where each rollout is, and waits for its end. */
export function beginStatus(call: Call): Outcome {
  const wanted = call.flags.int("revision");
  if (wanted < 0) fail(`revision must be a positive integer: ${wanted}`);
  const refs = workloads(call).map(({ ref }) => ref);
  return show(call, { refs, revision: call.io.cluster.revision, ...deadlineOf(call) }, undefined);
}

/** The next look of `rollout status`. */
export function goOnStatus(call: Call, stored: Json): Outcome {
  const state = stored as unknown as StatusState;
  const [ref] = state.refs;
  const changes = call.io.cluster.since(state.revision).filter((event) => event.kind === ref?.kind && keyOf(event.object).name === ref.name && keyOf(event.object).namespace === ref.namespace);
  return show(call, { ...state, revision: call.io.cluster.revision }, changes);
}

type Changes = readonly { readonly type: string; readonly object: KubeObject }[];

/** One after the other: what is wrong with one is said when the others are done. */
function show(call: Call, state: StatusState, changes: Changes | undefined): Outcome {
  if (state.refs.length === 0) {
    failAll((state.problems ?? []).map((text) => new Failure(text)));
    return 0;
  }
  const shown = tried(call, state, changes);
  return "next" in shown ? show(call, shown.next, undefined) : shown;
}

function tried(call: Call, state: StatusState, changes: Changes | undefined): ReturnType<typeof showFirst> {
  try {
    return showFirst(call, state, changes);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { next: { ...state, refs: state.refs.slice(1), problems: [...(state.problems ?? []), error.text] } };
  }
}

function showFirst(call: Call, state: StatusState, changes: Changes | undefined): Waiting | { readonly next: StatusState } {
  const [ref, ...rest] = state.refs;
  if (ref === undefined) return { next: state };
  const now = call.client.get<KubeObject>(ref.kind, ref);
  const seen: Changes = changes ?? (now ? [{ type: "ADDED", object: now }] : []);
  if (changes === undefined && !now) fail(`${typeOfKind(call.client, ref.kind)?.qualified ?? ""} "${ref.name}" not found`);
  for (const { type, object } of seen) {
    if (type === "DELETED") fail("object has been deleted");
    const { text, done } = progressOf(object);
    const [wanted, running] = [call.flags.int("revision"), Number(object.metadata.annotations?.["deployment.kubernetes.io/revision"] ?? "0")];
    if (wanted > 0 && ref.kind === DEPLOYMENT && running !== wanted) fail(`desired revision (${wanted}) is different from the running revision (${running})`);
    call.out(`${text}\n`);
    if (done) return { next: { ...state, refs: rest } };
  }
  if (!call.flags.bool("watch")) return { next: { ...state, refs: rest } };
  if (timedOut(call, state)) fail("timed out waiting for the condition");
  return { state: state as unknown as Json, ...(state.deadline === undefined ? {} : { deadline: state.deadline }) };
}
