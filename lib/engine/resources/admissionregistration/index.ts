import { MUTATING_WEBHOOK_CONFIGURATION, VALIDATING_ADMISSION_POLICY, VALIDATING_ADMISSION_POLICY_BINDING, VALIDATING_WEBHOOK_CONFIGURATION } from "../../apimachinery/kinds";
import type { JsonObject, KindId, KubeObject } from "../../apimachinery/meta";
import { normalize } from "../../openapi/normalize";
import { checkStructure } from "../../openapi/validate";
import { age, column, count, jsonOf } from "../cells";
import { defineResource, type ResourceDefinition } from "../define";
import { changed, changedEach, filled, listAt, objectAt, textAt } from "../json-object";
import { validateBinding, validatePolicy, validateWebhooks } from "./validation";

const service = (config: JsonObject): JsonObject => changed(config, "service", (one) => filled(one, { port: 443 }));
const rule = (one: JsonObject): JsonObject => filled(one, { scope: "*" });

function webhook(given: JsonObject): JsonObject {
  const calls = changed(changedEach(given, "rules", rule), "clientConfig", service);
  return filled(calls, { failurePolicy: "Fail", matchPolicy: "Equivalent", namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 });
}

function webhooks(kind: KindId, plural: string, extra: JsonObject): ResourceDefinition {
  return defineResource({
    kind,
    plural,
    categories: ["api-extensions"],
    namespaced: false,
    applyDefaults: (object) => changedEach(jsonOf(normalize(kind, object)), "webhooks", (hook) => filled(webhook(hook), extra)) as unknown as KubeObject,
    checkShape: (object) => checkStructure(kind, object),
    validate: validateWebhooks(plural.slice(0, -1)),
    columns: [count("Webhooks", (object) => listAt(object, "webhooks").length), age],
  });
}

/** admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration. */
export const validatingWebhookConfiguration = webhooks(VALIDATING_WEBHOOK_CONFIGURATION, "validatingwebhookconfigurations", {});

/** admissionregistration.k8s.io/v1/MutatingWebhookConfiguration. */
export const mutatingWebhookConfiguration = webhooks(MUTATING_WEBHOOK_CONFIGURATION, "mutatingwebhookconfigurations", { reinvocationPolicy: "Never" });

const matching = (constraints: JsonObject): JsonObject => filled(changedEach(changedEach(constraints, "resourceRules", rule), "excludeResourceRules", rule), { matchPolicy: "Equivalent", namespaceSelector: {}, objectSelector: {} });

/** admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy. @simplified audit annotations go nowhere, and types of what it matches are not checked. */
export const validatingAdmissionPolicy = defineResource({
  kind: VALIDATING_ADMISSION_POLICY,
  plural: "validatingadmissionpolicies",
  categories: ["api-extensions"],
  namespaced: false,
  subresources: ["status"],
  applyDefaults: (object) =>
    changed(jsonOf(normalize(VALIDATING_ADMISSION_POLICY, object)), "spec", (spec) => filled(changed(spec, "matchConstraints", matching), { failurePolicy: "Fail" })) as unknown as KubeObject,
  prepare: (object, previous) => (previous === undefined ? ({ ...object, status: {} } as unknown as KubeObject) : object),
  checkShape: (object) => checkStructure(VALIDATING_ADMISSION_POLICY, object),
  validate: validatePolicy,
  columns: [
    count("Validations", (object) => listAt(objectAt(object, "spec"), "validations").length),
    column("ParamKind", (object) => {
      const kind = objectAt(objectAt(object, "spec"), "paramKind");
      return textAt(kind, "kind") === "" ? "<unset>" : `${textAt(kind, "apiVersion")}/${textAt(kind, "kind")}`;
    }),
    age,
  ],
});

/** admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding. */
export const validatingAdmissionPolicyBinding = defineResource({
  kind: VALIDATING_ADMISSION_POLICY_BINDING,
  plural: "validatingadmissionpolicybindings",
  categories: ["api-extensions"],
  namespaced: false,
  applyDefaults: (object) => changed(jsonOf(normalize(VALIDATING_ADMISSION_POLICY_BINDING, object)), "spec", (spec) => changed(spec, "matchResources", matching)) as unknown as KubeObject,
  checkShape: (object) => checkStructure(VALIDATING_ADMISSION_POLICY_BINDING, object),
  validate: validateBinding,
  columns: [
    column("PolicyName", (object) => textAt(objectAt(object, "spec"), "policyName")),
    column("ParamRef", (object) => {
      const ref = objectAt(objectAt(object, "spec"), "paramRef");
      const namespace = textAt(ref, "namespace");
      return textAt(ref, "name") === "" ? "<unset>" : namespace === "" ? textAt(ref, "name") : `${namespace}/${textAt(ref, "name")}`;
    }),
    age,
  ],
});

/** A MutatingAdmissionPolicy completed. */
export function defaultMutatingPolicy(object: KubeObject): KubeObject {
  return changed(jsonOf(object), "spec", (spec) => filled(changed(spec, "matchConstraints", matching), { failurePolicy: "Fail" })) as unknown as KubeObject;
}

/** A MutatingAdmissionPolicyBinding completed. */
export function defaultMutatingBinding(object: KubeObject): KubeObject {
  return changed(jsonOf(object), "spec", (spec) => changed(spec, "matchResources", matching)) as unknown as KubeObject;
}

export { validateMutatingBinding, validateMutatingPolicy } from "./validation";
