/** Kinds served in another version than the stored one, and kinds that are made up of the cluster when asked for. Upstream: the conversions of pkg/apis. */
import { otherVersions, type Client, type Cluster, type KindId, type KubeObject, type OtherVersion, type ResourceDefinition } from "@/lib/engine";
import { notAllowed } from "./status";

/** `hidden`: it is answered, and discovery does not tell of it. */
export type Presence = "absent" | "hidden" | "present";

/** A kind that is served and not stored under that name. */
export interface Alias {
  readonly definition: ResourceDefinition;
  /** Is it served on this cluster? Always unless said. */
  present?(cluster: Cluster): Presence;
  /** The cluster as somebody sees it who knows only this version. */
  view(cluster: Cluster): Cluster;
}

function converted(version: OtherVersion): Alias {
  const { definition, storage, shown } = version;
  return {
    definition,
    view: (cluster) =>
      Object.create(cluster, {
        as: { value: (user: string) => version.through(cluster.as(user)) },
        since: {
          value: (revision: number) =>
            cluster.since(revision).map((event) =>
              event.kind === storage ? { ...event, kind: definition.kind, object: shown(event.object), ...(event.previous ? { previous: shown(event.previous) } : {}) } : event,
            ),
        },
      }) as Cluster,
  };
}

/** A kind that nobody writes: its objects are made up when they are asked for. */
export function readOnly(definition: ResourceDefinition, objectsOf: (cluster: Cluster) => readonly KubeObject[]): Alias {
  const refuse = (): never => {
    throw notAllowed();
  };
  const client = (inner: Client, cluster: Cluster): Client => ({
    ...inner,
    get: <T extends KubeObject>(_kind: KindId, key: { readonly namespace: string; readonly name: string }) =>
      objectsOf(cluster).find(({ metadata }) => metadata.name === key.name && (metadata.namespace ?? "") === (definition.namespaced ? key.namespace : "")) as T | undefined,
    list: <T extends KubeObject>(_kind: KindId, { namespace = "" }: { readonly namespace?: string } = {}) => objectsOf(cluster).filter(({ metadata }) => namespace === "" || metadata.namespace === namespace) as unknown as readonly T[],
    create: refuse,
    update: refuse,
    patch: refuse,
    delete: refuse,
  });
  return {
    definition: { ...definition, verbs: ["get", "list"] },
    view: (cluster) => Object.create(cluster, { as: { value: (user: string) => client(cluster.as(user), cluster) }, since: { value: () => [] } }) as Cluster,
  };
}

/** Those every cluster has. */
export const fixedAliases: readonly Alias[] = otherVersions.map(converted);
