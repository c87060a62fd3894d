import { INGRESS, INGRESS_CLASS, POD, SERVICE } from "../apimachinery/kinds";
import { compareStrings } from "../apimachinery/compare";
import type { ObjectKey, ObjectRef } from "../apimachinery/meta";
import { refOf } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { AppRequest, AppResponse } from "../machine/behaviour";
import type { PacketTrace } from "../machine/wire";
import { reason, type Reason } from "../reason";
import type { Pod } from "../resources/core/pod/pod";
import type { Service } from "../resources/core/service/service";
import type { Ingress, IngressBackend, IngressClass } from "../resources/networking/ingress/ingress";
import { slicesOf } from "./rules";

const CONTROLLER = "k8s.io/ingress-nginx";

/** Is this pod an ingress controller? Told by its image, as a process would tell by its program. */
export function isIngressController(client: Client, pod: ObjectKey): boolean {
  const object = client.get<Pod>(POD, pod);
  return object?.spec.containers.some((container) => /(^|\/)ingress-nginx\/controller(:|@|$)/.test(container.image ?? "")) ?? false;
}

/** What a reverse proxy decides for one request. */
export type Routing =
  | { readonly to: { readonly ip: string; readonly port: number }; readonly by: ObjectRef; readonly because: Reason }
  | { readonly answer: AppResponse; readonly by?: ObjectRef; readonly because: Reason };

/**
 * Picks the backend for a request by host and longest path, as ingress-nginx does: straight to a
 * ready endpoint, not through the Service's address.
 *
 * No rule matches: 404 from the default backend. No ready endpoint: 503.
 * Upstream: networking/v1 Ingress; kubernetes/ingress-nginx.
 */
export function routeRequest(client: Client, request: AppRequest, turn: (n: number) => number): Routing {
  const host = (request.headers["host"] ?? "").replace(/:\d+$/, "").toLowerCase();
  const mine = client.list<Ingress>(INGRESS).filter((ingress) => isOurs(client, ingress));
  const found = bestRule(mine, host, request.path) ?? defaultOf(mine);
  if (!found) return { answer: page(404, "404 Not Found"), because: reason("ingress.no-matching-rule", { host, path: request.path }) };
  const by = refOf(found.ingress);
  const { service } = found.backend;
  const namespace = found.ingress.metadata.namespace ?? "";
  const endpoints = service ? endpointsOf(client, { namespace, name: service.name }, service.port) : [];
  const params = { host, path: request.path, service: service?.name ?? "" };
  const about = [by, { kind: SERVICE, namespace, name: service?.name ?? "" }];
  if (endpoints.length === 0) return { answer: page(503, "503 Service Temporarily Unavailable"), by, because: reason("ingress.no-endpoints", params, about) };
  const to = endpoints[turn(endpoints.length)] ?? { ip: "", port: 0 };
  return { to, by, because: reason("ingress.matched-rule", { ...params, endpoint: `${to.ip}:${to.port}` }, about) };
}

/** The proxy's own answer when its backend gave none. */
export function answerFor(inner: PacketTrace): AppResponse {
  if (inner.response) return inner.response;
  return inner.outcome === "timed-out" ? page(504, "504 Gateway Time-out") : page(502, "502 Bad Gateway");
}

function page(status: number, title: string): AppResponse {
  return { status, headers: { "content-type": "text/html", server: "nginx" }, body: `<html>\n<head><title>${title}</title></head>\n<body>\n<center><h1>${title}</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n` };
}

function isOurs(client: Client, ingress: Ingress): boolean {
  const name = ingress.spec.ingressClassName ?? ingress.metadata.annotations?.["kubernetes.io/ingress.class"];
  if (name === undefined) return false;
  return client.get<IngressClass>(INGRESS_CLASS, { namespace: "", name })?.spec.controller === CONTROLLER;
}

interface Candidate {
  readonly ingress: Ingress;
  readonly backend: IngressBackend;
}

function defaultOf(ingresses: readonly Ingress[]): Candidate | undefined {
  const ingress = ingresses.find((candidate) => candidate.spec.defaultBackend);
  return ingress?.spec.defaultBackend ? { ingress, backend: ingress.spec.defaultBackend } : undefined;
}

function bestRule(ingresses: readonly Ingress[], host: string, path: string): Candidate | undefined {
  const candidates = ingresses.flatMap((ingress) =>
    (ingress.spec.rules ?? []).flatMap((rule) =>
      (rule.http?.paths ?? [])
        .filter((entry) => pathMatches(entry.path ?? "/", entry.pathType ?? "ImplementationSpecific", path))
        .map((entry) => ({ ingress, backend: entry.backend, host: hostRank(rule.host, host), length: (entry.path ?? "/").length, exact: entry.pathType === "Exact" ? 1 : 0 })),
    ),
  );
  return candidates
    .filter((candidate) => candidate.host > 0)
    .sort((a, b) => b.host - a.host || b.length - a.length || b.exact - a.exact || compareStrings(a.ingress.metadata.name, b.ingress.metadata.name))[0];
}

/** 3 exact host, 2 wildcard (one label), 1 no host given, 0 does not match. */
function hostRank(rule: string | undefined, host: string): number {
  if (rule === undefined || rule === "") return 1;
  if (rule.toLowerCase() === host) return 3;
  if (!rule.startsWith("*.")) return 0;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === rule.slice(1).toLowerCase() ? 2 : 0;
}

function pathMatches(rule: string, type: string, path: string): boolean {
  const asked = path.split("?")[0] ?? "/";
  if (type === "Exact") return asked === rule;
  const prefix = rule.replace(/\/+$/, "");
  return asked === prefix || asked.startsWith(`${prefix}/`);
}

function endpointsOf(client: Client, key: ObjectKey, port: { readonly name?: string; readonly number?: number } | undefined): readonly { readonly ip: string; readonly port: number }[] {
  const service = client.get<Service>(SERVICE, key);
  const servicePort = service?.spec.ports?.find((candidate) => (port?.name !== undefined ? candidate.name === port.name : candidate.port === port?.number));
  if (!service || !servicePort) return [];
  return slicesOf(client, key).flatMap((slice) => {
    const target = slice.ports?.find((candidate) => (candidate.name ?? "") === (servicePort.name ?? ""))?.port;
    if (target === undefined) return [];
    return (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready ?? true).map((endpoint) => ({ ip: endpoint.addresses[0] ?? "", port: target }));
  });
}
