import { expect, it } from "vitest";
import { kindId, type KubeObject } from "../../apimachinery/meta";
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
});
