/** DELETE of one object and of many. Upstream: apiserver/pkg/endpoints/handlers/delete.go. */
import { partsOfKind, type DeleteOptions, type Json, type JsonObject, type KubeObject, type ObjectRef, type Propagation } from "@/lib/engine";
import { objectBody, printed } from "./body";
import { listText } from "./encode";
import { oneAnswer } from "./list";
import { jsonAnswer, textAnswer, type RestAnswer } from "./message";
import type { Query } from "./query";
import { numberOf, selectionOf } from "./selection";
import { badOption, notAllowed, Refusal, success } from "./status";
import { dryRunOf, existing, type WriteCall } from "./write";

const RETURNED = new Set([
  "v1/Pod", "v1/PodTemplate", "v1/PersistentVolume", "v1/PersistentVolumeClaim", "v1/ResourceQuota", "v1/Service", "v1/ServiceAccount",
  "storage.k8s.io/v1/StorageClass", "storage.k8s.io/v1/VolumeAttachment", "storage.k8s.io/v1/CSIDriver", "storage.k8s.io/v1/CSINode",
]);

/** How something is to be deleted. */
export interface Deletion {
  readonly options: DeleteOptions;
  readonly dryRun: boolean;
}

const textIn = (value: Json | undefined): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Options of a deletion, from its body and its query. @throws {Refusal} */
function deletionOf({ request, query }: WriteCall): Deletion {
  return deletionFrom(objectBody(request, "DeleteOptions")?.body ?? {}, query);
}

/** Options of a deletion, from what stands in `DeleteOptions` and, where that is silent, in a query. @throws {Refusal} 422 */
export function deletionFrom(body: JsonObject, query: Query): Deletion {
  const preconditions = (body["preconditions"] ?? {}) as JsonObject;
  const grace = typeof body["gracePeriodSeconds"] === "number" ? body["gracePeriodSeconds"] : numberOf(query, "gracePeriodSeconds");
  const asked = textIn(body["propagationPolicy"]) ?? textIn(query.get("propagationPolicy"));
  if (asked !== undefined && !["Foreground", "Background", "Orphan"].includes(asked)) {
    throw badOption("DeleteOptions", { field: "propagationPolicy", reason: "FieldValueNotSupported", message: `Unsupported value: ${JSON.stringify(asked)}: supported values: "Foreground", "Background", "Orphan", "nil"` });
  }
  if (asked !== undefined && (body["orphanDependents"] ?? query.get("orphanDependents")) !== undefined) {
    throw badOption("DeleteOptions", { field: "propagationPolicy", reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(asked)}: orphanDependents and deletionPropagation cannot be both set` });
  }
  const orphan = body["orphanDependents"] ?? (query.get("orphanDependents") === undefined ? undefined : query.get("orphanDependents") === "true");
  const propagation = (asked ?? (orphan === undefined ? undefined : orphan === true ? "Orphan" : "Background")) as Propagation | undefined;
  const dry = Array.isArray(body["dryRun"]) ? (body["dryRun"] as readonly Json[]).map(printed) : query.all("dryRun");
  const uid = textIn(preconditions["uid"]);
  const resourceVersion = textIn(preconditions["resourceVersion"]);
  return {
    dryRun: dryRunOf(dry, "DeleteOptions"),
    options: {
      ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
      ...(propagation === undefined ? {} : { propagation }),
      ...(uid === undefined && resourceVersion === undefined ? {} : { preconditions: { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) } }),
    },
  };
}

function checkPreconditions({ definition }: WriteCall, object: KubeObject, { preconditions }: DeleteOptions): void {
  const { group, kind } = partsOfKind(definition.kind);
  const refuse = (what: string, asked: string, found: string): Refusal => {
    const qualified = group === "" ? kind : `${kind}.${group}`;
    const message = `Operation cannot be fulfilled on ${qualified} ${JSON.stringify(object.metadata.name)}: the ${what} in the precondition (${asked}) does not match the ${what} in record (${found}). The object might have been ${what === "UID" ? "deleted and then recreated" : "modified"}`;
    return new Refusal(409, "Conflict", message, { name: object.metadata.name, ...(group === "" ? {} : { group }), kind });
  };
  if (preconditions?.uid !== undefined && preconditions.uid !== object.metadata.uid) throw refuse("UID", preconditions.uid, object.metadata.uid);
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== object.metadata.resourceVersion) {
    throw refuse("ResourceVersion", preconditions.resourceVersion, object.metadata.resourceVersion);
  }
}

/** Deletes one object; what is left of it. */
export function deleteOne(call: WriteCall, object: KubeObject, { options, dryRun }: Deletion): KubeObject {
  const ref: ObjectRef = { kind: call.definition.kind, namespace: object.metadata.namespace ?? "", name: object.metadata.name };
  return dryRun ? object : call.client.delete(ref, options);
}

/** DELETE of one object. */
export function deleteAnswer(call: WriteCall): RestAnswer {
  const { client, cluster, definition, query, request, target } = call;
  const deletion = deletionOf(call);
  const object = existing(call);
  checkPreconditions(call, object, deletion.options);
  const left = deleteOne(call, object, deletion);
  const gone = deletion.dryRun || client.get(definition.kind, { namespace: target.namespace, name: target.name }) === undefined;
  if (RETURNED.has(definition.kind) || !gone) return oneAnswer(definition, withGrace(left, deletion.options), cluster, query, request.headers["accept"]);
  const { group } = partsOfKind(definition.kind);
  return jsonAnswer(success(undefined, { name: target.name, group, kind: definition.plural, uid: object.metadata.uid }));
}

/** A pod removed at once still says with what grace. Upstream: rest.BeforeDelete. */
function withGrace(object: KubeObject, options: DeleteOptions): KubeObject {
  if (object.metadata.deletionTimestamp === undefined || options.gracePeriodSeconds !== 0) return object;
  return { ...object, metadata: { ...object.metadata, deletionGracePeriodSeconds: 0 } };
}

/** DELETE of every object a selector selects. */
export function deleteCollectionAnswer(call: WriteCall): RestAnswer {
  const { client, cluster, definition, query, target } = call;
  if (definition.namespaced && target.namespace === "") throw notAllowed();
  const deletion = deletionOf(call);
  const selection = selectionOf(definition, query);
  const chosen = client.list<KubeObject>(definition.kind, definition.namespaced ? { namespace: target.namespace } : {}).filter(selection.matches);
  const left = chosen.map((object) => deleteOne(call, object, deletion));
  return textAnswer(listText(definition.kind, { resourceVersion: String(cluster.revision) }, left), 200, { "Content-Type": "application/json" });
}
