/** How the API server reaches webhooks: a ready pod behind their Service, at once. Upstream: apiserver/pkg/util/proxy. */
import { ENDPOINT_SLICE, SERVICE } from "../apimachinery/kinds";
import type { Client } from "../client/client";
import type { AppRequest, Sockets } from "../machine/wire";
import type { Service } from "../resources/core/service/service";
import type { EndpointSlice } from "../resources/discovery/endpointslice/endpointslice";

/** What is asked of whom. */
export interface ServiceCall {
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number };
  readonly path: string;
  readonly body: string;
  /** Only the answer counts: whoever gives it is afterwards as it was. */
  readonly quiet?: true;
}

/** The answer, or why there is none. */
export type ServiceAnswer = { readonly status: number; readonly body: string } | { readonly error: string };

interface Target {
  readonly ip: string;
  readonly port: number;
}

/** Ready endpoints of a Service's port, in order. */
function targetsOf(client: Client, { namespace, name }: ServiceCall["service"], portName: string): readonly Target[] {
  const slices = client.list<EndpointSlice>(ENDPOINT_SLICE, { namespace, labelSelector: `kubernetes.io/service-name=${name}` });
  return slices.flatMap((slice) => {
    const port = (slice.ports ?? []).find((one) => (one.name ?? "") === portName)?.port;
    const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    return port === undefined ? [] : ready.flatMap(({ addresses }) => addresses.map((ip) => ({ ip, port })));
  });
}

/**
 * Posts to the first ready endpoint of a Service. What a process answers to a POST of JSON is the webhook's answer; it has
 * it ready at once, so that a request to the API stays one step.
 */
export function webhookCaller(client: Client, sockets: Sockets): (call: ServiceCall) => ServiceAnswer {
  return ({ service, path, body, quiet }) => {
    const found = client.get<Service>(SERVICE, { namespace: service.namespace, name: service.name });
    if (!found) return { error: `service ${JSON.stringify(service.name)} not found` };
    const port = (found.spec.ports ?? []).find((one) => one.port === service.port);
    if (!port) return { error: `no service port ${service.port} found for service ${JSON.stringify(service.name)}` };
    const target = targetsOf(client, service, port.name ?? "").find(({ ip }) => reachable(sockets, ip));
    if (!target) return { error: `no endpoints available for service ${JSON.stringify(service.name)}` };
    const socket = sockets.at(target);
    if (!socket) return { error: `dial tcp ${target.ip}:${target.port}: connect: connection refused` };
    const request: AppRequest = { protocol: "http", port: target.port, method: "POST", path, headers: { "content-type": "application/json", host: `${service.name}.${service.namespace}.svc` }, body, from: { ip: "172.18.0.254", port: 40000 } };
    const answer = quiet ? sockets.ask(socket, request) : sockets.deliver(socket, request);
    return answer ?? { error: "context deadline exceeded" };
  };
}

function reachable(sockets: Sockets, ip: string): boolean {
  const sandbox = sockets.sandboxOf(ip);
  return sandbox === undefined || sockets.isUp(sandbox.node);
}
