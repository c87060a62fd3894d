/** The APIServices an API server registers for what it serves itself. Upstream: pkg/controlplane/apiserver/aggregator.go, kube-aggregator/pkg/controllers/autoregister. */
import type { Condition } from "../../apimachinery/conditions";
import type { JsonObject } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";

/** Priority of the group and of the version among the group's, by `version.group`. */
const BUILT_IN: Readonly<Record<string, readonly [group: number, version: number]>> = {
  "v1.": [18000, 1],
  "v1.admissionregistration.k8s.io": [16700, 15],
  "v1.apiextensions.k8s.io": [16700, 15],
  "v1.apps": [17800, 15],
  "v1.authentication.k8s.io": [17700, 15],
  "v1.authorization.k8s.io": [17600, 15],
  "v1.autoscaling": [17500, 15],
  "v1.batch": [17400, 15],
  "v1.certificates.k8s.io": [17300, 15],
  "v1.coordination.k8s.io": [16500, 15],
  "v1.discovery.k8s.io": [16200, 15],
  "v1.events.k8s.io": [17750, 15],
  "v1.flowcontrol.apiserver.k8s.io": [16100, 21],
  "v1.networking.k8s.io": [17200, 15],
  "v1.node.k8s.io": [16300, 15],
  "v1.policy": [17100, 15],
  "v1.rbac.authorization.k8s.io": [17000, 15],
  "v1.resource.k8s.io": [16200, 20],
  "v1.scheduling.k8s.io": [16600, 15],
  "v1.storage.k8s.io": [16800, 15],
  "v2.autoscaling": [17500, 30],
};

/** What is said of a version the server answers for itself. */
export function localCondition(stamp: string): Condition & JsonObject {
  return { type: "Available", status: "True", lastTransitionTime: stamp, reason: "Local", message: "Local APIServices are always available" };
}

/** The name split at its first dot. */
export function versionAndGroup(name: string): readonly [version: string, group: string] {
  const dot = name.indexOf(".");
  return dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1)];
}

function registered(name: string, managed: "onstart" | "true", [groupPriorityMinimum, versionPriority]: readonly [number, number], stamp: string): JsonObject {
  const [version, group] = versionAndGroup(name);
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name, labels: { "kube-aggregator.kubernetes.io/automanaged": managed } },
    spec: { ...(group === "" ? {} : { group }), version, groupPriorityMinimum, versionPriority },
    status: { conditions: [localCondition(stamp)] },
  };
}

const EPOCH = timestamp(0);

/** Those of the versions that are built in. MetalLB's is there as if its definitions were. */
export function bootstrapApiServices(): readonly JsonObject[] {
  return [...Object.entries(BUILT_IN).map(([name, priorities]) => registered(name, "onstart", priorities, EPOCH)), customApiService("v1beta1.metallb.io", EPOCH)];
}

/** That of a version some CustomResourceDefinition serves. Upstream: pkg/controlplane/controller/crdregistration. */
export function customApiService(name: string, stamp: string): JsonObject {
  return registered(name, "true", [1000, 100], stamp);
}
