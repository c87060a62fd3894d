import { SERVICE } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, formatLabels, jsonOf, loadBalancerAddresses, specOf, wide } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { defaultBalancer, defaultServiceSpec, linkedAddresses, withoutFormerType } from "./defaults";
import { validateService } from "./validation";

const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");

function applyDefaults(object: KubeObject): KubeObject {
  const service = jsonOf(normalize(SERVICE, object));
  const completed = changed({ ...service, spec: objectAt(service, "spec") }, "spec", defaultServiceSpec);
  return defaultBalancer(completed) as unknown as KubeObject;
}

/** Addresses are carried over from the stored object when an update leaves them out, and a new object has no balancer yet. */
function prepare(object: KubeObject, previous: KubeObject | undefined): KubeObject {
  if (previous === undefined) return { ...object, status: { loadBalancer: {} } } as unknown as KubeObject;
  const before = specOf(previous);
  const service = changed(jsonOf(object), "spec", (wanted) => {
    const cleaned = withoutFormerType(linkedAddresses(wanted, before), before);
    if (textAt(cleaned, "type") === "ExternalName" || textAt(before, "type") === "ExternalName") return cleaned;
    const { ipFamilies, ipFamilyPolicy, healthCheckNodePort } = before;
    const kept = filled(cleaned, { ipFamilies, ipFamilyPolicy, ...(textAt(cleaned, "externalTrafficPolicy") === "Local" && textAt(cleaned, "type") === "LoadBalancer" ? { healthCheckNodePort } : {}) });
    if (textAt(kept, "clusterIP") !== "") return kept;
    return before["clusterIP"] === undefined ? kept : { ...kept, clusterIP: before["clusterIP"], clusterIPs: before["clusterIPs"] };
  });
  const balanced = textAt(objectAt(service, "spec"), "type") === "LoadBalancer" || !has(objectAt(service, "status"), "loadBalancer");
  return (balanced ? service : changed(service, "status", (status) => ({ ...status, loadBalancer: {} }))) as unknown as KubeObject;
}

/** EXTERNAL-IP: where the service is reached from outside, `<pending>` while a balancer is awaited. */
export function externalAddress(object: JsonObject): string {
  const own = listAt(spec(object), "externalIPs").join(",");
  switch (textAt(spec(object), "type")) {
    case "LoadBalancer": {
      const given = loadBalancerAddresses(object);
      const all = [given, own].filter((text) => text !== "").join(",");
      return all === "" ? "<pending>" : all;
    }
    case "ExternalName":
      return textAt(spec(object), "externalName");
    default:
      return own === "" ? "<none>" : own;
  }
}

function ports(object: JsonObject): string {
  const pieces = objectsAt(spec(object), "ports").map((port) => {
    const node = numberAt(port, "nodePort") ?? 0;
    return `${numberAt(port, "port") ?? 0}${node > 0 ? `:${node}` : ""}/${textAt(port, "protocol")}`;
  });
  return pieces.length === 0 ? "<none>" : pieces.join(",");
}

/** v1/Service. */
export const service = defineResource({
  kind: SERVICE,
  plural: "services",
  shortNames: ["svc"],
  categories: ["all"],
  subresources: ["status"],
  applyDefaults,
  prepare,
  checkShape: (object) => checkStructure(SERVICE, object),
  validate: validateService,
  columns: [
    column("Type", (object) => textAt(spec(object), "type")),
    column("Cluster-IP", (object) => textAt(spec(object), "clusterIP") || "<none>"),
    column("External-IP", externalAddress),
    column("Port(s)", ports),
    age,
    wide("Selector", (object) => formatLabels(objectAt(spec(object), "selector"))),
  ],
});
