import { dns1123LabelErrors } from "@/lib/engine/apimachinery/names";
import { kindOf, type JsonObject, type KindId, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { CUSTOM_RESOURCE_DEFINITION, NAMESPACE } from "@/lib/engine/apimachinery/kinds";
import { admissionPlugins } from "@/lib/engine/apiserver/admission/index";
import { createClient, type Client } from "@/lib/engine/client/client";
import { ApiServer } from "@/lib/engine/apiserver/pipeline";
import { establishedStatus } from "@/lib/engine/controllers/customresourcedefinition/status";
import type { CustomResourceDefinition } from "@/lib/engine/resources/apiextensions/customresourcedefinition/index";
import type { ResourceDefinition } from "@/lib/engine/resources/define";
import { VirtualClock } from "@/lib/engine/sim/clock";
import { createRandom } from "@/lib/engine/sim/random";
import { createState } from "@/lib/engine/sim/state";
import { ObjectStore } from "@/lib/engine/store/store";

/** An API server with nothing behind it: no controllers, no nodes, and no ServiceAccount admission, as the recordings were made. */
export interface BareServer {
  /** What a creation would store. Nothing is kept. @throws {ApiError} the refusal */
  create(object: JsonObject, namespace?: string, strict?: boolean): JsonObject;
  /** What an update of `before` would store. Nothing is kept. @throws {ApiError} the refusal */
  update(object: JsonObject, before: KubeObject, strict?: boolean): JsonObject;
  /** Creates and keeps: what a case needs to be there. @throws {ApiError} the refusal */
  keep(object: JsonObject, namespace?: string): JsonObject;
  /** What the server knows of a kind. */
  definition(kind: KindId): ResourceDefinition | undefined;
  /** What is stored, for those who look for themselves. */
  readonly store: ObjectStore;
}

/** What the controller of definitions would do now: no controller runs behind a bare server. */
export function establish(client: Client, object: KubeObject): void {
  const crd = client.get<CustomResourceDefinition>(CUSTOM_RESOURCE_DEFINITION, { namespace: "", name: object.metadata.name });
  const others = client.list<CustomResourceDefinition>(CUSTOM_RESOURCE_DEFINITION);
  if (crd) client.updateStatus({ ...crd, status: establishedStatus(crd, others, "1970-01-01T00:00:00Z") });
}

/** A fresh {@link BareServer}; with `accounts` its ServiceAccount admission is on. */
export function bareServer({ accounts = false }: { readonly accounts?: boolean } = {}): BareServer {
  const state = createState();
  const store = new ObjectStore();
  const plugins = admissionPlugins.filter(({ name }) => accounts || name !== "ServiceAccount");
  const api = new ApiServer(store, new VirtualClock(), createRandom(1, state), plugins, { serviceCIDR: "10.96.0.0/16", nodePortRange: [30000, 32767] });
  const ensureNamespace = (name: string): void => {
    // What cannot be the name of a namespace is the name of none.
    if (dns1123LabelErrors(name).length > 0) return;
    if (api.get({ kind: NAMESPACE, namespace: "", name }) === undefined) api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } }, "vectors");
  };
  const validation = (strict: boolean): "Strict" | "Ignore" => (strict ? "Strict" : "Ignore");
  const create = (object: JsonObject, namespace: string, strict: boolean, dryRun: boolean): JsonObject => {
    if (typeof (object["metadata"] ?? {}) !== "object" || Array.isArray(object["metadata"])) return api.create(object, "vectors", { dryRun: true }) as unknown as JsonObject;
    const metadata = { ...((object["metadata"] ?? {}) as JsonObject) };
    const namespaced = api.kinds.find(kindOf(object as unknown as KubeObject))?.namespaced === true;
    const { namespace: named, ...rest } = metadata;
    const where = typeof named === "string" && named !== "" ? named : namespace;
    if (namespaced && where !== "nowhere") ensureNamespace(where);
    const body = { ...object, metadata: namespaced ? { ...rest, namespace: where } : rest } as JsonObject;
    return api.create(body, "vectors", { dryRun, fieldValidation: validation(strict) }) as unknown as JsonObject;
  };
  return {
    store,
    create: (object, namespace = "default", strict = false) => create(object, namespace, strict, true),
    keep: (object, namespace = "default") => {
      const kept = create(object, namespace, false, false);
      if (kept["kind"] === "CustomResourceDefinition") establish(createClient(api, "system:vectors"), kept as unknown as KubeObject);
      return kept;
    },
    definition: (kind) => api.kinds.find(kind),
    update(object, before, strict = false) {
      ensureNamespace(before.metadata.namespace ?? "default");
      const kept = store.put(kindOf(before), before, "vectors");
      try {
        const metadata = { ...(object["metadata"] as JsonObject), ...(before.metadata.namespace === undefined ? {} : { namespace: before.metadata.namespace }), uid: kept.metadata.uid, resourceVersion: "" };
        return api.update({ ...object, metadata } as JsonObject, "vectors", { dryRun: true, fieldValidation: validation(strict) }) as unknown as JsonObject;
      } finally {
        store.remove({ kind: kindOf(before), namespace: before.metadata.namespace ?? "", name: before.metadata.name }, "vectors");
      }
    },
  };
}
