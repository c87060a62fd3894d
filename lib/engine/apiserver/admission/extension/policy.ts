import { ApiError, type StatusReason } from "../../../apimachinery/api-error";
import { VALIDATING_ADMISSION_POLICY, VALIDATING_ADMISSION_POLICY_BINDING } from "../../../apimachinery/kinds";
import { labelSelectorMatches, type LabelSelector } from "../../../apimachinery/labels";
import { kindId, type JsonObject, type KubeObject } from "../../../apimachinery/meta";
import { CelVariables } from "./variables";
import { jsonOf } from "../../../resources/cells";
import { has, listAt, objectAt, objectsAt, textAt } from "../../../resources/json-object";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "../../request";
import { qualifiedPlural } from "./refusal";
import { conditionsHold, evaluated, variablesOf } from "./expressions";
import { concerns, isSubject, namespaceOf } from "./match";

/** A reason to refuse. */
interface Denial {
  readonly policy: string;
  readonly binding?: string;
  readonly message: string;
  readonly reason: string;
}

/** Bindings of a policy that concern a request; none when the policy itself does not. */
export function boundTo(policy: KubeObject, bindings: readonly KubeObject[], request: AdmissionRequest, context: AdmissionContext): readonly Bound[] {
  const spec = objectAt(jsonOf(policy), "spec");
  const { name } = policy.metadata;
  const own = bindings.filter((binding) => textAt(objectAt(jsonOf(binding), "spec"), "policyName") === name);
  if (own.length === 0 || !concerns(objectAt(spec, "matchConstraints"), "resourceRules", request, context)) return [];
  return own.flatMap((binding) => {
    const bound = objectAt(jsonOf(binding), "spec");
    return has(bound, "matchResources") && !bindingConcerns(objectAt(bound, "matchResources"), request, context) ? [] : [{ policy: name, spec, binding: binding.metadata.name, bound }];
  });
}

const CODES: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, Invalid: 422, RequestEntityTooLarge: 413 };

/**
 * Refuses what the cluster's ValidatingAdmissionPolicies say no to.
 * Upstream: apiserver/pkg/admission/plugin/policy/validating.
 */
export const validatingAdmissionPolicies: AdmissionPlugin = {
  name: "ValidatingAdmissionPolicy",
  validate(request, context) {
    if (context.store.count(VALIDATING_ADMISSION_POLICY_BINDING) === 0 || !isSubject(request)) return;
    const bindings = context.store.list(VALIDATING_ADMISSION_POLICY_BINDING);
    for (const policy of context.store.list(VALIDATING_ADMISSION_POLICY)) {
      const denial = judge(policy, bindings, request, context);
      if (denial) throw refusal(denial, request);
    }
  },
};

function refusal({ policy, binding, message, reason }: Denial, { definition, ref }: AdmissionRequest): ApiError {
  const text = `ValidatingAdmissionPolicy '${policy}'${binding === undefined ? "" : ` with binding '${binding}'`} denied request: ${message}`;
  const { qualified, group } = qualifiedPlural(definition);
  return new ApiError({
    code: CODES[reason] ?? 422,
    reason: reason as StatusReason,
    message: `${qualified} ${JSON.stringify(ref.name)} is forbidden: ${text}`,
    causes: [],
    details: { name: ref.name, group, kind: definition.plural, causes: [{ message: text }] },
  });
}

/** What a policy says through its bindings; the first refusal counts. */
function judge(policy: KubeObject, bindings: readonly KubeObject[], request: AdmissionRequest, context: AdmissionContext): Denial | undefined {
  for (const bound of boundTo(policy, bindings, request, context)) {
    const found = throughBinding(bound, request, context);
    if (found) return found;
  }
  return undefined;
}

/** A binding may leave the rules to its policy and narrow by selectors alone. */
function bindingConcerns(narrowed: JsonObject, request: AdmissionRequest, context: AdmissionContext): boolean {
  const rules = listAt(narrowed, "resourceRules").length > 0 ? narrowed : { ...narrowed, resourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*", "*/*"] }] };
  return concerns(rules, "resourceRules", request, context);
}

/** A policy through one of its bindings. */
export interface Bound {
  readonly policy: string;
  readonly spec: JsonObject;
  readonly binding: string;
  readonly bound: JsonObject;
}

function throughBinding(bound: Bound, request: AdmissionRequest, context: AdmissionContext): Denial | undefined {
  const namespace = request.definition.kind === kindId("v1", "Namespace") ? undefined : namespaceOf(request, context);
  const params = paramsOf(bound, request, context);
  const fails = textAt(bound.spec, "failurePolicy") !== "Ignore";
  if ("error" in params) return fails ? { policy: bound.policy, binding: bound.binding, message: `failed to configure binding: ${params.error}`, reason: "Invalid" } : undefined;
  for (const param of params.found) {
    const variables = variablesOf(request, context, namespace, param);
    const denials = denialsOf(bound.spec, variables, fails);
    for (const { message, reason } of denials) {
      const denial = { policy: bound.policy, binding: bound.binding, message, reason };
      const acted = act(bound, denial, request);
      if (acted) return acted;
    }
  }
  return undefined;
}

/** Denies, warns or says nothing, as the binding wants. Audit annotations go nowhere: there is no audit log. */
function act({ bound }: Bound, denial: Denial, request: AdmissionRequest): Denial | undefined {
  const actions = listAt(bound, "validationActions");
  if (actions.includes("Warn")) request.warn?.(`Validation failed for ValidatingAdmissionPolicy '${denial.policy}' with binding '${denial.binding ?? ""}': ${denial.message}`);
  return actions.includes("Deny") ? denial : undefined;
}

function denialsOf(spec: JsonObject, given: ReturnType<typeof variablesOf>, fails: boolean): readonly { readonly message: string; readonly reason: string }[] {
  const held = conditionsHold(objectsAt(spec, "matchConditions"), given);
  if ("error" in held) return fails ? [{ message: held.error, reason: "Invalid" }] : [];
  if (!held.holds) return [];
  const declared = new CelVariables(objectsAt(spec, "variables"), given);
  return objectsAt(spec, "validations").flatMap((validation) => {
    const source = textAt(validation, "expression");
    const outcome = evaluated(source, "bool", declared.activation, declared.names);
    if ("error" in outcome) return fails ? [{ message: `expression '${source}' resulted in error: ${outcome.error}`, reason: "Invalid" }] : [];
    return outcome.value === true ? [] : [{ message: messageOf(validation, declared), reason: textAt(validation, "reason") || "Invalid" }];
  });
}

function messageOf(validation: JsonObject, declared: CelVariables): string {
  const expression = textAt(validation, "messageExpression");
  const made = expression === "" ? undefined : evaluated(expression, "string", declared.activation, declared.names);
  const text = made !== undefined && "value" in made && typeof made.value === "string" ? made.value.trim() : "";
  if (text !== "" && !text.includes("\n") && text.length <= 5 * 1024) return text;
  return textAt(validation, "message").trim() || `failed expression: ${textAt(validation, "expression").trim()}`;
}

/** The objects a binding's parameters are read from; one absent parameter where the policy has none. Upstream: generic.CollectParams. */
export function paramsOf({ spec, bound }: Bound, request: AdmissionRequest, { store, definitionOf }: AdmissionContext): { readonly found: readonly (KubeObject | undefined)[] } | { readonly error: string } {
  if (!has(spec, "paramKind") || !has(bound, "paramRef")) return { found: [undefined] };
  const { apiVersion, kind: kindName } = spec["paramKind"] as { readonly apiVersion?: string; readonly kind?: string };
  const kind = kindId(String(apiVersion), String(kindName));
  const definition = definitionOf(kind);
  if (!definition) return { error: `failed to find resource referenced by paramKind: '${String(apiVersion)}, Kind=${String(kindName)}'` };
  const ref = objectAt(bound, "paramRef");
  const namespace = definition.namespaced ? textAt(ref, "namespace") || (request.definition.namespaced ? request.ref.namespace : "") : "";
  if (definition.namespaced && namespace === "") return { error: "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources" };
  const stored = definition.custom?.storedAs ?? kind;
  const shown = (object: KubeObject): KubeObject => definition.custom?.fromStorage(object) ?? object;
  const name = textAt(ref, "name");
  const candidates = name === "" ? store.list(stored, namespace).filter((object) => labelSelectorMatches(objectAt(ref, "selector") as LabelSelector, object.metadata.labels)) : [store.get({ kind: stored, namespace, name })];
  const found = candidates.flatMap((object) => (object === undefined ? [] : [shown(object)]));
  if (found.length > 0 || textAt(ref, "parameterNotFoundAction") === "Allow") return { found };
  return { error: "no params found for policy binding with `Deny` parameterNotFoundAction" };
}
