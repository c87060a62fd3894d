/** Rules of roles as kubectl prints them. Upstream: `rbac.BreakdownRule`, `rbac.CompactRules`, `rbac.SortableRuleSlice`. */
import { compareStrings, type PolicyRule } from "@/lib/engine";

const list = (words: readonly string[] = []): string => `[${words.join(" ")}]`;

/** The smallest rules first, those for one resource told together, in the order of Go's printed form. */
function arranged(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const whole = new Map<string, PolicyRule>();
  const paths: PolicyRule[] = [];
  for (const rule of rules) {
    for (const url of rule.nonResourceURLs ?? []) for (const verb of rule.verbs) paths.push({ verbs: [verb], nonResourceURLs: [url] });
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        for (const names of (rule.resourceNames ?? []).length === 0 ? [undefined] : (rule.resourceNames ?? []).map((name) => [name])) {
          const key = [group, resource, ...(names ?? [])].join("\n");
          const verbs = [...(whole.get(key)?.verbs ?? []), ...rule.verbs];
          whole.set(key, { verbs, apiGroups: [group], resources: [resource], ...(names === undefined ? {} : { resourceNames: names }) });
        }
      }
    }
  }
  const text = (rule: PolicyRule): string => `Verbs:${list(rule.verbs)},APIGroups:${list(rule.apiGroups)},Resources:${list(rule.resources)},ResourceNames:${list(rule.resourceNames)},NonResourceURLs:${list(rule.nonResourceURLs)}`;
  return [...whole.values(), ...paths].sort((a, b) => compareStrings(text(a), text(b)));
}

function resourceText({ apiGroups = [], resources = [] }: PolicyRule): string {
  const [group = "", resource = ""] = [apiGroups[0], resources[0]];
  if (group === "") return resource;
  const slash = resource.indexOf("/");
  return slash < 0 ? `${resource}.${group}` : `${resource.slice(0, slash)}.${group}${resource.slice(slash)}`;
}

/** The headings of a table of rules. */
export const RULE_HEADINGS: readonly string[] = ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"];

/** The rows of a table of rules. */
export function ruleRows(rules: readonly PolicyRule[]): readonly (readonly string[])[] {
  return arranged(rules).map((rule) => [resourceText(rule), list(rule.nonResourceURLs), list(rule.resourceNames), list(rule.verbs)]);
}
