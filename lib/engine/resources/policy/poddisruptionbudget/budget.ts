import { setCondition, type Condition } from "../../../apimachinery/conditions";
import { compileLabelSelector, matches } from "../../../apimachinery/labels";
import { timestamp } from "../../../apimachinery/time";
import type { PodDisruptionBudget } from "./index";

/** Does a budget's selector match these labels? An absent selector matches nothing, an empty one everything. */
export function covers({ spec }: PodDisruptionBudget, labels: Readonly<Record<string, string>> | undefined): boolean {
  const compiled = compileLabelSelector(spec.selector);
  return "selector" in compiled && matches(compiled.selector, labels ?? {});
}

/** The DisruptionAllowed condition for so many allowed disruptions. Upstream: pdb helper UpdateDisruptionAllowedCondition. */
export function conditionsOf(before: readonly Condition[] | undefined, allowed: number, generation: number, now: number): readonly Condition[] {
  const [status, reason] = allowed > 0 ? (["True", "SufficientPods"] as const) : (["False", "InsufficientPods"] as const);
  return setCondition(before, { type: "DisruptionAllowed", status, observedGeneration: generation, reason, message: "", lastTransitionTime: timestamp(now) });
}
