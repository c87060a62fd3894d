import { compareStrings } from "../apimachinery/compare";
import type { LabelSelector } from "../apimachinery/labels";

/** A label selector as Kubernetes' generated Go code prints it in messages. Upstream: meta/v1 LabelSelector.String. */
export function selectorText(selector: LabelSelector | null | undefined): string {
  if (selector === undefined || selector === null) return "nil";
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([key, value]) => `${key}: ${value},`)
    .join("");
  const rules = (selector.matchExpressions ?? []).map(({ key, operator, values }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${(values ?? []).join(" ")}],},`).join("");
  return `&LabelSelector{MatchLabels:map[string]string{${labels}},MatchExpressions:[]LabelSelectorRequirement{${rules}},}`;
}
