import { setCondition, type Condition } from "../../apimachinery/conditions";
import { compareStrings } from "../../apimachinery/compare";
import { NAMESPACE, POD } from "../../apimachinery/kinds";
import type { KubeObject, ObjectKey } from "../../apimachinery/meta";
import { refOf } from "../../apimachinery/meta";
import { instantOf, timestamp } from "../../apimachinery/time";
import type { Namespace } from "../../resources/core/namespace/namespace";
import { millis } from "../../sim/clock";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { TIMERS } from "../../sim/timers";

/** How long a namespace on its way out is left alone, so that every API server has seen it. Upstream: namespaceDeletionGracePeriod. */
const GRACE = TIMERS.api.namespaceGrace.ms;
/** How long to wait before looking again at what would not go. */
const AGAIN = 5000;

interface Terminating extends Namespace {
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: "Active" | "Terminating"; readonly conditions?: readonly Condition[] };
}

/** Empties namespaces that are being deleted, pods first, and lets them go when nothing is left. Upstream: pkg/controller/namespace. */
export const namespaceController: Controller = {
  name: "namespace",
  eventSource: "namespace-controller",
  reconciles: NAMESPACE,
  wants: (namespace) => namespace.metadata.deletionTimestamp !== undefined,
  watches: [],
  reconcile,
};

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const { client, now } = context;
  const namespace = client.get<Terminating>(NAMESPACE, key);
  const deleted = instantOf(namespace?.metadata.deletionTimestamp ?? "");
  if (!namespace || deleted === undefined || (namespace.spec?.finalizers ?? []).length === 0) return;
  if (now < deleted + GRACE) return { requeueAfter: millis(deleted + GRACE - now) };
  const pods = client.list<KubeObject>(POD, { namespace: key.name });
  if (pods.length > 0) {
    removeAll(pods, context);
    tell(namespace, [], context);
    return { requeueAfter: millis(AGAIN) };
  }
  const kinds = client.served().filter((resource) => resource.namespaced && (resource.custom?.storedAs ?? resource.kind) === resource.kind);
  for (const { kind } of kinds) removeAll(client.list(kind, { namespace: key.name }), context);
  const left = kinds.map((definition) => ({ plural: pluralOf(definition), objects: client.list<KubeObject>(definition.kind, { namespace: key.name }) })).filter(({ objects }) => objects.length > 0);
  tell(namespace, left, context);
  if (left.length > 0) return { requeueAfter: millis(AGAIN) };
  const current = client.get<Terminating>(NAMESPACE, key);
  if (current) client.update<Terminating>({ ...current, spec: { ...current.spec, finalizers: (current.spec?.finalizers ?? []).filter((name) => name !== "kubernetes") } });
}

function pluralOf({ kind, plural }: { readonly kind: string; readonly plural: string }): string {
  const [group, , rest] = kind.split("/");
  return rest === undefined ? plural : `${plural}.${group}`;
}

function removeAll(objects: readonly KubeObject[], { client }: ControllerContext): void {
  for (const object of objects) {
    const current = client.get(refOf(object).kind, { namespace: object.metadata.namespace ?? "", name: object.metadata.name });
    if (current && current.metadata.deletionTimestamp === undefined) client.delete(refOf(object), { propagation: "Background" });
  }
}

interface Left {
  readonly plural: string;
  readonly objects: readonly KubeObject[];
}

function tell(namespace: Terminating, left: readonly Left[], { client, now }: ControllerContext): void {
  const stamp = timestamp(now);
  const finalizers = new Map<string, number>();
  for (const { objects } of left) for (const object of objects) for (const name of object.metadata.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
  const remaining = left.map(({ plural, objects }) => `${plural} has ${objects.length} resource instances`.replace(" has", ". has")).sort(compareStrings).join(", ");
  const held = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).sort(compareStrings).join(", ");
  const facts: readonly (readonly [string, boolean, string, string])[] = [
    ["NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"],
    ["NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed"],
    ["NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization"],
    remaining === ""
      ? ["NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed"]
      : ["NamespaceContentRemaining", true, "SomeResourcesRemain", `Some resources are remaining: ${remaining}`],
    held === ""
      ? ["NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished"]
      : ["NamespaceFinalizersRemaining", true, "SomeFinalizersRemain", `Some content in the namespace has finalizers remaining: ${held}`],
  ];
  const conditions = facts.reduce<readonly Condition[]>(
    (list, [type, status, reason, message]) => setCondition(list, { type, status: status ? "True" : "False", reason, message, lastTransitionTime: stamp }),
    namespace.status?.conditions ?? [],
  );
  client.updateStatus<Terminating>({ ...namespace, status: { ...namespace.status, phase: "Terminating", conditions } });
}
