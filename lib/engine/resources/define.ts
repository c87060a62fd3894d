import type { FieldError } from "../apimachinery/api-error";
import type { Json, JsonObject, KindId, KubeObject } from "../apimachinery/meta";
import { partsOfKind } from "../apimachinery/meta";
import type { Instant } from "../sim/clock";

/** A column of `kubectl get`. `wide` ones appear with `-o wide` only. Upstream: pkg/printers/internalversion. */
export interface Column<T extends KubeObject = KubeObject> {
  readonly name: string;
  readonly type?: "string" | "integer" | "number" | "boolean" | "date";
  readonly wide?: boolean;
  readonly format?: string;
  readonly description?: string;
  /** How far from the first the column stands, where that is more than wide or not. */
  readonly priority?: number;
  value(object: T, now: Instant): string;
  /** What the API's table says, where that is not the text or the number it spells. */
  cell?(object: T, now: Instant): Json;
}

/** Where the number of replicas of a custom kind is written, as field names from the object down. */
export interface ScalePaths {
  readonly spec: readonly string[];
  readonly status: readonly string[];
  readonly selector?: readonly string[];
}

/** What is known of a kind that a CustomResourceDefinition brought. */
export interface CustomKind {
  /** Name of the definition. */
  readonly definedBy: string;
  /** Under this kind its objects are kept, whatever version they are asked for in. */
  readonly storedAs: KindId;
  /** Is this version offered to clients? */
  readonly served: boolean;
  /** Its definition is on its way out: nothing new of it comes to be. */
  readonly terminating: boolean;
  readonly schema: JsonObject;
  readonly scale?: ScalePaths;
  /** Fields besides name and namespace that lists can be narrowed by. */
  readonly selectable: readonly string[];
  /** What clients of this version are warned with. */
  readonly warning?: string;
  /** Makes another version of an object, where more than its name changes. @throws {ApiError} */
  convert?(object: KubeObject, apiVersion: string): KubeObject;
  /** @throws {ApiError} when it cannot be converted */
  fromStorage(object: KubeObject): KubeObject;
  /** @throws {ApiError} when it cannot be converted */
  toStorage(object: KubeObject): KubeObject;
}

/** Subresources the API serves for a kind. */
export type Subresource = "status" | "scale" | "eviction" | "binding" | "log" | "exec" | "attach" | "portforward" | "ephemeralcontainers" | "resize" | "approval";

/** What a subresource lets a client change, where that is a part of the object with rules of its own. */
export interface SubresourceStrategy {
  /** The stored object with the part of the wanted one this subresource is for. */
  take(previous: KubeObject, wanted: KubeObject): KubeObject;
  /** The rules of that part; they stand in for the kind's own. */
  validate(object: KubeObject, previous: KubeObject): readonly FieldError[];
}

/**
 * Everything the API server knows about one kind, in one value.
 *
 * Each kind is a folder under `lib/engine/resources/<group>/<kind>/` whose `index.ts`
 * exports one of these. All functions are pure: no clock, no client, no other objects.
 * A rule that needs to see other objects is an admission plugin, not a validation.
 */
export interface ResourceDefinition<T extends KubeObject = KubeObject> {
  readonly kind: KindId;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly subresources: readonly Subresource[];
  readonly strategies?: Readonly<Record<string, SubresourceStrategy>>;
  /** Fills what the author left out. Runs before admission; must be idempotent. */
  applyDefaults(object: T): T;
  /** Drops or restores the fields a client may not set. `previous` is absent on create. */
  prepare(object: T, previous: T | undefined): T;
  /** Structural rules: unknown fields and wrong types. Empty when the shape is right. Runs first, before defaults. */
  checkShape(object: JsonObject): readonly FieldError[];
  /** Rules the schema cannot say. Returns all errors at once: a student fixes them in one go. */
  validate(object: T, previous: T | undefined): readonly FieldError[];
  /** Columns of `kubectl get` after NAME and before nothing: AGE is one of them where upstream has it. */
  readonly columns: readonly Column<T>[];
  /** What NAME shows when it is not the bare name (`standard (default)`); `false` where the table has no such column (events). */
  readonly nameCell?: false | ((object: T) => string);
  /** The order of rows in a table of several; by namespace and name unless said. */
  rowOrder?(a: T, b: T): number;
  /** What can be done with its objects, where that is not everything. */
  readonly verbs?: readonly string[];
  /** All its objects, where they are made up and not stored: nobody writes them. */
  readonly computed?: readonly KubeObject[];
  /** What an object becomes the moment its deletion is asked for. */
  deleting?(object: T, stamp: string): T;
  /** Present on kinds that were defined at run time. */
  readonly custom?: CustomKind;
}

/** What a definition must say; the rest has upstream's commonest answer. */
export type ResourceDeclaration<T extends KubeObject> = Pick<ResourceDefinition<T>, "kind" | "plural"> & Partial<ResourceDefinition<T>>;

/** Completes a declaration. The result is typed for any object, as the registry holds them side by side. */
export function defineResource<T extends KubeObject>(declaration: ResourceDeclaration<T>): ResourceDefinition {
  const complete: ResourceDefinition<T> = {
    singular: partsOfKind(declaration.kind).kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    subresources: [],
    applyDefaults: (object) => object,
    prepare: (object) => object,
    checkShape: () => [],
    validate: () => [],
    columns: [],
    ...declaration,
  };
  return complete as unknown as ResourceDefinition;
}
