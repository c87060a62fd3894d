import { CLUSTER_ROLE, ROLE } from "../../../apimachinery/kinds";
import type { JsonObject, KindId, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { createdAt, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { filled } from "../../json-object";
import { validateRole } from "../validation";

/** Roles without rules say so: `rules: []` reads `null` upstream. */
const applyDefaults = (kind: KindId) => (object: KubeObject): KubeObject => {
  const role: JsonObject = jsonOf(normalize(kind, object));
  return (role["rules"] === undefined ? filled({ ...role, rules: null }, {}) : role) as unknown as KubeObject;
};

/** rbac.authorization.k8s.io/v1/Role. */
export const role = defineResource({
  kind: ROLE,
  plural: "roles",
  applyDefaults: applyDefaults(ROLE),
  checkShape: (object) => checkStructure(ROLE, object),
  validate: validateRole("role"),
  columns: [createdAt],
});

/** rbac.authorization.k8s.io/v1/ClusterRole. */
export const clusterRole = defineResource({
  kind: CLUSTER_ROLE,
  plural: "clusterroles",
  namespaced: false,
  applyDefaults: applyDefaults(CLUSTER_ROLE),
  checkShape: (object) => checkStructure(CLUSTER_ROLE, object),
  validate: validateRole("clusterrole"),
  columns: [createdAt],
});
