import { ENDPOINT_SLICE, SERVICE, type EndpointSlice, type Ingress, type IngressBackend, type Client, type Service } from "@/lib/engine";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { oneLineLabels, orNone } from "./paper";
import { jsonOf, listOf, partOf, textOf } from "./read";

/** Ready addresses behind one port of a Service, as describe prints them. */
export function endpointsText(client: Client, namespace: string, service: string, portName: string): string {
  const slices = client.list<EndpointSlice>(ENDPOINT_SLICE, { namespace, labelSelector: `kubernetes.io/service-name=${service}` });
  const all = slices.flatMap((slice) => {
    const port = (slice.ports ?? []).find(({ name = "" }) => name === portName);
    if (port === undefined) return [];
    return (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses }) => addresses.map((address) => `${address}:${port.port ?? 0}`));
  });
  return all.length > 3 ? `${all.slice(0, 3).join(",")} + ${all.length - 3} more...` : all.join(",");
}

/** Describes a Service. Upstream: describeService. */
export function describeService(scene: Scene<Service>): void {
  const { object: service, paper } = scene;
  const { metadata, spec, status } = service;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, `Selector:\t${oneLineLabels(spec.selector)}`);
  paper.line(0, `Type:\t${spec.type ?? "ClusterIP"}`);
  if (spec.ipFamilyPolicy) paper.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`);
  paper.line(0, `IP Families:\t${orNone((spec.ipFamilies ?? []).join(","))}`);
  paper.line(0, `IP:\t${spec.clusterIP ?? ""}`);
  paper.line(0, `IPs:\t${orNone((spec.clusterIPs ?? []).join(","))}`);
  if ((spec.externalIPs ?? []).length > 0) paper.line(0, `External IPs:\t${(spec.externalIPs ?? []).join(",")}`);
  if (spec.loadBalancerIP) paper.line(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`);
  if (spec.externalName) paper.line(0, `External Name:\t${spec.externalName}`);
  const given = status?.loadBalancer?.ingress ?? [];
  if (given.length > 0) paper.line(0, `LoadBalancer Ingress:\t${given.map(({ ip, hostname, ipMode }) => (ip === undefined || ip === "" ? (hostname ?? "") : `${ip}${ipMode === undefined ? "" : ` (${ipMode})`}`)).join(", ")}`);
  writePorts(scene);
  paper.line(0, `Session Affinity:\t${spec.sessionAffinity ?? "None"}`);
  if (spec.externalTrafficPolicy) paper.line(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`);
  if (spec.internalTrafficPolicy) paper.line(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`);
  if (spec.trafficDistribution) paper.line(0, `Traffic Distribution:\t${spec.trafficDistribution}`);
  if (spec.healthCheckNodePort) paper.line(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}`);
  if ((spec.loadBalancerSourceRanges ?? []).length > 0) paper.line(0, `LoadBalancer Source Ranges:\t${(spec.loadBalancerSourceRanges ?? []).join(",")}`);
  writeEvents(scene as Scene);
}

function writePorts({ object: { metadata, spec }, paper, client }: Scene<Service>): void {
  for (const port of spec.ports ?? []) {
    const name = port.name === undefined || port.name === "" ? "<unset>" : port.name;
    const protocol = port.protocol ?? "TCP";
    paper.line(0, `Port:\t${name}\t${port.port}/${protocol}`);
    paper.line(0, `TargetPort:\t${port.targetPort ?? port.port}/${protocol}`);
    if ((port.nodePort ?? 0) !== 0) paper.line(0, `NodePort:\t${name}\t${port.nodePort}/${protocol}`);
    paper.line(0, `Endpoints:\t${endpointsText(client, metadata.namespace ?? "", metadata.name, port.name ?? "")}`);
  }
}

/** Describes an Ingress. */
export function describeIngress(scene: Scene<Ingress>): void {
  const { object, paper, client } = scene;
  const { metadata, spec, status } = object;
  const namespace = metadata.namespace ?? "";
  const behind = (backend: IngressBackend): string => `${backendText(backend)} (${backendEndpoints(client, namespace, backend)})`;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.labels("Labels", metadata.labels);
  paper.line(0, `Namespace:\t${namespace}`);
  paper.line(0, `Address:\t${(status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? "").join(",")}`);
  paper.line(0, `Ingress Class:\t${spec.ingressClassName ?? "<none>"}`);
  paper.line(0, `Default backend:\t${spec.defaultBackend ? behind(spec.defaultBackend) : "<default>"}`);
  if ((spec.tls ?? []).length > 0) {
    paper.line(0, "TLS:");
    for (const { hosts = [], secretName = "" } of spec.tls ?? []) paper.line(1, secretName === "" ? `SNI routes ${hosts.join(",")}` : `${secretName} terminates ${hosts.join(",")}`);
  }
  paper.line(0, "Rules:");
  paper.line(1, "Host\tPath\tBackends");
  paper.line(1, "----\t----\t--------");
  const rules = (spec.rules ?? []).filter((rule) => rule.http !== undefined);
  for (const rule of rules) {
    paper.line(1, `${rule.host === undefined || rule.host === "" ? "*" : rule.host}\t`);
    for (const { path = "", backend } of rule.http?.paths ?? []) paper.line(2, `\t${path} \t${behind(backend)}`);
  }
  if (rules.length === 0 && spec.defaultBackend) paper.line(1, `*\t*\t${behind(spec.defaultBackend)}`);
  paper.annotations("Annotations", metadata.annotations);
  writeEvents(scene as Scene);
}

function backendText(backend: IngressBackend): string {
  const port = backend.service?.port;
  return `${backend.service?.name ?? ""}:${port?.number ?? port?.name ?? ""}`;
}

function backendEndpoints(client: Client, namespace: string, backend: IngressBackend): string {
  const name = backend.service?.name ?? "";
  const service = client.get<Service>(SERVICE, { namespace, name });
  if (!service) return `<error: services "${name}" not found>`;
  const wanted = backend.service?.port;
  const port = (service.spec.ports ?? []).find((candidate) => candidate.port === wanted?.number || (wanted?.name !== undefined && candidate.name === wanted.name));
  return port === undefined ? "" : endpointsText(client, namespace, name, port.name ?? "");
}

/** Describes an EndpointSlice. */
export function describeEndpointSlice(scene: Scene<EndpointSlice>): void {
  const { object, paper } = scene;
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
  paper.line(0, `AddressType:\t${object.addressType}`);
  const ports = object.ports ?? [];
  if (ports.length === 0) paper.line(0, "Ports: <unset>");
  else {
    paper.line(0, "Ports:");
    paper.line(1, "Name\tPort\tProtocol");
    paper.line(1, "----\t----\t--------");
    for (const { name, port, protocol = "TCP" } of ports) paper.line(1, `${name === undefined || name === "" ? "<unset>" : name}\t${port ?? "<unset>"}\t${protocol}`);
  }
  const endpoints = object.endpoints ?? [];
  paper.line(0, endpoints.length === 0 ? "Endpoints: <none>" : "Endpoints:");
  for (const endpoint of endpoints) {
    paper.line(1, `- Addresses:\t${endpoint.addresses.join(", ")}`);
    paper.line(2, "Conditions:");
    paper.line(3, `Ready:\t${String(endpoint.conditions?.ready ?? "<unset>")}`);
    paper.line(2, `Hostname:\t${endpoint.hostname ?? "<unset>"}`);
    if (endpoint.targetRef) paper.line(2, `TargetRef:\t${endpoint.targetRef.kind}/${endpoint.targetRef.name}`);
    paper.line(2, `NodeName:\t${endpoint.nodeName ?? "<unset>"}`);
    paper.line(2, `Zone:\t${endpoint.zone ?? "<unset>"}`);
  }
  writeEvents(scene as Scene);
}

/** Describes v1 Endpoints. */
export function describeEndpoints(scene: Scene): void {
  const { object, paper } = scene;
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
  paper.line(0, "Subsets:");
  for (const subset of listOf(jsonOf(object), "subsets")) {
    const addresses = (field: string): string => orNone(listOf(subset, field).map((address) => textOf(address, "ip")).join(","));
    paper.line(1, `Addresses:\t${addresses("addresses")}`);
    paper.line(1, `NotReadyAddresses:\t${addresses("notReadyAddresses")}`);
    const ports = listOf(subset, "ports");
    if (ports.length > 0) {
      paper.line(1, "Ports:");
      paper.line(2, "Name\tPort\tProtocol");
      paper.line(2, "----\t----\t--------");
      for (const port of ports) paper.line(2, `${textOf(port, "name") || "<unset>"}\t${textOf(port, "port")}\t${textOf(port, "protocol")}`);
    }
    paper.line(0, "");
  }
  writeEvents(scene);
}

/** Describes an IngressClass. */
export function describeIngressClass(scene: Scene): void {
  const { object, paper } = scene;
  const spec = partOf(jsonOf(object), "spec");
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
  paper.line(0, `Controller:\t${textOf(spec, "controller")}`);
  if (spec["parameters"] !== undefined) {
    paper.line(0, "Parameters:");
    for (const [title, field] of [["APIGroup", "apiGroup"], ["Kind", "kind"], ["Name", "name"]] as const) if (field !== "apiGroup" || textOf(spec, "parameters.apiGroup") !== "") paper.line(1, `${title}:\t${textOf(spec, `parameters.${field}`)}`);
  }
  writeEvents(scene);
}
