import { ApiError, COMPONENT_STATUS, componentStatusDefinition, componentStatuses, type Client, type KindId, type KubeObject, type ListOptions, type ResourceDefinition } from "@/lib/engine";

/** What is served, with the kind that is kept nowhere. A memory of answers: it changes none. */
const served = new WeakMap<readonly ResourceDefinition[], readonly ResourceDefinition[]>();

function refused(): never {
  throw new ApiError({ code: 405, reason: "MethodNotAllowed", message: "the server does not allow this method on the requested resource", causes: [], details: {} });
}

/** A client that also answers for the server's own components, which can only be read. */
export function withComponentStatuses(client: Client): Client {
  const asked = (kind: KindId): boolean => kind === COMPONENT_STATUS;
  const isOne = (object: unknown): boolean => (object as { readonly kind?: unknown }).kind === "ComponentStatus";
  return {
    ...client,
    definition: (kind) => (asked(kind) ? componentStatusDefinition : client.definition(kind)),
    served() {
      const kinds = client.served();
      const known = served.get(kinds) ?? [...kinds, componentStatusDefinition];
      served.set(kinds, known);
      return known;
    },
    get: <T extends KubeObject>(kind: KindId, key: { readonly namespace: string; readonly name: string }) => (asked(kind) ? (componentStatuses.find(({ metadata }) => metadata.name === key.name) as T | undefined) : client.get<T>(kind, key)),
    list: <T extends KubeObject>(kind: KindId, options: ListOptions = {}) => (asked(kind) ? ((options.labelSelector ? [] : componentStatuses) as unknown as readonly T[]) : client.list<T>(kind, options)),
    create: (object, options) => (isOne(object) ? refused() : client.create(object, options)),
    update: (object, options) => (isOne(object) ? refused() : client.update(object, options)),
    patch: (ref, patch, options) => (asked(ref.kind) ? refused() : client.patch(ref, patch, options)),
    delete: (ref, options) => (asked(ref.kind) ? refused() : client.delete(ref, options)),
  };
}
