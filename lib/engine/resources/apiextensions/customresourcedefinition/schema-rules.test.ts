import { describe, expect, it } from "vitest";
import { fieldErrorText } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { validateCustomResourceDefinition } from "./validation";

const object = (spec: JsonObject, established = false): KubeObject =>
  ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "boats.sea.example", uid: "", resourceVersion: "", creationTimestamp: "" },
    spec: { group: "sea.example", scope: "Namespaced", names: { plural: "boats", singular: "boat", kind: "Boat", listKind: "BoatList" }, ...spec },
    status: { storedVersions: ["v1"], conditions: established ? [{ type: "Established", status: "True" }] : [] },
  }) as unknown as KubeObject;

const version = (schema: JsonObject, more: JsonObject = {}): JsonObject => ({ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema }, ...more });

/** What is said of a definition with one version and this schema. */
function said(schema: JsonObject, more: JsonObject = {}): readonly string[] {
  return validateCustomResourceDefinition(object({ versions: [version(schema, more)] }), undefined).map((error) => fieldErrorText(error).replaceAll("spec.validation.openAPIV3Schema", "S"));
}

const spec = (inner: JsonObject): JsonObject => ({ type: "object", properties: { spec: inner } });

describe("schemas", () => {
  it("are structural, which is told in the order of the texts", () => {
    expect(said(spec({ type: "array", anyOf: [{ type: "string", required: ["a"] }], "x-kubernetes-int-or-string": true, "x-kubernetes-preserve-unknown-fields": true }))).toEqual([
      "S.properties[spec].anyOf[0].type: Forbidden: must be empty to be structural",
      "S.properties[spec].items: Required value: must be specified",
      'S.properties[spec].x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true',
    ]);
    expect(said({ type: "object", additionalProperties: { type: "string" }, properties: { metadata: { type: "object", description: "x" }, kind: { type: "object" } } })).toEqual([
      "S.additionalProperties: Forbidden: must not be used at the root",
      'S.properties[kind].type: Invalid value: "object": must be string',
      "S.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified",
      "S.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive",
    ]);
    expect(said({ type: "object", anyOf: [{ properties: { spec: {} } }] })).toEqual(["S.properties[spec]: Required value: because it is defined in S.anyOf[0].properties[spec]"]);
    expect(said(spec({ "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] }))).toEqual([]);
  });

  it("say what else they must say", () => {
    expect(said(spec({ type: "null" }))).toEqual([
      'S.properties[spec].type: Unsupported value: "null": supported values: "array", "boolean", "integer", "number", "object", "string"',
      "S.properties[spec].type: Forbidden: type cannot be set to null, use nullable as an alternative",
    ]);
    expect(said(spec({ type: "array", items: { type: "object", nullable: true, properties: { a: { type: "object" } } }, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a", "b"] }))).toEqual([
      `S.properties[spec].items.properties[a].type: Invalid value: "object": must be a scalar type if parent array's x-kubernetes-list-type is map`,
      'S.properties[spec].x-kubernetes-list-map-keys: Invalid value: ["a","b"]: entries must all be names of item properties',
      "S.properties[spec].items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is map",
      "S.properties[spec].items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
    ]);
    expect(said(spec({ type: "string", "x-kubernetes-list-type": "set" }))).toEqual(['S.properties[spec].type: Invalid value: "string": must be array if x-kubernetes-list-type is specified']);
    expect(said({ type: "object", properties: { apiVersion: { type: "string", default: "x" } } })).toEqual(["S.properties[apiVersion].default: Forbidden: must not be set in top-level apiVersion"]);
  });

  it("have defaults without anything unknown", () => {
    expect(said(spec({ type: "object", default: { b: 1 }, properties: { a: { type: "integer", default: "x" } } }))).toEqual([
      'S.properties[spec].default: Invalid value: {"b":1}: must not have unknown fields',
      'S.properties[spec].properties[a].default: Invalid value: "string":  in body must be of type integer: "string"',
    ]);
  });

  it("say little at the root where the status is apart", () => {
    const [first, ...more] = said({ type: "object", minProperties: 1 }, { subresources: { status: {} } });
    expect(first).toMatch(/^S: Invalid value: \{"ID":"","Schema":"","Ref":null,"Description":"","Type":"object",.*"MinProperties":1,.*"XValidations":null\}: only \[Description Type .* XValidations\] fields are allowed at the root of the schema if the status subresource is enabled$/);
    expect(more).toEqual([]);
  });

  it("have rules that are only read where all else is sound", () => {
    const rules = [{ rule: "self.b > 1", fieldPath: ".b", messageExpression: " " }, { rule: "true", optionalOldSelf: true }];
    expect(said(spec({ type: "object", "x-kubernetes-validations": rules }))).toEqual([
      "S.properties[spec].x-kubernetes-validations[0].messageExpression: Required value: messageExpression must be non-empty if specified",
      'S.properties[spec].x-kubernetes-validations[0].fieldPath: Invalid value: ".b": fieldPath must be a valid path',
    ]);
    expect(said(spec({ type: "object", "x-kubernetes-validations": [rules[1] ?? {}] }))).toEqual(["S.properties[spec].x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule"]);
  });
});

describe("definitions", () => {
  it("select by fields the schema has", () => {
    const paths = [".spec", ".metadata.name", ".spec.a", ".spec.a", ".x"].map((jsonPath) => ({ jsonPath }));
    expect(said(spec({ type: "object", properties: { a: { type: "string" } } }), { selectableFields: paths }).slice(0, 1)).toEqual([
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
    ]);
  });

  it("warn in few and printable words", () => {
    const said1 = (deprecationWarning: string): readonly string[] => said({ type: "object" }, { deprecated: true, deprecationWarning });
    expect(said1("a\tb")).toEqual(['spec.versions[0].deprecationWarning: Invalid value: "a\\tb": must only contain printable UTF-8 characters; non-printable character found at index 1']);
    expect(said1("")).toEqual(['spec.versions[0].deprecationWarning: Invalid value: "": must not be an empty string']);
  });

  it("are converted by somebody", () => {
    const told = (conversion: JsonObject): readonly string[] => validateCustomResourceDefinition(object({ versions: [version({ type: "object" })], conversion }), undefined).map(fieldErrorText);
    expect(told({ strategy: "Webhook", webhook: { clientConfig: {} } })).toEqual([
      "spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required",
      "spec.conversion.conversionReviewVersions: Required value",
    ]);
    expect(told({ strategy: "None", webhook: { conversionReviewVersions: ["v1"] } })).toEqual(["spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook"]);
  });

  it("keep their names once there may be objects", () => {
    const before = { versions: [version({ type: "object" })] };
    const after = object({ ...before, scope: "Cluster", names: { plural: "ships", singular: "boat", kind: "Ship", listKind: "BoatList" } });
    expect(validateCustomResourceDefinition(after, object(before)).map(({ path }) => path)).toEqual(["spec.names.plural"]);
    expect(validateCustomResourceDefinition(after, object(before, true)).map(({ path }) => path)).toEqual(["spec.scope", "spec.names.kind", "spec.names.plural"]);
  });
});
