import { kindId } from "@/lib/engine";
import type { Call } from "../../command";
import { slashName, typeOfKind, type ResourceType, type Wanted } from "../../discovery";
import { fail } from "../../failure";
import { listOf } from "../../resource-args";
import { dryRunOf, dryRunSuffix, klog } from "../../writing";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Kinds that are pruned unless others are named; the second list is of those outside namespaces. Upstream: kubectl/pkg/util/prune. */
const NAMESPACED = ["v1/ConfigMap", "v1/Endpoints", "v1/PersistentVolumeClaim", "v1/Pod", "v1/ReplicationController", "v1/Secret", "v1/Service", "batch/v1/Job", "batch/v1/CronJob", "networking.k8s.io/v1/Ingress", "apps/v1/DaemonSet", "apps/v1/Deployment", "apps/v1/ReplicaSet", "apps/v1/StatefulSet"];
const CLUSTER_WIDE = ["v1/Namespace", "v1/PersistentVolume"];

const OUTSIDE =
  "prune.go:71] Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.";

/** @throws {Failure} when everything would go without anybody having said so */
export function checkPrune(call: Call): void {
  if (!call.flags.bool("all") && call.flags.text("selector") === "") {
    fail("all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector");
  }
}

/** The kinds of `--prune-allowlist`, as `core/v1/ConfigMap`. @throws {Failure} */
function listed(call: Call, entry: string): ResourceType {
  const [group = "", version = "", kind = ""] = entry.split("/");
  if (kind === "") return fail(`invalid GroupVersionKind format: ${entry}, please follow <group/version/kind>`);
  return typeOfKind(call.client, kindId(group === "core" ? version : `${group}/${version}`, kind)) ?? fail(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(group === "core" ? version : `${group}/${version}`)}`);
}

/** Deletes what was applied before, is selected, and is not among what was applied now. */
export function prune(call: Call, applied: readonly Wanted[]): void {
  const allowed = call.flags.list("prune-allowlist");
  const known = (kinds: readonly string[]): readonly ResourceType[] => kinds.flatMap((kind) => typeOfKind(call.client, kind as ResourceType["kind"]) ?? []);
  const types = allowed.length > 0 ? allowed.map((entry) => listed(call, entry)) : [...known(NAMESPACED), ...known(CLUSTER_WIDE)];
  if (allowed.length === 0) klog(call, "W", OUTSIDE);
  const kept = new Set(applied.map(({ ref }) => `${ref.kind} ${ref.namespace} ${ref.name}`));
  for (const type of types) {
    for (const { ref, object } of listOf(call, type, { selector: call.flags.text("selector") })) {
      if (object.metadata.annotations?.[LAST_APPLIED] === undefined || kept.has(`${ref.kind} ${ref.namespace} ${ref.name}`)) continue;
      if (dryRunOf(call) === "none") call.client.delete(ref, { propagation: "Background" });
      call.out(`${slashName(type, object.metadata.name)} pruned${dryRunSuffix(dryRunOf(call))}\n`);
    }
  }
}
