import { partsOfKind, resources, type JsonObject, type KindId, type KubeObject, type ObjectRef, type ResourceDefinition } from "@/lib/engine";
import { fail } from "./failure";

/** A kind as kubectl speaks of it. */
export interface ResourceType {
  readonly definition: ResourceDefinition;
  readonly kind: KindId;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** `deployments.apps`, `pods`. */
  readonly qualified: string;
  /** `deployment.apps`, `pod`: what stands before `/name`. */
  readonly singular: string;
}

/** Every kind the server serves. */
export function resourceTypes(): readonly ResourceType[] {
  return resources.map(typeOf);
}

function typeOf(definition: ResourceDefinition): ResourceType {
  const { group, version } = partsOfKind(definition.kind);
  const dotted = group === "" ? "" : `.${group}`;
  return {
    definition,
    kind: definition.kind,
    group,
    version,
    plural: definition.plural,
    namespaced: definition.namespaced,
    qualified: definition.plural + dotted,
    singular: definition.singular + dotted,
  };
}

/** The kind of that KindId, if the server serves it. */
export function typeOfKind(kind: KindId): ResourceType | undefined {
  const definition = resources.find((candidate) => candidate.kind === kind);
  return definition === undefined ? undefined : typeOf(definition);
}

/** The kind an argument means: plural, singular, short name, or any of them with `.group` or `.version.group`. */
export function findType(word: string): ResourceType | undefined {
  const wanted = word.toLowerCase();
  const dot = wanted.indexOf(".");
  const name = dot < 0 ? wanted : wanted.slice(0, dot);
  const rest = dot < 0 ? "" : wanted.slice(dot + 1);
  const groupFits = (type: ResourceType): boolean => rest === "" || type.group === rest || `${type.version}.${type.group}` === rest || (type.group === "" && rest === type.version);
  const types = resourceTypes().filter(groupFits);
  return types.find((type) => type.plural === name || type.definition.singular === name) ?? types.find((type) => type.definition.shortNames.includes(name));
}

/** The kind an argument means. @throws {Failure} when the server has none. */
export function typeNamed(word: string): ResourceType {
  return findType(word) ?? fail(`the server doesn't have a resource type "${word}"`);
}

/** Kinds of a category such as `all`. */
export function typesOfCategory(category: string): readonly ResourceType[] {
  return resourceTypes().filter((type) => type.definition.categories.includes(category));
}

/** `deployment.apps/web`. */
export function slashName(type: ResourceType, name: string): string {
  return `${type.singular}/${name}`;
}

/** An object of a kind. */
export interface Info {
  readonly type: ResourceType;
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  /** The file it came from, if any. */
  readonly source?: string;
}

/** A document of a manifest, once its kind is known. */
export interface Wanted {
  readonly type: ResourceType;
  readonly ref: ObjectRef;
  readonly body: JsonObject;
  readonly source: string;
}

/** `apps/v1, Resource=deployments`, as messages name a kind. */
export function resourceText(type: ResourceType): string {
  return `${type.group}/${type.version}, Resource=${type.plural}`;
}

/** `apps/v1, Kind=Deployment`. */
export function kindText(type: ResourceType): string {
  return `${type.group}/${type.version}, Kind=${partsOfKind(type.kind).kind}`;
}
