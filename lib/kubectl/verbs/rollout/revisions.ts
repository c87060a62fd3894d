import { CONTROLLER_REVISION, isControlledBy, kindOf, REPLICA_SET, strategicMergePatch, type ControllerRevision, type Deployment, type JsonObject, type KubeObject, type PodTemplateSpec, type ReplicaSet } from "@/lib/engine";
import type { Call } from "../../command";
import { Paper } from "../../describers/paper";
import { writeTemplate } from "../../describers/pod";
import { slashName, typeOfKind, type Info } from "../../discovery";
import { fail } from "../../failure";
import { formatOf, printStructured } from "../../output/print-objects";
import { alignRows } from "../../output/tab-writer";
import { dryRunOf, dryRunSuffix } from "../../writing";
import { LAST_APPLIED } from "../apply/three-way";

const REVISION = "deployment.kubernetes.io/revision";
const CAUSE = "kubernetes.io/change-cause";
const KEPT: ReadonlySet<string> = new Set(["deployment.apps", "daemonset.apps", "statefulset.apps"]);
const HASH = "pod-template-hash";

/** A revision of a workload: its number, why it was made, and its template. */
interface Revision {
  readonly number: number;
  readonly cause: string;
  readonly template: PodTemplateSpec;
  /** The patch that goes back to it, for workloads that keep ControllerRevisions. */
  readonly data?: JsonObject;
  /** What is printed of it: a Deployment's ReplicaSet, the others as they were. */
  readonly object: KubeObject;
}

/** The revisions of a workload, oldest first. */
export function revisionsOf(call: Call, info: Info): readonly Revision[] {
  const namespace = info.ref.namespace;
  const found: Revision[] = [];
  if (info.type.singular === "deployment.apps") {
    for (const set of call.client.list<ReplicaSet>(REPLICA_SET, { namespace })) {
      const number = Number(set.metadata.annotations?.[REVISION] ?? "0");
      if (isControlledBy(set, info.object) && number > 0) found.push({ number, cause: set.metadata.annotations?.[CAUSE] ?? "", template: set.spec.template, object: set });
    }
  } else if (info.type.singular === "statefulset.apps" || info.type.singular === "daemonset.apps") {
    for (const kept of call.client.list<ControllerRevision>(CONTROLLER_REVISION, { namespace })) {
      if (!isControlledBy(kept, info.object)) continue;
      const template = ((kept.data?.["spec"] ?? {}) as JsonObject)["template"] as unknown as PodTemplateSpec;
      found.push({ number: kept.revision, cause: kept.metadata.annotations?.[CAUSE] ?? "", template, ...(kept.data === undefined ? {} : { data: kept.data }), object: asItWas(info, kept) });
    }
  } else fail(`error retrieving history for "${info.object.kind}", no visitor method exists for {${info.type.group} ${info.object.kind}}`);
  return found.sort((a, b) => a.number - b.number);
}

/** The workload with the template of a revision in it. */
function asItWas({ type, object }: Info, { data }: ControllerRevision): KubeObject {
  return data === undefined ? object : (strategicMergePatch(object as unknown as JsonObject, data, type.kind) as unknown as KubeObject);
}

/** `rollout history`. */
export function printHistory(call: Call, info: Info): void {
  const revisions = revisionsOf(call, info);
  const wanted = call.flags.int("revision");
  if (formatOf(call).name !== "") return printRevisions(call, info, wanted > 0 ? revisions.filter(({ number }) => number === wanted) : revisions, wanted > 0);
  const name = slashName(info.type, info.ref.name);
  if (wanted > 0) {
    const revision = revisions.find(({ number }) => number === wanted);
    if (revision === undefined) return fail(`unable to find the specified revision`);
    const paper = new Paper();
    writeTemplate(paper, revision.cause === "" ? revision.template : { ...revision.template, metadata: { ...revision.template.metadata, annotations: { ...revision.template.metadata?.annotations, [CAUSE]: revision.cause } } });
    call.out(`${name} with revision #${wanted}\n${paper.plain()}\n`);
    return;
  }
  const rows = revisions.map(({ number, cause }) => [String(number), cause === "" ? "<none>" : cause]);
  call.out(`${name} \n${aligned([["REVISION", "CHANGE-CAUSE"], ...rows])}\n`);
}

function printRevisions(call: Call, { type }: Info, revisions: readonly Revision[], one: boolean): void {
  if (one && revisions.length === 0) fail("unable to find the specified revision");
  for (const { object } of revisions) printStructured(call, [{ type: typeOfKind(call.client, kindOf(object)) ?? type, object }], true, true);
}

/** Two columns two blanks apart. */
function aligned(rows: readonly (readonly string[])[]): string {
  const { text } = alignRows(rows.map(([first = "", second = ""]) => [`${first.padEnd(8)}  ${second}`]));
  return text;
}

/** `rollout undo`. */
export function undoOne(call: Call, info: Info): void {
  const name = slashName(info.type, info.ref.name);
  if (!KEPT.has(info.type.singular)) fail(`no rollbacker has been implemented for ${JSON.stringify(info.object.kind)}`);
  const revisions = revisionsOf(call, info);
  const wanted = call.flags.int("to-revision");
  if (info.type.singular === "deployment.apps" && (info.object as Deployment).spec.paused === true) fail("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again");
  if (revisions.length === 0) fail(`no rollout history found for ${info.object.kind.toLowerCase()} "${info.ref.name}"`);
  if (wanted <= 0 && revisions.length === 1 && info.type.singular === "deployment.apps") fail(`no rollout history found for deployment ${JSON.stringify(info.ref.name)}`);
  const target = wanted > 0 ? revisions.find(({ number }) => number === wanted) : revisions.at(-2);
  if (target === undefined) return fail(wanted > 0 ? `unable to find specified revision ${wanted} in history` : `no last revision to roll back to`);
  const current = revisions.at(-1);
  if (info.object.metadata.annotations?.[LAST_APPLIED] !== undefined) {
    call.err(
      `Warning: resource ${info.type.plural}/${info.ref.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
    );
  }
  if (formatOf(call).name !== "") {
    if (target !== current && dryRunOf(call) === "none") goBack(call, info, target);
    return printStructured(call, [info], true, true);
  }
  if (target === current) {
    call.out(`${name} skipped rollback (current template already matches revision ${target.number})\n`);
    return;
  }
  if (dryRunOf(call) === "client") {
    const paper = new Paper();
    writeTemplate(paper, target.template);
    call.out(`${name} ${paper.plain()} ${dryRunSuffix("client")}\n`);
    return;
  }
  if (dryRunOf(call) === "none") goBack(call, info, target);
  call.out(`${name} rolled back${dryRunSuffix(dryRunOf(call))}\n`);
}

function goBack(call: Call, info: Info, target: Revision): void {
  if (target.data !== undefined) {
    call.client.patch(info.ref, { type: "strategic", body: target.data });
    return;
  }
  const { [HASH]: _hash, ...labels } = target.template.metadata?.labels ?? {};
  const template = { ...target.template, metadata: { ...target.template.metadata, labels } };
  call.client.patch(info.ref, { type: "json", ops: [{ op: "replace", path: "/spec/template", value: template as unknown as JsonObject }] });
}
