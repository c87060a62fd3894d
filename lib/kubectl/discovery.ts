import { hasStrategicMerge, partsOfKind, type Client, type JsonObject, type KindId, type KubeObject, type ObjectRef, type ResourceDefinition } from "@/lib/engine";
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

/** Whoever can say what a server serves. */
export type Server = Pick<Client, "served">;

/** Every kind the server serves, each version of it. */
export function resourceTypes(server: Server): readonly ResourceType[] {
  const served = server.served();
  const known = read.get(served);
  if (known) return known;
  const types = served.map(typeOf);
  read.set(served, types);
  return types;
}

/** What servers said they serve, already read. */
const read = new WeakMap<readonly ResourceDefinition[], readonly ResourceType[]>();

/** `v2` before `v1`, `v1` before `v1beta1`. Upstream: apimachinery/pkg/version. */
export function versionRank(version: string): number {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return 1_000_000;
  const stage = match[2] === undefined ? 0 : match[2] === "beta" ? 100_000 : 200_000;
  return stage - Number(match[1]) * 100 - Number(match[3] ?? "0");
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
export function typeOfKind(server: Server, kind: KindId): ResourceType | undefined {
  return resourceTypes(server).find((type) => type.kind === kind);
}

/** The kind an argument means: plural, singular, short name, or any of them with `.group` or `.version.group`. */
export function findType(server: Server, word: string): ResourceType | undefined {
  const wanted = word.toLowerCase();
  const dot = wanted.indexOf(".");
  const name = dot < 0 ? wanted : wanted.slice(0, dot);
  const rest = dot < 0 ? "" : wanted.slice(dot + 1);
  const groupFits = (type: ResourceType): boolean => rest === "" || type.group === rest || `${type.version}.${type.group}` === rest || (type.group === "" && rest === type.version);
  const types = resourceTypes(server)
    .filter(groupFits)
    .sort((a, b) => (a.group === b.group && a.plural === b.plural ? versionRank(a.version) - versionRank(b.version) : 0));
  return types.find((type) => type.plural === name || type.definition.singular === name) ?? types.find((type) => type.definition.shortNames.includes(name));
}

/** The kind an argument means. @throws {Failure} when the server has none. */
export function typeNamed(server: Server, word: string): ResourceType {
  return findType(server, word) ?? fail(`the server doesn't have a resource type "${word.split(".")[0] ?? ""}"`);
}

/** Kinds of a category such as `all`. */
export function typesOfCategory(server: Server, category: string): readonly ResourceType[] {
  return resourceTypes(server).filter((type) => type.definition.categories.includes(category) && isPreferred(server, type));
}

/** Is this the version of its kind that is meant when none is named? */
export function isPreferred(server: Server, type: ResourceType): boolean {
  return resourceTypes(server).every((other) => other.group !== type.group || other.plural !== type.plural || versionRank(other.version) >= versionRank(type.version));
}

/** Can objects of this kind be patched strategically? Kinds defined at run time cannot. */
export function isStrategic({ definition, kind }: ResourceType): boolean {
  return !definition.custom && hasStrategicMerge(kind);
}

/** `deployment.apps/web`. */
export function slashName(type: Pick<ResourceType, "singular">, name: string): string {
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
  /** The file names no namespace: it is the current one. */
  readonly placed?: true;
}

/** `apps/v1, Resource=deployments`, as messages name a kind. */
export function resourceText(type: ResourceType): string {
  return `${type.group}/${type.version}, Resource=${type.plural}`;
}

/** `apps/v1, Kind=Deployment`. */
export function kindText(type: ResourceType): string {
  return `${type.group}/${type.version}, Kind=${partsOfKind(type.kind).kind}`;
}
