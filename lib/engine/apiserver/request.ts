import type { Json, JsonObject, KindId, KubeObject, ObjectRef } from "../apimachinery/meta";
import type { ResourceDefinition } from "../resources/define";
import type { Instant } from "../sim/clock";
import type { Random } from "../sim/random";
import type { ObjectStore } from "../store/store";

/** A change to an object, in the four languages the API understands. */
export type Patch =
  | { readonly type: "json"; readonly ops: readonly Json[] }
  | { readonly type: "merge" | "strategic"; readonly body: Json }
  | { readonly type: "apply"; readonly body: Json; readonly fieldManager: string; readonly force?: boolean };

/** How a deletion treats what the object owns. */
export type Propagation = "Foreground" | "Background" | "Orphan";

/** Options of a deletion. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagation?: Propagation;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** Options of an eviction. */
export interface EvictionOptions extends DeleteOptions {
  readonly dryRun?: boolean;
}

/** Options of a write. */
export interface WriteOptions {
  readonly subresource?: "status" | "scale" | "binding" | "approval" | "ephemeralcontainers" | "resize";
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  /** How unknown and duplicate fields are treated; `Strict` unless said. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
  /** Told what the caller should know although the write goes through. */
  readonly warn?: (text: string) => void;
}

/** What an admission plugin is shown. `object` is absent on deletion, `previous` on creation. */
export interface AdmissionRequest {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly ref: ObjectRef;
  readonly definition: ResourceDefinition;
  readonly subresource: string;
  readonly user: string;
  readonly object?: KubeObject;
  readonly previous?: KubeObject;
  /** Nothing will be kept. */
  readonly dryRun?: boolean;
  /** Tells the caller something although the request goes through. */
  readonly warn?: (text: string) => void;
}

/** What a plugin may look at besides the request. */
export interface AdmissionContext {
  readonly store: ObjectStore;
  /** The definition of a kind, built-in or brought by a CustomResourceDefinition. */
  definitionOf(kind: KindId): ResourceDefinition | undefined;
  readonly now: Instant;
  readonly random: Random;
  /** Settings of this cluster's API server, such as its Service range. */
  readonly settings: ApiServerSettings;
}

/**
 * A veto or an alteration that needs to see other objects. Upstream: plugin/pkg/admission, and
 * the parts of REST storage that allocate.
 */
export interface AdmissionPlugin {
  readonly name: string;
  /** The only kinds it alters; all when absent. */
  readonly alters?: ReadonlySet<KindId>;
  /** Does it alter nothing but what is created? */
  readonly onlyNew?: true;
  /** The only kinds it may refuse; all when absent. */
  readonly judges?: ReadonlySet<KindId>;
  /** What it alters the other plugins look at once more. Upstream: reinvocation of in-tree plugins. */
  readonly reinvokes?: boolean;
  /** Returns the object to go on with. Must be idempotent. */
  mutate?(request: AdmissionRequest, context: AdmissionContext): KubeObject | undefined;
  /** @throws {ApiError} to refuse. */
  validate?(request: AdmissionRequest, context: AdmissionContext): void;
}

/** A question to a webhook: what is sent, and to whom. */
export interface WebhookCall {
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number };
  readonly path: string;
  readonly body: string;
  /** Only the answer counts: whoever gives it is afterwards as it was. */
  readonly quiet?: true;
}

/** What a webhook answered, or why nobody did, in Go's words. */
export type WebhookAnswer = { readonly status: number; readonly body: string } | { readonly error: string };

/** Flags of the API server that lessons change. */
export interface ApiServerSettings {
  /** The Service range, as `--service-cluster-ip-range`. */
  readonly serviceCIDR: string;
  /** First and last node port, as `--service-node-port-range`. */
  readonly nodePortRange: readonly [number, number];
  /** How much the cluster takes; without bounds unless said. */
  readonly limits?: { readonly pods: number; readonly objects: number };
  /** Reaches the processes behind a Service; without it no webhook ever answers. */
  readonly callWebhook?: (call: WebhookCall) => WebhookAnswer;
}

/** A reference without its name, for lists. */
export interface ListRequest {
  readonly kind: KindId;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** A body as it arrives: JSON that claims to be an object. */
export type Body = JsonObject;
