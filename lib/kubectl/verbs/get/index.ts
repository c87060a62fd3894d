import { formatLabelSelector, type Json, type JsonObject, type KubeObject, type LabelSelector } from "@/lib/engine";
import { parseYaml } from "@/lib/manifest";
import type { Call, Command, Outcome } from "../../command";
import { callerOf } from "../../caller";
import { fail, failAll, Failure } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { checkFormat, formatOf, outputFlags, printStructured, sorted, sortedOrNone } from "../../output/print-objects";
import { tables } from "../../output/table";
import type { Info } from "../../discovery";
import { allNamespacesFlag, fieldSelectorFlag, fileFlags, findObjects, nothingFound, selectorFlag, type Found } from "../../resource-args";
import { tableOptions } from "./table-options";
import { beginWatch, goOnWatching } from "./watch";

/** `kubectl get`. Upstream: kubectl/pkg/cmd/get/get.go. */
export const get: Command = {
  name: "get",
  summary: "Display one or many resources",
  usage: "[(-o|--output=)json|yaml|name|jsonpath|custom-columns|wide] (TYPE[.GROUP] [NAME | -l label] | TYPE/NAME ...) [flags] [options]",
  examples: [
    ["Every pod of the namespace, with node and address", "kubectl get pods -o wide"],
    ["One deployment as YAML", "kubectl get deployment web -o yaml"],
    ["One field of every pod", "kubectl get pods -o jsonpath='{.items[*].status.podIP}'"],
  ],
  flags: [
    ...fileFlags,
    ...outputFlags,
    selectorFlag,
    fieldSelectorFlag,
    allNamespacesFlag,
    flag("bool", "watch,w", "Show what there is and then every change"),
    flag("bool", "watch-only", "Show changes only"),
    flag("bool", "output-watch-events", "Say what kind of change each line is"),
    flag("bool", "show-labels", "Labels as the last column"),
    flag("bool", "show-kind", "The kind before each name"),
    flag("bool", "no-headers", "No line of headings"),
    flag("list", "label-columns,L", "Labels to show as columns"),
    flag("text", "sort-by", "JSONPath of the field to sort by"),
    flag("bool", "ignore-not-found", "Say nothing about objects that do not exist"),
    flag("text", "raw", "Path to ask the server for"),
    flag("bool", "server-print", "The server prints the columns", { default: "true" }),
    flag("int", "chunk-size", "Objects an answer holds at most", { default: "500" }),
    flag("text", "subresource", "Subresource to get"),
  ],
  run(call) {
    if (call.flags.given("raw")) return raw(call);
    checkFormat(call, true);
    if (call.words.length === 0 && !hasManifests(call)) noType(call);
    const watching = call.flags.bool("watch") || call.flags.bool("watch-only");
    if (call.flags.bool("output-watch-events") && !watching) fail("--output-watch-events option can only be used with --watch or --watch-only");
    if (watching && call.flags.text("sort-by") !== "") call.err("warning: --watch requested, --sort-by will be ignored for watch events received\n");
    if (watching) return beginWatch(call);
    const found = part(call, findObjects(call, call.words));
    printFound(call, found);
    failAll(withoutIgnored(call, found.failures));
    return 0;
  },
  resume: (call: Call, state: Json): Outcome => goOnWatching(call, state),
};

function noType(call: Call): never {
  call.err('You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n');
  throw new Failure(`error: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee '${call.path} -h' for help and examples`);
}

/** The objects as a subresource shows them. @throws {Failure} */
function part(call: Call, found: Found): Found {
  const name = call.flags.text("subresource");
  if (name === "") return found;
  if (found.infos.length + found.failures.length !== 1 || !named(call)) fail("subresource cannot be used when bulk resources are specified");
  const [info] = found.infos;
  if (info === undefined) return found;
  if (!info.type.definition.subresources.some((one) => one === name)) throw new Failure("Error from server (NotFound): the server could not find the requested resource");
  if (name !== "scale") return found;
  const { metadata, spec, status } = info.object as KubeObject & { readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector }; readonly status?: { readonly replicas?: number } };
  const { name: own, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const selector = spec?.selector === undefined ? {} : { selector: formatLabelSelector(spec.selector) };
  const object = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { creationTimestamp, name: own, namespace, resourceVersion, uid }, spec: { replicas: spec?.replicas ?? 1 }, status: { replicas: status?.replicas ?? 0, ...selector } };
  const type = { ...info.type, singular: "scale.autoscaling", definition: { ...info.type.definition, columns: [] } };
  return { ...found, types: [type], infos: [{ ...info, type, object: object as unknown as KubeObject }] };
}

/** Do the words name objects, rather than whole lists? */
function named(call: Call): boolean {
  return call.words.length !== 1 || (call.words[0] ?? "").includes("/");
}

function withoutIgnored(call: Call, failures: readonly unknown[]): readonly unknown[] {
  if (!call.flags.bool("ignore-not-found")) return failures;
  return failures.filter((failure) => !(failure instanceof Failure && failure.text.includes("(NotFound)")));
}

/** Lists as the server puts their rows: few kinds have an order of their own. */
function inRowOrder(infos: readonly Info[]): readonly Info[] {
  const types = [...new Set(infos.map(({ type }) => type))];
  if (!types.some(({ definition }) => definition.rowOrder)) return infos;
  return types.flatMap((type) => {
    const own = infos.filter((info) => info.type === type);
    return type.definition.rowOrder ? own.sort((a, b) => type.definition.rowOrder?.(a.object, b.object) ?? 0) : own;
  });
}

function printFound(call: Call, found: Found): void {
  const { name } = formatOf(call);
  // A table of one list that has no such field comes out empty: the printer gives it up without a word.
  const table = name === "" || name === "wide";
  const rows = table && !named(call) ? inRowOrder(found.infos) : found.infos;
  const forgiving = table && found.types.length === 1 && (!named(call) || found.single);
  const infos = forgiving ? (sortedOrNone(call, rows) ?? (found.single ? rows : [])) : sorted(call, rows);
  if (!table) {
    if (name === "custom-columns" && infos.length === 0 && found.failures.length === 0) call.err(nothingFound(call, found.types, call.flags.bool("all-namespaces")));
    else if (infos.length > 0 || found.failures.length === 0) printStructured(call, infos, found.single);
    return;
  }
  if (infos.length === 0) {
    if (found.failures.length === 0 && !call.flags.bool("ignore-not-found")) call.err(nothingFound(call, found.types, call.flags.bool("all-namespaces")));
    return;
  }
  call.out(tables(infos, call.io.cluster.now, tableOptions(call, found.manyTypes)));
}

/** What `--raw` answers, as it came. Without anybody who answers HTTP, the few paths the cluster itself serves. */
function raw(call: Call): number {
  const path = call.flags.text("raw");
  if (call.words.length > 0) fail("arguments may not be passed when --raw is specified");
  if (!path.startsWith("/")) fail(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
  const answer = call.io.ask?.(path, callerOf(call.io.cluster, call.io.user, call.flags)) ?? answeredHere(path);
  if (answer.code >= 400) throw new Failure(refusalText(answer.body));
  call.out(answer.body);
  return 0;
}

function answeredHere(path: string): { readonly code: number; readonly body: string } {
  if (path === "/healthz" || path === "/livez" || path === "/readyz") return { code: 200, body: "ok" };
  if (path === "/api") return { code: 200, body: '{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"127.0.0.1:6443"}]}\n' };
  return { code: 404, body: "" };
}

function refusalText(body: string): string {
  const status = parseYaml(body).documents[0]?.value;
  const told = typeof status === "object" && status !== null && !Array.isArray(status) ? (status as JsonObject) : {};
  return told["kind"] === "Status" ? `Error from server (${String(told["reason"] ?? "")}): ${String(told["message"] ?? "")}` : "Error from server (NotFound): the server could not find the requested resource";
}
