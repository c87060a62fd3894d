/** Which resource a path speaks of. Upstream: apiserver/pkg/endpoints/request, RequestInfo. */
import { partsOfKind, resources, type ResourceDefinition } from "@/lib/engine";
import { metricsAliases } from "./metrics";
import { fixedAliases, type Alias } from "./versions";
import { virtualResource, type VirtualResource } from "./virtual";

/** A path under `/api/v1` or `/apis/GROUP/VERSION`, taken apart. `namespace` is `""` where the path names none. */
export interface Target {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly plural: string;
  readonly name: string;
  readonly subresource: string;
  readonly definition: ResourceDefinition | undefined;
  /** A resource that is asked and never stored, such as a SelfSubjectAccessReview. */
  readonly virtual: VirtualResource | undefined;
  /** Present where the kind is not stored under this name. */
  readonly alias: Alias | undefined;
  /** The older way to watch: `/api/v1/watch/…`. */
  readonly watches: boolean;
}

/** Every kind that is served and not stored under its name. */
export const aliases: readonly Alias[] = [...fixedAliases, ...metricsAliases];

const addressOf = (definition: ResourceDefinition): string => `${partsOfKind(definition.kind).apiVersion}/${definition.plural}`;
const aliased: ReadonlyMap<string, Alias> = new Map(aliases.map((alias) => [addressOf(alias.definition), alias]));
/** Everything with a definition, stored or not. */
const definitions: readonly ResourceDefinition[] = [...resources, ...aliases.map(({ definition }) => definition)];

const served: ReadonlyMap<string, ResourceDefinition> = new Map(definitions.map((definition) => [addressOf(definition), definition]));

/** Definitions of a group and version, in the order of the registry. */
export function servedIn(apiVersion: string): readonly ResourceDefinition[] {
  return definitions.filter((definition) => partsOfKind(definition.kind).apiVersion === apiVersion);
}

/** What a path's segments mean; `undefined` when they name no resource. */
export function targetOf(segments: readonly string[]): Target | undefined {
  const core = segments[0] === "api";
  const group = core ? "" : (segments[1] ?? "");
  const version = segments[core ? 1 : 2];
  if (version === undefined) return undefined;
  const all = segments.slice(core ? 2 : 3);
  const watches = all[0] === "watch" && all.length > 1;
  const rest = watches ? all.slice(1) : all;
  if (rest.length === 0) return undefined;
  // /namespaces/NS/PLURAL… is inside a namespace; /namespaces/NS and its own subresources are the namespace itself.
  const inside = rest[0] === "namespaces" && rest.length > 2 && !(rest.length === 3 && (rest[2] === "status" || rest[2] === "finalize"));
  const namespace = inside ? (rest[1] ?? "") : "";
  const [plural = "", name = "", ...sub] = inside ? rest.slice(2) : rest;
  const apiVersion = core ? version : `${group}/${version}`;
  return {
    group,
    version,
    namespace,
    plural,
    name,
    subresource: sub.join("/"),
    definition: served.get(`${apiVersion}/${plural}`),
    virtual: virtualResource(apiVersion, plural),
    alias: aliased.get(`${apiVersion}/${plural}`),
    watches,
  };
}
