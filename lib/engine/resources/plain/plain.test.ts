import { expect, it } from "vitest";
import { kindId, type JsonObject, type KubeObject } from "../../apimachinery/meta";
import { plainKinds } from "./index";

const defaulted = (apiVersion: string, kind: string, spec: object): unknown =>
  plainKinds.find((one) => one.kind === kindId(apiVersion, kind))?.applyDefaults({ apiVersion, kind, metadata: { name: "x" }, spec } as unknown as KubeObject);

it("gives API services the port of TLS, where they have a Service at all", () => {
  const api = "apiregistration.k8s.io/v1";
  expect(defaulted(api, "APIService", { service: { name: "s", namespace: "n" } })).toMatchObject({ spec: { service: { name: "s", namespace: "n", port: 443 } }, status: {} });
  expect(defaulted(api, "APIService", { service: { name: "s", namespace: "n", port: 8443 } })).toMatchObject({ spec: { service: { port: 8443 } } });
  expect(defaulted(api, "APIService", { group: "g" })).toMatchObject({ spec: { group: "g" }, status: {} });
});

it("gives flow schemas a place in the order", () => {
  const flow = "flowcontrol.apiserver.k8s.io/v1";
  expect(defaulted(flow, "FlowSchema", { priorityLevelConfiguration: { name: "exempt" } })).toMatchObject({ spec: { matchingPrecedence: 1000 }, status: {} });
  expect(defaulted(flow, "PriorityLevelConfiguration", { type: "Exempt" })).toMatchObject({ status: {} });
  expect(defaulted(flow, "PriorityLevelConfiguration", { type: "Limited", limited: { limitResponse: { type: "Queue", queuing: { queues: 8 } } } })).toMatchObject({
    spec: { limited: { nominalConcurrencyShares: 30, lendablePercent: 0, limitResponse: { queuing: { queues: 8, handSize: 8, queueLengthLimit: 50 } } } },
  });
});

it("gives a claim one device where it does not say how many", () => {
  const requests = [{ name: "a", exactly: { deviceClassName: "gpu" } }, { name: "b", exactly: { deviceClassName: "gpu", allocationMode: "All" } }];
  expect(defaulted("resource.k8s.io/v1", "ResourceClaim", { devices: { requests } })).toMatchObject({
    spec: { devices: { requests: [{ exactly: { allocationMode: "ExactCount", count: 1 } }, { exactly: { allocationMode: "All" } }] } },
  });
});

it("knows the fields of each by its own kind, not by a name another type has too", () => {
  const wrong = (apiVersion: string, kind: string, rest: object): readonly string[] => (plainKinds.find((one) => one.kind === kindId(apiVersion, kind))?.checkShape({ apiVersion, kind, metadata: { name: "x" }, ...rest } as JsonObject) ?? []).map(({ detail }) => detail);
  expect(wrong("resource.k8s.io/v1", "ResourceClaim", { spec: { devices: { requests: "all" } } })).toEqual(["json: cannot unmarshal string into Go struct field DeviceClaim.spec.devices.requests of type []v1.DeviceRequest"]);
  expect(wrong("resource.k8s.io/v1", "ResourceClaim", { request: "r" })).toEqual(['unknown field "request"']);
  expect(wrong("storage.k8s.io/v1", "VolumeAttributesClass", { driverName: "a.b", parameters: { iops: "1" } })).toEqual([]);
});
