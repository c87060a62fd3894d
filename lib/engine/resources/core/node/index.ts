import { findCondition, type Condition } from "../../../apimachinery/conditions";
import { compareStrings } from "../../../apimachinery/compare";
import { NODE } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf, wide } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { validateNode } from "./validation";

const ROLE_PREFIX = "node-role.kubernetes.io/";

/** `Ready,SchedulingDisabled` and the like, as `kubectl get nodes` shows a node. */
export function nodeStatusText(node: JsonObject): string {
  const ready = findCondition(listAt(objectAt(node, "status"), "conditions") as unknown as readonly Condition[], "Ready");
  const text = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return objectAt(node, "spec")["unschedulable"] === true ? `${text},SchedulingDisabled` : text;
}

/** The roles a node's labels give it, or `<none>`. */
export function nodeRolesText(node: JsonObject): string {
  const labels = objectAt(objectAt(node, "metadata"), "labels");
  const roles = Object.keys(labels).flatMap((key) => {
    if (key.startsWith(ROLE_PREFIX)) return key.length > ROLE_PREFIX.length ? [key.slice(ROLE_PREFIX.length)] : [];
    return key === "kubernetes.io/role" && textAt(labels, key) !== "" ? [textAt(labels, key)] : [];
  });
  return roles.length === 0 ? "<none>" : [...new Set(roles)].sort(compareStrings).join(",");
}

const info = (node: JsonObject, key: string): string => textAt(objectAt(objectAt(node, "status"), "nodeInfo"), key);
const address = (type: string) => (node: JsonObject): string =>
  textAt(objectsAt(objectAt(node, "status"), "addresses").find((entry) => textAt(entry, "type") === type) ?? {}, "address") || "<none>";

function kernel(node: JsonObject): string {
  const version = info(node, "kernelVersion");
  const architecture = info(node, "architecture");
  if (version === "") return "<unknown>";
  return architecture === "" ? version : `${version} (${architecture})`;
}

const INFO = { machineID: "", systemUUID: "", bootID: "", kernelVersion: "", osImage: "", containerRuntimeVersion: "", kubeletVersion: "", kubeProxyVersion: "", operatingSystem: "", architecture: "" };

/** Of a new node's status what Go always writes, however little is known. */
function completed(object: KubeObject): KubeObject {
  const status = filled(objectAt(jsonOf(object), "status"), { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: INFO });
  return { ...object, status: changed(status, "nodeInfo", (inner) => filled(inner, INFO)) } as unknown as KubeObject;
}

/** v1/Node. */
export const node = defineResource({
  kind: NODE,
  plural: "nodes",
  shortNames: ["no"],
  namespaced: false,
  subresources: ["status"],
  applyDefaults: (object) =>
    changed(jsonOf(normalize(NODE, object)), "spec", (spec) => (textAt(spec, "podCIDR") === "" ? spec : filled(spec, { podCIDRs: [textAt(spec, "podCIDR")] }))) as unknown as KubeObject,
  prepare: (object, previous) => (previous === undefined ? completed(object) : object),
  checkShape: (object) => checkStructure(NODE, object),
  validate: validateNode,
  columns: [
    column("Status", nodeStatusText),
    column("Roles", nodeRolesText),
    age,
    column("Version", (object) => info(object, "kubeletVersion")),
    wide("Internal-IP", address("InternalIP")),
    wide("External-IP", address("ExternalIP")),
    wide("OS-Image", (object) => info(object, "osImage") || "<unknown>"),
    wide("Kernel-Version", kernel),
    wide("Container-Runtime", (object) => info(object, "containerRuntimeVersion") || "<unknown>"),
  ],
});
