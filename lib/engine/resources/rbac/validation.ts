/** The rules of roles and bindings. Upstream: `pkg/apis/rbac/validation`. */
import type { FieldError } from "../../apimachinery/api-error";
import { deepEqual } from "../../apimachinery/compare";
import type { JsonObject, KubeObject } from "../../apimachinery/meta";
import { dns1123SubdomainErrors } from "../../apimachinery/names";
import { jsonOf } from "../cells";
import { Findings } from "../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../json-object";
import { validateMetadata, validateSelector } from "../meta-validation";
import { pathSegmentErrors } from "../path-names";

/** The API group of roles, bindings, users and groups. */
export const RBAC_GROUP = "rbac.authorization.k8s.io";

function validateRule(found: Findings, path: string, rule: JsonObject, namespaced: boolean): void {
  const some = (field: string): boolean => listAt(rule, field).length > 0;
  if (!some("verbs")) found.required(`${path}.verbs`, "verbs must contain at least one value");
  if (some("nonResourceURLs")) {
    if (namespaced) found.invalid(`${path}.nonResourceURLs`, rule["nonResourceURLs"], "namespaced rules cannot apply to non-resource URLs");
    if (["apiGroups", "resources", "resourceNames"].some(some)) found.invalid(`${path}.nonResourceURLs`, rule["nonResourceURLs"], "rules cannot apply to both regular resources and non-resource URLs");
    return;
  }
  if (!some("apiGroups")) found.required(`${path}.apiGroups`, "resource rules must supply at least one api group");
  if (!some("resources")) found.required(`${path}.resources`, "resource rules must supply at least one resource");
}

/** Everything wrong with a Role or ClusterRole. */
export function validateRole(kind: "role" | "clusterrole"): (object: KubeObject) => readonly FieldError[] {
  return (object) => {
    const found = new Findings(kind);
    validateMetadata(found, object, pathSegmentErrors);
    const role = jsonOf(object);
    objectsAt(role, "rules").forEach((rule, i) => validateRule(found, `rules[${i}]`, rule, kind === "role"));
    if (kind === "clusterrole" && has(role, "aggregationRule")) {
      const selectors = objectsAt(objectAt(role, "aggregationRule"), "clusterRoleSelectors");
      if (selectors.length === 0) found.required("aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil");
      selectors.forEach((selector, i) => validateSelector(found, `aggregationRule.clusterRoleSelectors[${i}]`, selector));
    }
    return found.errors;
  };
}

function validateSubject(found: Findings, path: string, subject: JsonObject, namespaced: boolean): void {
  const [kind, name, group] = [textAt(subject, "kind"), textAt(subject, "name"), textAt(subject, "apiGroup")];
  if (name === "") found.required(`${path}.name`);
  switch (kind) {
    case "ServiceAccount":
      if (name !== "") found.names(`${path}.name`, name, dns1123SubdomainErrors(name));
      if (group !== "") found.notSupported(`${path}.apiGroup`, group, [""]);
      if (!namespaced && textAt(subject, "namespace") === "") found.required(`${path}.namespace`);
      break;
    case "User":
    case "Group":
      if (group !== RBAC_GROUP) found.notSupported(`${path}.apiGroup`, group, [RBAC_GROUP]);
      break;
    default:
      found.notSupported(`${path}.kind`, kind, ["ServiceAccount", "User", "Group"]);
  }
}

/** Everything wrong with a RoleBinding or ClusterRoleBinding. */
export function validateRoleBinding(kind: "rolebinding" | "clusterrolebinding"): (object: KubeObject, previous: KubeObject | undefined) => readonly FieldError[] {
  const namespaced = kind === "rolebinding";
  const kinds = namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
  return (object, previous) => {
    const found = new Findings(kind);
    validateMetadata(found, object, pathSegmentErrors);
    const ref = objectAt(jsonOf(object), "roleRef");
    const [group, refKind, name] = [textAt(ref, "apiGroup"), textAt(ref, "kind"), textAt(ref, "name")];
    if (group !== RBAC_GROUP) found.notSupported("roleRef.apiGroup", group, [RBAC_GROUP]);
    if (!kinds.includes(refKind)) found.notSupported("roleRef.kind", refKind, kinds);
    if (name === "") found.required("roleRef.name");
    else found.names("roleRef.name", name, pathSegmentErrors(name));
    objectsAt(jsonOf(object), "subjects").forEach((subject, i) => validateSubject(found, `subjects[${i}]`, subject, namespaced));
    if (previous !== undefined && !deepEqual(ref, objectAt(jsonOf(previous), "roleRef"))) found.invalid("roleRef", { APIGroup: group, Kind: refKind, Name: name }, "cannot change roleRef", "immutable");
    return found.errors;
  };
}
