import { compareStrings, type Cluster } from "@/lib/engine";
import { completeKubectl } from "@/lib/kubectl";
import type { Disk } from "./disk";

const PROGRAMS = ["cat", "curl", "dig", "echo", "grep", "head", "host", "jq", "kubectl", "ls", "nslookup", "ping", "sleep", "sort", "ssh", "tail", "wc"];
const WITH_FILE = new Set(["-f", "--filename"]);
const OF_PODS = new Set(["attach", "exec", "logs", "port-forward"]);
/** Verbs with verbs of their own that are told a kind then. */
const OF_KINDS = new Set(["rollout", "set"]);

/** What could stand where the cursor is, whole words in order. Empty when nothing fits. */
export function completions(line: string, cluster: Cluster, disk: Disk): readonly string[] {
  const words = line.split(/\s+/);
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  return candidates(before, cluster, disk).filter((word) => word.startsWith(current));
}

function candidates(before: readonly string[], cluster: Cluster, disk: Disk): readonly string[] {
  if (before.length === 0) return PROGRAMS;
  const program = before[0];
  if (program !== "kubectl" && program !== "k") return [...disk.files().keys()];
  if (WITH_FILE.has(before.at(-1) ?? "")) return [...disk.files().keys()];
  const words = before.slice(1).filter((word) => !word.startsWith("-"));
  const deeper = completeKubectl([...words, ""]);
  if (deeper.length > 0) return [...deeper].sort(compareStrings);
  const [verb = ""] = words;
  const inner = completeKubectl([verb, ""]).length > 0;
  if (inner && !OF_KINDS.has(verb)) return [];
  const kindWord = words[inner ? 2 : 1];
  if (kindWord !== undefined) return namesOf(kindWord, cluster);
  return OF_PODS.has(verb) ? namesOf("pods", cluster) : cluster.as("kubernetes-admin").served().map((resource) => resource.plural).sort(compareStrings);
}

function namesOf(word: string, cluster: Cluster): readonly string[] {
  const resource = cluster.as("kubernetes-admin").served().find(({ plural, singular, shortNames }) => plural === word || singular === word || shortNames.includes(word));
  if (!resource) return [];
  // Names are the same in every version: nothing has to be converted for them.
  const kind = resource.custom?.storedAs ?? resource.kind;
  return cluster.as("kubernetes-admin").list(kind, resource.namespaced ? { namespace: "default" } : {}).map((object) => object.metadata.name);
}
