import { goName } from "../../../apimachinery/go-json-syntax";
import { partsOfKind, type Json } from "../../../apimachinery/meta";
import type { ResourceDefinition } from "../../../resources/define";
import { isObject } from "../../../resources/json-object";

/** What refusals call a kind: `deployments.apps`, and its group alone. */
export function qualifiedPlural({ kind, plural }: ResourceDefinition): { readonly qualified: string; readonly group: string } {
  const { group } = partsOfKind(kind);
  return { qualified: group === "" ? plural : `${plural}.${group}`, group };
}

/**
 * Why what somebody's rules made of an object can no longer be read as one of its kind, in the decoder's words; undefined
 * when it can. `strict` minds fields nobody knows, which are dropped otherwise. Upstream: runtime/serializer/json, Decode.
 */
export function unreadable(definition: ResourceDefinition, made: Json, strict = false): string | undefined {
  const { group, kind, apiVersion } = partsOfKind(definition.kind);
  if (!isObject(made)) {
    return `couldn't get version/kind; json parse error: json: cannot unmarshal ${goName(made)} into Go value of type struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
  }
  if (typeof made["kind"] === "string" && made["kind"] !== "" && (made["kind"] !== kind || made["apiVersion"] !== apiVersion)) {
    return `converting (${String(made["apiVersion"])}.${made["kind"]}) to (${group === "" ? "core" : (group.split(".")[0] ?? "")}.${kind}): unknown conversion`;
  }
  if (made["kind"] !== kind || made["apiVersion"] !== apiVersion) return `Object 'Kind' is missing in '${JSON.stringify(made)}'`;
  const problems = definition.checkShape(made);
  const wrong = problems.filter(({ code }) => code !== "unknown-field" && code !== "duplicate");
  if (wrong.length > 0) return wrong.map(({ detail }) => detail).join(", ");
  return strict && problems.length > 0 ? `strict decoding error: ${problems.map(({ detail }) => detail).join(", ")}` : undefined;
}
