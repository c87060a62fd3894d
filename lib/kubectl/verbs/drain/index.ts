import { controllerOf, DAEMON_SET, POD, refOf, type Json, type Pod } from "@/lib/engine";
import type { Call, Command, Outcome } from "../../command";
import { failAll, Failure } from "../../failure";
import { flag } from "../../flags";
import { selectorFlag } from "../../resource-args";
import { deadlineOf, timedOut } from "../../timeout";
import { dryRunFlag, dryRunOf } from "../../writing";
import { nodesOf, setCordon } from "../cordon/index";
import { stillThere, type Leaving } from "../delete/index";

/** `kubectl drain`. Upstream: kubectl/pkg/drain. @simplified Pods are deleted, not evicted: disruption budgets are not asked. */
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
    flag("text", "pod-selector", "Only pods whose labels match"),
    flag("duration", "timeout", "How long to wait", { default: "0s" }),
    flag("int", "skip-wait-for-delete-timeout", "Do not wait for pods that have been leaving so long", { default: "0" }),
  ],
  run(call) {
    const { infos, failures } = nodesOf(call, "drain");
    failAll(failures);
    for (const info of infos) call.out(`node/${info.ref.name} ${setCordon(call, info, true)}\n`);
    return next(call, { nodes: infos.map(({ ref }) => ref.name), leaving: [], refused: [], ...deadlineOf(call) });
  },
  resume: (call, state) => goOn(call, state as unknown as DrainState),
};

interface DrainState {
  /** Nodes not drained yet; the first one is at work when pods are leaving. */
  readonly nodes: readonly string[];
  readonly leaving: readonly Leaving[];
  readonly refused: readonly { readonly node: string; readonly why: string }[];
  readonly deadline?: number;
}

function next(call: Call, state: DrainState): Outcome {
  const [node, ...rest] = state.nodes;
  if (node === undefined) return end(state);
  const { evict, errors, warnings } = sorted(call, node);
  if (errors.length > 0) {
    const why = errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`;
    call.err(`error: unable to drain node "${node}" due to error: ${why}, continuing command...\n`);
    return next(call, { ...state, nodes: rest, refused: [...state.refused, { node, why }] });
  }
  if (warnings.length > 0) call.err(`Warning: ${warnings.join("; ")}\n`);
  const dryRun = dryRunOf(call);
  for (const pod of evict) {
    call.out(`evicting pod ${nameOf(pod)}${dryRun === "none" ? "" : " (dry run)"}\n`);
    if (dryRun !== "none") continue;
    const grace = call.flags.int("grace-period");
    call.client.delete(refOf(pod), grace < 0 ? {} : { gracePeriodSeconds: grace });
  }
  if (dryRun !== "none") {
    call.out(`node/${node} drained (dry run)\n`);
    return next(call, { ...state, nodes: rest });
  }
  return goOn(call, { ...state, leaving: evict.map((pod) => ({ ...refOf(pod), uid: pod.metadata.uid })) });
}

function goOn(call: Call, state: DrainState): Outcome {
  const waiting = stillThere(call, state.leaving);
  for (const pod of state.leaving) if (!waiting.includes(pod)) call.out(`pod/${pod.name} evicted\n`);
  const [node = "", ...rest] = state.nodes;
  if (waiting.length === 0) {
    call.out(`node/${node} drained\n`);
    return next(call, { ...state, nodes: rest, leaving: [] });
  }
  if (timedOut(call, state)) {
    const why = `global timeout reached: ${call.flags.text("timeout")}`;
    call.err(`There are pending pods in node "${node}" when an error occurred: ${why}\n${waiting.map((pod) => `pod/${pod.name}\n`).join("")}error: unable to drain node "${node}" due to error: ${why}, continuing command...\n`);
    return end({ ...state, refused: [...state.refused, { node, why }] });
  }
  return { state: { ...state, leaving: waiting } as unknown as Json, ...(state.deadline === undefined ? {} : { deadline: state.deadline }) };
}

function end({ refused }: DrainState): number {
  if (refused.length === 0) return 0;
  throw new Failure(`There are pending nodes to be drained:\n${refused.map(({ node }) => ` ${node}\n`).join("")}${refused.map(({ why }) => why).join("\n")}`);
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
