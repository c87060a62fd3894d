/** Expressions of policies and webhooks, and what they see. Upstream: apiserver/pkg/admission/plugin/cel. */
import { partsOfKind, type Json, type JsonObject, type KindId, type KubeObject, type ObjectKey } from "../../../apimachinery/meta";
import { authorizerValue, jsonValue, resourceCheckValue, run, type Activation, type AuthorizerAnswer, type Compiled } from "../../../cel/index";
import { compileAdmission } from "../../../resources/admissionregistration/expressions";
import { decide, userInfo, type RoleReader } from "../../authorize";
import { builtin, listed } from "../../builtins";
import type { AdmissionContext, AdmissionRequest } from "../../request";

/** Compiled once for each text. A memory of answers: it changes none. */
const known = new Map<string, ReturnType<typeof compileAdmission>>();
const REMEMBERED = 500;

/** An expression of a policy, compiled. */
export function compiled(source: string, wanted: Parameters<typeof compileAdmission>[1], variables: readonly string[]): ReturnType<typeof compileAdmission> {
  const key = `${wanted}|${variables.join(",")}|${source}`;
  const found = known.get(key);
  if (found) return found;
  // What is stored was checked when it came in: that it names no parameter without having one, among other things.
  const made = compileAdmission(source, wanted, { params: true, variables });
  if (known.size < REMEMBERED) known.set(key, made);
  return made;
}

function readerOf({ store }: AdmissionContext): RoleReader {
  return {
    get: <T extends KubeObject>(kind: KindId, key: ObjectKey) => (store.get({ kind, ...key }) ?? builtin({ kind, ...key }, store)) as T | undefined,
    list: <T extends KubeObject>(kind: KindId, options: { readonly namespace?: string } = {}) => listed(store, { kind, ...options }) as readonly T[],
  };
}

function answerOf(context: AdmissionContext, user: string): AuthorizerAnswer {
  const reader = readerOf(context);
  return (question) => {
    const who = question.user ? userInfo(`system:serviceaccount:${question.user.namespace}:${question.user.name}`) : userInfo(user);
    const { verb = "", path, group = "", resource = "", subresource = "", namespace = "", name = "" } = question;
    return decide(reader, who, path === undefined ? { verb, group, resource, subresource, namespace, name } : { verb, path });
  };
}

/** The request as policies and webhooks are told of it. */
export function admissionRequest(request: AdmissionRequest): JsonObject {
  const { group, version, kind } = partsOfKind(request.definition.kind);
  const resource = { group, version, resource: request.definition.plural };
  const who = userInfo(request.user);
  return {
    uid: (request.object ?? request.previous)?.metadata.uid ?? "",
    kind: { group, version, kind },
    resource,
    ...(request.subresource === "" ? {} : { subResource: request.subresource, requestSubResource: request.subresource }),
    requestKind: { group, version, kind },
    requestResource: resource,
    name: request.ref.name,
    ...(request.definition.namespaced ? { namespace: request.ref.namespace } : {}),
    operation: request.operation,
    userInfo: { username: who.name, groups: [...who.groups] },
    dryRun: request.dryRun === true,
    options: null,
  };
}

/** What expressions may name, for one request. */
export function variablesOf(request: AdmissionRequest, context: AdmissionContext, namespace: KubeObject | undefined, params: KubeObject | undefined): Activation["variables"] {
  const json = (object: KubeObject | undefined): (() => ReturnType<typeof jsonValue>) => {
    const value = jsonValue((object ?? null) as unknown as Json);
    return () => value;
  };
  const answer = answerOf(context, request.user);
  const { group } = partsOfKind(request.definition.kind);
  return {
    object: json(request.object),
    oldObject: json(request.previous),
    request: jsonValue(admissionRequest(request)),
    params: json(params),
    namespaceObject: json(namespace),
    authorizer: authorizerValue(answer),
    "authorizer.requestResource": resourceCheckValue(answer, { group, resource: request.definition.plural, subresource: request.subresource, namespace: request.definition.namespaced ? request.ref.namespace : "", name: request.ref.name }),
  };
}

/** The verdict of match conditions: all must hold; what went wrong is told. */
export function conditionsHold(conditions: readonly JsonObject[], variables: Activation["variables"]): { readonly holds: boolean } | { readonly error: string } {
  let error: string | undefined;
  for (const condition of conditions) {
    const source = String(condition["expression"] ?? "");
    const outcome = evaluated(source, "bool", variables);
    // One that does not hold outweighs any that went wrong.
    if ("value" in outcome && outcome.value === false) return { holds: false };
    if ("error" in outcome) error ??= outcome.error;
  }
  return error === undefined ? { holds: true } : { error };
}

/** Runs one expression. */
export function evaluated(source: string, wanted: Parameters<typeof compileAdmission>[1], variables: Activation["variables"], names: readonly string[] = []): ReturnType<typeof run> {
  const ready = compiled(source, wanted, names);
  return "error" in ready ? { error: ready.error, cost: 0 } : run(ready as Compiled, variables);
}
