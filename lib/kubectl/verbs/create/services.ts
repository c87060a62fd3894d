import type { JsonObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { generator } from "./generator";

const tcp = flag("list", "tcp", "Ports as port or port:targetPort; may be given again");

function portsOf(call: Call, nodePort = 0): readonly JsonObject[] {
  return call.flags.list("tcp").map((spec) => {
    const [from = "", to = from] = spec.split(":");
    if (!/^[0-9]+$/.test(from)) fail(`strconv.ParseUint: parsing ${JSON.stringify(from)}: invalid syntax`);
    if (Number(from) > 65535) fail(`strconv.ParseUint: parsing ${JSON.stringify(from)}: value out of range`);
    return { name: spec.replaceAll(":", "-"), ...(nodePort > 0 ? { nodePort } : {}), port: Number(from), protocol: "TCP", targetPort: spec.includes(":") ? targetOf(to) : Number(from) };
  });
}

function targetOf(text: string): string | number {
  const problem = /^[-+]?[0-9]+$/.test(text) ? portNumberProblem(Number(text)) : portNameProblems(text);
  return problem === "" ? (/^[-+]?[0-9]+$/.test(text) ? Number(text) : text) : fail(problem);
}

function portNumberProblem(port: number): string {
  return port < 1 || port > 65535 ? "must be between 1 and 65535, inclusive" : "";
}

/** Upstream: apimachinery/pkg/util/validation IsValidPortName. */
function portNameProblems(name: string): string {
  return [
    ...(name.length > 15 ? ["must be no more than 15 characters"] : []),
    ...(/^[-a-z0-9]*$/.test(name) ? [] : ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"]),
    ...(/[a-z]/.test(name) ? [] : ["must contain at least one letter (a-z)"]),
    ...(name.includes("--") ? ["must not contain consecutive hyphens"] : []),
    ...(name.startsWith("-") || name.endsWith("-") ? ["must not begin or end with a hyphen"] : []),
  ].join(",");
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
  failing: "failed to create ClusterIP service:",
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
  failing: "failed to create NodePort service:",
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
  failing: "failed to create LoadBalancer service:",
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
  failing: "failed to create ExternalName service:",
  required: ["external-name"],
  build(call, name) {
    if (!/^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(call.flags.text("external-name"))) fail(`invalid service external name ${call.flags.text("external-name")}`);
    const ports = portsOf(call);
    return service(name, { externalName: call.flags.text("external-name"), ...(ports.length > 0 ? { ports } : {}), type: "ExternalName" });
  },
});

const RULE = /^([^/=]*)(\/[^=]*)=([^:,=]+):([^,]+)(?:,(?:(tls)(?:=(.*))?|.*))?$/;

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
    ...(tls === undefined ? {} : { tls: { ...hosts, ...(secretName === undefined || secretName === "" ? {} : { secretName }) } }),
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
  failing: "failed to create ingress:",
  build(call, name) {
    const rules = call.flags.list("rule").map(ingressRule);
    const fallback = call.flags.text("default-backend");
    if (rules.length === 0 && fallback === "") fail("not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)");
    if (fallback !== "" && fallback.split(":").length !== 2) fail("default-backend should be in format servicename:serviceport");
    const unread = call.flags.list("annotation").find((pair) => pair.indexOf("=") < 1);
    if (unread !== undefined) fail(`annotation ${unread} is invalid and should be in format key=[value]`);
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
