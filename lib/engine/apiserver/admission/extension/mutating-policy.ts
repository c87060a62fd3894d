import { ApiError } from "../../../apimachinery/api-error";
import { kindId, type Json, type JsonObject, type KubeObject } from "../../../apimachinery/meta";
import { deepEqual } from "../../../apimachinery/compare";
import { applyJsonPatch } from "../../../apimachinery/patch/json";
import { CelError, jsonOf } from "../../../cel/index";
import { objectAt, objectsAt, textAt } from "../../../resources/json-object";
import { mergeTyped } from "../../apply/typed";
import { memberShape, type Shape } from "../../apply/shapes";
import { shapeOfDefinition, typeProblem } from "../../custom-resources/shape";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "../../request";
import { conditionsHold, evaluated, variablesOf } from "./expressions";
import { isSubject, namespaceOf } from "./match";
import { boundTo, paramsOf, type Bound } from "./policy";
import { qualifiedPlural, unreadable } from "./refusal";
import { CelVariables } from "./variables";

const POLICY = kindId("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy");
const BINDING = kindId("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding");
const NAMESPACE = kindId("v1", "Namespace");

/**
 * Alters objects as the cluster's MutatingAdmissionPolicies want them. A policy that asks for it has another look when a
 * later one changed the object. Upstream: apiserver/pkg/admission/plugin/policy/mutating.
 */
export const mutatingAdmissionPolicies: AdmissionPlugin = {
  name: "MutatingAdmissionPolicy",
  reinvokes: true,
  mutate(request, context) {
    if (context.store.count(BINDING) === 0 || !isSubject(request) || !request.object) return undefined;
    const bindings = context.store.list(BINDING);
    const policies = context.store.list(POLICY);
    const after = new Map<KubeObject, KubeObject>();
    let { object } = request;
    const round = (wanted: readonly KubeObject[]): void => {
      for (const policy of wanted) {
        const current = { ...request, object };
        for (const bound of boundTo(policy, bindings, current, context)) object = throughBinding(bound, { ...request, object }, context);
        after.set(policy, object);
      }
    };
    round(policies);
    const last = object;
    round(policies.filter((policy) => textAt(objectAt(policy as unknown as JsonObject, "spec"), "reinvocationPolicy") === "IfNeeded" && after.get(policy) !== last));
    return object;
  },
};

function failure({ policy, binding }: Bound, { definition, ref }: AdmissionRequest, why: string): ApiError {
  const text = `policy '${policy}' with binding '${binding}' denied request: ${why}`;
  const { qualified, group } = qualifiedPlural(definition);
  return new ApiError({ code: 422, reason: "Invalid", message: `${qualified} ${JSON.stringify(ref.name)} is forbidden: ${text}`, causes: [], details: { name: ref.name, group, kind: definition.plural, causes: [{ message: text }] } });
}

/** The object after a policy's mutations through one binding. @throws {ApiError} when they fail and may not be passed over */
function throughBinding(bound: Bound, request: AdmissionRequest & { readonly object: KubeObject }, context: AdmissionContext): KubeObject {
  const fails = textAt(bound.spec, "failurePolicy") !== "Ignore";
  const params = paramsOf(bound, request, context);
  if ("error" in params) {
    if (fails) throw failure(bound, request, `failed to configure binding: ${params.error}`);
    return request.object;
  }
  let { object } = request;
  for (const param of params.found) {
    const done = mutated(bound, { ...request, object }, context, param);
    if ("error" in done && fails) throw failure(bound, request, done.error);
    if ("object" in done) object = done.object;
  }
  return object;
}

type Mutated = { readonly object: KubeObject } | { readonly error: string };

function mutated({ spec }: Bound, request: AdmissionRequest & { readonly object: KubeObject }, context: AdmissionContext, param: KubeObject | undefined): Mutated {
  const namespace = request.definition.kind === NAMESPACE ? undefined : namespaceOf(request, context);
  const held = conditionsHold(objectsAt(spec, "matchConditions"), variablesOf(request, context, namespace, param));
  if ("error" in held) return held;
  if (!held.holds) return { object: request.object };
  let { object } = request;
  for (const mutation of objectsAt(spec, "mutations")) {
    const declared = new CelVariables(objectsAt(spec, "variables"), variablesOf({ ...request, object }, context, namespace, param));
    const next = apply(mutation, object, request, declared);
    if ("error" in next) return next;
    ({ object } = next);
  }
  const filled = request.definition.applyDefaults(object);
  return { object: deepEqual(filled, request.object) ? request.object : filled };
}

function apply(mutation: JsonObject, object: KubeObject, request: AdmissionRequest, declared: CelVariables): Mutated {
  const patching = textAt(mutation, "patchType") === "JSONPatch";
  const source = textAt(objectAt(mutation, patching ? "jsonPatch" : "applyConfiguration"), "expression");
  const outcome = evaluated(source, patching ? "patch" : "object", declared.activation, declared.names);
  if ("error" in outcome) return { error: `expression '${source}' resulted in error: ${outcome.error}` };
  try {
    const made = jsonOf(outcome.value);
    return patching ? patched(object, made, request) : merged(object, made as JsonObject, request);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { error: error.message };
  }
}

function patched(object: KubeObject, operations: Json, { definition }: AdmissionRequest): Mutated {
  const result = applyJsonPatch(object as unknown as Json, operations as readonly Json[]);
  // A test that fails says that there is nothing to do.
  if ("error" in result) return result.error.endsWith(": test failed") ? { object } : { error: `JSONPath: ${result.error}` };
  const problem = unreadable(definition, result.result, true);
  return problem === undefined ? { object: result.result as unknown as KubeObject } : { error: `Internal error occurred: ${problem}` };
}

/** What a configuration would replace as a whole, as paths. Upstream: mutating/patch, findAtomics. */
function wholes(value: Json, shape: Shape, path: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  if (shape.shape === "atomic") return [path];
  if (Array.isArray(value)) return shape.shape === "keyed" ? (value as readonly Json[]).flatMap((item, i) => wholes(item, shape.of, `${path}[${i}]`)) : [];
  return Object.entries(value as JsonObject).flatMap(([key, inner]) => (inner === undefined ? [] : wholes(inner, memberShape(shape, key), `${path}.${key}`)));
}

/** As server-side apply merges, without anybody's account of it; what can only be replaced as a whole may not be touched. Upstream: ApplyStructuredMergeDiff. */
function merged(object: KubeObject, configuration: JsonObject, { definition }: AdmissionRequest): Mutated {
  const whole = { ...configuration, apiVersion: object.apiVersion, kind: object.kind };
  const shape = shapeOfDefinition(definition);
  const unknown = definition.checkShape(whole).find(({ code }) => code === "unknown-field");
  const untyped = unknown ? `.${unknown.path}: field not declared in schema` : (definition.custom && typeProblem(definition.custom.schema, whole)) ?? unreadable(definition, whole);
  if (untyped !== undefined) return { error: `error applying patch: failed to convert patch object to typed object: ${untyped}` };
  const replaced = wholes(whole, shape, "");
  if (replaced.length > 0) return { error: `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${replaced.join(", ")}` };
  return { object: mergeTyped(object as unknown as Json, whole, shape) as unknown as KubeObject };
}
