import { expect, it } from "vitest";
import { kindId, resourceFor, type JsonObject, type ResourceDefinition } from "../index";
import { patchedJson } from "./patched-text";

const configMap = resourceFor(kindId("v1", "ConfigMap")) as ResourceDefinition;
const stored: JsonObject = { metadata: { labels: { b: "1" }, name: "c" }, data: { z: "1", a: "2" }, kind: "ConfigMap", apiVersion: "v1" };

it("sorts what a merge patch touches, drops what it takes away, and leaves the rest as Go wrote it", () => {
  const patch = { type: "merge", body: { data: { b: 1, a: null }, immutable: null, list: [{ y: null, x: 1 }, null] } } as const;
  expect(patchedJson(configMap, stored, patch)).toBe('{"apiVersion":"v1","data":{"b":1,"z":"1"},"kind":"ConfigMap","list":[{"x":1}],"metadata":{"name":"c","labels":{"b":"1"}}}');
});

it("sorts what lies on the way of a JSON patch only", () => {
  expect(patchedJson(configMap, stored, { type: "json", ops: [{ op: "add", path: "/metadata/x", value: { q: 1, p: 2 } }] })).toBe('{"apiVersion":"v1","data":{"a":"2","z":"1"},"kind":"ConfigMap","metadata":{"labels":{"b":"1"},"name":"c","x":{"q":1,"p":2}}}');
  expect(patchedJson(configMap, stored, { type: "json", ops: [{ op: "remove", path: "/nothing" }] })).toBeUndefined();
});
