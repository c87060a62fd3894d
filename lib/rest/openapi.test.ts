import { describe, expect, it } from "vitest";
import { createCluster, type Cluster, type JsonObject } from "@/lib/engine";
import { handle, openApiV2Answer, type RestAnswer } from "./index";
import { rawFields } from "./protobuf/reader";

const cluster = (): Cluster => createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: { pull: () => ({ error: { code: "image.not-found", params: {}, about: [] }, message: "" }) as never } });

function ask(to: Cluster, path: string, accept = "application/json", more: Readonly<Record<string, string>> = {}): Extract<RestAnswer, { type: "body" }> {
  const answer = handle({ method: "GET", path, query: "", headers: { accept, ...more }, body: "", user: { name: "ana", groups: ["system:masters"] } }, to, openApiV2Answer);
  if (answer.type !== "body") throw new Error(answer.type);
  return answer;
}

const PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
const bytesOf = (text: string): Uint8Array => Uint8Array.from([...text].flatMap((char) => (/[\udc80-\udcff]/.test(char) ? [char.charCodeAt(0) - 0xdc00] : [...Buffer.from(char)])));
const utf8 = (value: number | Uint8Array | undefined): string => Buffer.from(value as Uint8Array).toString("utf8");

/** The value of a map's entry, in a message whose entries are field 1 or 2. */
function entry(map: number | Uint8Array | undefined, name: string): Uint8Array {
  const found = rawFields(map as Uint8Array).map(({ value }) => rawFields(value as Uint8Array)).find(([first]) => utf8(first?.value) === name);
  return found?.[1]?.value as Uint8Array;
}

const custom = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "backups.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "backups", kind: "Backup" },
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: { size: { anyOf: [{ type: "integer" }, { type: "string" }], "x-kubernetes-int-or-string": true }, note: { type: "string", maxLength: 300, description: "día \ud83d" } } } } } } }],
  },
};

function define(here: Cluster): void {
  here.as("system:admin").create(custom);
  here.settle();
}

type Schemas = Readonly<Record<string, JsonObject & { readonly properties: Readonly<Record<string, JsonObject>> }>>;

describe("the published schemas", () => {
  it("tell of version 3 what clients need to patch and to explain", () => {
    const document = JSON.parse(ask(cluster(), "/openapi/v3/api/v1").body) as { readonly components: { readonly schemas: Schemas }; readonly paths: Readonly<Record<string, JsonObject>> };
    const { schemas } = document.components;
    expect(schemas["io.k8s.api.core.v1.PodSpec"]?.properties["volumes"]).toMatchObject({ "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge,retainKeys", "x-kubernetes-list-map-keys": ["name"] });
    expect(schemas["io.k8s.api.core.v1.Pod"]?.["x-kubernetes-group-version-kind"]).toEqual([{ group: "", kind: "Pod", version: "v1" }]);
    expect(document.paths["/api/v1/namespaces/{namespace}/pods/{name}"]?.["patch"]).toHaveProperty(["requestBody", "content", "application/strategic-merge-patch+json"]);
  });

  it("refer to nothing that is not there", () => {
    const here = cluster();
    define(here);
    for (const path of ["/openapi/v3/api/v1", "/openapi/v3/apis/apps/v1", "/openapi/v3/apis/autoscaling/v1", "/openapi/v3/apis/authorization.k8s.io/v1", "/openapi/v3/apis/apiextensions.k8s.io/v1", "/openapi/v3/apis/example.com/v1", "/openapi/v2"]) {
      const { body } = ask(here, path);
      const document = JSON.parse(body) as { readonly components?: { readonly schemas: JsonObject }; readonly definitions?: JsonObject };
      const schemas = document.components?.schemas ?? document.definitions ?? {};
      const dangling = [...body.matchAll(/"\$ref":"#\/(?:definitions|components\/schemas)\/([^"]+)"/g)].map(([, name = ""]) => name).filter((name) => !Object.hasOwn(schemas, name));
      expect([path, ...new Set(dangling)]).toEqual([path]);
    }
  });

  it("are one document in version 2, custom kinds included, which says no more than version 2 can", () => {
    const here = cluster();
    const before = ask(here, "/openapi/v2").headers["ETag"];
    define(here);
    const answer = ask(here, "/openapi/v2");
    expect(answer.headers["ETag"]).not.toBe(before);
    expect(ask(here, "/openapi/v2", "*/*", { "if-none-match": answer.headers["ETag"] ?? "" }).status).toBe(304);
    const { definitions, swagger, paths } = JSON.parse(answer.body) as { readonly definitions: Schemas; readonly swagger: string; readonly paths: JsonObject };
    expect(swagger).toBe("2.0");
    expect(definitions["com.example.v1.Backup"]?.properties["spec"]).toMatchObject({ properties: { size: { "x-kubernetes-int-or-string": true }, note: { type: "string", maxLength: 300 } } });
    expect(JSON.stringify(definitions["com.example.v1.Backup"])).not.toMatch(/"(anyOf|oneOf|allOf)"/);
    expect(Object.keys(paths)).toContain("/apis/example.com/v1/namespaces/{namespace}/backups/{name}");
  });

  it("come as protobuf too", () => {
    const here = cluster();
    define(here);
    const answer = ask(here, "/openapi/v2", PROTOBUF);
    expect(answer.headers["Content-Type"]).toBe("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    const document = new Map(rawFields(bytesOf(answer.body)).map(({ number, value }) => [number, value]));
    expect(utf8(document.get(1))).toBe("2.0");
    const pod = rawFields(entry(document.get(9), "io.k8s.api.core.v1.Pod"));
    expect(pod.map(({ number }) => number)).toEqual([4, 22, 25, 31]);
    expect(utf8(pod[3]?.value)).toContain('[{"group":"","kind":"Pod","version":"v1"}]');
    const note = rawFields(entry(rawFields(entry(rawFields(entry(document.get(9), "com.example.v1.Backup")).find(({ number }) => number === 25)?.value, "spec")).find(({ number }) => number === 25)?.value, "note"));
    expect(note.map(({ number, value }) => [number, typeof value === "number" ? value : utf8(value)])).toEqual([[11, 300], [4, "día \ufffd"], [22, "\n\u0006string"]]);
    expect(utf8(rawFields(entry(document.get(8), "/api/v1/nodes")).find(({ number }) => number === 2)?.value)).toContain("listCoreV1Node");
  });

  it("come in no other form", () => {
    expect(ask(cluster(), "/openapi/v2", "text/html").status).toBe(406);
  });
});
