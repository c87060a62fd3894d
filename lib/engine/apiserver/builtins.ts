/** Objects every cluster has without storing them: the roles and bindings of RBAC, the system priorities, what divides the server's capacity and the APIServices of what it serves. */
import { fingerprint } from "../apimachinery/canonical";
import { compareStrings } from "../apimachinery/compare";
import { deepFreeze } from "../apimachinery/freeze";
import { API_SERVICE, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, CUSTOM_RESOURCE_DEFINITION, FLOW_SCHEMA, PRIORITY_CLASS, PRIORITY_LEVEL } from "../apimachinery/kinds";
import type { JsonObject, KindId, KubeObject, ObjectRef } from "../apimachinery/meta";
import { keyOf, keyText } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import type { CustomResourceDefinition } from "../resources/apiextensions/customresourcedefinition/index";
import { bootstrapApiServices, customApiService, versionAndGroup } from "../resources/apiregistration/bootstrap";
import { bootstrapFlowSchemas, bootstrapPriorityLevels } from "../resources/flowcontrol/bootstrap";
import { bootstrapClusterRoleBindings, bootstrapClusterRoles } from "../resources/rbac/bootstrap";
import { SYSTEM_CLASSES } from "../resources/scheduling/priorityclass/index";
import { ObjectStore, type StoreEvent } from "../store/store";
import type { ListRequest } from "./request";
import { chosen, matching } from "./select";

const MAKERS: ReadonlyMap<KindId, () => readonly JsonObject[]> = new Map([
  [CLUSTER_ROLE, bootstrapClusterRoles],
  [CLUSTER_ROLE_BINDING, bootstrapClusterRoleBindings],
  [PRIORITY_CLASS, priorityClasses],
  [FLOW_SCHEMA, bootstrapFlowSchemas],
  [PRIORITY_LEVEL, bootstrapPriorityLevels],
  [API_SERVICE, bootstrapApiServices],
]);

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

/** Built when first asked for, a kind at a time, then the same for every cluster of the process: frozen constants. */
const shelves = new Map<KindId, ObjectStore>();

function builtins(kind: KindId, make: () => readonly JsonObject[]): ObjectStore {
  const known = shelves.get(kind);
  if (known) return known;
  const store = new ObjectStore();
  for (const object of make()) store.put(kind, complete(object), "system:apiserver");
  shelves.set(kind, store);
  return store;
}

/** The APIServices of a definition's versions, as long as it is the same. */
const ofDefinitions = new WeakMap<CustomResourceDefinition, readonly KubeObject[]>();

function registrations(crd: CustomResourceDefinition): readonly KubeObject[] {
  const known = ofDefinitions.get(crd);
  if (known) return known;
  const { creationTimestamp, resourceVersion } = crd.metadata;
  const made = crd.spec.versions
    .filter(({ served }) => served)
    .map(({ name }) => {
      const object = complete(customApiService(`${name}.${crd.spec.group}`, creationTimestamp));
      return deepFreeze({ ...object, metadata: { ...object.metadata, creationTimestamp, resourceVersion } });
    });
  ofDefinitions.set(crd, made);
  return made;
}

/** The APIServices of the kinds that were defined, of one group or of all; a version that several definitions serve has one. */
function customRegistrations(store: ObjectStore, group?: string): readonly KubeObject[] {
  const found = new Map<string, KubeObject>();
  for (const object of store.list(CUSTOM_RESOURCE_DEFINITION)) {
    const crd = object as CustomResourceDefinition;
    if (group !== undefined && crd.spec.group !== group) continue;
    for (const one of registrations(crd)) if (!found.has(one.metadata.name)) found.set(one.metadata.name, one);
  }
  return [...found.values()];
}

/**
 * What a change of a definition means for whoever watches APIServices: one for each version that is served now and was not,
 * and the end of those that are served no more. `all` are the definitions there are now; a version another one serves too stays.
 */
export function registrationChanges(event: StoreEvent, all: readonly KubeObject[]): readonly StoreEvent[] {
  const after = event.type === "DELETED" ? [] : registrations(event.object as CustomResourceDefinition);
  const before = event.type === "ADDED" ? [] : registrations((event.previous ?? event.object) as CustomResourceDefinition);
  const named = (list: readonly KubeObject[]): ReadonlySet<string> => new Set(list.map(({ metadata }) => metadata.name));
  const others = named(all.filter(({ metadata }) => metadata.name !== event.object.metadata.name).flatMap((crd) => registrations(crd as CustomResourceDefinition)));
  const only = (list: readonly KubeObject[], known: ReadonlySet<string>): readonly KubeObject[] => list.filter(({ metadata }) => !known.has(metadata.name) && !others.has(metadata.name));
  const told = (type: "ADDED" | "DELETED") => (object: KubeObject): StoreEvent => ({ type, revision: event.revision, kind: API_SERVICE, object, by: event.by });
  return [...only(after, named(before)).map(told("ADDED")), ...only(before, named(after)).map(told("DELETED"))];
}

/** The object of that name every cluster has, or this one for what it defines, if there is one. */
export function builtin(ref: ObjectRef, store: ObjectStore): KubeObject | undefined {
  const make = MAKERS.get(ref.kind);
  if (make === undefined) return undefined;
  const found = builtins(ref.kind, make).get(ref);
  if (found || ref.kind !== API_SERVICE) return found;
  return customRegistrations(store, versionAndGroup(ref.name)[1]).find(({ metadata }) => metadata.name === ref.name);
}

/**
 * What a list request asks for, with what every cluster has; a stored object stands in for a built-in one of its name.
 *
 * @simplified A built-in object that is deleted is there again at once, as another, where upstream makes some of them at its next start only.
 */
export function listed(store: ObjectStore, request: ListRequest): readonly KubeObject[] {
  const found = matching(store, request);
  const make = MAKERS.get(request.kind);
  if (make === undefined) return found;
  const shelf = builtins(request.kind, make);
  const defined = request.kind === API_SERVICE ? customRegistrations(store).filter((object) => shelf.get({ kind: API_SERVICE, ...keyOf(object) }) === undefined) : [];
  const own = [...matching(shelf, request), ...chosen(defined, request)].filter((object) => store.get({ kind: request.kind, ...keyOf(object) }) === undefined);
  return [...found, ...own].sort((a, b) => compareStrings(keyText(keyOf(a)), keyText(keyOf(b))));
}
