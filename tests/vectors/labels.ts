import { formatFieldSelector, matchesFields, parseFieldSelector } from "@/lib/engine/apimachinery/fields";
import { compileLabelSelector, formatSelector, matches, parseSelector, type LabelSelector } from "@/lib/engine/apimachinery/labels";
import { compare, type Adapter } from "./adapter";

type Labels = Readonly<Record<string, string>>;

/** `api/labels`: label and field selectors. */
export const labels: Adapter = ({ input, expected }) => {
  const withMatch = expected.matches !== undefined;
  if (input.op === "parseField" || input.op === "matchField") {
    const result = parseFieldSelector(String(input.selector));
    if ("error" in result) return compare(result, expected);
    const canonical = formatFieldSelector(result.selector);
    return compare(withMatch ? { canonical, matches: matchesFields(result.selector, input.fields as Labels) } : { canonical }, expected);
  }
  const result = input.op === "matchLabelSelector" ? compileLabelSelector(input.labelSelector as LabelSelector) : parseSelector(String(input.selector));
  if ("error" in result) return compare(result, expected);
  const canonical = formatSelector(result.selector);
  return compare(withMatch ? { canonical, matches: matches(result.selector, input.labels as Labels) } : { canonical }, expected);
};
