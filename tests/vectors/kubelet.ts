import type { Condition } from "@/lib/engine/apimachinery/conditions";
import { qosClass, type ResourcePod } from "@/lib/engine/apimachinery/qos";
import { durationText, raise, remaining, type BackOff } from "@/lib/engine/kubelet/back-off";
import { podFields } from "@/lib/engine/kubelet/downward";
import { expand } from "@/lib/engine/kubelet/expansion";
import { containersReady, podInitialized, podPhase, podReady } from "@/lib/engine/kubelet/phase";
import { shouldRestart } from "@/lib/engine/kubelet/restart";
import { managedHosts, shortHostname } from "@/lib/engine/kubelet/sandbox-files";
import type { Container, ContainerStatus, Pod } from "@/lib/engine/resources/core/pod/pod";
import { compare, type Adapter, type VectorCase, type Verdict } from "./adapter";

type Input = VectorCase["input"];

/** Go writes empty lists as null where the API leaves them out. */
function podOf(input: Input): Pod {
  const pod = input["pod"] as Pod;
  return { ...pod, spec: { ...pod.spec, containers: pod.spec.containers ?? [] } };
}

const statuses = (input: Input): readonly ContainerStatus[] | undefined => (input["containerStatuses"] ?? undefined) as readonly ContainerStatus[] | undefined;

function condition(draft: object): object {
  return { ...draft, lastProbeTime: null, lastTransitionTime: null };
}

/** A container's command or arguments with its variables put in; null when it has none. */
function expanded(input: Input, part: "command" | "args"): readonly string[] | null {
  const env = new Map(((input["envs"] ?? []) as readonly { readonly Name: string; readonly Value: string }[]).map(({ Name, Value }) => [Name, Value]));
  return (input["container"] as Container)[part]?.map((text) => expand(text, (name) => env.get(name))) ?? null;
}

/** Waits before each restart of a container that ran so long each time. */
function waits(durations: readonly string[]): readonly string[] {
  let now = 0;
  let backOff: BackOff | undefined;
  return durations.map((text) => {
    const ended = now + milliseconds(text);
    const wait = remaining(backOff, ended, ended);
    now = ended + wait;
    backOff = raise(backOff, ended, now);
    return durationText(wait);
  });
}

interface RuntimeStatus {
  readonly Name: string;
  readonly State: "running" | "exited" | "created" | "unknown";
  readonly ExitCode: number;
}

function shouldBeRestarted(input: Input): boolean {
  const container = input["container"] as Container;
  const known = ((input["podStatus"] as { readonly ContainerStatuses: readonly RuntimeStatus[] | null }).ContainerStatuses ?? []).find((status) => status.Name === container.name);
  return shouldRestart(podOf(input), container, known && { state: known.State, exitCode: known.ExitCode });
}

function milliseconds(text: string): number {
  const unit = { h: 3_600_000, m: 60_000, s: 1000 } as const;
  return [...text.matchAll(/([0-9.]+)(h|m|s)/g)].reduce((sum, match) => sum + Number(match[1]) * unit[match[2] as "h"], 0);
}

const operations: Readonly<Record<string, (input: Input) => unknown>> = {
  getPhase: (input) => ({ result: podPhase(podOf(input), (input["info"] ?? []) as readonly ContainerStatus[], input["podIsTerminal"] === true, input["podHasInitialized"] === true) }),
  GenerateContainersReadyCondition: (input) => ({ result: condition(containersReady(podOf(input), statuses(input), String(input["podPhase"]))) }),
  GeneratePodReadyCondition: (input) => ({ result: condition(podReady(podOf(input), (input["conditions"] ?? undefined) as readonly Condition[] | undefined, statuses(input), String(input["podPhase"]))) }),
  GeneratePodInitializedCondition: (input) => ({ result: condition(podInitialized(podOf(input), statuses(input), String(input["podPhase"]))) }),
  ShouldContainerBeRestarted: (input) => ({ result: shouldBeRestarted(input) }),
  ComputePodQOS: (input) => ({ result: qosClass(podOf(input) as unknown as ResourcePod) }),
  managedHostsFileContent: (input) => ({ result: managedHosts((input["hostIPs"] ?? []) as string[], String(input["hostName"]), String(input["hostDomainName"]), (input["hostAliases"] ?? []) as NonNullable<Pod["spec"]["hostAliases"]>) }),
  truncatePodHostnameIfNeeded: (input) => ({ result: [shortHostname(String(input["hostname"])), null] }),
  podFieldSelectorRuntimeValue: (input) => ({ result: [podFields(podOf(input), { podIP: String(input["podIP"] ?? ""), podIPs: (input["podIPs"] ?? []) as string[], hostIPs: ["127.0.0.1", "::1"] })[(input["fs"] as { fieldPath: string }).fieldPath] ?? "", null] }),
  expand: (input) => ({ text: expand(String(input["text"]), (name) => (input["env"] as Record<string, string>)[name]) }),
  ExpandContainerCommandAndArgs: (input) => ({ result: [expanded(input, "command"), expanded(input, "args")] }),
  crashLoopBackOff: (input) => ({ waitBeforeRestart: waits(input["runDurations"] as string[]) }),
};

/** `behaviour/kubelet`: functions of the kubelet, recorded. Rows of its test tables need their constants and do not count. */
export const kubelet: Adapter = (vector): Verdict => {
  if (vector.kind === "table") return { skip: "a row of a test table" };
  const run = operations[String(vector.input["op"])];
  return run ? compare(run(vector.input), vector.expected) : { pass: false, got: "no such operation here" };
};
