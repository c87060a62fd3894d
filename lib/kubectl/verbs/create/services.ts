import type { JsonObject } from "@/lib/engine";
import { requireFlags, type Call, type Command } from "../../command";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { generator } from "./generator";

const tcp = flag("list", "tcp", "Ports as port or port:targetPort; may be given again");

function portsOf(call: Call, nodePort = 0): readonly JsonObject[] {
  return call.flags.list("tcp").map((spec) => {
    const [from = "", to = from] = spec.split(":");
    if (!/^[0-9]+$/.test(from) || Number(from) < 1 || Number(from) > 65535) fail(`invalid port: ${from}`);
    const targetPort = /^[0-9]+$/.test(to) ? Number(to) : to;
    return { name: spec.replace(":", "-"), ...(nodePort > 0 ? { nodePort } : {}), port: Number(from), protocol: "TCP", targetPort };
  });
}

function service(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: "v1", kind: "Service", metadata: { name, labels: { app: name } }, spec: { ...spec, selector: { app: name } }, status: { loadBalancer: {} } };
}

function needPorts(call: Call): void {
  if (call.flags.list("tcp").length === 0) fail("at least one tcp port specifier must be provided");
}

const clusterip = generator({
  name: "clusterip",
  summary: "Create a ClusterIP service",
  usage: "NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none] [options]",
  flags: [tcp, flag("text", "clusterip", "Address to ask for; None for a headless Service")],
  failing: "failed to create ClusterIP service",
  build(call, name) {
    const address = call.flags.text("clusterip");
    if (address !== "None") needPorts(call);
    const ports = portsOf(call);
    return service(name, { ...(address === "" ? {} : { clusterIP: address }), ...(ports.length > 0 ? { ports } : {}), type: "ClusterIP" });
  },
});

const nodeport = generator({
  name: "nodeport",
  summary: "Create a NodePort service",
  usage: "NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]",
  flags: [tcp, flag("int", "node-port", "Port of every machine", { default: "0" })],
  failing: "failed to create NodePort service",
  build(call, name) {
    needPorts(call);
    return service(name, { ports: portsOf(call, call.flags.int("node-port")), type: "NodePort" });
  },
});

const loadbalancer = generator({
  name: "loadbalancer",
  summary: "Create a LoadBalancer service",
  usage: "NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]",
  flags: [tcp],
  failing: "failed to create LoadBalancer service",
  build(call, name) {
    needPorts(call);
    return service(name, { ports: portsOf(call), type: "LoadBalancer" });
  },
});

const externalname = generator({
  name: "externalname",
  summary: "Create an ExternalName service",
  usage: "NAME --external-name external.name [--dry-run=server|client|none] [options]",
  flags: [tcp, flag("text", "external-name", "Name outside the cluster")],
  failing: "failed to create ExternalName service",
  build(call, name) {
    requireFlags(call, "external-name");
    const ports = portsOf(call);
    return service(name, { externalName: call.flags.text("external-name"), ...(ports.length > 0 ? { ports } : {}), type: "ExternalName" });
  },
});

const RULE = /^([^/=]*)(\/[^=]*)=([^:,=]+):([^,]+)(?:,(tls)(?:=(.*))?)?$/;

/** The rule of an Ingress as `--rule` writes it: `host/path*=svc:port,tls=secret`. */
function ingressRule(rule: string): { readonly host: string; readonly path: JsonObject; readonly tls?: JsonObject } {
  const match = RULE.exec(rule);
  if (match === null) return fail(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const [, host = "", path = "", name = "", port = "", tls, secretName] = match;
  const prefix = path.endsWith("*");
  const backend = { service: { name, port: backendPort(port) } };
  const hosts = host === "" ? {} : { hosts: [host] };
  return {
    host,
    path: { backend, path: prefix ? path.slice(0, -1) : path, pathType: prefix ? "Prefix" : "Exact" },
    ...(tls === undefined ? {} : { tls: { ...hosts, ...(secretName === undefined ? {} : { secretName }) } }),
  };
}

function backendPort(port: string): JsonObject {
  return /^[0-9]+$/.test(port) ? { number: Number(port) } : { name: port };
}

const ingress = generator({
  name: "ingress",
  aliases: ["ing"],
  summary: "Create an ingress with the specified name",
  usage: "NAME --rule=host/path=service:port[,tls[=secret]] [options]",
  flags: [flag("repeated", "rule", "host/path=service:port[,tls[=secret]]"), flag("text", "class", "Class of the ingress"), flag("text", "default-backend", "service:port for everything else"), flag("repeated", "annotation", "key=value")],
  failing: "failed to create ingress",
  build(call, name) {
    const rules = call.flags.list("rule").map(ingressRule);
    const fallback = call.flags.text("default-backend");
    if (rules.length === 0 && fallback === "") fail("not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)");
    const hosts = rules.map((rule) => rule.host).filter((host, i, all) => all.indexOf(host) === i);
    const [service = "", port = ""] = fallback.split(":");
    const annotations = Object.fromEntries(call.flags.list("annotation").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
    const tls = rules.flatMap((rule) => (rule.tls === undefined ? [] : [rule.tls]));
    return {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name, ...(call.flags.list("annotation").length > 0 ? { annotations } : {}) },
      spec: {
        ...(call.flags.text("class") === "" ? {} : { ingressClassName: call.flags.text("class") }),
        ...(fallback === "" ? {} : { defaultBackend: { service: { name: service, port: backendPort(port) } } }),
        ...(rules.length === 0 ? {} : { rules: hosts.map((host) => ({ ...(host === "" ? {} : { host }), http: { paths: rules.filter((rule) => rule.host === host).map((rule) => rule.path) } })) }),
        ...(tls.length === 0 ? {} : { tls }),
      },
      status: { loadBalancer: {} },
    };
  },
});

/** Generators of what receives traffic. */
export const serviceGenerators: readonly Command[] = [
  ingress,
  { name: "service", aliases: ["svc"], summary: "Create a service using a specified subcommand", children: [clusterip, externalname, loadbalancer, nodeport] },
];
