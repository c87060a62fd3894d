import { describe, expect, it } from "vitest";
import { DEPLOYMENT, POD, SERVICE } from "../apimachinery/kinds";
import type { JsonObject } from "../apimachinery/meta";
import { describeField } from "./descriptions";
import { enumOf } from "./enums";
import { explainField } from "./explain";
import { jsonSchemaOf } from "./json-schema";
import { typeSchema } from "./schema";
import { checkStructure } from "./validate";

const pod = (container: JsonObject): JsonObject => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "nginx", ...container }] } });

describe("structural validation", () => {
  it("finds nothing wrong with a plain pod", () => {
    expect(checkStructure(POD, pod({ ports: [{ containerPort: 80 }] }))).toEqual([]);
  });

  it("names unknown fields with their path", () => {
    expect(checkStructure(POD, pod({ imagee: "x" })).map(({ detail }) => detail)).toEqual(['unknown field "spec.containers[0].imagee"']);
  });

  it("tells a wrong type as Go's decoder does", () => {
    const wrong = checkStructure(DEPLOYMENT, { apiVersion: "apps/v1", kind: "Deployment", spec: { replicas: "3" } });
    expect(wrong.map(({ detail }) => detail)).toEqual(["json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"]);
  });

  it("refuses amounts that are none", () => {
    expect(checkStructure(POD, pod({ resources: { limits: { memory: "64MB" } } }))[0]?.detail).toContain("quantities must match");
  });

  it("is not fooled by keys named like JavaScript's own furniture", () => {
    const hostile = JSON.parse('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"__proto__":{},"constructor":1,"containers":[]}}') as JsonObject;
    expect(checkStructure(POD, hostile).map(({ path }) => path)).toEqual(["spec.__proto__", "spec.constructor"]);
  });
});

describe("explain", () => {
  it("follows a path through lists", () => {
    const found = explainField(POD, ["spec", "containers", "imagePullPolicy"]);
    expect(found).toMatchObject({ field: "imagePullPolicy", type: "string", values: ["Always", "IfNotPresent", "Never"], fields: [] });
  });

  it("says which field does not exist", () => {
    expect(explainField(SERVICE, ["spec", "prots"])).toEqual({ error: 'field "prots" does not exist' });
  });

  it("describes only fields and values of fields that exist", () => {
    for (const type of ["PodSpec", "Container", "ServiceSpec", "DeploymentSpec", "Secret"]) expect(typeSchema(type)).toBeDefined();
    expect(describeField("Container", "image")).not.toBe("");
    expect(enumOf("ServiceSpec", "type")).toContain("NodePort");
  });
});

describe("the editor's schema", () => {
  it("holds every structure a kind refers to", () => {
    const text = JSON.stringify(jsonSchemaOf([POD, SERVICE]));
    const { definitions } = JSON.parse(text) as { readonly definitions: Readonly<Record<string, unknown>> };
    for (const [, name] of text.matchAll(/#\/definitions\/(\w+)/g)) expect(definitions).toHaveProperty(name ?? "");
  });
});
