import { formatLabelSelector, isControlledBy, labelSelectorMatches, POD, REPLICA_SET, type Condition, type DaemonSet, type Deployment, type KubeObject, type LabelSelector, type Pod, type PodTemplateSpec, type ReplicaSet, type StatefulSet } from "@/lib/engine";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { controllerText, listText, longTime, oneLineLabels, orNone, type Paper } from "./paper";
import { writeTemplate } from "./pod";
import { jsonOf, partOf, textOf } from "./read";

/** A selector as describe prints it. */
export function selectorText(selector: LabelSelector | undefined): string {
  return formatLabelSelector(selector);
}

/** Describes a Deployment. */
export function describeDeployment(scene: Scene<Deployment>): void {
  const { object, paper, client } = scene;
  const { spec, status = {}, metadata } = object;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, `Selector:\t${selectorText(spec.selector)}`);
  paper.line(0, `Replicas:\t${spec.replicas ?? 1} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`);
  paper.line(0, `StrategyType:\t${spec.strategy?.type ?? ""}`);
  paper.line(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling) paper.line(0, `RollingUpdateStrategy:\t${rolling.maxUnavailable ?? "25%"} max unavailable, ${rolling.maxSurge ?? "25%"} max surge`);
  writeTemplate(paper, spec.template);
  writeConditions(paper, status.conditions);
  const owned = client.list<ReplicaSet>(REPLICA_SET, { namespace: metadata.namespace ?? "" }).filter((set) => isControlledBy(set, object));
  const newest = newestOf(owned, object);
  const text = (sets: readonly ReplicaSet[]): string => orNone(sets.map((set) => `${set.metadata.name} (${set.status?.replicas ?? 0}/${set.spec.replicas ?? 1} replicas created)`).join(", "));
  paper.line(0, `OldReplicaSets:\t${text(owned.filter((set) => set !== newest))}`);
  paper.line(0, `NewReplicaSet:\t${text(newest === undefined ? [] : [newest])}`);
  writeEvents(scene);
}

const REVISION = "deployment.kubernetes.io/revision";

function newestOf(sets: readonly ReplicaSet[], deployment: Deployment): ReplicaSet | undefined {
  const wanted = deployment.metadata.annotations?.[REVISION];
  return sets.find((set) => wanted !== undefined && set.metadata.annotations?.[REVISION] === wanted);
}

function writeConditions(paper: Paper, conditions: readonly Condition[] | undefined): void {
  if (conditions === undefined || conditions.length === 0) return;
  paper.line(0, "Conditions:");
  paper.line(1, "Type\tStatus\tReason");
  paper.line(1, "----\t------\t------");
  for (const condition of conditions) paper.line(1, `${condition.type} \t${condition.status}\t${condition.reason ?? ""}`);
}

function podsStatus(scene: Scene, selector: LabelSelector): string {
  const pods = scene.client.list<Pod>(POD, { namespace: scene.object.metadata.namespace ?? "" }).filter((pod) => labelSelectorMatches(selector, pod.metadata.labels) && isControlledBy(pod, scene.object));
  const count = (phase: string): number => pods.filter((pod) => (pod.status?.phase ?? "Pending") === phase).length;
  return `${count("Running")} Running / ${count("Pending")} Waiting / ${count("Succeeded")} Succeeded / ${count("Failed")} Failed`;
}

/** Describes a ReplicaSet. */
export function describeReplicaSet(scene: Scene<ReplicaSet>): void {
  const { object, paper } = scene;
  const { spec, status } = object;
  writeNames(paper, object, spec.selector);
  const controller = controllerText(object);
  if (controller !== undefined) paper.line(0, `Controlled By:\t${controller}`);
  paper.line(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec.replicas ?? 1} desired`);
  paper.line(0, `Pods Status:\t${podsStatus(scene as Scene, spec.selector)}`);
  writeTemplate(paper, spec.template);
  writeConditions(paper, status?.conditions);
  writeEvents(scene as Scene);
}

function writeNames(paper: Paper, { metadata }: KubeObject, selector: LabelSelector): void {
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.line(0, `Selector:\t${selectorText(selector)}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
}

/** Describes a StatefulSet. */
export function describeStatefulSet(scene: Scene<StatefulSet>): void {
  const { object, paper } = scene;
  const { spec, status, metadata } = object;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
  paper.line(0, `Selector:\t${selectorText(spec.selector)}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, `Replicas:\t${spec.replicas ?? 1} desired | ${status?.replicas ?? 0} total`);
  paper.line(0, `Update Strategy:\t${spec.updateStrategy?.type ?? ""}`);
  if (spec.updateStrategy?.rollingUpdate?.partition !== undefined) paper.line(1, `Partition:\t${spec.updateStrategy.rollingUpdate.partition}`);
  paper.line(0, `Pods Status:\t${podsStatus(scene as Scene, spec.selector)}`);
  writeTemplate(paper, spec.template);
  writeClaims(paper, spec.volumeClaimTemplates);
  writeEvents(scene as Scene);
}

function writeClaims(paper: Paper, templates: StatefulSet["spec"]["volumeClaimTemplates"]): void {
  if (templates === undefined || templates.length === 0) return paper.line(0, "Volume Claims:\t<none>");
  paper.line(0, "Volume Claims:");
  for (const { metadata, spec } of templates) {
    paper.line(1, `Name:\t${metadata.name}`);
    paper.line(1, `StorageClass:\t${spec.storageClassName ?? ""}`);
    paper.labels("  Labels", metadata.labels);
    paper.labels("  Annotations", metadata.annotations);
    paper.line(1, `Capacity:\t${spec.resources?.requests?.["storage"] ?? "<default>"}`);
    paper.line(1, `Access Modes:\t${listText(spec.accessModes)}`);
  }
}

/** Describes a DaemonSet. */
export function describeDaemonSet(scene: Scene<DaemonSet>): void {
  const { object, paper } = scene;
  const { spec, status, metadata } = object;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.line(0, `Selector:\t${selectorText(spec.selector)}`);
  paper.labels("Node-Selector", spec.template.spec.nodeSelector);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`);
  paper.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`);
  paper.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`);
  paper.line(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`);
  paper.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`);
  paper.line(0, `Pods Status:\t${podsStatus(scene as Scene, spec.selector)}`);
  writeTemplate(paper, spec.template);
  writeEvents(scene as Scene);
}

/** Describes a ReplicationController. */
export function describeController(scene: Scene): void {
  const { object, paper } = scene;
  const controller = jsonOf(object);
  const selector = partOf(controller, "spec.selector") as Readonly<Record<string, string>>;
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  paper.line(0, `Selector:\t${oneLineLabels(selector)}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
  paper.line(0, `Replicas:\t${textOf(controller, "status.replicas", "0")} current / ${textOf(controller, "spec.replicas", "0")} desired`);
  paper.line(0, `Pods Status:\t${podsStatus(scene, { matchLabels: selector })}`);
  writeTemplate(paper, partOf(controller, "spec.template") as unknown as PodTemplateSpec);
  writeEvents(scene);
}
