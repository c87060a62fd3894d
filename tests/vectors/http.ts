import type { Cluster, JsonObject, KubeObject } from "@/lib/engine";
import { NAMESPACE } from "@/lib/engine/apimachinery/kinds";
import { admissionPlugins } from "@/lib/engine/apiserver/admission/index";
import { ApiServer } from "@/lib/engine/apiserver/pipeline";
import { createClient } from "@/lib/engine/client/client";
import { partsOfKind } from "@/lib/engine/apimachinery/meta";
import { VirtualClock } from "@/lib/engine/sim/clock";
import { createRandom } from "@/lib/engine/sim/random";
import { createState } from "@/lib/engine/sim/state";
import { ObjectStore } from "@/lib/engine/store/store";
import { handle } from "@/lib/rest";
import { establish } from "./api-server";

/** An answer as the recordings have it. */
export interface Answered {
  readonly code: number;
  readonly body: JsonObject;
}

/** An API over the wire with nothing behind it: no controllers, no nodes, no ServiceAccount admission. */
export interface BareApi {
  request(method: string, url: string, body?: unknown, contentType?: string): Answered;
  /** Creates a definition, served from now on. */
  define(crd: JsonObject): void;
  /** `/apis/apps/v1/namespaces/NS/deployments`, for an object's kind. */
  pathOf(apiVersion: string, kind: string, namespace: string): string | undefined;
}

/** A cluster that is an API and nothing else. */
export function bareCluster(namespaces: readonly string[] = ["default"]): Cluster {
  const state = createState();
  const store = new ObjectStore();
  const clock = new VirtualClock();
  const plugins = admissionPlugins.filter(({ name }) => name !== "ServiceAccount");
  const api = new ApiServer(store, clock, createRandom(1, state), plugins, { serviceCIDR: "10.96.0.0/12", nodePortRange: [30000, 32767] });
  for (const name of namespaces) if (!api.get({ kind: NAMESPACE, namespace: "", name })) api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } }, "vectors");
  return {
    as: (user: string) => createClient(api, user),
    get now() {
      return clock.now();
    },
    get revision() {
      return store.revision;
    },
    since: (revision: number) => store.since(revision),
    options: { seed: 1, kubernetesVersion: "v1.36.2" },
  } as unknown as Cluster;
}

/** A fresh {@link BareApi}. */
export function bareApi(namespaces: readonly string[] = ["default"]): BareApi {
  const cluster = bareCluster(namespaces);
  return {
    request(method, url, body, contentType = "application/json") {
      const [path = "/", query = ""] = url.split("?");
      const answer = handle({ method, path, query, headers: { "content-type": contentType, accept: "application/json" }, body: body === undefined ? "" : JSON.stringify(body), user: { name: "vectors", groups: ["system:masters"] } }, cluster);
      if (answer.type !== "body") return { code: 200, body: {} };
      return { code: answer.status, body: answer.body.startsWith("{") ? (JSON.parse(answer.body) as JsonObject) : {} };
    },
    define: (crd) => void establish(cluster.as("system:vectors"), cluster.as("vectors").create(crd)),
    pathOf(apiVersion, kind, namespace) {
      const definition = cluster.as("vectors").served().find((candidate) => candidate.kind === `${apiVersion}/${kind}`);
      if (!definition) return undefined;
      const root = partsOfKind(definition.kind).group === "" ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
      return `${root}/${definition.namespaced ? `namespaces/${namespace}/` : ""}${definition.plural}`;
    },
  };
}

/** Metadata without what differs from run to run. */
export function withoutMeta(object: JsonObject, ...names: readonly string[]): JsonObject {
  const metadata = (object["metadata"] ?? {}) as JsonObject;
  return { ...object, metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => !names.includes(name))) };
}

/** `metadata` of an object. */
export const metaOf = (object: JsonObject): Partial<KubeObject["metadata"]> => (object["metadata"] ?? {}) as Partial<KubeObject["metadata"]>;
