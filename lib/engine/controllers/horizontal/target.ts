import { ApiError } from "../../apimachinery/api-error";
import { compileLabelSelector, formatLabelSelector, type LabelSelector } from "../../apimachinery/labels";
import { kindId, partsOfKind, type KindId, type KubeObject, type ObjectRef } from "../../apimachinery/meta";
import type { Client } from "../../client/client";
import type { CrossVersionObjectReference } from "../../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";
import type { ResourceDefinition } from "../../resources/define";
import { resourceFor, resources } from "../../resources/index";

interface Scalable extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector | Readonly<Record<string, string>> };
  readonly status?: { readonly replicas?: number };
}

/** What the scale subresource says of an object. `selectorText` is empty when it has no selector. */
export interface Target {
  readonly ref: ObjectRef;
  readonly replicas: number;
  readonly counted: number;
  readonly selector: LabelSelector | undefined;
  readonly selectorText: string;
}

/** The scale of what a reference names, or why it cannot be had. Upstream: scaleForResourceMappings. */
export function targetOf(client: Pick<Client, "get">, { apiVersion = "", kind, name }: CrossVersionObjectReference, namespace: string): Target | { readonly error: string } {
  const parts = apiVersion.split("/");
  if (parts.length > 2) return { error: `unexpected GroupVersion string: ${apiVersion}` };
  const group = parts.length === 2 ? (parts[0] ?? "") : "";
  const definition = mappingOf(kindId(apiVersion, kind), group, kind);
  if (definition === undefined) return { error: `no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}` };
  if (!definition.subresources.includes("scale")) return { error: "the server could not find the requested resource" };
  const object = client.get<Scalable>(definition.kind, { namespace, name });
  if (object === undefined) return { error: `${definition.plural}${group === "" ? "" : `.${group}`} ${JSON.stringify(name)} not found` };
  const selector = selectorOf(definition.kind, object);
  return { ref: { kind: definition.kind, namespace, name }, replicas: object.spec?.replicas ?? 0, counted: object.status?.replicas ?? 0, selector, selectorText: selector === undefined ? "" : formatLabelSelector(selector) };
}

function mappingOf(exact: KindId, group: string, kind: string): ResourceDefinition | undefined {
  return resourceFor(exact) ?? resources.find((one) => partsOfKind(one.kind).group === group && partsOfKind(one.kind).kind === kind);
}

function selectorOf(kind: KindId, { spec }: Scalable): LabelSelector | undefined {
  const selector = spec?.selector;
  if (selector === undefined || Object.keys(selector).length === 0) return undefined;
  return partsOfKind(kind).kind === "ReplicationController" ? { matchLabels: selector as Readonly<Record<string, string>> } : (selector as LabelSelector);
}

/** Why a selector cannot be used; undefined when it can. */
export function selectorError(selector: LabelSelector): string | undefined {
  const compiled = compileLabelSelector(selector);
  return "error" in compiled ? compiled.error : undefined;
}

/** Changes a target's replicas; what the API says when it refuses. */
export function scaleTo(client: Pick<Client, "patch">, { ref }: Target, replicas: number): string | undefined {
  try {
    client.patch(ref, { type: "merge", body: { spec: { replicas } } });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status.message;
  }
}
