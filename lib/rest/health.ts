/** Is the server well, and what does it count? Upstream: apiserver/pkg/server/healthz, component-base/metrics. */
import { compareStrings, partsOfKind, resources, type Cluster } from "@/lib/engine";
import { textAnswer, type RestAnswer } from "./message";
import { isOn, type Query } from "./query";
import { unknownPath } from "./status";

const HOOKS = (
  "start-apiserver-admission-initializer generic-apiserver-start-informers priority-and-fairness-config-consumer priority-and-fairness-filter storage-object-count-tracker-hook " +
  "start-apiextensions-informers start-apiextensions-controllers crd-informer-synced start-system-namespaces-controller start-cluster-authentication-info-controller " +
  "start-kube-apiserver-identity-lease-controller start-kube-apiserver-identity-lease-garbage-collector start-legacy-token-tracking-controller start-service-ip-repair-controllers " +
  "rbac/bootstrap-roles scheduling/bootstrap-system-priority-classes priority-and-fairness-config-producer bootstrap-controller start-kubernetes-service-cidr-controller " +
  "start-kube-aggregator-informers apiservice-status-local-available-controller apiservice-status-remote-available-controller apiservice-registration-controller " +
  "apiservice-wait-for-first-sync apiservice-discovery-controller kube-apiserver-autoregistration"
)
  .split(" ")
  .map((hook) => `poststarthook/${hook}`);
const LAST = ["autoregister-completion", "poststarthook/apiservice-openapi-controller", "poststarthook/apiservice-openapiv3-controller"];
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  healthz: ["ping", "log", "etcd", ...HOOKS, ...LAST],
  livez: ["ping", "log", "etcd", ...HOOKS, ...LAST],
  readyz: ["ping", "log", "etcd", "etcd-readiness", "informer-sync", ...HOOKS, ...LAST, "shutdown"],
};

/** Every path under which a single check, or all of them, can be asked for. */
export function healthPaths(): readonly string[] {
  return Object.entries(CHECKS).flatMap(([root, checks]) => [`/${root}`, ...checks.map((check) => `/${root}/${check}`)]);
}

/** `GET /healthz`, `/livez`, `/readyz`, and each of their checks. Everything here is always well: what is asked for is answered. */
export function healthAnswer(segments: readonly string[], query: Query): RestAnswer {
  const root = segments[0] ?? "";
  const checks = CHECKS[root] ?? [];
  const one = segments.slice(1).join("/");
  if (one !== "") return checks.includes(one) ? textAnswer("ok") : unknownPath();
  const left = new Set(query.all("exclude"));
  const strange = [...left].filter((name) => !checks.includes(name)).sort(compareStrings);
  const complaint = strange.length === 0 ? "" : `warn: some health checks cannot be excluded: no matches for ${strange.map((name) => JSON.stringify(name)).join(", ")}\n`;
  if (!isOn(query, "verbose")) return textAnswer("ok");
  const lines = checks.map((check) => (left.has(check) ? `[+]${check} excluded: ok\n` : `[+]${check} ok\n`));
  return textAnswer(`${lines.join("")}${complaint}${root} check passed\n`);
}

/** `GET /metrics`: how many objects of each kind there are, and which version answers. */
export function metricsAnswer(cluster: Cluster): RestAnswer {
  const client = cluster.as("system:apiserver");
  const version = cluster.options.kubernetesVersion.replace(/^v/, "");
  const [major = "1", minor = "0"] = version.split(".");
  const lines = resources.map(({ kind, plural }) => `apiserver_resource_objects{group=${JSON.stringify(partsOfKind(kind).group)},resource=${JSON.stringify(plural)}} ${client.list(kind).length}\n`);
  const text = [
    "# HELP apiserver_resource_objects [STABLE] Number of stored objects at the time of last check split by kind.\n# TYPE apiserver_resource_objects gauge\n",
    ...lines.sort(compareStrings),
    "# HELP kubernetes_build_info [ALPHA] A metric with a constant '1' value labeled by version.\n# TYPE kubernetes_build_info gauge\n",
    `kubernetes_build_info{git_version="v${version}",major="${major}",minor="${minor}",platform="linux/amd64"} 1\n`,
  ];
  return textAnswer(text.join(""), 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
}
