import type { FieldError } from "../apimachinery/api-error";
import type { JsonObject, KindId, KubeObject } from "../apimachinery/meta";
import { partsOfKind } from "../apimachinery/meta";
import type { Instant } from "../sim/clock";

/** A column of `kubectl get`. `wide` ones appear with `-o wide` only. Upstream: pkg/printers/internalversion. */
export interface Column<T extends KubeObject = KubeObject> {
  readonly name: string;
  readonly type?: "string" | "integer";
  readonly wide?: boolean;
  value(object: T, now: Instant): string;
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
