import type { JsonObject } from "@/lib/engine";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { longTime, type Paper } from "./paper";
import { jsonOf, listOf, partOf, textOf, valueOf } from "./read";

const UNKNOWN = "<unknown>";

/** What one metric is called, and where in it the values lie. */
function metricName(metric: JsonObject): string {
  const type = textOf(metric, "type");
  const absolute = textOf(metric, `${type === "External" ? "external" : "object"}.target.averageValue`) === "";
  switch (type) {
    case "External":
      return `"${textOf(metric, "external.metric.name")}" (target ${absolute ? "value" : "average value"})`;
    case "Pods":
      return `"${textOf(metric, "pods.metric.name")}" on pods`;
    case "Object":
      return `"${textOf(metric, "object.metric.name")}" on ${textOf(metric, "object.describedObject.kind")}/${textOf(metric, "object.describedObject.name")} (target ${absolute ? "value" : "average value"})`;
    case "Resource":
      return `resource ${textOf(metric, "resource.name")} on pods`;
    case "ContainerResource":
      return `resource ${textOf(metric, "containerResource.name")} of container "${textOf(metric, "containerResource.container")}" on pods`;
    default:
      return `<unknown metric type "${type}">`;
  }
}

const KEYS: Readonly<Record<string, string>> = { External: "external", Pods: "pods", Object: "object", Resource: "resource", ContainerResource: "containerResource" };

function writeMetric(paper: Paper, metric: JsonObject, current: JsonObject | undefined): void {
  const type = textOf(metric, "type");
  const key = KEYS[type] ?? "";
  const name = metricName(metric);
  const now = current === undefined || textOf(current, "type") !== type ? {} : partOf(current, `${key}.current`);
  const target = partOf(metric, `${key}.target`);
  if (!type.endsWith("Resource")) {
    const field = textOf(target, "averageValue") !== "" ? "averageValue" : "value";
    paper.line(1, `${name}:\t${textOf(now, field, UNKNOWN)} / ${textOf(target, field)}`);
  } else if (textOf(target, "averageValue") !== "") paper.line(1, `${name}:\t${textOf(now, "averageValue", UNKNOWN)} / ${textOf(target, "averageValue")}`);
  else {
    const share = textOf(now, "averageUtilization");
    const wanted = textOf(target, "averageUtilization");
    paper.line(1, `${name}  (as a percentage of request):\t${share === "" ? UNKNOWN : `${share}% (${textOf(now, "averageValue")})`} / ${wanted === "" ? "<auto>" : `${wanted}%`}`);
  }
}

function writeBehaviour(paper: Paper, title: string, rules: JsonObject): void {
  if (Object.keys(rules).length === 0) return;
  paper.line(1, `${title}:`);
  const window = textOf(rules, "stabilizationWindowSeconds");
  if (window !== "") paper.line(2, `Stabilization Window: ${window} seconds`);
  const policies = listOf(rules, "policies");
  if (policies.length === 0) return;
  paper.line(2, `Select Policy: ${textOf(rules, "selectPolicy", "Max")}`);
  paper.line(2, "Policies:");
  for (const policy of policies) paper.line(3, `- Type: ${textOf(policy, "type")}\tValue: ${textOf(policy, "value")}\tPeriod: ${textOf(policy, "periodSeconds")} seconds`);
}

/** Describes a HorizontalPodAutoscaler. Upstream: describeHorizontalPodAutoscalerV2. */
export function describeAutoscaler(scene: Scene): void {
  const { object, paper } = scene;
  const { metadata } = object;
  const scaler = jsonOf(object);
  const kind = textOf(scaler, "spec.scaleTargetRef.kind");
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
  paper.line(0, `Reference:\t${kind}/${textOf(scaler, "spec.scaleTargetRef.name")}`);
  paper.line(0, "Metrics:\t( current / target )");
  const current = listOf(scaler, "status.currentMetrics");
  listOf(scaler, "spec.metrics").forEach((metric, i) => writeMetric(paper, metric, current[i]));
  paper.line(0, `Min replicas:\t${textOf(scaler, "spec.minReplicas", "<unset>")}`);
  paper.line(0, `Max replicas:\t${textOf(scaler, "spec.maxReplicas")}`);
  if (valueOf(scaler, "spec.behavior") !== undefined) {
    paper.line(0, "Behavior:");
    writeBehaviour(paper, "Scale Up", partOf(scaler, "spec.behavior.scaleUp"));
    writeBehaviour(paper, "Scale Down", partOf(scaler, "spec.behavior.scaleDown"));
  }
  paper.line(0, `${kind} pods:\t${textOf(scaler, "status.currentReplicas", "0")} current / ${textOf(scaler, "status.desiredReplicas", "0")} desired`);
  const conditions = listOf(scaler, "status.conditions");
  if (conditions.length > 0) {
    paper.line(0, "Conditions:");
    paper.line(1, "Type\tStatus\tReason\tMessage");
    paper.line(1, "----\t------\t------\t-------");
    for (const condition of conditions) paper.line(1, ["type", "status", "reason", "message"].map((field) => textOf(condition, field)).join("\t"));
  }
  writeEvents(scene);
}
