import { CUSTOM_RESOURCE_DEFINITION } from "../../apimachinery/kinds";
import type { KubeObject, ObjectKey } from "../../apimachinery/meta";
import { keyOf, kindOf, refOf } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";
import { deepEqual } from "../../apimachinery/compare";
import { setCondition } from "../../apimachinery/conditions";
import { kindsOf, storedKindOf } from "../../resources/apiextensions/custom-resource/index";
import { CLEANUP, type CustomResourceDefinition } from "../../resources/apiextensions/customresourcedefinition/index";
import { millis } from "../../sim/clock";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { establishedStatus } from "./status";

/** How long to wait for objects that would not go at once. Upstream: crdFinalizer. */
const AGAIN = 5000;

/**
 * Grants CustomResourceDefinitions their names, says when they are served, and deletes their objects before they go.
 * Upstream: apiextensions-apiserver/pkg/controller/{status,establish,finalizer}.
 */
export const customResourceDefinitions: Controller = {
  name: "customresourcedefinition",
  reconciles: CUSTOM_RESOURCE_DEFINITION,
  watches: [{ kind: CUSTOM_RESOURCE_DEFINITION, wakes: (object, client) => (object.metadata.deletionTimestamp === undefined ? [] : client.list<KubeObject>(CUSTOM_RESOURCE_DEFINITION).filter(isRefused).map(keyOf)) }],
  reconcile,
};

/** A definition without its names may get them when another goes. */
function isRefused(object: KubeObject): boolean {
  return ((object as CustomResourceDefinition).status?.conditions ?? []).some(({ type, status }) => type === "NamesAccepted" && status === "False");
}

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const { client, now } = context;
  const crd = client.get<CustomResourceDefinition>(CUSTOM_RESOURCE_DEFINITION, key);
  if (!crd) return;
  if (crd.metadata.deletionTimestamp !== undefined) return finalize(crd, context);
  const others = client.list<CustomResourceDefinition>(CUSTOM_RESOURCE_DEFINITION);
  const status = establishedStatus(crd, others, timestamp(now));
  if (!deepEqual(status, crd.status)) client.updateStatus<CustomResourceDefinition>({ ...crd, status });
}

function finalize(crd: CustomResourceDefinition, context: ControllerContext): ReconcileResult {
  if (!(crd.metadata.finalizers ?? []).includes(CLEANUP)) return;
  const left = deleteObjects(crd, context);
  if (left > 0) {
    tell(crd, true, "InstanceDeletionInProgress", "CustomResource deletion is in progress", context);
    return { requeueAfter: millis(AGAIN) };
  }
  tell(crd, false, "InstanceDeletionCompleted", "removed all instances", context);
  const current = context.client.get<CustomResourceDefinition>(CUSTOM_RESOURCE_DEFINITION, keyOf(crd));
  if (current) context.client.update<CustomResourceDefinition>({ ...current, metadata: { ...current.metadata, finalizers: (current.metadata.finalizers ?? []).filter((name) => name !== CLEANUP) } });
}

/** Asks every object of the definition to go; returns how many are still there. */
function deleteObjects(crd: CustomResourceDefinition, { client }: ControllerContext): number {
  const stored = storedKindOf(crd);
  const definition = kindsOf(crd).find(({ kind }) => kind === stored);
  if (!definition) return 0;
  for (const object of client.list<KubeObject>(stored)) {
    if (object.metadata.deletionTimestamp === undefined) client.delete({ ...refOf(object), kind: kindOf(object) });
  }
  return client.list(stored).length;
}

function tell(crd: CustomResourceDefinition, terminating: boolean, reason: string, message: string, { client, now }: ControllerContext): void {
  const current = client.get<CustomResourceDefinition>(CUSTOM_RESOURCE_DEFINITION, keyOf(crd));
  if (!current) return;
  const conditions = setCondition(current.status?.conditions ?? [], { type: "Terminating", status: terminating ? "True" : "False", reason, message, lastTransitionTime: timestamp(now) });
  const status = { ...current.status, conditions };
  if (!deepEqual(status, current.status)) client.updateStatus<CustomResourceDefinition>({ ...current, status });
}
