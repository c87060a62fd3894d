import type { JsonObject } from "@/lib/engine";
import { modifyHeaders, rewritePath, routeHttp, type Gateway, type HTTPRoute, type ReferenceGrant, type RouteDecision, type RouteRequest } from "@/lib/engine/network/http-route";
import { compare, type Adapter, type VectorCase } from "./adapter";

const INFRA = "gateway-conformance-infra";

/** What the conformance suite sets up before every test: three Gateways that differ in whose routes they take. */
function baseGateway(name: string, namespaces: JsonObject): Gateway {
  return { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", metadata: { name, namespace: INFRA }, spec: { gatewayClassName: "c", listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces } }] } } as unknown as Gateway;
}

const BASE = [baseGateway("same-namespace", { from: "Same" }), baseGateway("all-namespaces", { from: "All" }), baseGateway("backend-namespaces", { from: "Selector", selector: { matchLabels: { "gateway-conformance": "backend" } } })];

const LABELS: Readonly<Record<string, string>> = { [INFRA]: "infra", "gateway-conformance-app-backend": "backend", "gateway-conformance-web-backend": "backend" };

function ofKind<T>(manifests: readonly JsonObject[], kind: string): readonly T[] {
  return manifests.filter((manifest) => manifest["kind"] === kind).map((manifest) => ({ ...manifest, metadata: { namespace: INFRA, creationTimestamp: "", ...(manifest["metadata"] as JsonObject) } }) as T);
}

function requestOf(given: JsonObject): RouteRequest {
  const headers = Object.fromEntries(Object.entries((given["Headers"] ?? {}) as JsonObject).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return { host: String(given["Host"] ?? "").replace(/:\d+$/, ""), port: 80, method: String(given["Method"] ?? "GET"), path: String(given["Path"] ?? "/"), headers };
}

/** What a client sees, in the words of the suite: 404 without a rule, 500 without a backend, a redirect, or the backend. */
function outcome(decision: RouteDecision | undefined, request: RouteRequest): JsonObject {
  if (!decision) return { statusCode: 404 };
  const redirect = decision.rule.filters?.find((filter) => filter.requestRedirect)?.requestRedirect;
  if (redirect) return { statusCode: redirect.statusCode ?? 302 };
  const [backend] = decision.backends;
  if (!backend) return { statusCode: 500 };
  const rewrite = decision.rule.filters?.find((filter) => filter.urlRewrite)?.urlRewrite;
  const headers = modifyHeaders(request.headers, decision.rule.filters?.find((filter) => filter.requestHeaderModifier)?.requestHeaderModifier);
  return { statusCode: 200, backend: backend.name, namespace: backend.namespace, path: rewritePath(request.path, decision.match, rewrite?.path), headers };
}

function judge({ input, expected }: VectorCase): ReturnType<Adapter> {
  const manifests = input["manifests"] as readonly JsonObject[];
  const request = requestOf(input["request"] as JsonObject);
  const gateways = [...BASE, ...ofKind<Gateway>(manifests, "Gateway")];
  const routes = ofKind<HTTPRoute>(manifests, "HTTPRoute");
  const wanted = new Set(routes.flatMap((route) => (route.spec.parentRefs ?? []).map((ref) => ref.name)));
  const services = ofKind<{ readonly metadata: { readonly name: string; readonly namespace: string } }>(manifests, "Service");
  const decision = routeHttp(
    {
      gateways: gateways.filter((gateway) => wanted.has(gateway.metadata.name)),
      routes,
      grants: ofKind<ReferenceGrant>(manifests, "ReferenceGrant"),
      namespaceLabels: (namespace) => ({ "gateway-conformance": LABELS[namespace] ?? "infra" }),
      hasService: (namespace, name) => /^(infra|app|web|grpc-infra|tls)-backend/.test(name) || services.some(({ metadata }) => metadata.name === name && metadata.namespace === namespace),
    },
    request,
  );
  const got = outcome(decision, request);
  const words: Readonly<Record<string, string>> = { statusCode: "statusCode", status: "statusCode", backend: "backend", service: "backend", namespace: "namespace" };
  const asked = Object.entries(expected).filter(([key, value]) => Object.hasOwn(words, key) && value !== null);
  return compare(Object.fromEntries(asked.map(([key]) => [key, got[words[key] ?? ""]])), Object.fromEntries(asked));
}

/** behaviour/gateway: which backend an HTTPRoute gives a request. */
export const gateway: Adapter = (vector) => (vector.input["op"] === "httpRouteRequest" ? judge(vector) : { skip: "no adapter for this op" });
