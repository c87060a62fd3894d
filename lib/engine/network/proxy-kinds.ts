import { POD } from "../apimachinery/kinds";
import { Memory } from "../apimachinery/memory";
import type { ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { AppResponse } from "../machine/behaviour";
import type { Pod } from "../resources/core/pod/pod";

/** A reverse proxy by what its image makes it. */
export interface ProxyKind {
  readonly name: "nginx" | "traefik" | "haproxy" | "nginx-gateway" | "envoy-gateway" | "openshift";
  /** The controller an IngressClass names; absent when it serves no Ingresses. */
  readonly ingress?: string;
  /** The controller a GatewayClass names; absent when it serves no Gateways. */
  readonly gateway?: string;
  /** Serves Ingresses that name no class, too. */
  readonly classless: boolean;
  /** The component under which it writes status. */
  readonly component: string;
}

const KINDS: readonly (readonly [RegExp, ProxyKind])[] = [
  [/(^|\/)ingress-nginx\/controller(:|@|$)/, { name: "nginx", ingress: "k8s.io/ingress-nginx", classless: false, component: "nginx-ingress-controller" }],
  [/^(docker\.io\/)?(library\/)?traefik(:|@|$)/, { name: "traefik", ingress: "traefik.io/ingress-controller", gateway: "traefik.io/gateway-controller", classless: true, component: "traefik" }],
  [/(^|\/)(haproxytech\/kubernetes-ingress|jcmoraisjr\/haproxy-ingress)(:|@|$)/, { name: "haproxy", ingress: "haproxy.org/ingress-controller/haproxy", gateway: "haproxy.org/gateway-controller", classless: false, component: "haproxy-ingress" }],
  [/(^|\/)(nginx-gateway-fabric|nginx\/nginx-gateway-fabric)(:|@|$)/, { name: "nginx-gateway", gateway: "gateway.nginx.org/nginx-gateway-controller", classless: false, component: "nginx-gateway" }],
  [/(^|\/)envoyproxy\/gateway(:|@|$)/, { name: "envoy-gateway", gateway: "gateway.envoyproxy.io/gatewayclass-controller", classless: false, component: "envoy-gateway" }],
  [/(^|\/)(origin|ose)-haproxy-router(:|@|$)/, { name: "openshift", classless: false, component: "openshift-router" }],
];

/** What images make of a pod: there are few. */
const known = new Memory<ProxyKind | "none">(1000);

/** What the pod's image makes it: a reverse proxy of some kind, or none. */
export function proxyOfPod(pod: Pod): ProxyKind | undefined {
  const { containers } = pod.spec;
  for (let i = 0; i < containers.length; i += 1) {
    const kind = proxyIn(containers[i]?.image ?? "");
    if (kind !== "none") return kind;
  }
  return undefined;
}

function proxyIn(image: string): ProxyKind | "none" {
  return known.of(image, (text) => KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? "none");
}

/** The same, by the pod's key. */
export function proxyOf(client: Client, pod: ObjectKey): ProxyKind | undefined {
  const object = client.get<Pod>(POD, pod);
  return object && proxyOfPod(object);
}

const PHRASES: Readonly<Record<number, string>> = { 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out" };

/** The page a proxy of this kind shows for an error of its own. */
export function errorPage(kind: ProxyKind, status: number): AppResponse {
  const phrase = PHRASES[status] ?? "";
  switch (kind.name) {
    case "traefik": {
      const body = status === 404 ? "404 page not found\n" : status === 503 ? "no available server\n" : status === 504 ? "Gateway Timeout" : phrase;
      return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
    }
    case "haproxy": {
      if (status === 404) return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: "default backend - 404" };
      const why = status === 503 ? "No server is available to handle this request." : status === 504 ? "The server didn't respond in time." : "The server returned an invalid or incomplete response.";
      const title = status === 503 ? "Service Unavailable" : phrase;
      return { status, headers: { "content-type": "text/html" }, body: `<html><body><h1>${status} ${title}</h1>\n${why}\n</body></html>\n` };
    }
    case "openshift": {
      const body = status === 503 ? "<html>\n<head><title>Application is not available</title></head>\n<body>\n<h1>Application is not available</h1>\n<p>The application is currently not serving requests at this endpoint. It may not have been started or is still starting.</p>\n</body>\n</html>\n" : `<html><body><h1>${status} ${phrase}</h1>\n</body></html>\n`;
      return { status, headers: { "content-type": "text/html" }, body };
    }
    case "envoy-gateway":
      return { status, headers: { server: "envoy" }, body: status === 404 ? "" : status === 503 ? "no healthy upstream" : "upstream connect error or disconnect/reset before headers" };
    default:
      return { status, headers: { "content-type": "text/html", server: "nginx" }, body: `<html>\n<head><title>${status} ${phrase}</title></head>\n<body>\n<center><h1>${status} ${phrase}</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n` };
  }
}

/** A redirect as such a proxy sends it. */
export function redirect(kind: ProxyKind, status: number, location: string): AppResponse {
  const title = { 301: "Moved Permanently", 302: "Found", 307: "Temporary Redirect", 308: "Permanent Redirect" }[status] ?? "Found";
  const body = kind.name === "nginx" ? `<html>\n<head><title>${status} ${title}</title></head>\n<body>\n<center><h1>${status} ${title}</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n` : title;
  return { status, headers: { location, "content-type": kind.name === "nginx" ? "text/html" : "text/plain; charset=utf-8" }, body };
}
