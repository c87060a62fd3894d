/** `kubectl cluster-info dump`: everything there is to look at, in one go. Upstream: kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go. */
import { kindId, type JsonObject, type KindId, type KubeObject, type Pod } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { tidyPath } from "../../io";
import { checkFormat, formatOf, outputFlags } from "../../output/print-objects";
import { shown, typedListText } from "../../output/structured";
import { allNamespacesFlag } from "../../resource-args";

const NODES = kindId("v1", "Node");
const PODS = kindId("v1", "Pod");

/** What is asked for in each namespace, and the file it goes to. */
const PARTS: readonly (readonly [kind: KindId, file: string])[] = [
  [kindId("v1", "Event"), "events"],
  [kindId("v1", "ReplicationController"), "replication-controllers"],
  [kindId("v1", "Service"), "services"],
  [kindId("apps/v1", "DaemonSet"), "daemonsets"],
  [kindId("apps/v1", "Deployment"), "deployments"],
  [kindId("apps/v1", "ReplicaSet"), "replicasets"],
  [PODS, "pods"],
];

/** Where what is found goes: to the screen, or into a folder's files. */
type Write = (file: string, text: string) => void;

/** `kubectl cluster-info dump`. */
export const dump: Command = {
  name: "dump",
  summary: "Dump relevant information for debugging and diagnosis",
  usage: "[options]",
  flags: [
    ...outputFlags.map((one) => (one.name === "output" ? { ...one, default: "json" } : one)),
    allNamespacesFlag,
    flag("list", "namespaces", "Namespaces to look at"),
    flag("text", "output-directory", "Folder to write to, or - for the screen"),
    flag("duration", "pod-running-timeout", "How long to wait for a pod", { default: "20s" }),
  ],
  run(call) {
    checkFormat(call, false);
    const folder = call.flags.text("output-directory");
    const write = writerOf(call, folder);
    write("nodes", listText(call, NODES, ""));
    for (const namespace of namespacesOf(call)) {
      for (const [kind, file] of PARTS) write(`${namespace}/${file}`, listText(call, kind, namespace));
      for (const pod of call.client.list<Pod>(PODS, { namespace })) write(`${namespace}/${pod.metadata.name}/logs.txt`, logsOf(call, pod));
    }
    if (folder !== "" && folder !== "-") call.out(`Cluster info dumped to ${folder}\n`);
    return 0;
  },
};

function formatText(call: Call): "json" | "yaml" {
  const { name } = formatOf(call);
  return name === "json" || name === "yaml" ? name : fail(`this terminal dumps json and yaml, not ${name}`);
}

function writerOf(call: Call, folder: string): Write {
  const format = formatText(call);
  if (folder !== "" && folder !== "-") {
    const { write } = call.io.files;
    if (write === undefined) return fail(`mkdir ${folder}: read-only file system`);
    return (file, text) => write(tidyPath(`${folder}/${file}${file.endsWith(".txt") ? "" : `.${format}`}`), text);
  }
  let printed = 0;
  return (file, text) => {
    const log = file.endsWith(".txt");
    call.out(`${format === "yaml" && printed > 0 && !log ? "---\n" : ""}${text}`);
    if (!log) printed += 1;
  };
}

function namespacesOf(call: Call): readonly string[] {
  const asked = call.flags.list("namespaces");
  if (call.flags.bool("all-namespaces")) return call.client.list<KubeObject>(kindId("v1", "Namespace")).map(({ metadata }) => metadata.name);
  return asked.length > 0 ? asked : ["kube-system", call.namespace];
}

function listText(call: Call, kind: KindId, namespace: string): string {
  const objects = call.client.list<KubeObject>(kind, namespace === "" ? {} : { namespace });
  return typedListText(kind, objects.map((object) => withNulls(kind, shown(object))), String(call.io.cluster.revision), formatText(call));
}

/** Times that Go's structs always write, also those nobody set. */
function withNulls(kind: KindId, object: JsonObject): JsonObject {
  if (kind === kindId("v1", "Event")) return { eventTime: null, ...object };
  const status = object["status"] as JsonObject | undefined;
  if (kind !== PODS || !Array.isArray(status?.["conditions"])) return object;
  return { ...object, status: { ...status, conditions: (status["conditions"] as readonly JsonObject[]).map((condition) => ({ lastProbeTime: null, ...condition })) } };
}

function logsOf(call: Call, pod: Pod): string {
  const place = { namespace: pod.metadata.namespace ?? "", name: pod.metadata.name };
  const texts = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name }) => {
    const about = `logs for container ${name} of pod ${place.namespace}/${place.name} ====\n`;
    const lines = call.io.cluster.logs(place, name) ?? [];
    return `==== START ${about}${lines.map(({ text }) => `${text}\n`).join("")}==== END ${about}`;
  });
  return texts.join("");
}
