import { ApiError, controllerOf, DAEMON_SET, NAMESPACE, parseSelector, POD, refOf, type Json, type KubeObject, type Pod } from "@/lib/engine";
import type { Call, Command, Outcome } from "../../command";
import { fail, Failure } from "../../failure";
import { flag } from "../../flags";
import { selectorFlag } from "../../resource-args";
import { deadlineOf, timedOut } from "../../timeout";
import { dryRunFlag, dryRunOf } from "../../writing";
import { nodesOf, setCordon } from "../cordon/index";
import { stillThere, type Leaving } from "../delete/index";

/** `kubectl drain`. Upstream: kubectl/pkg/drain. */
export const drain: Command = {
  name: "drain",
  summary: "Drain node in preparation for maintenance",
  usage: "NODE [options]",
  examples: [["Empty a node but for its daemons", "kubectl drain node-1 --ignore-daemonsets"]],
  flags: [
    dryRunFlag,
    selectorFlag,
    flag("bool", "force", "Also pods that nobody would create again"),
    flag("bool", "ignore-daemonsets", "Leave pods of DaemonSets alone"),
    flag("bool", "delete-emptydir-data", "Also pods whose emptyDir would be lost"),
    flag("bool", "disable-eviction", "Delete instead of evicting"),
    flag("int", "grace-period", "Seconds a pod has to end", { default: "-1" }),
    flag("int", "chunk-size", "Objects an answer holds at most", { default: "500" }),
    flag("text", "pod-selector", "Only pods whose labels match"),
    flag("duration", "timeout", "How long to wait", { default: "0s" }),
    flag("int", "skip-wait-for-delete-timeout", "Do not wait for pods that have been leaving so long", { default: "0" }),
  ],
  run(call) {
    if ("error" in parseSelector(call.flags.text("pod-selector"))) fail("--pod-selector=<pod_selector> must be a valid label selector");
    const infos = nodesOf(call, "drain");
    for (const info of infos) call.out(`node/${info.ref.name} ${setCordon(call, info, true)}\n`);
    return next(call, { nodes: infos.map(({ ref }) => ref.name), leaving: [], waiting: [], refused: [], ...deadlineOf(call) });
  },
  resume: (call, state) => goOn(call, state as unknown as DrainState),
};

interface DrainState {
  /** Nodes not drained yet; the first one is at work when pods are leaving. */
  readonly nodes: readonly string[];
  readonly leaving: readonly Leaving[];
  /** Pods whose budget said no, and when to ask again. */
  readonly waiting: readonly Refused[];
  readonly refused: readonly { readonly node: string; readonly why: string; readonly whys?: readonly string[] }[];
  readonly deadline?: number;
}

/** A pod that may not go yet. */
interface Refused extends Leaving {
  readonly at: number;
}

/** How long a refused eviction waits before it is asked again. */
const RETRY = 5000;

function next(call: Call, state: DrainState): Outcome {
  const [node, ...rest] = state.nodes;
  if (node === undefined) return end(state);
  const { evict, errors, warnings } = sorted(call, node);
  if (errors.length > 0) {
    const why = errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`;
    call.err(`error: unable to drain node "${node}" due to error: ${why}, continuing command...\n`);
    return next(call, { ...state, nodes: rest, refused: [...state.refused, { node, why, whys: errors }] });
  }
  if (warnings.length > 0) call.err(`Warning: ${warnings.join("; ")}\n`);
  const dryRun = dryRunOf(call);
  if (dryRun !== "none") {
    for (const pod of evict) call.out(`evicting pod ${nameOf(pod)} (${dryRun === "server" ? "server dry run" : "dry run"})\n`);
    call.out(`node/${node} drained (${dryRun === "server" ? "server dry run" : "dry run"})\n`);
    return next(call, { ...state, nodes: rest });
  }
  const now = call.io.cluster.now;
  return goOn(call, { ...state, leaving: [], waiting: evict.map((pod) => ({ ...refOf(pod), uid: pod.metadata.uid, at: now })) });
}

function goOn(call: Call, before: DrainState): Outcome {
  const asked = askAgain(call, before);
  if ("why" in asked) return giveUp(call, asked.state, [asked.why], false);
  const { state } = asked;
  const waiting = stillThere(call, state.leaving);
  for (const pod of state.leaving) if (!waiting.includes(pod)) call.out(`pod/${pod.name} ${evicts(call) ? "evicted" : "deleted"}\n`);
  const [node = "", ...rest] = state.nodes;
  if (waiting.length === 0 && state.waiting.length === 0) {
    call.out(`node/${node} drained\n`);
    return next(call, { ...state, nodes: rest, leaving: [] });
  }
  if (timedOut(call, state)) {
    const limit = `global timeout reached: ${call.flags.text("timeout")}`;
    for (const pod of state.waiting) call.out(`evicting pod ${pod.namespace}/${pod.name}\n`);
    const whys = [
      ...state.waiting.map((pod) => `error when evicting pods/${JSON.stringify(pod.name)} -n ${JSON.stringify(pod.namespace)}: ${limit}`),
      ...waiting.map((pod) => (evicts(call) ? `error when waiting for pod ${JSON.stringify(pod.name)} in namespace ${JSON.stringify(pod.namespace)} to terminate: ${limit}` : limit)),
    ];
    return giveUp(call, { ...state, leaving: waiting }, evicts(call) ? whys : [limit], true);
  }
  const soonest = state.waiting.reduce<number | undefined>((least, { at }) => (least === undefined || at < least ? at : least), state.deadline);
  return { state: { ...state, leaving: waiting } as unknown as Json, ...(soonest === undefined ? {} : { deadline: soonest }) };
}

const evicts = (call: Call): boolean => !call.flags.bool("disable-eviction");

/** Asks for every pod whose turn it is; a budget that says no is asked again in five seconds. */
function askAgain(call: Call, before: DrainState): { readonly state: DrainState } | { readonly state: DrainState; readonly why: string } {
  const { now } = call.io.cluster;
  const grace = call.flags.int("grace-period");
  const options = grace < 0 ? {} : { gracePeriodSeconds: grace };
  const leaving: Leaving[] = [...before.leaving];
  const waiting: Refused[] = [];
  for (const pod of before.waiting) {
    if (pod.at > now || timedOut(call, before)) {
      waiting.push(pod);
      continue;
    }
    const { at: _at, ...ref } = pod;
    if (evicts(call)) call.out(`evicting pod ${pod.namespace}/${pod.name}\n`);
    try {
      if (evicts(call)) call.client.evict({ namespace: pod.namespace, name: pod.name }, options);
      else call.client.delete({ kind: POD, namespace: pod.namespace, name: pod.name }, options);
      leaving.push(ref);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status.code === 404) continue;
      const where = `error when evicting pods/${JSON.stringify(pod.name)} -n ${JSON.stringify(pod.namespace)}`;
      if (error.status.code !== 429 && !goingNamespace(call, error, pod.namespace)) return { state: { ...before, leaving }, why: `${where}: ${error.status.message}` };
      call.err(`${where} (will retry after 5s): ${error.status.message}\n`);
      waiting.push({ ...pod, at: now + RETRY });
    }
  }
  return { state: { ...before, leaving, waiting } };
}

/** A namespace on its way out forbids evictions, and empties itself anyhow. */
function goingNamespace(call: Call, error: ApiError, namespace: string): boolean {
  return error.status.code === 403 && call.client.get<KubeObject>(NAMESPACE, { namespace: "", name: namespace })?.metadata.deletionTimestamp !== undefined;
}

function giveUp(call: Call, state: DrainState, whys: readonly string[], timeout: boolean): Outcome {
  const [node = "", ...rest] = state.nodes;
  const why = whys.length === 1 ? (whys[0] ?? "") : `[${whys.join(", ")}]`;
  const left = [...state.waiting, ...state.leaving];
  call.err(`There are pending pods in node "${node}" when an error occurred: ${why}\n${left.map((pod) => `pod/${pod.name}\n`).join("")}error: unable to drain node "${node}" due to error: ${why}, continuing command...\n`);
  const refused = [...state.refused, { node, why }];
  return timeout ? end({ ...state, refused }) : next(call, { ...state, nodes: rest, leaving: [], waiting: [], refused });
}

function end({ refused }: DrainState): number {
  if (refused.length === 0) return 0;
  throw new Failure(`There are pending nodes to be drained:\n${refused.map(({ node }) => ` ${node}\n`).join("")}${refused.flatMap(({ why, whys }) => (refused.length === 1 ? (whys ?? [why]) : [why])).join("\n")}`);
}

function nameOf(pod: Pod): string {
  return `${pod.metadata.namespace ?? ""}/${pod.metadata.name}`;
}

/** Which pods of a node go, which forbid the draining, and what to warn of. Upstream: kubectl/pkg/drain/filters.go. */
function sorted(call: Call, node: string): { readonly evict: readonly Pod[]; readonly errors: readonly string[]; readonly warnings: readonly string[] } {
  const { flags } = call;
  const lists = { daemons: [] as string[], bare: [] as string[], local: [] as string[] };
  const evict: Pod[] = [];
  const picked = flags.text("pod-selector") === "" ? undefined : new Set(call.client.list<Pod>(POD, { labelSelector: flags.text("pod-selector") }).map(nameOf));
  for (const pod of call.client.onNode<Pod>(POD, node)) {
    if (picked && !picked.has(nameOf(pod))) continue;
    if (pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined) continue;
    const controller = controllerOf(pod);
    const finished = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
    if (controller !== undefined && `${controller.apiVersion}/${controller.kind}` === DAEMON_SET && !finished) {
      lists.daemons.push(nameOf(pod));
      continue;
    }
    if (!finished && (pod.spec.volumes ?? []).some((volume) => volume.emptyDir !== undefined)) lists.local.push(nameOf(pod));
    if (controller === undefined && !finished) lists.bare.push(nameOf(pod));
    evict.push(pod);
  }
  const rules = [
    { pods: lists.daemons, allowed: flags.bool("ignore-daemonsets"), error: "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", warning: "ignoring DaemonSet-managed Pods" },
    { pods: lists.local, allowed: flags.bool("delete-emptydir-data"), error: "cannot delete Pods with local storage (use --delete-emptydir-data to override)", warning: "deleting Pods with local storage" },
    { pods: lists.bare, allowed: flags.bool("force"), error: "cannot delete Pods that declare no controller (use --force to override)", warning: "deleting Pods that declare no controller" },
  ].filter(({ pods }) => pods.length > 0);
  const silent = (warning: string): boolean => warning === "deleting Pods with local storage";
  return {
    evict,
    errors: rules.filter(({ allowed }) => !allowed).map(({ pods, error }) => `${error}: ${pods.join(", ")}`),
    warnings: rules.filter(({ allowed, warning }) => allowed && !silent(warning)).map(({ pods, warning }) => `${warning}: ${pods.join(", ")}`),
  };
}
