import type { Pod, PodTemplateSpec } from "@/lib/engine";
import { writeContainers } from "./containers";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { controllerText, longTime, objectOf, since, type Paper } from "./paper";
import { writeTolerations, writeVolumes } from "./volumes";

/** Describes a Pod. Upstream: describePod. */
export function describePod(scene: Scene<Pod>): void {
  const { object: pod, paper } = scene;
  const { spec, status = {} } = pod;
  writeHead(scene);
  writeContainersOf(paper, pod);
  if ((spec.readinessGates ?? []).length > 0) {
    paper.line(0, "Readiness Gates:");
    paper.line(1, "Type\tStatus");
    for (const { conditionType } of spec.readinessGates ?? []) paper.line(1, `${conditionType} \t${status.conditions?.find(({ type }) => type === conditionType)?.status ?? "<none>"} `);
  }
  if ((status.conditions ?? []).length > 0) {
    paper.line(0, "Conditions:");
    paper.line(1, "Type\tStatus");
    for (const condition of status.conditions ?? []) paper.line(1, `${condition.type} \t${condition.status} `);
  }
  writeVolumes(paper, spec.volumes, "");
  paper.line(0, `QoS Class:\t${status.qosClass ?? "BestEffort"}`);
  paper.labels("Node-Selectors", spec.nodeSelector);
  writeTolerations(paper, "Tolerations", spec.tolerations);
  writeSpread(paper, spec.topologySpreadConstraints, "");
  writeEvents(scene);
}

function writeHead({ object: pod, paper, now }: Scene<Pod>): void {
  const { spec, status = {}, metadata } = pod;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  if (spec.priority !== undefined) paper.line(0, `Priority:\t${spec.priority}`);
  if (spec.priorityClassName) paper.line(0, `Priority Class Name:\t${spec.priorityClassName}`);
  if (spec.serviceAccountName) paper.line(0, `Service Account:\t${spec.serviceAccountName}`);
  paper.line(0, `Node:\t${spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ""}` : "<none>"}`);
  if (status.startTime) paper.line(0, `Start Time:\t${longTime(status.startTime)}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  if (metadata.deletionTimestamp !== undefined && status.reason !== "NodeLost") {
    paper.line(0, `Status:\tTerminating (lasts ${since(metadata.deletionTimestamp, now)})`);
    paper.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else paper.line(0, `Status:\t${status.phase ?? ""}`);
  if (status.reason) paper.line(0, `Reason:\t${status.reason}`);
  if (status.message) paper.line(0, `Message:\t${status.message}`);
  const seccomp = objectOf(spec.securityContext?.["seccompProfile"])["type"];
  if (seccomp !== undefined) paper.line(0, `SeccompProfile:\t${String(seccomp)}`);
  paper.line(0, `IP:\t${status.podIP ?? ""}`);
  const ips = status.podIPs ?? [];
  paper.line(0, `IPs:${ips.length === 0 ? "\t<none>" : ""}`);
  for (const { ip } of ips) paper.line(1, `IP:\t${ip}`);
  const controller = controllerText(pod);
  if (controller !== undefined) paper.line(0, `Controlled By:\t${controller}`);
  if (status.nominatedNodeName) paper.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`);
}

function writeContainersOf(paper: Paper, pod: Pod): void {
  const { spec, status = {} } = pod;
  if ((spec.initContainers ?? []).length > 0) writeContainers(paper, "Init Containers", spec.initContainers ?? [], status.initContainerStatuses, pod, "");
  writeContainers(paper, "Containers", spec.containers, status.containerStatuses, pod, "");
  if ((spec.ephemeralContainers ?? []).length > 0) writeContainers(paper, "Ephemeral Containers", spec.ephemeralContainers ?? [], status.ephemeralContainerStatuses, pod, "");
}

function writeSpread(paper: Paper, constraints: readonly unknown[] | undefined, indent: string): void {
  const list = (constraints ?? []).map(objectOf);
  list.forEach((constraint, i) => {
    const selector = objectOf(objectOf(constraint["labelSelector"])["matchLabels"]);
    const labels = Object.keys(selector).map((key) => `${key}=${String(selector[key])}`).join(",");
    const head = i === 0 ? `${indent}Topology Spread Constraints:` : indent;
    paper.line(0, `${head}\t${String(constraint["topologyKey"])}:${String(constraint["whenUnsatisfiable"])} when max skew ${String(constraint["maxSkew"])} is exceeded for selector ${labels}`);
  });
}

/** `Pod Template:` of a workload. Upstream: DescribePodTemplate. */
export function writeTemplate(paper: Paper, template: PodTemplateSpec): void {
  const { spec } = template;
  paper.line(0, "Pod Template:");
  paper.labels("  Labels", template.metadata?.labels);
  if (Object.keys(template.metadata?.annotations ?? {}).length > 0) paper.annotations("  Annotations", template.metadata?.annotations);
  if (spec.serviceAccountName) paper.line(0, `  Service Account:\t${spec.serviceAccountName}`);
  if ((spec.initContainers ?? []).length > 0) writeContainers(paper, "Init Containers", spec.initContainers ?? [], undefined, undefined, "  ");
  writeContainers(paper, "Containers", spec.containers, undefined, undefined, "  ");
  writeVolumes(paper, spec.volumes, "  ");
  writeSpread(paper, spec.topologySpreadConstraints, "  ");
  if (spec.priorityClassName) paper.line(0, `  Priority Class Name:\t${spec.priorityClassName}`);
  paper.labels("  Node-Selectors", spec.nodeSelector);
  writeTolerations(paper, "  Tolerations", spec.tolerations);
}
