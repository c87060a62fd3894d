import { CLUSTER_ROLE_BINDING, ROLE_BINDING } from "../../../apimachinery/kinds";
import type { JsonObject, KindId, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf, wide } from "../../cells";
import { defineResource, type Column } from "../../define";
import { changed, changedEach, filled, objectAt, objectsAt, textAt } from "../../json-object";
import { RBAC_GROUP, validateRoleBinding } from "../validation";

function subject(one: JsonObject): JsonObject {
  const kind = textAt(one, "kind");
  return (kind === "User" || kind === "Group") && textAt(one, "apiGroup") === "" ? { ...one, apiGroup: RBAC_GROUP } : one;
}

const applyDefaults = (kind: KindId) => (object: KubeObject): KubeObject => {
  const binding = filled(jsonOf(normalize(kind, object)), { roleRef: {} });
  const named = changed(binding, "roleRef", (ref) => (textAt(ref, "apiGroup") === "" ? { ...ref, apiGroup: RBAC_GROUP } : ref));
  return changedEach(named, "subjects", subject) as unknown as KubeObject;
};

function subjects(kind: string): (object: JsonObject) => string {
  return (object) =>
    objectsAt(object, "subjects")
      .filter((one) => textAt(one, "kind") === kind)
      .map((one) => (kind === "ServiceAccount" ? `${textAt(one, "namespace")}/${textAt(one, "name")}` : textAt(one, "name")))
      .join(", ");
}

const columns: readonly Column[] = [
  column("Role", (object) => `${textAt(objectAt(object, "roleRef"), "kind")}/${textAt(objectAt(object, "roleRef"), "name")}`),
  age,
  wide("Users", subjects("User")),
  wide("Groups", subjects("Group")),
  wide("ServiceAccounts", subjects("ServiceAccount")),
];

/** rbac.authorization.k8s.io/v1/RoleBinding. */
export const roleBinding = defineResource({
  kind: ROLE_BINDING,
  plural: "rolebindings",
  applyDefaults: applyDefaults(ROLE_BINDING),
  checkShape: (object) => checkStructure(ROLE_BINDING, object),
  validate: validateRoleBinding("rolebinding"),
  columns,
});

/** rbac.authorization.k8s.io/v1/ClusterRoleBinding. */
export const clusterRoleBinding = defineResource({
  kind: CLUSTER_ROLE_BINDING,
  plural: "clusterrolebindings",
  namespaced: false,
  applyDefaults: applyDefaults(CLUSTER_ROLE_BINDING),
  checkShape: (object) => checkStructure(CLUSTER_ROLE_BINDING, object),
  validate: validateRoleBinding("clusterrolebinding"),
  columns,
});
