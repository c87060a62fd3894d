import { describe, expect, it } from "vitest";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { validateIngress } from "./validation";

const BACKEND = { service: { name: "s", port: { number: 80 } } };

function errors(spec: JsonObject, annotations: Readonly<Record<string, string>> = {}, previous?: KubeObject): readonly string[] {
  const ingress = { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "i", namespace: "default", uid: "", resourceVersion: "", creationTimestamp: "", annotations }, spec } as unknown as KubeObject;
  return validateIngress(ingress, previous).map(({ path, detail }) => `${path}: ${detail}`);
}

describe("the rules of an Ingress", () => {
  it("want the old annotation of a new one to name the class of the field", () => {
    const spec = { ingressClassName: "a", defaultBackend: BACKEND };
    expect(errors(spec, { "kubernetes.io/ingress.class": "b" })).toEqual(["annotations.kubernetes.io/ingress.class: must match `ingressClassName` when both are specified"]);
    expect(errors(spec, { "kubernetes.io/ingress.class": "a" })).toEqual([]);
    expect(errors({ defaultBackend: BACKEND }, { "kubernetes.io/ingress.class": "b" })).toEqual([]);
  });
  it("tell both faults of an IPv6 host", () => {
    expect(errors({ rules: [{ host: "fe80::1" }] }).map((line) => line.slice(0, 60))).toEqual(["spec.rules[0].host: must be a DNS name, not an IP address", "spec.rules[0].host: a lowercase RFC 1123 subdomain must cons"]);
  });
  it("keep what a backend names fit for a path", () => {
    expect(errors({ defaultBackend: { resource: { kind: "Buc/ket", name: ".." } } })).toEqual(["spec.defaultBackend.resource.kind: may not contain '/'", "spec.defaultBackend.resource.name: may not be '..'"]);
  });
});
