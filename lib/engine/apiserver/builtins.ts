/** Objects every cluster has without storing them: the roles and bindings of RBAC and the two system priorities. */
import { fingerprint } from "../apimachinery/canonical";
import { compareStrings } from "../apimachinery/compare";
import { deepFreeze } from "../apimachinery/freeze";
import { CLUSTER_ROLE, CLUSTER_ROLE_BINDING, PRIORITY_CLASS } from "../apimachinery/kinds";
import type { JsonObject, KindId, KubeObject, ObjectRef } from "../apimachinery/meta";
import { keyOf, keyText } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import { bootstrapClusterRoleBindings, bootstrapClusterRoles } from "../resources/rbac/bootstrap";
import { SYSTEM_CLASSES } from "../resources/scheduling/priorityclass/index";
import { ObjectStore } from "../store/store";
import type { ListRequest } from "./request";
import { matching } from "./select";

const KINDS: ReadonlySet<KindId> = new Set([CLUSTER_ROLE, CLUSTER_ROLE_BINDING, PRIORITY_CLASS]);

function priorityClasses(): readonly JsonObject[] {
  return Object.entries(SYSTEM_CLASSES).map(([name, { value, description }]) => ({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name, generation: 1 }, value, description, preemptionPolicy: "PreemptLowerPriority" }));
}

/** A uid that is always the same for the same object. */
function fixedUid(text: string): string {
  const hex = fingerprint(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function complete(object: JsonObject): KubeObject {
  const given = object["metadata"] as JsonObject;
  const metadata = { ...given, uid: fixedUid(`${String(object["kind"])}/${String(given["name"])}`), resourceVersion: "1", creationTimestamp: timestamp(0) };
  return deepFreeze({ ...object, metadata }) as unknown as KubeObject;
}

/** Built when first asked for, then the same for every cluster of the process: frozen constants. */
const shelf = new Map<"objects", ObjectStore>();

function builtins(): ObjectStore {
  const known = shelf.get("objects");
  if (known) return known;
  const store = new ObjectStore();
  const put = (kind: KindId, objects: readonly JsonObject[]): void => {
    for (const object of objects) store.put(kind, complete(object), "system:apiserver");
  };
  put(CLUSTER_ROLE, bootstrapClusterRoles());
  put(CLUSTER_ROLE_BINDING, bootstrapClusterRoleBindings());
  put(PRIORITY_CLASS, priorityClasses());
  shelf.set("objects", store);
  return store;
}

/** The object of that name every cluster has, if there is one. */
export function builtin(ref: ObjectRef): KubeObject | undefined {
  return KINDS.has(ref.kind) ? builtins().get(ref) : undefined;
}

/**
 * What a list request asks for, with what every cluster has; a stored object stands in for a built-in one of its name.
 *
 * @simplified A built-in object that is deleted is there again at once, as upstream's is after the API server's next start.
 */
export function listed(store: ObjectStore, request: ListRequest): readonly KubeObject[] {
  const found = matching(store, request);
  if (!KINDS.has(request.kind)) return found;
  const own = matching(builtins(), request).filter((object) => store.get({ kind: request.kind, ...keyOf(object) }) === undefined);
  return [...found, ...own].sort((a, b) => compareStrings(keyText(keyOf(a)), keyText(keyOf(b))));
}
