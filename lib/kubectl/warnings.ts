import { COMPONENT_STATUS, type Client, type KindId, type WriteOptions } from "@/lib/engine";

/** What the server says of kinds it would rather not be asked for. */
const RETIRING: Readonly<Record<string, string>> = {
  "v1/Endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  [COMPONENT_STATUS]: "v1 ComponentStatus is deprecated in v1.19+",
};

/** A client that writes under a manager's name and whose warnings are printed, each once: those of the server's about a write, and those about versions of the past. */
export function warningClient(client: Client, fieldManager: string, print: (text: string) => void): Client {
  const said = new Set<string>();
  const warn = (text: string): void => {
    if (said.has(text)) return;
    said.add(text);
    print(text);
  };
  const told = (options: WriteOptions | undefined): WriteOptions => ({ warn, fieldManager, ...options });
  const about = (kind: KindId): void => {
    const notice = client.definition(kind)?.custom?.warning ?? RETIRING[kind];
    if (notice !== undefined) warn(notice);
  };
  return {
    ...client,
    get(kind, key) {
      about(kind);
      return client.get(kind, key);
    },
    list(kind, options) {
      about(kind);
      return client.list(kind, options);
    },
    create: (object, options) => client.create(object, told(options)),
    update: (object, options) => client.update(object, told(options)),
    patch(ref, patch, options) {
      about(ref.kind);
      return client.patch(ref, patch, told(options));
    },
  };
}
