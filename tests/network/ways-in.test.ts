import { beforeAll, describe, expect, it } from "vitest";
import { encodeBase64, type Cluster, type JsonObject } from "@/lib/engine";
import { findPattern, safePattern } from "@/lib/engine/network/safe-pattern";
import { apply, ask, codes, pod, service, smallCluster } from "./cluster";

/** A certificate of tienda.prod.es and *.blog.prod.es, and the authority that signed it. */
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBnDCCAUOgAwIBAgIUL/mxhJ94ilJy4ahUZmsSnO58RrAwCgYIKoZIzj0EAwIw\nFTETMBEGA1UEAwwKRW1wcmVzYSBDQTAeFw0yNjExMjExNTQ3NThaFw0zNjExMTgx\nNTQ3NThaMBkxFzAVBgNVBAMMDnRpZW5kYS5wcm9kLmVzMFkwEwYHKoZIzj0CAQYI\nKoZIzj0DAQcDQgAEwiLVkkEhYOmUmDd7JFo5eWHmTGCsioLWqjlN67eFXnzZegoV\n7tSuC9rtyL8sp+7lNJK6TZwpc2OGVq88cd/JAKNtMGswKQYDVR0RBCIwIIIOdGll\nbmRhLnByb2QuZXOCDiouYmxvZy5wcm9kLmVzMB0GA1UdDgQWBBS3HHHCKSj34Hwj\n9b9JVGUoEbOdkzAfBgNVHSMEGDAWgBSc9Q/v+ILvfDqHTMNMv3Xb6+1YrDAKBggq\nhkjOPQQDAgNHADBEAiBKwebz4CE0zDM69bP1nq60c9ntWwJPXMQNrF7+k0+0cQIg\nTfz/36AlxitOzzj6m+6TzMGe3VVBFiZb1OutvSpxPdg=\n-----END CERTIFICATE-----\n";
const AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIBfzCCASWgAwIBAgIUaNcbRGC1jxMZXEJSHjrfY/jy88kwCgYIKoZIzj0EAwIw\nFTETMBEGA1UEAwwKRW1wcmVzYSBDQTAeFw0yNjExMjExNTQ3NThaFw0zNjExMTgx\nNTQ3NThaMBUxEzARBgNVBAMMCkVtcHJlc2EgQ0EwWTATBgcqhkjOPQIBBggqhkjO\nPQMBBwNCAASY98fSL9/gTGMJaCSVybgRymfFBWdnNd9n2QBDHlZBJQBg0D6NF1EH\nQLuVm6o0DqQ3RWW2RJZsoqZ81SJQplBMo1MwUTAdBgNVHQ4EFgQUnPUP7/iC73w6\nh0zDTL912+vtWKwwHwYDVR0jBBgwFoAUnPUP7/iC73w6h0zDTL912+vtWKwwDwYD\nVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBMlrC4oL7dHWJCaeRgoEFt\nNCIwBDfbUz5N1auKeE+WpgIhAJ6Lc5JMsP/4BMC/SgIMEEBUy7f+tVjlvHyk1ftv\nfBTN\n-----END CERTIFICATE-----\n";

const PROXIES = pod("nginx-proxy", "", "registry.k8s.io/ingress-nginx/controller:v1.13.3") + service("nginx-proxy", ", type: NodePort", "{name: http, port: 80, nodePort: 30080}, {name: https, port: 443, nodePort: 30443}")
  + pod("traefik-proxy", "", "traefik:v3.5") + service("traefik-proxy", ", type: NodePort", "{port: 80, nodePort: 30180}");
const CLASSES = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: traefik}
spec: {controller: traefik.io/ingress-controller}
---
`;
const ingress = (name: string, annotations: string, host: string, path: string, more = ""): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, annotations: {${annotations}}}
spec:
  ingressClassName: nginx
  rules: [{host: ${host}, http: {paths: [{path: "${path}", pathType: ImplementationSpecific, backend: {service: {name: web, port: {number: 80}}}}]}}]${more}
---
`;

describe("Ingress controllers", () => {
  let cluster: Cluster;
  beforeAll(() => {
    const secret = `
apiVersion: v1
kind: Secret
metadata: {name: tienda}
type: kubernetes.io/tls
data: {tls.crt: "${encodeBase64(CERTIFICATE)}", tls.key: "${encodeBase64("clave")}"}
---
`;
    cluster = smallCluster({}, PROXIES + CLASSES + secret + pod("web") + pod("web-b").replace("labels: {app: web-b}", "labels: {app: web}") + service("web")
      + ingress("cortar", '"nginx.ingress.kubernetes.io/rewrite-target": /$2', "api.prod.es", "/v1(/|$)(.*)")
      + ingress("fiel", '"nginx.ingress.kubernetes.io/affinity": cookie', "fiel.prod.es", "/")
      + ingress("segura", "", "tienda.prod.es", "/", "\n  tls: [{hosts: [tienda.prod.es], secretName: tienda}]"));
  });
  const at = (url: string, host: string, more = {}) => ask(cluster, "laptop", url, { hostHeader: host, ...more });

  it("rewrite the path with what the pattern caught", () => {
    expect(at("http://192.168.1.11:30080/v1/users?x=1", "api.prod.es").response?.body).toContain("GET /users?x=1 HTTP/1.1");
    expect(at("http://192.168.1.11:30080/v2/users", "api.prod.es").response?.status).toBe(404);
  });

  it("keep a client with its backend by a cookie", () => {
    const first = at("http://192.168.1.11:30080/", "fiel.prod.es");
    const cookie = first.response?.headers?.["set-cookie"]?.split(";")[0] ?? "";
    expect(cookie).toMatch(/^INGRESSCOOKIE=\w+$/);
    for (let i = 0; i < 6; i += 1) expect(at("http://192.168.1.11:30080/", "fiel.prod.es", { headers: { cookie } }).servedBy).toEqual(first.servedBy);
  });

  it("send plain requests to https, and show the certificate of the name asked for", () => {
    expect(at("http://192.168.1.11:30080/", "tienda.prod.es").response?.status).toBe(308);
    const over = (serverName: string, more = {}) => at("http://192.168.1.11:30443/", serverName, { tls: { serverName, trusted: AUTHORITY, ...more } });
    expect(over("tienda.prod.es").response?.status).toBe(200);
    expect(over("tienda.prod.es", { trusted: undefined }).tlsProblem).toBe("unknown-authority");
    expect(codes(over("tienda.prod.es", { trusted: undefined }))).toContain("tls.unknown-authority");
    expect(over("otra.prod.es").tlsProblem).toBe("self-signed");
    expect(codes(over("otra.prod.es"))).toContain("tls.self-signed");
    expect(over("otra.prod.es", { insecure: true }).response?.status).toBe(404);
  });

  it("serve the Ingresses of their own class only", () => {
    expect(at("http://192.168.1.11:30180/", "fiel.prod.es").response?.body).toBe("404 page not found\n");
    apply(cluster, ingress("de-traefik", "", "traefik.prod.es", "/").replace("ingressClassName: nginx", "ingressClassName: traefik"));
    expect(at("http://192.168.1.11:30180/", "traefik.prod.es").response?.status).toBe(200);
    expect(at("http://192.168.1.11:30080/", "traefik.prod.es").response?.status).toBe(404);
  });

  it("give up when the backend is the controller itself", () => {
    apply(cluster, ingress("circulo", "", "circulo.prod.es", "/").replace("{name: web,", "{name: nginx-proxy,"));
    const trace = at("http://192.168.1.11:30080/", "circulo.prod.es");
    expect([trace.response?.status, codes(trace).includes("ingress.loop")]).toEqual([500, true]);
  });
});

describe("patterns of strangers", () => {
  it("are read when they are harmless, and left alone when they could take for ever", () => {
    expect(findPattern(safePattern("^/v1(/|$)(.*)"), "/v1/users")?.[2]).toBe("users");
    for (const bad of ["(a+)+b", "(a|a)*b", "((a*))*", "(a)\\1", ".*.*.*.*b", "("]) expect(safePattern(bad)).toBeUndefined();
    expect(findPattern(safePattern("a"), "a".repeat(5000))).toBeUndefined();
  });
});

describe("the Gateway API", () => {
  const GATEWAY = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: traefik}
spec: {controllerName: traefik.io/gateway-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: puerta}
spec: {gatewayClassName: traefik, listeners: [{name: http, port: 80, protocol: HTTP, hostname: "*.prod.es"}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: rutas}
spec:
  parentRefs: [{name: puerta}]
  hostnames: [app.prod.es]
  rules:
    - {matches: [{path: {value: /api}, headers: [{name: version, value: two}]}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}], backendRefs: [{name: web, port: 80}]}
    - {matches: [{path: {type: Exact, value: /viejo}}], filters: [{type: RequestRedirect, requestRedirect: {hostname: nuevo.prod.es, statusCode: 301}}]}
    - {matches: [{path: {value: /ajeno}}], backendRefs: [{name: lejos, namespace: otro, port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: perdida}
spec: {parentRefs: [{name: puerta}], hostnames: [app.otra.es], rules: [{backendRefs: [{name: web, port: 80}]}]}
`;
  let cluster: Cluster;
  beforeAll(() => {
    cluster = smallCluster({ gatewayApi: true });
    apply(cluster, PROXIES + pod("web") + service("web") + "\napiVersion: v1\nkind: Namespace\nmetadata: {name: otro}\n---\n" + GATEWAY);
  });
  const at = (path: string, host: string, headers = {}) => ask(cluster, "laptop", `http://192.168.1.11:30180${path}`, { hostHeader: host, headers }).response;
  const conditions = (kind: string, name: string): Readonly<Record<string, string>> => {
    const object = cluster.as("kubernetes-admin").get(`gateway.networking.k8s.io/v1/${kind}` as never, { namespace: kind === "GatewayClass" ? "" : "default", name }) as { readonly status?: JsonObject } | undefined;
    const status = object?.status ?? {};
    const list = (kind === "HTTPRoute" ? ((status["parents"] as readonly JsonObject[] | undefined)?.[0]?.["conditions"] ?? []) : (status["conditions"] ?? [])) as readonly JsonObject[];
    return Object.fromEntries(list.map((one) => [String(one["type"]), `${String(one["status"])} ${String(one["reason"])}`]));
  };

  it("routes by host, path and header, rewriting and redirecting on the way", () => {
    expect(at("/api/users", "app.prod.es", { version: "two" })?.body).toContain("GET /users HTTP/1.1");
    expect(at("/api/users", "app.prod.es")?.status).toBe(404);
    expect(at("/viejo", "app.prod.es")?.headers?.["location"]).toBe("http://nuevo.prod.es/viejo");
  });

  it("refuses backends of other namespaces until a ReferenceGrant lets them be named", () => {
    expect(at("/ajeno", "app.prod.es")?.status).toBe(500);
    expect(conditions("HTTPRoute", "rutas")["ResolvedRefs"]).toBe("False RefNotPermitted");
  });

  it("tells in conditions what it made of everything", () => {
    expect(conditions("GatewayClass", "traefik")["Accepted"]).toBe("True Accepted");
    expect(conditions("Gateway", "puerta")).toEqual({ Accepted: "True Accepted", Programmed: "True Programmed" });
    expect(conditions("HTTPRoute", "perdida")["Accepted"]).toBe("False NoMatchingListenerHostname");
  });
});

describe("somebody else's Gateway API", () => {
  it("is none of ours: what its objects lack breaks nothing", () => {
    const cluster = smallCluster({}, PROXIES);
    const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    for (const [kind, plural] of [["GatewayClass", "gatewayclasses"], ["Gateway", "gateways"], ["HTTPRoute", "httproutes"]] as const) {
      cluster.as("kubernetes-admin").create({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: `${plural}.gateway.networking.k8s.io`, annotations: { "api-approved.kubernetes.io": "unapproved" } }, spec: { group: "gateway.networking.k8s.io", names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` }, scope: kind === "GatewayClass" ? "Cluster" : "Namespaced", versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: anything } }] } });
    }
    cluster.advance(1000 as Parameters<Cluster["advance"]>[0]);
    apply(cluster, "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: traefik}\nspec: {controllerName: traefik.io/gateway-controller}\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: vacia}\nspec: {gatewayClassName: traefik, listeners: 7}\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: rara}\nspec: {rules: [{matches: si}]}\n");
    expect(ask(cluster, "laptop", "http://192.168.1.11:30180/", { hostHeader: "x.es" }).response?.status).toBe(404);
  });
});
