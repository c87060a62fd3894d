import { compareStrings, type Cluster } from "@/lib/engine";
import type { Disk } from "./disk";

const VERBS = ["annotate", "api-resources", "apply", "cordon", "create", "delete", "describe", "drain", "events", "exec", "explain", "expose", "get", "label", "logs", "patch", "replace", "rollout", "run", "scale", "set", "taint", "top", "uncordon", "version", "wait"];
const PROGRAMS = ["cat", "curl", "dig", "echo", "grep", "head", "host", "jq", "kubectl", "ls", "nslookup", "ping", "sleep", "sort", "ssh", "tail", "wc"];
const WITH_FILE = new Set(["-f", "--filename"]);

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
  if (words.length === 0) return VERBS;
  if (words[0] === "rollout" && words.length === 1) return ["history", "pause", "restart", "resume", "status", "undo"];
  const kinds = cluster.as("kubernetes-admin").served().map((resource) => resource.plural).sort(compareStrings);
  const kindWord = words[words[0] === "rollout" ? 2 : 1];
  if (kindWord === undefined) return words[0] === "logs" || words[0] === "exec" ? namesOf("pods", cluster) : kinds;
  return namesOf(kindWord, cluster);
}

function namesOf(word: string, cluster: Cluster): readonly string[] {
  const resource = cluster.as("kubernetes-admin").served().find(({ plural, singular, shortNames }) => plural === word || singular === word || shortNames.includes(word));
  if (!resource) return [];
  return cluster.as("kubernetes-admin").list(resource.kind, resource.namespaced ? { namespace: "default" } : {}).map((object) => object.metadata.name);
}
