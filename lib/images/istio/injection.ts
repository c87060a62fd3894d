/** What istiod adds to a pod. Upstream: istio manifests/charts/istio-control/istio-discovery/files/injection-template.yaml. */
import type { Json, JsonObject } from "@/lib/engine";

/** How an istiod injects. */
export interface Injector {
  readonly proxyImage: string;
  readonly revision: string;
  /** Where proxies get their certificates. */
  readonly authority: string;
  /** The proxy is an init container that goes on running, started before the pod's own containers and stopped after them. */
  readonly native: boolean;
}

interface Container extends JsonObject {
  readonly name: string;
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
const objectIn = (object: JsonObject, key: string): JsonObject => (isObject(object[key]) ? object[key] : {});
const containersIn = (spec: JsonObject, key: string): readonly Container[] => ((Array.isArray(spec[key]) ? spec[key].filter(isObject) : []) as readonly JsonObject[]).flatMap((one) => (typeof one["name"] === "string" ? [{ ...one, name: one["name"] }] : []));

/** Is this pod to get a proxy? Not on its machine's network, not when it or a label of its says no, not twice. */
export function wantsProxy(pod: JsonObject): boolean {
  const metadata = objectIn(pod, "metadata");
  const said = objectIn(metadata, "labels")["sidecar.istio.io/inject"] ?? objectIn(metadata, "annotations")["sidecar.istio.io/inject"];
  const spec = objectIn(pod, "spec");
  const has = [...containersIn(spec, "containers"), ...containersIn(spec, "initContainers")].some(({ name }) => name === "istio-proxy");
  return said !== "false" && spec["hostNetwork"] !== true && !has;
}

const annotation = (pod: JsonObject, name: string, otherwise: string): string => {
  const value = objectIn(objectIn(pod, "metadata"), "annotations")[`traffic.sidecar.istio.io/${name}`];
  return typeof value === "string" ? value : otherwise;
};

function initContainer(pod: JsonObject, image: string): JsonObject {
  const except = ["15090", "15021", "15020", ...annotation(pod, "excludeInboundPorts", "").split(",").filter((port) => port !== "")].join(",");
  return {
    name: "istio-init",
    image,
    args: ["istio-iptables", "-p", "15001", "-z", "15006", "-u", "1337", "-m", "REDIRECT", "-i", annotation(pod, "includeOutboundIPRanges", "*"), "-x", annotation(pod, "excludeOutboundIPRanges", ""), "-b", annotation(pod, "includeInboundPorts", "*"), "-d", except, "-o", annotation(pod, "excludeOutboundPorts", ""), "--log_output_level=default:info"],
    resources: { limits: { cpu: "2", memory: "1Gi" }, requests: { cpu: "10m", memory: "40Mi" } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] }, privileged: false, readOnlyRootFilesystem: false, runAsGroup: 0, runAsNonRoot: false, runAsUser: 0 },
  };
}

function proxyContainer(injector: Injector, probers: JsonObject): JsonObject {
  const field = (name: string, fieldPath: string): JsonObject => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return {
    name: "istio-proxy",
    image: injector.proxyImage,
    args: ["proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local", "--proxyLogLevel=warning", "--proxyComponentLogLevel=misc:error", "--log_output_level=default:info"],
    ...(injector.native ? { restartPolicy: "Always" } : {}),
    env: [
      { name: "PILOT_CERT_PROVIDER", value: "istiod" },
      { name: "CA_ADDR", value: injector.authority },
      field("POD_NAME", "metadata.name"),
      field("POD_NAMESPACE", "metadata.namespace"),
      field("INSTANCE_IP", "status.podIP"),
      field("SERVICE_ACCOUNT", "spec.serviceAccountName"),
      { name: "ISTIO_META_INTERCEPTION_MODE", value: "REDIRECT" },
      { name: "ISTIO_META_MESH_ID", value: "cluster.local" },
      { name: "TRUST_DOMAIN", value: "cluster.local" },
      ...(Object.keys(probers).length > 0 ? [{ name: "ISTIO_KUBE_APP_PROBERS", value: JSON.stringify(probers) }] : []),
    ],
    ports: [{ containerPort: 15090, name: "http-envoy-prom", protocol: "TCP" }],
    readinessProbe: { failureThreshold: 4, httpGet: { path: "/healthz/ready", port: 15021 }, periodSeconds: 15, timeoutSeconds: 3 },
    startupProbe: { failureThreshold: 600, httpGet: { path: "/healthz/ready", port: 15021 }, periodSeconds: 1, timeoutSeconds: 3 },
    resources: { limits: { cpu: "2", memory: "1Gi" }, requests: { cpu: "10m", memory: "40Mi" } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, privileged: false, readOnlyRootFilesystem: true, runAsGroup: 1337, runAsNonRoot: true, runAsUser: 1337 },
  };
}

const PROBES = { livenessProbe: "livez", readinessProbe: "readyz", startupProbe: "startupz" } as const;

function portNumber(container: Container, port: Json | undefined): number {
  if (typeof port === "number") return port;
  const ports = Array.isArray(container["ports"]) ? container["ports"].filter(isObject) : [];
  const found = ports.find(({ name }) => name === port)?.["containerPort"];
  return typeof found === "number" ? found : 0;
}

/** Probes by HTTP and TCP are asked of the proxy's agent, which asks the process from inside: the kubelet has no certificate to show. */
function redirectedProbes(containers: readonly Container[]): { readonly containers: readonly JsonObject[]; readonly probers: JsonObject } {
  const probers: Record<string, Json> = {};
  const changed = containers.map((container) => {
    const changes: Record<string, Json> = {};
    for (const [probe, word] of Object.entries(PROBES)) {
      const own = container[probe];
      if (!isObject(own) || (!isObject(own["httpGet"]) && !isObject(own["tcpSocket"]))) continue;
      const path = `/app-health/${container.name}/${word}`;
      const http = own["httpGet"];
      probers[path] = isObject(http) ? { httpGet: { path: http["path"] ?? "/", port: portNumber(container, http["port"]) } } : { tcpSocket: { port: portNumber(container, objectIn(own, "tcpSocket")["port"]) } };
      const { httpGet: _http, tcpSocket: _tcp, ...rest } = own;
      changes[probe] = { ...rest, httpGet: { path, port: 15020, scheme: "HTTP" } };
    }
    return { ...container, ...changes };
  });
  return { containers: changed, probers };
}

/** The pod with init container, proxy, labels and redirected probes, as a JSON patch. */
export function injectionPatch(pod: JsonObject, injector: Injector): readonly JsonObject[] {
  const spec = objectIn(pod, "spec");
  const metadata = objectIn(pod, "metadata");
  const { containers, probers } = redirectedProbes(containersIn(spec, "containers"));
  const init = initContainer(pod, injector.proxyImage);
  const proxy = proxyContainer(injector, probers);
  const before = containersIn(spec, "initContainers");
  const labels = objectIn(metadata, "labels");
  const name = labels["app.kubernetes.io/name"] ?? labels["app"] ?? metadata["generateName"] ?? metadata["name"] ?? "";
  const status = { initContainers: injector.native ? ["istio-init", "istio-proxy"] : ["istio-init"], containers: injector.native ? [] : ["istio-proxy"], revision: injector.revision };
  return [
    { op: "add", path: "/spec/initContainers", value: [init, ...(injector.native ? [proxy] : []), ...before] },
    { op: "add", path: "/spec/containers", value: [...containers, ...(injector.native ? [] : [proxy])] },
    { op: "add", path: "/metadata/labels", value: { ...labels, "security.istio.io/tlsMode": "istio", "service.istio.io/canonical-name": String(name).replace(/-$/, ""), "service.istio.io/canonical-revision": String(labels["app.kubernetes.io/version"] ?? labels["version"] ?? "latest"), "istio.io/rev": injector.revision } },
    { op: "add", path: "/metadata/annotations", value: { ...objectIn(metadata, "annotations"), "sidecar.istio.io/status": JSON.stringify(status) } },
  ];
}
