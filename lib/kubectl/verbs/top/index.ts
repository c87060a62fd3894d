import { ApiError, bytesOf, compareStrings, cpuMilli, instantOf, metricsService, NODE, POD, type Node, type Pod } from "@/lib/engine";
import type { Call, Command, Outcome } from "../../command";
import { fail, Failure } from "../../failure";
import { flag } from "../../flags";
import { allNamespacesFlag, selectorFlag } from "../../resource-args";

/** How often metrics-server looks. */
const RESOLUTION = 15_000;
/** A pod older than this that nobody has measured is an error. Upstream: metricsCreationDelay. */
const CREATION_DELAY = 120_000;
const MEGABYTE = 1024 * 1024;

interface Usage {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** A line of `top pods`: one pod, or one container of it. */
interface Line extends Usage {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
}

const common = [selectorFlag, flag("text", "sort-by", "cpu or memory"), flag("bool", "no-headers", "No line of headings"), flag("bool", "use-protocol-buffers", "How the answer is encoded", { default: "true" })];

/** `kubectl top`. Upstream: kubectl/pkg/cmd/top, kubectl/pkg/metricsutil. */
export const top: Command = {
  name: "top",
  summary: "Display resource (CPU/memory) usage",
  children: [
    {
      name: "node",
      aliases: ["nodes", "no"],
      summary: "Display resource (CPU/memory) usage of nodes",
      usage: "[NAME | -l label]",
      flags: [...common, flag("bool", "show-capacity", "Compare with capacity, not with what pods may use")],
      run: topNodes,
    },
    {
      name: "pod",
      aliases: ["pods", "po"],
      summary: "Display resource (CPU/memory) usage of pods",
      usage: "[NAME | -l label]",
      flags: [...common, allNamespacesFlag, flag("bool", "containers", "Each container"), flag("text", "field-selector", "Only pods whose fields match"), flag("bool", "sum", "The sum at the end")],
      run: topPods,
    },
  ],
};

function mustBeServed(call: Call, resource: string): void {
  const service = metricsService(call.client);
  if (service === "absent") fail("Metrics API not available");
  if (service === "available") return;
  throw new ApiError({ code: 503, reason: "ServiceUnavailable", message: `the server is currently unable to handle the request (get ${resource}.metrics.k8s.io)`, causes: [] });
}

function sortKey(call: Call): "cpu" | "memory" | undefined {
  const by = call.flags.text("sort-by");
  if (by === "") return undefined;
  if (by !== "cpu" && by !== "memory") fail("--sort-by accepts only cpu or memory");
  return by;
}

function sorted<T extends Usage>(lines: readonly T[], by: "cpu" | "memory" | undefined, name: (line: T) => string): readonly T[] {
  const amount = (line: T): number => (by === "cpu" ? line.cpuMilli : by === "memory" ? line.memoryBytes : 0);
  return [...lines].sort((a, b) => amount(b) - amount(a) || compareStrings(name(a), name(b)));
}

const cores = (usage: Usage): string => `${usage.cpuMilli}m`;
const megabytes = (usage: Usage): string => `${Math.floor(usage.memoryBytes / MEGABYTE)}Mi`;

/** Columns as Go's tabwriter sets them: every cell padded by three, the last one too. */
function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd((widths[i] ?? 0) + 3)).join("")}\n`).join("");
}

function print(call: Call, header: readonly string[], rows: readonly (readonly string[])[]): Outcome {
  call.out(table(call.flags.bool("no-headers") ? rows : [header, ...rows]));
  return 0;
}

function topNodes(call: Call): Outcome {
  const by = sortKey(call);
  const name = oneName(call);
  mustBeServed(call, "nodes");
  const selector = call.flags.text("selector");
  const all = name === undefined ? call.client.list<Node>(NODE, selector === "" ? {} : { labelSelector: selector }) : [call.client.get<Node>(NODE, { namespace: "", name })];
  const nodes = all.filter((node): node is Node => node !== undefined);
  if (name !== undefined && nodes.length === 0) throw new Failure(`Error from server (NotFound): nodemetrics.metrics.k8s.io "${name}" not found`);
  const measured = nodes.flatMap((node) => {
    const usage = call.io.cluster.nodeUsage(node.metadata.name);
    return usage === undefined ? [] : [{ node, ...usage }];
  });
  if (measured.length === 0) fail("metrics not available yet");
  const percent = (used: number, room: number): string => `${room === 0 ? 0 : Math.floor((used * 100) / room)}%`;
  const rows = sorted(measured, by, ({ node }) => node.metadata.name).map(({ node, ...usage }) => {
    const room = (call.flags.bool("show-capacity") ? node.status?.capacity : node.status?.allocatable) ?? {};
    return [node.metadata.name, cores(usage), percent(usage.cpuMilli, cpuMilli(room["cpu"])), megabytes(usage), percent(usage.memoryBytes, bytesOf(room["memory"]))];
  });
  const silent = nodes.filter((node) => !measured.some((one) => one.node === node)).map(({ metadata }) => [metadata.name, "<unknown>", "<unknown>", "<unknown>", "<unknown>"]);
  return print(call, ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"], [...rows, ...silent]);
}

function oneName(call: Call): string | undefined {
  if (call.words.length > 1) fail("only one resource name can be given");
  if (call.words.length === 1 && call.flags.text("selector") !== "") fail("only one of NAME or selector can be provided");
  return call.words[0];
}

function topPods(call: Call): Outcome {
  const by = sortKey(call);
  const name = oneName(call);
  mustBeServed(call, "pods");
  const everywhere = call.flags.bool("all-namespaces");
  const [labelSelector, fieldSelector] = [call.flags.text("selector"), call.flags.text("field-selector")];
  const pods =
    name === undefined
      ? call.client.list<Pod>(POD, { ...(everywhere ? {} : { namespace: call.namespace }), ...(labelSelector === "" ? {} : { labelSelector }), ...(fieldSelector === "" ? {} : { fieldSelector }) })
      : [call.client.get<Pod>(POD, { namespace: call.namespace, name })].filter((pod): pod is Pod => pod !== undefined);
  if (name !== undefined && pods.length === 0) throw new Failure(`Error from server (NotFound): pods "${name}" not found`);
  const lines = pods.flatMap((pod) => linesOf(call, pod));
  if (lines.length === 0) return nothing(call, pods, everywhere);
  const containers = call.flags.bool("containers");
  const rows = sorted(lines, by, (line) => `${everywhere ? `${line.namespace}/` : ""}${line.pod}/${line.container ?? ""}`).map((line) => [...(everywhere ? [line.namespace] : []), line.pod, ...(containers ? [line.container ?? ""] : []), cores(line), megabytes(line)]);
  const header = [...(everywhere ? ["NAMESPACE"] : []), ...(containers ? ["POD"] : []), "NAME", "CPU(cores)", "MEMORY(bytes)"];
  return print(call, header, call.flags.bool("sum") ? [...rows, ...sumRows(lines, header.length)] : rows);
}

function sumRows(lines: readonly Line[], columns: number): readonly (readonly string[])[] {
  const sum = lines.reduce<Usage>((all, one) => ({ cpuMilli: all.cpuMilli + one.cpuMilli, memoryBytes: all.memoryBytes + one.memoryBytes }), { cpuMilli: 0, memoryBytes: 0 });
  const blank = Array.from({ length: columns - 2 }, () => "");
  return [
    [...blank, "________", "________"],
    [...blank, cores(sum), megabytes(sum)],
  ];
}

/** What was measured of a pod; nothing while a container is younger than the last look. */
function linesOf(call: Call, { metadata }: Pod): readonly Line[] {
  const namespace = metadata.namespace ?? "";
  const { cluster } = call.io;
  const used = cluster.podUsage({ namespace, name: metadata.name }) ?? [];
  const looked = cluster.now - (cluster.now % RESOLUTION);
  if (used.length === 0 || used.some(({ since }) => since > looked)) return [];
  if (call.flags.bool("containers")) return used.map(({ name, ...usage }) => ({ namespace, pod: metadata.name, container: name, ...usage }));
  const sum = used.reduce<Usage>((all, one) => ({ cpuMilli: all.cpuMilli + one.cpuMilli, memoryBytes: all.memoryBytes + one.memoryBytes }), { cpuMilli: 0, memoryBytes: 0 });
  return [{ namespace, pod: metadata.name, ...sum }];
}

/** Young pods are not known yet; of older ones somebody should know something. Upstream: verifyEmptyMetrics. */
function nothing(call: Call, pods: readonly Pod[], everywhere: boolean): Outcome {
  const { now } = call.io.cluster;
  const old = pods.find(({ metadata }) => now - (instantOf(metadata.creationTimestamp) ?? now) > CREATION_DELAY);
  if (old) fail(`Metrics not available for pod ${old.metadata.namespace ?? ""}/${old.metadata.name}, age: ${goDuration(now - (instantOf(old.metadata.creationTimestamp) ?? now))}`);
  call.err(everywhere ? "No resources found\n" : `No resources found in ${call.namespace} namespace.\n`);
  return 0;
}

/** A duration as Go prints it: `2m5s`, `1h0m3s`. */
function goDuration(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds % 60}s`;
}
