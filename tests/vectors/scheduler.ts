import { compareStrings } from "@/lib/engine/apimachinery/compare";
import { kindOf, type KindId, type KubeObject, type ObjectKey } from "@/lib/engine/apimachinery/meta";
import { selectedBy } from "@/lib/engine/apiserver/select";
import type { LabelSelector } from "@/lib/engine/apimachinery/labels";
import type { Client } from "@/lib/engine/client/client";
import type { Node, Pod } from "@/lib/engine/models";
import { bestNodes, findNodes, scoreNodes, type FilterOutcome } from "@/lib/engine/scheduler/cycle";
import { passes, SUCCESS, type Cycle, type NodeInfo, type SchedulerPlugin, type Status } from "@/lib/engine/scheduler/framework";
import { failureMessage } from "@/lib/engine/scheduler/message";
import { nodeInfo } from "@/lib/engine/scheduler/node-info";
import { createInterPodAffinity } from "@/lib/engine/scheduler/plugins/interpodaffinity/index";
import { createNodeAffinity } from "@/lib/engine/scheduler/plugins/nodeaffinity/index";
import { createNodeResourcesFit, type FitOptions } from "@/lib/engine/scheduler/plugins/noderesourcesfit/index";
import { LEAST_ALLOCATED, type ScoringStrategy } from "@/lib/engine/scheduler/plugins/noderesourcesfit/scoring";
import { createNodeResourcesBalancedAllocation } from "@/lib/engine/scheduler/plugins/noderesourcesbalancedallocation/index";
import { createPodTopologySpread } from "@/lib/engine/scheduler/plugins/podtopologyspread/index";
import type { RawConstraint } from "@/lib/engine/scheduler/plugins/podtopologyspread/constraints";
import { preempt, type Budget } from "@/lib/engine/scheduler/preemption";
import { defaultProfile } from "@/lib/engine/scheduler/profile";
import { ObjectStore, refIn } from "@/lib/engine/store/store";
import { asGoReads, compare, type Adapter, type VectorCase } from "./adapter";

type Config = Readonly<Record<string, unknown>> | undefined;

interface Input {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly pod: Pod;
  readonly objects: readonly KubeObject[];
}

function inputOf(input: VectorCase["input"]): Input {
  const whole = <T extends KubeObject>(object: T, i: number): T => {
    const name = object.metadata?.name ?? "";
    return { spec: {}, ...object, metadata: { ...object.metadata, name, uid: object.metadata?.uid ?? `${object.kind}/${object.metadata?.namespace ?? ""}/${name || i}`, creationTimestamp: "" } };
  };
  const list = <T extends KubeObject>(key: string, kind?: string): readonly T[] => ((input[key] ?? []) as readonly T[]).map((object, i) => whole(kind === undefined ? object : { ...object, apiVersion: "v1", kind }, i));
  const filled = (one: Pod): Pod => ({ ...one, metadata: { ...one.metadata, namespace: one.metadata.namespace ?? "" }, spec: { ...one.spec, containers: one.spec?.containers ?? [] } });
  return { nodes: list<Node>("nodes", "Node"), pods: list<Pod>("pods", "Pod").map(filled), pod: filled(whole((input["pod"] ?? {}) as Pod, 0)), objects: list("objects") };
}

/** A client that only reads what the case brings. */
function readerOf({ nodes, pods, objects }: Input): Client {
  const store = new ObjectStore();
  for (const object of [...nodes, ...pods, ...objects]) store.put(kindOf(object), object, "vector");
  const reads = {
    user: "vector",
    get: (kind: KindId, key: ObjectKey) => store.get(refIn(kind, key)),
    list: (kind: KindId, options: { readonly namespace?: string } = {}) => store.list(kind, options.namespace),
    selected: (kind: KindId, namespace: string, selector: LabelSelector | undefined) => selectedBy(store, kind, namespace, selector),
  };
  return reads as unknown as Client;
}

function cycleOf(input: Input): Cycle {
  const nodes = [...input.nodes]
    .sort((a, b) => compareStrings(a.metadata.name, b.metadata.name))
    .map((node) => nodeInfo(node, input.pods.filter((pod) => pod.spec.nodeName === node.metadata.name)));
  return { pod: input.pod, client: readerOf(input), nodes, memo: new Map() };
}

function configured(name: string, config: NonNullable<Config>): SchedulerPlugin | undefined {
  if (name === "InterPodAffinity") return createInterPodAffinity(config["hardPodAffinityWeight"] as number | undefined, config["ignorePreferredTermsOfExistingPods"] === true);
  if (name === "PodTopologySpread" && config["defaultingType"] === "List") return createPodTopologySpread((config["defaultConstraints"] ?? []) as readonly RawConstraint[], false);
  if (name === "NodeResourcesFit") return createNodeResourcesFit(fitOptions(config));
  if (name === "NodeResourcesBalancedAllocation") return createNodeResourcesBalancedAllocation(resourcesOf(config).map((resource) => resource.name));
  if (name === "NodeAffinity" && config["addedAffinity"]) return addedAffinity(config["addedAffinity"] as Affinity);
  return defaultProfile.find((plugin) => plugin.name === name);
}

/** Without a word on resources CPU and memory count alike. */
function resourcesOf({ resources }: Readonly<Record<string, unknown>>): ScoringStrategy["resources"] {
  const given = (resources ?? []) as readonly { readonly name: string; readonly weight?: number }[];
  return given.length === 0 ? LEAST_ALLOCATED.resources : given.map(({ name, weight }) => ({ name, weight: weight || 1 }));
}

function fitOptions(config: NonNullable<Config>): FitOptions {
  const names = (config["ignoredResources"] ?? []) as readonly string[];
  const groups = (config["ignoredResourceGroups"] ?? []) as readonly string[];
  const strategy = (config["scoringStrategy"] ?? {}) as Partial<ScoringStrategy> & { readonly requestedToCapacityRatio?: { readonly shape?: ScoringStrategy["shape"] } };
  const shape = (strategy.requestedToCapacityRatio?.shape ?? []).map((point) => ({ utilization: point.utilization ?? 0, score: point.score ?? 0 }));
  return {
    ignored: (resource) => names.includes(resource) || groups.includes(resource.split("/")[0] ?? ""),
    strategy: { type: strategy.type || "LeastAllocated", resources: resourcesOf(strategy), shape },
  };
}

type Affinity = NonNullable<NonNullable<Pod["spec"]["affinity"]>["nodeAffinity"]>;

function addedAffinity({ requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred }: Affinity): SchedulerPlugin {
  return createNodeAffinity(required && (required.nodeSelectorTerms ?? []), preferred);
}

const shown = (status: Status): { readonly code: string; readonly reasons: readonly string[] } => ({ code: status.code, reasons: "messages" in status ? status.messages : [] });
const nameOf = ({ node }: NodeInfo): string => node.metadata.name;

/** `api/scheduler-<Plugin>`: one plugin alone. */
export const schedulerPlugin: Adapter = (vector) => {
  const expected = vector.expected;
  const input = asGoReads(vector.input);
  const plugin = configured(input["plugin"] as string, (input["pluginConfig"] ?? {}) as NonNullable<Config>);
  if (!plugin) return { pass: false, got: "no such plugin" };
  const cycle = cycleOf(inputOf(input));
  const got: Record<string, unknown> = {};
  const first = plugin.preFilter?.(cycle) ?? SUCCESS;
  const names = passes(first) ? first.nodeNames : undefined;
  if ("preFilter" in expected) got["preFilter"] = { ...shown(first), ...(names === undefined ? {} : { nodeNames: names }) };
  const looked = cycle.nodes.filter((info) => names === undefined || names.includes(nameOf(info)));
  const verdicts = looked.map((info) => [info, passes(first) ? (first.code === "Skip" ? SUCCESS : (plugin.filter?.(cycle, info) ?? SUCCESS)) : first] as const);
  if ("filter" in expected) got["filter"] = Object.fromEntries(verdicts.map(([info, status]) => [nameOf(info), shown(status)]));
  const feasible = verdicts.filter(([, status]) => passes(status)).map(([info]) => info);
  if ("preScore" in expected || "scores" in expected) Object.assign(got, scoresOf(plugin, cycle, feasible, expected));
  return compare(got, expected);
};

function scoresOf(plugin: SchedulerPlugin, cycle: Cycle, feasible: readonly NodeInfo[], expected: VectorCase["expected"]): Record<string, unknown> {
  const got: Record<string, unknown> = {};
  const pre = plugin.preScore?.(cycle, feasible) ?? SUCCESS;
  if ("preScore" in expected) got["preScore"] = shown(pre);
  if (pre.code === "Skip" || !passes(pre) || !plugin.score) return got;
  const raw = new Map(feasible.map((info) => [nameOf(info), plugin.score?.(cycle, info) ?? 0]));
  got["rawScores"] = Object.fromEntries(raw);
  plugin.normalize?.(cycle, raw);
  got["scores"] = Object.fromEntries(raw);
  return got;
}

/** `api/scheduler-full-cycle` and `api/scheduler-DefaultPreemption`: the whole default profile. */
export const schedulerCycle: Adapter = (vector) => {
  const input = inputOf(asGoReads(vector.input));
  const cycle = cycleOf(input);
  const outcome = findNodes(defaultProfile, cycle, new Map());
  const got: Record<string, unknown> = { feasible: outcome.feasible.map(nameOf).sort(compareStrings), rejected: rejectedOf(cycle, outcome) };
  if (outcome.feasible.length > 0) Object.assign(got, bestOf(cycle, outcome));
  else Object.assign(got, failureOf(input, cycle, outcome));
  const wanted = vector.expected;
  return compare(Object.fromEntries(Object.keys(wanted).map((key) => [key, got[key]])), wanted);
};

function rejectedOf({ nodes }: Cycle, { rejected, refused }: FilterOutcome): Record<string, unknown> {
  const all = refused ? nodes.map((info) => [nameOf(info), refused] as const) : [...rejected];
  return Object.fromEntries(all.map(([node, { plugin, status }]) => [node, { ...shown(status), plugin }]));
}

function bestOf(cycle: Cycle, { feasible }: FilterOutcome): Record<string, unknown> {
  const scores = scoreNodes(defaultProfile, cycle, feasible);
  const byNode = Object.fromEntries(
    feasible.map((info) => {
      const own = scores.filter(({ node }) => node === nameOf(info));
      return [nameOf(info), { total: own.reduce((sum, { weighted }) => sum + weighted, 0), weighted: Object.fromEntries(own.map(({ plugin, weighted }) => [plugin, weighted])) }];
    }),
  );
  return { best: bestNodes(feasible, scores), scores: byNode };
}

function failureOf({ objects }: Input, cycle: Cycle, outcome: FilterOutcome): Record<string, unknown> {
  const budgets = objects.filter(({ kind }) => kind === "PodDisruptionBudget") as readonly KubeObject[] as unknown as readonly Budget[];
  const preemption = preempt(defaultProfile, cycle, outcome, budgets);
  const said = "message" in preemption ? preemption.message : "";
  const stock = outcome.refused ? "not found" : said === "" ? "" : `no new claims to deallocate, ${said}`;
  const victims = "victims" in preemption ? preemption.victims.map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`).sort(compareStrings) : [];
  return {
    message: failureMessage(cycle.nodes.length, outcome, said),
    messageDynamicResourceAllocationEnabled: failureMessage(cycle.nodes.length, outcome, stock),
    nominatedNodeName: "node" in preemption ? preemption.node : "",
    victims,
  };
}
