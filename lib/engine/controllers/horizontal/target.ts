import { ApiError } from "../../apimachinery/api-error";
import { compileLabelSelector, type LabelSelector } from "../../apimachinery/labels";
import { kindId, partsOfKind, type KindId, type KubeObject, type ObjectRef } from "../../apimachinery/meta";
import type { Client } from "../../client/client";
import type { CrossVersionObjectReference } from "../../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";
import type { ResourceDefinition } from "../../resources/define";
import { replicasPatch, scaleIn, type Scale } from "../scale";

/** What an autoscaler scales. */
export interface Target extends Scale {
  readonly ref: ObjectRef;
  readonly definition: ResourceDefinition;
}

/** The scale of what a reference names, or why it cannot be had. Upstream: scaleForResourceMappings. */
export function targetOf(client: Pick<Client, "get" | "served">, { apiVersion = "", kind, name }: CrossVersionObjectReference, namespace: string): Target | { readonly error: string } {
  const parts = apiVersion.split("/");
  if (parts.length > 2) return { error: `unexpected GroupVersion string: ${apiVersion}` };
  const group = parts.length === 2 ? (parts[0] ?? "") : "";
  const definition = mappingOf(client.served(), kindId(apiVersion, kind), group, kind);
  if (definition === undefined) return { error: `no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}` };
  if (!definition.subresources.includes("scale")) return { error: "the server could not find the requested resource" };
  const object = read(client, { kind: definition.kind, namespace, name });
  if (object !== undefined && "error" in object) return object;
  if (object === undefined) return { error: `${definition.plural}${group === "" ? "" : `.${group}`} ${JSON.stringify(name)} not found` };
  const scale = scaleIn(definition, object);
  return "error" in scale ? scale : { ...scale, definition, ref: { kind: definition.kind, namespace, name } };
}

/** An object; why it cannot be had in a version that nobody converts it to. */
function read(client: Pick<Client, "get">, ref: ObjectRef): KubeObject | { readonly error: string } | undefined {
  try {
    return client.get<KubeObject>(ref.kind, ref);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { error: error.status.message };
  }
}

/** The kind in the version named, else in any. */
function mappingOf(served: readonly ResourceDefinition[], exact: KindId, group: string, kind: string): ResourceDefinition | undefined {
  return served.find((one) => one.kind === exact) ?? served.find((one) => partsOfKind(one.kind).group === group && partsOfKind(one.kind).kind === kind);
}

/** Why a selector cannot be used; undefined when it can. */
export function selectorError(selector: LabelSelector): string | undefined {
  const compiled = compileLabelSelector(selector);
  return "error" in compiled ? compiled.error : undefined;
}

/** Changes a target's replicas; what the API says when it refuses. */
export function scaleTo(client: Pick<Client, "patch">, { ref, definition }: Target, replicas: number): string | undefined {
  try {
    client.patch(ref, { type: "merge", body: replicasPatch(definition, replicas) });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status.message;
  }
}
