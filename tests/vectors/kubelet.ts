import type { Condition } from "@/lib/engine/apimachinery/conditions";
import { qosClass, type ResourcePod } from "@/lib/engine/apimachinery/qos";
import { durationText, raise, remaining, type BackOff } from "@/lib/engine/kubelet/back-off";
import { containerHash } from "@/lib/engine/kubelet/container-hash";
import { podField } from "@/lib/engine/kubelet/downward";
import { rankForEviction, type Candidate } from "@/lib/engine/kubelet/eviction-order";
import { expand } from "@/lib/engine/kubelet/expansion";
import { oomScore } from "@/lib/engine/kubelet/oom-score";
import { computePodActions, type PodActions, type RuntimeContainer, type RuntimePod } from "@/lib/engine/kubelet/pod-actions";
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

interface RuntimeContainerRow extends RuntimeStatus {
  readonly ID: string;
  readonly Hash: number;
}

/** The kubelet's own account of a pod, as recorded. What its probe managers held was not: probes of running containers count as passed. */
function runtimePod(input: Input, pod: Pod): RuntimePod {
  const recorded = input["podStatus"] as {
    readonly ContainerStatuses: readonly RuntimeContainerRow[] | null;
    readonly SandboxStatuses: readonly { readonly State?: number; readonly Metadata?: { readonly Attempt?: number }; readonly Network?: { readonly Ip?: string }; readonly Linux?: { readonly Namespaces?: { readonly Options?: { readonly Network?: number } } } }[] | null;
    readonly ActiveContainerStatuses: readonly RuntimeStatus[] | null;
  };
  const specs = new Map([...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((container) => [container.name, container]));
  const sandbox = recorded.SandboxStatuses?.[0];
  return {
    sandbox: sandbox && { ready: (sandbox.State ?? 0) === 0, attempt: sandbox.Metadata?.Attempt ?? 0, ip: sandbox.Network?.Ip ?? "", onHostNetwork: sandbox.Linux?.Namespaces?.Options?.Network === 2 },
    begun: (recorded.ActiveContainerStatuses ?? []).some((row) => pod.spec.containers.some(({ name }) => name === row.Name)),
    containers: (recorded.ContainerStatuses ?? []).map((row): RuntimeContainer => {
      const spec = specs.get(row.Name);
      // What the kubelet had given a container was not recorded either: nothing, as for one it has no account of.
      const actual = { cpuRequest: 0, cpuLimit: 0, memoryRequest: 0, memoryLimit: 0 };
      return { name: row.Name, id: row.ID, state: row.State, exitCode: row.ExitCode, changed: spec !== undefined && containerHash(spec) !== row.Hash, startup: "success", actual };
    }),
  };
}

const orNull = (list: readonly number[]): readonly number[] | null => (list.length > 0 ? list : null);

/** Actions with Go's names and empty values. */
function goActions(pod: Pod, actions: PodActions): object {
  const specs = new Map([...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((container) => [container.name, container]));
  const fresh = actions.createSandbox && (pod.spec.initContainers ?? []).length === 0;
  return {
    KillPod: actions.killPod,
    CreateSandbox: actions.createSandbox,
    Attempt: actions.attempt,
    InitContainersToStart: orNull(actions.initContainersToStart),
    ContainersToStart: fresh ? orNull(actions.containersToStart) : actions.containersToStart,
    ContainersToKill: Object.fromEntries(actions.containersToKill.map(({ id, name, message, reason }) => [`{${id.replace("://", " ")}}`, { container: specs.get(name), message, name, reason }])),
    EphemeralContainersToStart: orNull(actions.ephemeralContainersToStart),
  };
}

interface StatsRow {
  readonly Memory?: { readonly WorkingSetBytes?: number };
  readonly ProcessStats?: { readonly ProcessCount?: number };
  readonly Containers?: readonly { readonly Logs?: { readonly UsedBytes?: number }; readonly Rootfs?: { readonly UsedBytes?: number } }[];
  readonly VolumeStats?: readonly { readonly UsedBytes?: number }[];
}

function ranked(input: Input, shortOf: "memory" | "disk" | "pid"): object {
  const rows = (input["pods"] ?? []) as readonly { readonly pod: Pod; readonly hasStats: boolean; readonly stats?: StatsRow }[];
  const candidates = rows.map(({ pod, hasStats, stats = {} }): Candidate => {
    const files = (stats.Containers ?? []).reduce((sum, container) => sum + (container.Logs?.UsedBytes ?? 0) + (container.Rootfs?.UsedBytes ?? 0), 0);
    const volumes = (stats.VolumeStats ?? []).reduce((sum, volume) => sum + (volume.UsedBytes ?? 0), 0);
    return { pod, ...(hasStats ? { stats: { memoryBytes: stats.Memory?.WorkingSetBytes ?? 0, diskBytes: files + volumes, processes: stats.ProcessStats?.ProcessCount ?? 0 } } : {}) };
  });
  return { order: rankForEviction(candidates, shortOf).map(({ pod }) => pod.metadata.name) };
}

function milliseconds(text: string): number {
  const unit = { h: 3_600_000, ms: 1, m: 60_000, s: 1000 } as const;
  return [...text.matchAll(/([0-9.]+)(h|ms|m|s)/g)].reduce((sum, match) => sum + Number(match[1]) * unit[match[2] as "h"], 0);
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
  podFieldSelectorRuntimeValue: (input) => ({ result: [podField(podOf(input), { podIP: String(input["podIP"] ?? ""), podIPs: (input["podIPs"] ?? []) as string[], hostIPs: ["127.0.0.1", "::1"] }, (input["fs"] as { fieldPath: string }).fieldPath), null] }),
  expand: (input) => ({ text: expand(String(input["text"]), (name) => (Object.hasOwn(input["env"] as object, name) ? (input["env"] as Record<string, string>)[name] : undefined)) }),
  ExpandContainerCommandAndArgs: (input) => ({ result: [expanded(input, "command"), expanded(input, "args")] }),
  GetContainerOOMScoreAdjust: (input) => ({ result: oomScore(podOf(input), input["container"] as Container, Number(input["memoryCapacity"])) }),
  computePodActions: (input) => goActions(podOf(input), computePodActions(podOf(input), runtimePod(input, podOf(input)), input["restartAllContainers"] === true)),
  "evictionOrder.rankMemoryPressure": (input) => ranked(input, "memory"),
  "evictionOrder.rankDiskPressure": (input) => ranked(input, "disk"),
  "evictionOrder.rankPIDPressure": (input) => ranked(input, "pid"),
  crashLoopBackOff: (input) => ({ waitBeforeRestart: waits(input["runDurations"] as string[]) }),
};

/** `behaviour/kubelet`: functions of the kubelet, recorded. Rows of its test tables need their constants and do not count. */
export const kubelet: Adapter = (vector): Verdict => {
  if (vector.kind === "table") return { skip: "a row of a test table" };
  const run = operations[String(vector.input["op"])];
  return run ? compare(run(vector.input), vector.expected) : { pass: false, got: "no such operation here" };
};
