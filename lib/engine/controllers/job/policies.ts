/** What a Job's failure and success policies say. Upstream: pod_failure_policy.go, success_policy.go. */
import type { JobSpec, PodFailureRule } from "../../resources/batch/job/job";
import type { ContainerStatus, Pod } from "../../resources/core/pod/pod";
import { commonOf, parseIndexes, totalOf, type Indexes } from "./indexes";

/** The verdict on one failed pod. `message` is present when the whole Job must fail; `counts` says whether it uses up a retry. */
export interface FailureVerdict {
  readonly message?: string;
  readonly counts: boolean;
  readonly action?: PodFailureRule["action"];
}

/** The first rule a failed pod matches decides; a rule whose action is unknown is passed over. */
export function matchPodFailurePolicy(policy: JobSpec["podFailurePolicy"], pod: Pod): FailureVerdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const told = reasonOf(rule, pod);
    if (told === undefined) continue;
    const { action } = rule;
    if (action === "Ignore") return { counts: false, action };
    if (action === "FailIndex" || action === "Count") return { counts: true, action };
    if (action === "FailJob") return { counts: true, action, message: `${told} matching FailJob rule at index ${index}` };
  }
  return { counts: true };
}

function reasonOf(rule: PodFailureRule, pod: Pod): string | undefined {
  const { namespace = "", name } = pod.metadata;
  if (rule.onExitCodes) {
    const container = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find((status) => exitMatches(rule.onExitCodes, status));
    return container && `Container ${container.name} for pod ${namespace}/${name} failed with exit code ${container.state.terminated?.exitCode ?? 0}`;
  }
  const condition = (pod.status?.conditions ?? []).find(({ type, status }) => (rule.onPodConditions ?? []).some((one) => one.type === type && (one.status ?? "True") === status));
  return condition && `Pod ${namespace}/${name} has condition ${condition.type}`;
}

function exitMatches(wanted: PodFailureRule["onExitCodes"], { name, state }: ContainerStatus): boolean {
  const code = state.terminated?.exitCode ?? 0;
  if (wanted === undefined || code === 0 || (wanted.containerName !== undefined && wanted.containerName !== name)) return false;
  return wanted.values.includes(code) === (wanted.operator === "In");
}

/** `Matched rules at index N` when enough indexes have succeeded for the Job to be done early. */
export function matchSuccessPolicy(policy: JobSpec["successPolicy"], completions: number, succeeded: Indexes): string | undefined {
  if (policy === undefined || succeeded.length === 0) return undefined;
  const met = policy.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && totalOf(succeeded) >= succeededCount;
    const required = parseIndexes(succeededIndexes, completions);
    return required.length > 0 && commonOf(required, succeeded) >= (succeededCount ?? totalOf(required));
  });
  return met < 0 ? undefined : `Matched rules at index ${met}`;
}
