import type { Indexes } from "@/lib/engine/controllers/job/indexes";
import { matchPodFailurePolicy, matchSuccessPolicy } from "@/lib/engine/controllers/job/policies";
import type { JobSpec, Pod } from "@/lib/engine/models";
import { compare, type Adapter } from "./adapter";
import { scenario } from "./scenario";

const orNothing = <T>(value: unknown): T | undefined => (value === null ? undefined : (value as T));

/** `behaviour/job`: whole Jobs against a scripted kubelet, and the two policies alone. */
export const job: Adapter = (vector, file) => {
  const { input, expected } = vector;
  if (input["op"] === "matchPodFailurePolicy") {
    const { message, counts, action } = matchPodFailurePolicy(orNothing<JobSpec["podFailurePolicy"]>(input["podFailurePolicy"]), input["failedPod"] as Pod);
    return compare({ result: [message ?? null, counts, action ?? null] }, expected);
  }
  if (input["op"] === "matchSuccessPolicy") {
    const succeeded: Indexes = ((input["succeededIndexes"] ?? []) as readonly { readonly First: number; readonly Last: number }[]).map(({ First, Last }) => ({ first: First, last: Last }));
    const met = matchSuccessPolicy(orNothing<JobSpec["successPolicy"]>(input["successPolicy"]), input["completions"] as number, succeeded);
    return compare({ result: [met ?? "", met !== undefined] }, expected);
  }
  return scenario(vector, file);
};
