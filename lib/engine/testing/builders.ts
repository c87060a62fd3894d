import type { JsonObject } from "../apimachinery/meta";
import type { NodeOptions } from "../options";

/** `count` machines `node-1`, `node-2`, …: 4 CPU, 8 GiB, one zone each (`zone-a`, `zone-b`, …). */
export function machines(count: number, more: Partial<NodeOptions> = {}): readonly NodeOptions[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `node-${i + 1}`,
    cpu: "4",
    memory: "8Gi",
    labels: { "topology.kubernetes.io/zone": `zone-${"abcdefghij"[i % 10] ?? "a"}` },
    ...more,
  }));
}

/** A pod of one container of `image`; `spec` adds to or replaces its spec. */
export function pod(name: string, spec: JsonObject = {}, labels: Readonly<Record<string, string>> = { app: name }, image = "nginx:1"): JsonObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec: { containers: [{ name: "c", image }], ...spec } };
}

/** A template of one container of `image`, labelled `app: <app>`. */
export function template(app: string, image = "nginx:1", spec: JsonObject = {}): JsonObject {
  return { metadata: { labels: { app } }, spec: { containers: [{ name: "c", image }], ...spec } };
}

/** A Deployment of `replicas` pods; `spec` adds to or replaces its spec. */
export function deployment(name: string, replicas: number, spec: JsonObject = {}): JsonObject {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec: { replicas, selector: { matchLabels: { app: name } }, template: template(name), ...spec } };
}

/** A StatefulSet of `replicas` pods, with a headless Service of its name in mind. */
export function statefulSet(name: string, replicas: number, spec: JsonObject = {}): JsonObject {
  return { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name }, spec: { replicas, serviceName: name, selector: { matchLabels: { app: name } }, template: template(name), ...spec } };
}

/** A DaemonSet. */
export function daemonSet(name: string, spec: JsonObject = {}): JsonObject {
  return { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name }, spec: { selector: { matchLabels: { app: name } }, template: template(name), ...spec } };
}

/** A Service for pods labelled `app: <name>` on port 80. */
export function service(name: string, spec: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec } };
}
