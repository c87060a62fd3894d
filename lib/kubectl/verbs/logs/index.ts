import { instantOf, parseDuration, POD, timestamp, utf8Bytes, utf8Text, type Json, type LogLine, type Pod } from "@/lib/engine";
import { usageFailure, type Call, type Command, type Outcome } from "../../command";
import { containerOf, notStarted } from "../../containers";
import { slashName } from "../../discovery";
import { fail, failAll, Failure } from "../../failure";
import { flag } from "../../flags";
import { hasPods, podsOf } from "../../pods";
import { findObjects, listOf, selectorFlag } from "../../resource-args";
import { typeNamed } from "../../discovery";

interface Target {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

interface LogState {
  readonly targets: readonly Target[];
  /** Lines of each target already printed. */
  readonly printed: readonly number[];
}

/** `kubectl logs`. Upstream: kubectl/pkg/cmd/logs. */
export const logs: Command = {
  name: "logs",
  summary: "Print the logs for a container in a pod",
  usage: "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]",
  examples: [
    ["What it said before it crashed", "kubectl logs web --previous"],
    ["As it is written", "kubectl logs -f deployment/web"],
  ],
  flags: [
    selectorFlag,
    flag("text", "container,c", "Container of the pod"),
    flag("bool", "previous,p", "Of the container before this one"),
    flag("bool", "follow,f", "Go on as it is written"),
    flag("int", "tail", "Last lines only; -1 is all", { default: "-1" }),
    flag("duration", "since", "Only as old as this", { default: "0s" }),
    flag("text", "since-time", "Only after this time"),
    flag("bool", "timestamps", "Time of each line"),
    flag("bool", "all-containers", "Every container of the pod"),
    flag("bool", "all-pods", "Every pod of the workload"),
    flag("bool", "prefix", "Pod and container before each line"),
    flag("bool", "ignore-errors", "Go on when a container cannot be read"),
    flag("int", "max-log-requests", "How many to follow at once", { default: "5" }),
    flag("int", "limit-bytes", "Bytes to print at most", { default: "0" }),
    flag("duration", "pod-running-timeout", "How long to wait for a pod", { default: "20s" }),
    flag("bool", "insecure-skip-tls-verify-backend", "Do not verify the kubelet's certificate"),
  ],
  run(call) {
    check(call);
    const targets = targetsOf(call);
    const failures: unknown[] = [];
    const printed = targets.map((target) => {
      try {
        return printFirst(call, target);
      } catch (error) {
        failures.push(error);
        return 0;
      }
    });
    failAll(failures);
    return call.flags.bool("follow") ? follow(call, { targets, printed }) : 0;
  },
  resume: (call, state) => follow(call, state as unknown as LogState),
};

const EXPECTED = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";

/** Refuses what flags and words cannot mean together. Upstream: LogsOptions.Complete and Validate. */
function check(call: Call): void {
  const { flags, words } = call;
  const selecting = flags.text("selector") !== "";
  if (words.length > 2 || (words.length === 0 && !selecting)) usageFailure(call, EXPECTED);
  if (words.length === 1 && selecting) usageFailure(call, "only a selector (-l) or a POD name is allowed");
  if (words.length === 2 && flags.given("container")) usageFailure(call, "only one of -c or an inline [CONTAINER] arg is allowed");
  const sinceTime = flags.text("since-time");
  if (sinceTime !== "" && instantOf(sinceTime) === undefined) fail(`parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse ${unreadTime(sinceTime)}`);
  const container = flags.given("container") ? flags.text("container") : (words[1] ?? "");
  if (flags.bool("all-containers") && container !== "") fail(`--all-containers=true should not be specified with container name ${container}`);
  if (flags.int("limit-bytes") < 0) fail("--limit-bytes must be greater than 0");
  if (flags.int("tail") < -1) fail("--tail must be greater than or equal to -1");
  if ((parseDuration(flags.text("since")) ?? 0) < 0) fail("--since must be greater than 0");
  if ((parseDuration(flags.text("since")) ?? 0) > 0 && sinceTime !== "") fail("at most one of `sinceTime` or `sinceSeconds` may be specified");
  if ((parseDuration(flags.text("pod-running-timeout")) ?? 0) <= 0) fail("--pod-running-timeout must be higher than zero");
}

const TIME_PARTS = [["2006", /^[0-9]{4}/], ["-", /^-/], ["01", /^[0-9]{2}/], ["-", /^-/], ["02", /^[0-9]{2}/], ["T", /^T/], ["15", /^[0-9]{2}/], [":", /^:/], ["04", /^[0-9]{2}/], [":", /^:/], ["05", /^[0-9]{2}(\.[0-9]+)?/], ["Z07:00", /^(Z|[-+][0-9]{2}:[0-9]{2})$/]] as const;

/** Where Go's reading of a time stops, and what it looked for. */
function unreadTime(text: string): string {
  let rest = text;
  for (const [layout, part] of TIME_PARTS) {
    const found = part.exec(rest);
    if (found === null) return `${JSON.stringify(rest)} as ${JSON.stringify(layout)}`;
    rest = rest.slice(found[0].length);
  }
  return `${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00"`;
}

function targetsOf(call: Call): readonly Target[] {
  const selector = call.flags.text("selector");
  const pods = selector === "" ? namedPods(call) : listOf(call, typeNamed(call.client, "pods"), { selector }).map(({ object }) => object as Pod);
  if (selector !== "" && pods.length === 0) call.err(`No resources found in ${call.namespace} namespace.\n`);
  if (call.flags.bool("follow") && pods.length > call.flags.int("max-log-requests")) fail(`you are attempting to follow ${pods.length} log streams, but maximum allowed concurrency is ${call.flags.int("max-log-requests")}, use --max-log-requests to increase the limit`);
  const every = call.flags.bool("all-containers");
  return pods.flatMap((pod) => {
    const at = { namespace: pod.metadata.namespace ?? "", pod: pod.metadata.name };
    if (every) return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name }) => ({ ...at, container: name }));
    return [{ ...at, container: containerOf(call, pod, call.flags.given("container") ? call.flags.text("container") : (call.words[1] ?? "")) }];
  });
}

function namedPods(call: Call): readonly Pod[] {
  const word = call.words[0] ?? "";
  const { infos, failures } = findObjects(call, [word.includes("/") ? word : `pods/${word}`], {});
  if (failures.length > 0) {
    const [failure] = failures;
    if (failure instanceof Failure && failure.text.startsWith("Error from server (NotFound)")) fail(`${failure.text.replace("Error", "error")} in namespace "${call.namespace}"`);
    throw failure as Error;
  }
  const [info] = infos;
  if (info === undefined) return [];
  if (info.type.kind === POD) return [info.object as Pod];
  if (!hasPods(info.type.kind)) fail(`cannot get the logs from *${info.type.version}.${info.object.kind}: selector for *${info.type.version}.${info.object.kind} not implemented`);
  const pods = podsOf(call, info.object);
  if (pods.length === 0) fail(`timed out waiting for the condition`);
  if (call.flags.bool("all-pods")) return pods;
  if (pods.length > 1) call.err(`Found ${pods.length} pods, using pod/${pods[0]?.metadata.name ?? ""}\n`);
  return pods.slice(0, 1);
}

function readLines(call: Call, target: Target): readonly LogLine[] | undefined {
  return call.io.cluster.logs({ namespace: target.namespace, name: target.pod }, target.container, { previous: call.flags.bool("previous") });
}

/** Prints what there is and answers how many lines that was in all. */
function printFirst(call: Call, target: Target): number {
  const pod = call.client.get<Pod>(POD, { namespace: target.namespace, name: target.pod });
  const waiting = pod && (!call.flags.bool("previous") || (pod.spec.nodeName ?? "") === "") ? notStarted(pod, target.container) : undefined;
  if (waiting !== undefined) throw waiting;
  const lines = readLines(call, target);
  if (lines === undefined) {
    if (call.flags.bool("previous")) throw new Failure(`Error from server (BadRequest): previous terminated container "${target.container}" in pod "${target.pod}" not found`);
    return 0;
  }
  const since = sinceOf(call);
  const recent = since === undefined ? lines : lines.filter((line) => line.at >= since);
  const tail = call.flags.given("tail") ? call.flags.int("tail") : call.flags.text("selector") !== "" ? 10 : -1;
  printLines(call, target, tail < 0 ? recent : recent.slice(Math.max(0, recent.length - tail)));
  return lines.length;
}

function sinceOf(call: Call): number | undefined {
  if (call.flags.text("since-time") !== "") return instantOf(call.flags.text("since-time"));
  const length = parseDuration(call.flags.text("since")) ?? 0;
  return length > 0 ? call.io.cluster.now - length : undefined;
}

function printLines(call: Call, target: Target, lines: readonly LogLine[]): void {
  const prefix = call.flags.bool("prefix") || call.flags.bool("all-pods") ? `[${slashName(typeNamed(call.client, "pods"), target.pod)}/${target.container}] ` : "";
  const limit = call.flags.int("limit-bytes");
  let left = limit > 0 ? limit : Number.MAX_SAFE_INTEGER;
  for (const line of lines) {
    const bytes = utf8Bytes(`${call.flags.bool("timestamps") ? `${timestamp(line.at).replace("Z", `.${String(line.at % 1000).padStart(3, "0")}000000Z`)} ` : ""}${line.text}\n`);
    if (left > 0) call.out(prefix + utf8Text(bytes.slice(0, left)));
    left -= bytes.length;
  }
}

function follow(call: Call, state: LogState): Outcome {
  const printed = state.targets.map((target, i) => {
    const lines = readLines(call, target) ?? [];
    const before = state.printed[i] ?? 0;
    // A shorter log is a new container or a rotated file: it is read from its start.
    printLines(call, target, lines.slice(lines.length < before ? 0 : before));
    return lines.length;
  });
  if (state.targets.every((target) => isOver(call, target))) return 0;
  return { state: { targets: state.targets, printed } as unknown as Json, endless: true };
}

function isOver(call: Call, target: Target): boolean {
  const pod = call.client.get<Pod>(POD, { namespace: target.namespace, name: target.pod });
  if (!pod) return true;
  const status = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(({ name }) => name === target.container);
  return status?.state.terminated !== undefined || (status?.state.waiting !== undefined && status.lastState.terminated !== undefined);
}
