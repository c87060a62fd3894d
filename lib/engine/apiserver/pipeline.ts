import { ApiError, alreadyExists, badRequest, conflict, invalid, notFound, type FieldError, type ResourceName } from "../apimachinery/api-error";
import { deepEqual } from "../apimachinery/compare";
import { CRON_JOB, CUSTOM_RESOURCE_DEFINITION, DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, EVENT, FLOW_SCHEMA, INGRESS, INGRESS_CLASS, IP_ADDRESS_POOL, JOB, L2_ADVERTISEMENT, LIMIT_RANGE, MUTATING_WEBHOOK_CONFIGURATION, NETWORK_POLICY, POD, POD_DISRUPTION_BUDGET, POD_TEMPLATE, PRIORITY_CLASS, PRIORITY_LEVEL, REPLICATION_CONTROLLER, REPLICA_SET, STATEFUL_SET, VALIDATING_ADMISSION_POLICY, VALIDATING_ADMISSION_POLICY_BINDING, VALIDATING_WEBHOOK_CONFIGURATION, SERVICE } from "../apimachinery/kinds";
import { hasExactly, restated, rewritten } from "../apimachinery/members";
import type { JsonObject, KindId, KubeObject, ObjectKey, ObjectMeta, ObjectRef } from "../apimachinery/meta";
import { deepFreeze } from "../apimachinery/freeze";
import { keyOf, kindId, kindOf, partsOfKind } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import { knownFields } from "../openapi/known-fields";
import type { ResourceDefinition } from "../resources/define";
import { warningsOf } from "../resources/warnings";
import type { Event } from "../resources/core/event/event";
import { event } from "../resources/core/event/index";
import { TOKEN_VOLUME_PREFIX } from "../resources/core/serviceaccount/serviceaccount";
import type { Clock } from "../sim/clock";
import { suffix, uid } from "../sim/names";
import type { Random } from "../sim/random";
import { refIn, type ObjectStore } from "../store/store";
import { applyConfiguration, managersAfterUpdate, readManagers, unknownField, writeManagers, wronglyTyped, type Manager, type Writer } from "./apply/apply";
import { carriedMeta, newFinalizers, withGeneration, withoutStatusChange, withStatusOf } from "./carry-over";
import { Admission } from "./admission-chain";
import { applyPatch } from "./patch";
import { notAllowed, notStrategic, onItsWayOut, otherUid, UNVERSIONED } from "./refusals";
import { isPlain, PodStamps, stampOf } from "./stamps";
import { builtin, listed } from "./builtins";
import { chosen } from "./select";
import { Kinds } from "./custom-resources/registry";
import { shapeOfDefinition, typeProblem, zeroOfDefinition } from "./custom-resources/shape";
import { changedTo, customObject, customObjects, deleted, kept as keptAs } from "./custom-resources/storage";
import { EventDesk } from "./event-desk";
import { EventExpiry } from "./event-expiry";
import { evict } from "./eviction";
import type { AdmissionPlugin, AdmissionRequest, ApiServerSettings, Body, DeleteOptions, EvictionOptions, ListRequest, Patch, WriteOptions } from "./request";

/** Kinds whose strategies count `metadata.generation`; the rest of the built-in ones do not have it. */
const COUNTED: ReadonlySet<KindId> = new Set([POD, POD_TEMPLATE, REPLICATION_CONTROLLER, ENDPOINT_SLICE, DEPLOYMENT, REPLICA_SET, STATEFUL_SET, DAEMON_SET, JOB, CRON_JOB, POD_DISRUPTION_BUDGET, PRIORITY_CLASS, CUSTOM_RESOURCE_DEFINITION, VALIDATING_WEBHOOK_CONFIGURATION, MUTATING_WEBHOOK_CONFIGURATION, VALIDATING_ADMISSION_POLICY, VALIDATING_ADMISSION_POLICY_BINDING, INGRESS, INGRESS_CLASS, NETWORK_POLICY, IP_ADDRESS_POOL, L2_ADVERTISEMENT, FLOW_SCHEMA, PRIORITY_LEVEL]);

/** What a new object's author has no say in. */
const GIVEN_LATER: ReadonlySet<string> = new Set(["generation", "resourceVersion", "uid", "deletionTimestamp", "deletionGracePeriodSeconds"]);

const COMMON = ["generateName", "namespace", "labels", "ownerReferences"];

type ApplyPatch = Extract<Patch, { readonly type: "apply" }>;

/** What error messages call a definition's kind. */
export function resourceName(definition: ResourceDefinition): ResourceName {
  const { group, kind } = partsOfKind(definition.kind);
  return { group, plural: definition.plural, kind };
}

/**
 * The API server: the one way in for every write. Each request goes through the same stages in
 * the same order: decode, default, mutate, validate, admit, store.
 *
 * Synchronous and deterministic: generated names and uids come from the seeded source.
 * Upstream: k8s.io/apiserver/pkg/registry/generic/registry.
 */
export class ApiServer {
  private readonly random: Random;
  private readonly uids: Random;
  private readonly admission: Admission;
  private readonly stamps: PodStamps;
  private readonly expiry: EventExpiry;
  private readonly desk: EventDesk;
  /** The kinds this server serves. */
  readonly kinds: Kinds;

  constructor(
    readonly store: ObjectStore,
    private readonly clock: Clock,
    random: Random,
    plugins: readonly AdmissionPlugin[],
    readonly settings: ApiServerSettings,
  ) {
    this.random = random.fork("apiserver");
    this.kinds = new Kinds(store, settings);
    this.stamps = new PodStamps(store);
    this.expiry = new EventExpiry(store, clock);
    this.uids = this.random.fork("uid");
    this.admission = new Admission(plugins, {
      store,
      definitionOf: (kind) => this.kinds.find(kind),
      get now() {
        return clock.now();
      },
      random: this.random,
      settings,
    });
    this.desk = new EventDesk(event, store, clock, this.uids, this.expiry, this.admission);
  }

  get(ref: ObjectRef): KubeObject | undefined {
    const definition = this.definitionOf(ref.kind);
    if (definition.custom) return customObject(this.store, definition, ref);
    if (definition.computed) return definition.computed.find(({ metadata }) => metadata.name === ref.name);
    const found = this.store.get(ref) ?? builtin(ref, this.store);
    return found && definition.kind === EVENT && this.expiry.isOver(found) ? undefined : found;
  }

  /** The object to be changed. One that every cluster has is stored from then on. */
  private stored(ref: ObjectRef, definition: ResourceDefinition): KubeObject | undefined {
    if (definition.custom) return customObject(this.store, definition, ref);
    const found = this.store.get(ref);
    if (found) return found;
    if (definition.computed) throw notAllowed();
    const known = builtin(ref, this.store);
    return known && this.store.put(ref.kind, known, "system:apiserver");
  }

  list(request: ListRequest): readonly KubeObject[] {
    const definition = this.definitionOf(request.kind);
    if (definition.custom) return customObjects(this.store, definition, request);
    if (definition.computed) return chosen(definition.computed, request);
    return definition.kind === EVENT ? this.expiry.current(listed(this.store, request)) : listed(this.store, request);
  }

  create(body: Body, user: string, options: WriteOptions = {}, managers?: readonly Manager[]): KubeObject {
    const stampable = body["kind"] === "Pod" && body["apiVersion"] === "v1" && managers === undefined && isComponent(user);
    const stamp = stampable ? this.stamps.find(body, options) : undefined;
    if (stamp) return this.createAlike(stamp, body, user);
    if (body["kind"] === "Event") this.expiry.sweep();
    if (body["kind"] === "Event" && body["apiVersion"] === "v1" && isComponent(user)) return this.desk.create(body, user);
    const { definition, object: decoded } = this.decode(body, user, options);
    const name = decoded.metadata.name === "" ? this.generateName(definition, decoded.metadata) : decoded.metadata.name;
    const fresh: KubeObject = { ...decoded, metadata: this.freshMeta(definition, decoded.metadata, name) };
    const ref = refIn(definition.kind, keyOf(fresh));
    if (definition.custom?.terminating) throw onItsWayOut("create");
    const prepared = definition.prepare(definition.applyDefaults(fresh), undefined);
    const admitted = this.admission.mutate({ operation: "CREATE", ref, definition, subresource: "", user, object: prepared, ...toldOf(options) });
    this.check(definition, name, definition.validate(admitted, undefined));
    if (name === "") throw unnamed(definition);
    this.admission.admit({ operation: "CREATE", ref, definition, subresource: "", user, object: admitted, ...toldOf(options) });
    if (this.stored(ref, definition)) throw alreadyExists(resourceName(definition), name);
    tell(options, definition, admitted, undefined);
    if (stampable) this.stamps.keep(body, options, fresh.metadata, admitted);
    // What storage allocates to a Service is nobody's.
    const accounted = this.accounted(definition, undefined, admitted, options, managers, definition.kind === SERVICE ? unallocated(admitted, decoded) : admitted);
    return options.dryRun ? accounted : keptAs(this.store, definition, accounted, user);
  }

  /** Creates an Event of our own recorder unless there is one of its name, which is returned. */
  record(draft: Event, user: string): Event | undefined {
    return this.desk.record(draft, user);
  }

  /** Creates a pod like one that came through before: only its name, and what admission decides each time, are new. */
  private createAlike(stamp: NonNullable<ReturnType<PodStamps["find"]>>, body: Body, user: string): KubeObject {
    const definition = this.definitionOf(POD);
    const sent = body["metadata"] as unknown as ObjectMeta;
    const metadata = this.alikeMeta(definition, sent, this.generateName(definition, sent));
    const object = stampOf(stamp, metadata, () => `${TOKEN_VOLUME_PREFIX}${suffix(this.random.fork("token-volume"))}`);
    const ref = refIn(POD, keyOf(object));
    this.admission.admit({ operation: "CREATE", ref, definition, subresource: "", user, object });
    return this.store.take(POD, object, user);
  }

  update(body: Body, user: string, options: WriteOptions = {}): KubeObject {
    if (options.subresource === "status" && isComponent(user)) return this.report(body as unknown as KubeObject, user);
    if (options.subresource === "binding" && isComponent(user)) return this.bind(body as unknown as KubeObject, user);
    const again = body["kind"] === "Event" && body["apiVersion"] === "v1" && isComponent(user) && isPlain(options) ? this.desk.again(body, user) : undefined;
    if (again) return again;
    const { definition, object: decoded } = this.decode(body, user, options);
    const ref = refIn(definition.kind, keyOf(decoded));
    const previous = this.stored(ref, definition);
    if (!previous) throw notFound(resourceName(definition), ref.name);
    const sent = decoded.metadata.resourceVersion;
    if (definition.custom && (sent === undefined || sent === "")) throw invalid(resourceName(definition), ref.name, [UNVERSIONED]);
    if (sent !== undefined && sent !== "" && sent !== previous.metadata.resourceVersion) throw conflict(resourceName(definition), ref.name);
    return this.replace(definition, ref, previous, decoded, user, options);
  }

  /**
   * A status written by one of our own components: what it says is well formed, so only the conflict is looked
   * for. Anybody else's status goes the long way.
   */
  private report(object: KubeObject, user: string): KubeObject {
    const definition = this.definitionOf(kindOf(object));
    const ref = refIn(definition.kind, keyOf(object));
    const previous = this.stored(ref, definition);
    if (!previous) throw notFound(resourceName(definition), ref.name);
    if (object.metadata.resourceVersion !== previous.metadata.resourceVersion) throw conflict(resourceName(definition), ref.name);
    const next = restated(previous, carriedMeta(previous.metadata, object.metadata, "status"), (object as { readonly status?: unknown }).status);
    return deepEqual(previous, next) ? previous : changedTo(this.store, definition, next, user, this.kinds);
  }

  /** A binding by our own scheduler: well formed, and a change. Upstream: registry/core/pod/storage assignPod. */
  private bind(object: KubeObject, user: string): KubeObject {
    const definition = this.definitionOf(POD);
    const ref = refIn(POD, keyOf(object));
    const previous = this.stored(ref, definition);
    if (!previous) throw notFound(resourceName(definition), ref.name);
    if (object.metadata.resourceVersion !== previous.metadata.resourceVersion) throw conflict(resourceName(definition), ref.name);
    const bound = rewritten(object, carriedMeta(previous.metadata, object.metadata, "binding"));
    const admitted = this.admission.mutate({ operation: "UPDATE", ref, definition, subresource: "binding", user, object: bound, previous });
    this.admission.admit({ operation: "UPDATE", ref, definition, subresource: "binding", user, object: admitted, previous });
    return changedTo(this.store, definition, admitted, user, this.kinds);
  }

  patch(ref: ObjectRef, patch: Patch, user: string, options: WriteOptions = {}): KubeObject {
    const definition = this.definitionOf(ref.kind);
    const previous = this.stored(ref, definition);
    if (patch.type === "apply") return this.apply(definition, ref, previous, patch, user, options);
    if (!previous) throw notFound(resourceName(definition), ref.name);
    if (definition.custom && patch.type === "strategic") throw notStrategic();
    const patched = applyPatch(previous, patch);
    if (typeof patched !== "object" || patched === null || Array.isArray(patched)) throw badRequest("the patch leaves no object");
    const { object: decoded } = this.decode(patched as unknown as Body, user, options);
    const { name, namespace = "", resourceVersion, uid: named } = decoded.metadata;
    if (name !== ref.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${ref.name})`);
    if (namespace !== (previous.metadata.namespace ?? "")) throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
    // A patch that names a version means that version only.
    if (resourceVersion !== undefined && resourceVersion !== "" && resourceVersion !== previous.metadata.resourceVersion) throw conflict(resourceName(definition), ref.name);
    if (typeof named === "string" && named !== "" && named !== previous.metadata.uid) throw invalid(resourceName(definition), ref.name, [otherUid(named), otherUid(named)]);
    return this.replace(definition, ref, previous, decoded, user, options);
  }

  /** Server-side apply: what the manager wants merged in, what it no longer wants taken out, and conflicts refused. */
  private apply(definition: ResourceDefinition, ref: ObjectRef, previous: KubeObject | undefined, patch: ApplyPatch, user: string, options: WriteOptions): KubeObject {
    const body = patch.body;
    if (typeof body !== "object" || body === null || Array.isArray(body)) throw badRequest("the body of an apply patch must be an object");
    const configuration = body as Body;
    const subresource = options.subresource ?? "";
    if (!previous && subresource !== "") throw notFound(resourceName(definition), ref.name);
    const unknown = definition.checkShape(configuration).find((problem) => problem.code === "unknown-field");
    if (unknown) throw unknownField(configuration, unknown.path);
    const problem = definition.custom && typeProblem(definition.custom.schema, configuration);
    if (problem !== undefined) throw wronglyTyped(configuration, problem);
    const sent = (configuration["metadata"] as JsonObject | undefined)?.["resourceVersion"];
    if (previous && sent !== undefined && sent !== "" && sent !== previous.metadata.resourceVersion) throw conflict(resourceName(definition), ref.name);
    const named = (configuration["metadata"] as JsonObject | undefined)?.["uid"];
    if (previous && typeof named === "string" && named !== "" && named !== previous.metadata.uid) throw invalid(resourceName(definition), ref.name, [otherUid(named), otherUid(named)]);
    const applied = applyConfiguration(previous, configuration, this.writer(patch.fieldManager, subresource), patch.force === true, definition.subresources.includes("status"), shapeOfDefinition(definition), zeroOfDefinition(definition));
    if (!previous) return this.create({ ...applied.object, metadata: { ...(applied.object["metadata"] as JsonObject), namespace: ref.namespace } }, user, options, applied.managers);
    const { object: wanted } = this.decode(applied.object, user, { ...options, fieldValidation: "Ignore" });
    return this.replace(definition, ref, previous, wanted, user, options, applied.managers);
  }

  private writer(manager: string, subresource: string): Writer {
    return { manager, subresource, time: timestamp(this.clock.now()) };
  }

  /** The object with its account of who owns what. Writes that name no manager leave the account as it is. */
  private accounted(definition: ResourceDefinition, before: KubeObject | undefined, after: KubeObject, options: WriteOptions, applied: readonly Manager[] | undefined, claimed = after): KubeObject {
    const { managedFields, ...metadata } = after.metadata;
    let managers = applied;
    if (!managers) {
      const { fieldManager } = options;
      if (fieldManager === undefined) return after;
      // What a client sends of the account replaces it: an empty one clears it.
      const known = before === undefined ? [] : readManagers(managedFields);
      managers = managersAfterUpdate(before, claimed, known, this.writer(fieldManager, options.subresource ?? ""), definition.subresources.includes("status"), shapeOfDefinition(definition), zeroOfDefinition(definition));
    }
    const written = writeManagers(managers);
    return { ...after, metadata: { ...metadata, ...(written.length > 0 ? { managedFields: written } : {}) } };
  }

  delete(ref: ObjectRef, user: string, options: DeleteOptions = {}): KubeObject {
    const definition = this.definitionOf(ref.kind);
    const previous = this.stored(ref, definition);
    if (!previous) throw notFound(resourceName(definition), ref.name);
    const wanted = options.preconditions;
    if ((wanted?.uid ?? previous.metadata.uid) !== previous.metadata.uid) {
      throw conflict(resourceName(definition), ref.name, `Precondition failed: UID in precondition: ${wanted?.uid}, UID in object meta: ${previous.metadata.uid}`);
    }
    this.admission.admit({ operation: "DELETE", ref, definition, subresource: "", user, previous });
    const gone = deleted(this.store, definition, previous, options, timestamp(this.clock.now()), this.clock.now(), user);
    if (this.store.get(ref) === undefined) this.makeAnew(ref);
    return gone;
  }

  /** What every cluster has is there again at once, and is another: whoever waits for the old one to go sees that it went. */
  private makeAnew(ref: ObjectRef): void {
    const known = builtin(ref, this.store);
    if (known) this.store.put(ref.kind, deepFreeze({ ...known, metadata: { ...known.metadata, uid: uid(this.uids), creationTimestamp: timestamp(this.clock.now()) } }), "system:apiserver");
  }

  /** Deletes a pod if its disruption budget lets it go. @throws {ApiError} 429 when not. */
  evict(key: ObjectKey, user: string, options: EvictionOptions = {}): void {
    evict(this, key, user, this.clock.now(), options);
  }

  /** Stages common to PUT and PATCH, once the wanted object is known. */
  private replace(definition: ResourceDefinition, ref: ObjectRef, previous: KubeObject, wanted: KubeObject, user: string, options: WriteOptions, managers?: readonly Manager[]): KubeObject {
    const subresource = options.subresource ?? "";
    // A binding sets the node and the PodScheduled condition in one write. Upstream: registry/core/pod/storage assignPod.
    const binding = subresource === "binding";
    const strategy = definition.strategies?.[subresource];
    const kept = strategy ? strategy.take(previous, wanted) : binding ? wanted : subresource === "status" ? withStatusOf(previous, wanted) : withoutStatusChange(definition, previous, wanted);
    const meta = carriedMeta(previous.metadata, wanted.metadata, subresource);
    const defaulted = definition.applyDefaults({ ...kept, metadata: meta });
    const prepared = binding || subresource === "status" ? defaulted : definition.prepare(defaulted, previous);
    const admitted = this.admission.mutate({ operation: "UPDATE", ref, definition, subresource, user, object: prepared, previous, ...toldOf(options) });
    if (!binding) this.check(definition, ref.name, [...newFinalizers(previous, admitted), ...(strategy ?? definition).validate(admitted, previous)]);
    this.admission.admit({ operation: "UPDATE", ref, definition, subresource, user, object: admitted, previous, ...toldOf(options) });
    if (subresource === "") tell(options, definition, admitted, previous);
    const generated = binding || subresource === "status" ? admitted : withGeneration(definition, previous, admitted);
    const counted = this.accounted(definition, previous, generated, options, managers);
    if (deepEqual(previous, counted)) return previous;
    if (options.dryRun) return counted;
    return changedTo(this.store, definition, counted, user, this.kinds);
  }

  private decode(body: Body, user: string, options: WriteOptions): { readonly definition: ResourceDefinition; readonly object: KubeObject } {
    const { apiVersion, kind } = body;
    if (typeof kind !== "string" || kind === "") throw badRequest("Object 'Kind' is missing in 'unstructured object'");
    if (typeof apiVersion !== "string" || apiVersion === "") throw badRequest("Object 'apiVersion' is missing in 'unstructured object'");
    const definition = this.definitionOf(kindId(apiVersion, kind));
    // Events are by far the commonest writes, and only our own recorder makes them so.
    const problems = definition.kind === EVENT && isComponent(user) ? [] : definition.checkShape(body);
    const unknown = problems.filter((problem) => problem.code === "unknown-field" || problem.code === "duplicate");
    const wrong = problems.filter((problem) => !unknown.includes(problem));
    if (wrong.length > 0) throw badRequest(`${kind} in version "${partsOfKind(definition.kind).version}" cannot be handled as a ${kind}: ${wrong.map((problem) => problem.detail).join(", ")}`, wrong);
    if (unknown.length > 0 && (options.fieldValidation ?? "Strict") === "Strict") {
      throw badRequest(`${kind} in version "${partsOfKind(definition.kind).version}" cannot be handled as a ${kind}: strict decoding error: ${unknown.map((problem) => problem.detail).join(", ")}`, unknown);
    }
    if (options.fieldValidation === "Warn") for (const problem of unknown) options.warn?.(problem.detail);
    const known = unknown.length === 0 ? body : knownFields(definition.kind, body);
    const sent = (known["metadata"] ?? {}) as unknown as Partial<ObjectMeta>;
    const { namespace: _none, ...clusterWide } = sent;
    const metadata = definition.namespaced || sent.namespace === undefined ? sent : clusterWide;
    return { definition, object: { ...known, apiVersion, kind, metadata: { ...metadata, name: metadata.name ?? "" } } as unknown as KubeObject };
  }

  private freshMeta(definition: ResourceDefinition, given: Partial<ObjectMeta>, name: string): ObjectMeta {
    // Member by member: a copy that leaves some out costs many times as much.
    const fresh: Record<string, unknown> = {};
    for (const key in given) if (!GIVEN_LATER.has(key)) fresh[key] = given[key as keyof ObjectMeta];
    fresh["name"] = name;
    if (definition.namespaced) fresh["namespace"] = given.namespace === undefined || given.namespace === "" ? "default" : given.namespace;
    fresh["uid"] = uid(this.uids);
    fresh["creationTimestamp"] = timestamp(this.clock.now());
    if (definition.custom !== undefined || COUNTED.has(definition.kind)) fresh["generation"] = 1;
    return fresh as unknown as ObjectMeta;
  }

  /** As {@link freshMeta}. In one literal for what controllers commonly send: such an object takes the least room, and there is one of every pod. */
  private alikeMeta(definition: ResourceDefinition, sent: ObjectMeta, name: string): ObjectMeta {
    const { generateName = "", namespace, labels = {}, ownerReferences = [] } = sent;
    if (!hasExactly(sent, COMMON)) return this.freshMeta(definition, sent, name);
    return { generateName, namespace: namespace === undefined || namespace === "" ? "default" : namespace, labels, ownerReferences, name, uid: uid(this.uids), creationTimestamp: timestamp(this.clock.now()), generation: 1, resourceVersion: "" };
  }

  private generateName(definition: ResourceDefinition, meta: ObjectMeta): string {
    const base = meta.generateName ?? "";
    // Upstream's strategy names a LimitRange nobody named after a fresh uid.
    if (base === "" && definition.kind === LIMIT_RANGE) return uid(this.uids);
    // Validation tells of it together with whatever else is wrong.
    if (base === "") return "";
    // One stream per prefix: a new pod elsewhere does not shift the names of these.
    const stream = this.random.fork(`name/${meta.namespace ?? ""}/${base}`);
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const name = base.slice(0, 58) + suffix(stream);
      if (!this.store.get(refIn(definition.kind, { namespace: definition.namespaced ? (meta.namespace ?? "default") : "", name }))) return name;
    }
    throw alreadyExists(resourceName(definition), base);
  }

  private check(definition: ResourceDefinition, name: string, errors: readonly FieldError[]): void {
    if (errors.length > 0) throw invalid(resourceName(definition), name, errors);
  }

  private definitionOf(kind: KindId): ResourceDefinition {
    const definition = this.kinds.find(kind);
    if (definition) return definition;
    const { kind: name, apiVersion } = partsOfKind(kind);
    throw new ApiError({ code: 404, reason: "NotFound", message: `no matches for kind "${name}" in version "${apiVersion}"`, causes: [] });
  }
}

/** What admission is told of how a write is meant. */
function toldOf({ warn, dryRun }: WriteOptions): Pick<AdmissionRequest, "warn" | "dryRun"> {
  return { ...(warn ? { warn } : {}), ...(dryRun ? { dryRun } : {}) };
}

const ALLOCATED = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"];

/** A Service as its author wrote it where storage would have chosen. */
function unallocated(service: KubeObject, written: KubeObject): KubeObject {
  const spec = (object: KubeObject): JsonObject => ((object as unknown as JsonObject)["spec"] ?? {}) as JsonObject;
  const named = spec(written);
  return { ...service, spec: Object.fromEntries(Object.entries(spec(service)).filter(([field]) => !ALLOCATED.includes(field) || named[field] !== undefined)) } as unknown as KubeObject;
}

function unnamed(definition: ResourceDefinition): ApiError {
  return invalid(resourceName(definition), "", [{ code: "required", path: "metadata.name", detail: "name or generateName is required", origin: "meta.name-required" }]);
}

/** Components of the cluster itself, as their clients are named. */
function isComponent(user: string): boolean {
  return user.startsWith("system:") && !user.startsWith("system:serviceaccount:") && !user.startsWith("system:anonymous");
}

function tell({ warn }: WriteOptions, definition: ResourceDefinition, object: KubeObject, previous: KubeObject | undefined): void {
  if (warn) for (const text of warningsOf(definition.kind, object, previous)) warn(text);
}
