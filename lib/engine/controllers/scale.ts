/** The scale subresource as controllers read and write it, of built-in kinds and of those that definitions bring. */
import { formatLabelSelector, parseSelector, type LabelSelector, type Requirement } from "../apimachinery/labels";
import { partsOfKind, type Json, type JsonObject, type KubeObject } from "../apimachinery/meta";
import type { ResourceDefinition } from "../resources/define";
import { valueAt } from "../resources/apiextensions/custom-resource/index";

interface Scalable extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector | Readonly<Record<string, string>> };
  readonly status?: { readonly replicas?: number };
}

/** What the scale subresource says of an object. `selectorText` is empty, and `selector` absent, when it has none. */
export interface Scale {
  readonly replicas: number;
  readonly counted: number;
  readonly selector: LabelSelector | undefined;
  readonly selectorText: string;
  /** Why the selector's text is none. */
  readonly unreadable?: string;
}

/** The scale of an object of a kind that has one, or what the API says instead. Upstream: ScaleREST, scaleFromCustomResource. */
export function scaleIn(definition: ResourceDefinition, object: KubeObject): Scale | { readonly error: string } {
  if (definition.custom?.scale) return customScale(definition.custom.scale, object);
  const { spec, status } = object as Scalable;
  const selector = builtInSelector(definition, spec?.selector);
  return { replicas: spec?.replicas ?? 0, counted: status?.replicas ?? 0, selector, selectorText: selector === undefined ? "" : formatLabelSelector(selector) };
}

function builtInSelector({ kind }: ResourceDefinition, selector: NonNullable<Scalable["spec"]>["selector"]): LabelSelector | undefined {
  if (selector === undefined || Object.keys(selector).length === 0) return undefined;
  return partsOfKind(kind).kind === "ReplicationController" ? { matchLabels: selector as Readonly<Record<string, string>> } : (selector as LabelSelector);
}

function customScale(paths: NonNullable<NonNullable<ResourceDefinition["custom"]>["scale"]>, object: KubeObject): Scale | { readonly error: string } {
  const replicas = valueAt(object, paths.spec);
  if (typeof replicas !== "number") return { error: `Internal error occurred: the spec replicas field ${JSON.stringify(`.${paths.spec.join(".")}`)} does not exist` };
  const counted = valueAt(object, paths.status);
  const text = paths.selector === undefined ? undefined : valueAt(object, paths.selector);
  const selectorText = typeof text === "string" ? text : "";
  return { replicas, counted: typeof counted === "number" ? counted : 0, selectorText, ...(selectorText === "" ? { selector: undefined } : selectorOfText(selectorText)) };
}

const EXPRESSED: Readonly<Record<Requirement["operator"], string>> = { "in": "In", "=": "In", "==": "In", "notin": "NotIn", "!=": "NotIn", "exists": "Exists", "!": "DoesNotExist", "gt": "Gt", "lt": "Lt" };

/**
 * A selector's text as an object.
 *
 * @simplified What `>` and `<` ask for has no such form and is refused, as is a text that is no selector.
 */
function selectorOfText(text: string): Pick<Scale, "selector" | "unreadable"> {
  const parsed = parseSelector(text);
  if ("error" in parsed) return { selector: { matchExpressions: [{ key: text, operator: "" }] }, unreadable: parsed.error };
  const matchExpressions = parsed.selector.requirements.map(({ key, operator, values }) => ({ key, operator: EXPRESSED[operator], ...(values.length === 0 ? {} : { values }) }));
  return { selector: { matchExpressions } };
}

/** The change that gives an object of a kind so many replicas. */
export function replicasPatch(definition: ResourceDefinition, replicas: number): JsonObject {
  const path = definition.custom?.scale?.spec ?? ["spec", "replicas"];
  return path.reduceRight<Json>((inner, name) => ({ [name]: inner }), replicas) as JsonObject;
}
