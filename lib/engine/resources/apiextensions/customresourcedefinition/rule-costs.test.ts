import { describe, expect, it } from "vitest";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { validateCustomResourceDefinition } from "./validation";

const TRY = "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";

function definition(schema: JsonObject, labels: JsonObject = {}): KubeObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "boats.sea.example", labels, uid: "", resourceVersion: "", creationTimestamp: "" },
    spec: { group: "sea.example", scope: "Namespaced", names: { plural: "boats", singular: "boat", kind: "Boat", listKind: "BoatList" }, versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", properties: { spec: schema } } } }] },
    status: { storedVersions: ["v1"] },
  } as unknown as KubeObject;
}

const told = (schema: JsonObject, previous?: JsonObject): readonly string[] => validateCustomResourceDefinition(definition(schema), previous && definition(previous, { before: "yes" })).map(({ path, detail }) => `${path.replace("spec.validation.openAPIV3Schema", "schema")}: ${detail}`);

const crew = (rule: string, bounds: JsonObject = {}, length: JsonObject = {}): JsonObject => ({ type: "object", properties: { crew: { type: "array", items: { type: "string", ...length }, ...bounds } }, "x-kubernetes-validations": [{ rule }] });

describe("what rules may cost", () => {
  it("is looked at when they are defined", () => {
    const rule = "self.crew.all(x, self.crew.exists(y, x != y))";
    expect(told(crew(rule))).toEqual([
      `schema.properties[spec].x-kubernetes-validations[0].rule: estimated rule cost exceeds budget by factor of more than 100x ${TRY}`,
      "schema.properties[spec].x-kubernetes-validations[0].rule: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema",
      `schema: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${TRY}`,
    ]);
    expect(told(crew(rule, { maxItems: 20 }, { maxLength: 40 }))).toEqual([]);
  });

  it("is told with how much it is beyond", () => {
    expect(told(crew("self.crew.all(x, x.size() < 100)"))).toEqual([]);
    expect(told(crew("self.crew.all(x, x.contains('captain'))"))[0]).toContain("more than 100x");
    expect(told(crew("self.crew.all(x, x.contains('captain'))", { maxItems: 1000 }, { maxLength: 30_000 }))).toEqual([`schema.properties[spec].x-kubernetes-validations[0].rule: estimated rule cost exceeds budget by factor of 1.200400x ${TRY}`]);
  });

  it("counts for each place the rule can stand in", () => {
    const inner = { type: "array", items: { type: "string", maxLength: 1000, "x-kubernetes-validations": [{ rule: "self.matches('^[a-z]+$')" }] } };
    expect(told(inner)[0]).toContain("schema.properties[spec].items.x-kubernetes-validations[0].rule: estimated rule cost exceeds budget by factor of 84.2x");
    expect(told({ ...inner, maxItems: 100 })).toEqual([]);
  });

  it("leaves alone what was accepted before as it is, but for the whole", () => {
    const dear = crew("self.crew.all(x, x.contains('captain'))", { maxItems: 1000 }, { maxLength: 30_000 });
    expect(told(dear, dear)).toEqual([]);
    expect(told(crew("self.crew.all(x, self.crew.all(y, x == y))"), crew("self.crew.all(x, self.crew.all(y, x == y))"))).toHaveLength(2);
  });

  it("counts messages that are worked out, too", () => {
    const schema: JsonObject = { type: "object", properties: { min: { type: "integer" } }, "x-kubernetes-validations": [{ rule: "self.min > 0", messageExpression: "'not ' + string(self.min)" }] };
    expect(told(schema)[0]).toBe(`schema.properties[spec].x-kubernetes-validations[0].messageExpression: estimated messageExpression cost exceeds budget by factor of more than 100x ${TRY}`);
  });
});
