import type { Json } from "@/lib/engine";
import type { Call, Command, Outcome } from "../../command";
import { usageFailure } from "../../command";
import { failAll, Failure } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { checkFormat, formatOf, outputFlags, printStructured, sorted } from "../../output/print-objects";
import { tables } from "../../output/table";
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
    if (watching) return beginWatch(call);
    const found = findObjects(call, call.words);
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

function withoutIgnored(call: Call, failures: readonly unknown[]): readonly unknown[] {
  if (!call.flags.bool("ignore-not-found")) return failures;
  return failures.filter((failure) => !(failure instanceof Failure && failure.text.includes("(NotFound)")));
}

function printFound(call: Call, found: Found): void {
  const { name } = formatOf(call);
  const infos = sorted(call, found.infos);
  if (name !== "" && name !== "wide") {
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

/** What `--raw` answers: the few paths the cluster itself serves here. */
function raw(call: Call): number {
  const path = call.flags.text("raw");
  if (path === "/healthz" || path === "/livez" || path === "/readyz") call.out("ok");
  else if (path === "/api") call.out('{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"127.0.0.1:6443"}]}\n');
  else if (call.words.length > 0) usageFailure(call, "arguments may not be passed when --raw is specified");
  else throw new Failure("Error from server (NotFound): the server could not find the requested resource");
  return 0;
}
