import { describe, expect, it } from "vitest";
import { ApiError } from "../../apimachinery/api-error";
import { CUSTOM_RESOURCE_DEFINITION, DEPLOYMENT, HORIZONTAL_POD_AUTOSCALER } from "../../apimachinery/kinds";
import { kindId, type Json, type JsonObject, type KubeObject } from "../../apimachinery/meta";
import { createCluster, restoreCluster, type Cluster } from "../../cluster";
import { defineProgram, type Image, type ImageCatalog } from "../../machine/behaviour";
import { millis } from "../../sim/clock";
import { deployment, machines } from "../../testing/builders";

interface Review {
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly (JsonObject & { readonly spec: { readonly hostPort?: string; readonly host?: string; readonly port?: string } })[] };
}

/** v1 has `hostPort`, v2 has `host` and `port`; it counts what it is asked, and cannot tell of a boat called "lost". */
const converter = defineProgram<number>({
  start: () => ({ state: 0, listen: [8443] }),
  onRequest(state, { body }) {
    const { uid, desiredAPIVersion, objects } = (JSON.parse(body) as Review).request;
    const made = objects.map((object): JsonObject => {
      const { hostPort = "", host = "", port = "" } = object.spec;
      const [first = "", second = ""] = hostPort.split(":");
      const metadata = { ...(object["metadata"] as JsonObject), labels: { asked: String(state) } };
      return { ...object, apiVersion: desiredAPIVersion, metadata, spec: desiredAPIVersion.endsWith("v2") ? { host: first, port: second } : { hostPort: `${host}:${port}` } };
    });
    const lost = objects.some(({ spec }) => spec.host === "lost" || spec.hostPort?.startsWith("lost"));
    const response = lost ? { uid, convertedObjects: [], result: { status: "Failed", message: "nowhere to be found" } } : { uid, convertedObjects: made, result: { status: "Success" } };
    return { state: state + 1, response: { status: 200, body: JSON.stringify({ apiVersion: "apiextensions.k8s.io/v1", kind: "ConversionReview", response } as unknown as Json) } };
  },
});

const images: ImageCatalog = {
  pull(reference) {
    const image: Image = { reference, digest: "sha256:0", entrypoint: ["converter"], cmd: [], env: {}, workingDir: "/", user: 0, ports: [8443], files: {}, programs: { converter }, sizeBytes: 1, pullTime: millis(10) };
    return { image };
  },
};

const text = { type: "string" };
const version = (name: string, storage: boolean, properties: JsonObject): JsonObject => ({ name, served: true, storage, subresources: { scale: { specReplicasPath: ".spec.crew", statusReplicasPath: ".status.crew" } }, schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties } } } } });
const DEFINITION: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "boats.sea.example" },
  spec: {
    group: "sea.example",
    scope: "Namespaced",
    names: { plural: "boats", kind: "Boat" },
    versions: [version("v1", true, { hostPort: text }), version("v2", false, { host: text, port: text })],
    conversion: { strategy: "Webhook", webhook: { conversionReviewVersions: ["v1"], clientConfig: { service: { name: "converter", namespace: "default", path: "/convert" } } } },
  },
};
const [V1, V2] = [kindId("sea.example/v1", "Boat"), kindId("sea.example/v2", "Boat")];
const key = { namespace: "default", name: "tea" };

const admin = (cluster: Cluster): ReturnType<Cluster["as"]> => cluster.as("kubernetes-admin");
const boat = (apiVersion: string, spec: JsonObject, name = "tea"): JsonObject => ({ apiVersion: `sea.example/${apiVersion}`, kind: "Boat", metadata: { name, namespace: "default" }, spec });
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return `${error.status.code} ${error.status.unnamed === true ? "" : error.status.reason} ${error.status.message}`;
    throw error;
  }
  return "accepted";
};

function start(): Cluster {
  const cluster = createCluster({ seed: 1, kubernetesVersion: "1.36.2", nodes: machines(1), images });
  admin(cluster).create(DEFINITION);
  cluster.advance(millis(5000));
  return cluster;
}

function withConverter(cluster = start()): Cluster {
  admin(cluster).create(deployment("converter", 1));
  admin(cluster).create({ apiVersion: "v1", kind: "Service", metadata: { name: "converter" }, spec: { selector: { app: "converter" }, ports: [{ port: 443, targetPort: 8443 }] } });
  cluster.advance(millis(15_000));
  return cluster;
}

describe("versions with a conversion webhook", () => {
  it("are made of one another by whoever is behind its service", () => {
    const cluster = withConverter();
    admin(cluster).create(boat("v1", { hostPort: "sea:80" }));
    expect(admin(cluster).get(V2, key)).toMatchObject({ apiVersion: "sea.example/v2", spec: { host: "sea", port: "80" } });
    expect(admin(cluster).list(V2)).toHaveLength(1);
    expect(admin(cluster).patch({ kind: V2, ...key }, { type: "merge", body: { spec: { port: "443" } } })).toMatchObject({ spec: { host: "sea", port: "443" } });
    expect(admin(cluster).get(V1, key)).toMatchObject({ apiVersion: "sea.example/v1", spec: { hostPort: "sea:443" } });
    expect(admin(cluster).create(boat("v2", { host: "cork", port: "1" }, "tin"))).toMatchObject({ apiVersion: "sea.example/v2", spec: { host: "cork", port: "1" } });
  });

  it("need it only where they differ", () => {
    const cluster = start();
    admin(cluster).create(boat("v1", { hostPort: "sea:80" }));
    expect(admin(cluster).get(V1, key)).toMatchObject({ spec: { hostPort: "sea:80" } });
    const why = 'conversion webhook for sea.example/v1, Kind=Boat failed: Post "https://converter.default.svc:443/convert?timeout=30s": service "converter" not found';
    expect(refusal(() => admin(cluster).get(V2, key))).toBe(`500  ${why}`);
    expect(refusal(() => admin(cluster).list(V2))).toBe(`500  ${why}`);
    expect(refusal(() => admin(cluster).create(boat("v2", { host: "a", port: "1" }, "other")))).toContain("conversion webhook for sea.example/v2, Kind=Boat failed: Post");
    admin(cluster).create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cargo", namespace: "default", ownerReferences: [{ apiVersion: "sea.example/v2", kind: "Boat", name: "tea", uid: admin(cluster).get<KubeObject>(V1, key)?.metadata.uid ?? "" }] } });
    admin(cluster).create({ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "tea", namespace: "default" }, spec: { scaleTargetRef: { apiVersion: "sea.example/v2", kind: "Boat", name: "tea" }, maxReplicas: 3 } });
    cluster.advance(millis(30_000));
    expect(JSON.stringify(admin(cluster).get(HORIZONTAL_POD_AUTOSCALER, key))).toContain("conversion webhook for sea.example/v1, Kind=Boat failed");
    admin(cluster).delete({ kind: V1, ...key });
    cluster.advance(millis(30_000));
    expect(admin(cluster).get(kindId("v1", "ConfigMap"), { namespace: "default", name: "cargo" })).toBeUndefined();
  });

  it("cannot be had where the webhook says no", () => {
    const cluster = withConverter();
    admin(cluster).create(boat("v1", { hostPort: "lost:1" }));
    expect(refusal(() => admin(cluster).get(V2, key))).toBe("500  conversion webhook for sea.example/v1, Kind=Boat failed: nowhere to be found");
  });

  it("are read without a trace", () => {
    const cluster = withConverter();
    admin(cluster).create(boat("v1", { hostPort: "sea:80" }));
    const before = JSON.stringify(cluster.snapshot());
    const shown = JSON.stringify(admin(cluster).get(V2, key));
    for (let i = 0; i < 3; i += 1) expect(JSON.stringify(admin(cluster).get(V2, key))).toBe(shown);
    expect(JSON.stringify(cluster.snapshot())).toBe(before);
    const copy = restoreCluster(cluster.snapshot(), images);
    expect(JSON.stringify(admin(copy).get(V2, key))).toBe(shown);
    admin(copy).delete({ kind: DEPLOYMENT, namespace: "default", name: "converter" });
    copy.advance(millis(60_000));
    expect(refusal(() => admin(copy).get(V2, key))).toContain('no endpoints available for service "converter"');
    expect(JSON.stringify(admin(cluster).get(V2, key))).toBe(shown);
  });

  it("move to the next version by it when the oldest is given up", () => {
    const cluster = withConverter();
    admin(cluster).create(boat("v1", { hostPort: "sea:80" }));
    const crd = { kind: CUSTOM_RESOURCE_DEFINITION, namespace: "", name: "boats.sea.example" };
    admin(cluster).patch(crd, { type: "json", ops: [{ op: "replace", path: "/spec/versions/0/storage", value: false }, { op: "replace", path: "/spec/versions/1/storage", value: true }] });
    admin(cluster).patch(crd, { type: "merge", body: { status: { storedVersions: ["v2"] } } }, { subresource: "status" });
    admin(cluster).delete({ kind: DEPLOYMENT, namespace: "default", name: "converter" });
    cluster.advance(millis(60_000));
    expect(admin(cluster).get(V2, key)).toMatchObject({ spec: { host: "sea", port: "80" } });
    expect(refusal(() => admin(cluster).get(V1, key))).toContain("conversion webhook for sea.example/v2, Kind=Boat failed");
  });
});
