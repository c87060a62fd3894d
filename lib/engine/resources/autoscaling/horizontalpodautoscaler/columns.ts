import type { Json, JsonObject } from "../../../apimachinery/meta";
import { age, column } from "../../cells";
import type { Column } from "../../define";
import { has, numberAt, objectAt, objectsAt, textAt } from "../../json-object";

const MOST = 2;
const unknown = "<unknown>";
const quantity = (value: Json | undefined): string => (typeof value === "string" || typeof value === "number" ? String(value) : unknown);

/** One target as `cpu: 10%/50%`; upstream leaves the name out for averages of pods. */
function metricText(spec: JsonObject, status: JsonObject): string {
  const type = textAt(spec, "type");
  const field = `${type[0]?.toLowerCase() ?? ""}${type.slice(1)}`;
  const [wanted, current] = [objectAt(objectAt(spec, field), "target"), objectAt(objectAt(status, field), "current")];
  const average = has(wanted, "averageValue");
  switch (type) {
    case "Resource":
    case "ContainerResource": {
      const name = type === "Resource" ? `${textAt(objectAt(spec, field), "name")}: ` : "";
      if (average) return `${name}${quantity(current["averageValue"])}/${quantity(wanted["averageValue"])}`;
      const [now, goal] = [numberAt(current, "averageUtilization"), numberAt(wanted, "averageUtilization")];
      return `${name}${now === undefined ? unknown : `${now}%`}/${goal === undefined ? "<auto>" : `${goal}%`}`;
    }
    case "Pods":
      return `${quantity(current["averageValue"])}/${quantity(wanted["averageValue"])}`;
    default:
      return average ? `${quantity(current["averageValue"])}/${quantity(wanted["averageValue"])} (avg)` : `${quantity(current["value"])}/${quantity(wanted["value"])}`;
  }
}

function targets(object: JsonObject): string {
  const specs = objectsAt(objectAt(object, "spec"), "metrics");
  const statuses = objectsAt(objectAt(object, "status"), "currentMetrics");
  if (specs.length === 0) return "<none>";
  const texts = specs.slice(0, MOST).map((spec, i) => metricText(spec, statuses[i] ?? {}));
  return specs.length > MOST ? `${texts.join(", ")} + ${specs.length - MOST} more...` : texts.join(", ");
}

const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");

/** Columns of an autoscaler. Upstream: `printHorizontalPodAutoscaler`. */
export const autoscalerColumns: readonly Column[] = [
  column("Reference", (object) => `${textAt(objectAt(spec(object), "scaleTargetRef"), "kind")}/${textAt(objectAt(spec(object), "scaleTargetRef"), "name")}`),
  column("Targets", targets),
  column("MinPods", (object) => String(numberAt(spec(object), "minReplicas") ?? "<unset>")),
  column("MaxPods", (object) => String(numberAt(spec(object), "maxReplicas") ?? 0)),
  column("Replicas", (object) => String(numberAt(objectAt(object, "status"), "currentReplicas") ?? 0)),
  age,
];
