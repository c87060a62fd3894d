/** The rules of EndpointSlices. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors, legacyIpErrors, qualifiedNameErrors, validateLabelValue } from "../../../apimachinery/names";
import { jsonOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateLabels, validateMetadata } from "../../meta-validation";
import { validateEndpointAddress } from "../../core/endpoints/address";

const TYPES = ["FQDN", "IPv4", "IPv6"];
const MOST = { endpoints: 1000, addresses: 100, ports: 20000, labels: 16, hints: 8 };

/** A name with a dot in it. Upstream: `IsFullyQualifiedDomainName`, which stops at the first fault. */
function validateDomain(found: Findings, path: string, address: string): void {
  const name = address.replace(/\.$/, "");
  const [wrong] = [dns1123SubdomainErrors(name), ...name.split(".").map(dns1123LabelErrors)].filter((errors) => errors.length > 0);
  if (address === "") found.required(path);
  else if (dns1123SubdomainErrors(name).length === 0 && !name.includes(".")) found.invalid(path, name, "should be a domain with at least two segments separated by dots");
  else if (wrong !== undefined) found.invalid(path, name, wrong.join(","));
}

function validateAddress(found: Findings, path: string, type: string, address: string): void {
  if (type === "FQDN") {
    validateDomain(found, path, address);
    return;
  }
  const wrong = legacyIpErrors(address);
  found.names(path, address, wrong);
  if (wrong.length > 0) return;
  if (type === "IPv4" && address.includes(":")) found.invalid(path, address, "must be an IPv4 address");
  if (type === "IPv6" && !address.includes(":")) found.invalid(path, address, "must be an IPv6 address");
  validateEndpointAddress(found, path, address);
}

/** Where an endpoint is best used from: few places, each told once. */
function validateHints(found: Findings, at: string, hints: JsonObject): void {
  const lists = [["forZones", validateLabelValue], ["forNodes", dns1123SubdomainErrors]] as const;
  for (const [list, rule] of lists) {
    const names = objectsAt(hints, list).map((hint) => textAt(hint, "name"));
    if (names.length > MOST.hints) found.tooMany(`${at}.${list}`, names.length, MOST.hints);
    else
      names.forEach((name, i) => {
        if (names.indexOf(name) < i) found.duplicate(`${at}.${list}[${i}].name`, name);
        found.names(`${at}.${list}[${i}].name`, name, rule(name));
      });
  }
}

function validateEndpoints(found: Findings, type: string, endpoints: readonly JsonObject[]): void {
  if (endpoints.length > MOST.endpoints) {
    found.tooMany("endpoints", endpoints.length, MOST.endpoints);
    return;
  }
  endpoints.forEach((endpoint, i) => {
    const at = `endpoints[${i}]`;
    const addresses = listAt(endpoint, "addresses");
    if (addresses.length === 0) found.required(`${at}.addresses`, "must contain at least 1 address");
    else if (addresses.length > MOST.addresses) found.tooMany(`${at}.addresses`, addresses.length, MOST.addresses);
    addresses.forEach((address, j) => {
      if (typeof address === "string") validateAddress(found, `${at}.addresses[${j}]`, type, address);
    });
    if (has(endpoint, "hostname")) found.names(`${at}.hostname`, textAt(endpoint, "hostname"), dns1123LabelErrors(textAt(endpoint, "hostname")));
    if (has(endpoint, "nodeName")) found.names(`${at}.nodeName`, textAt(endpoint, "nodeName"), dns1123SubdomainErrors(textAt(endpoint, "nodeName")));
    const topology = objectAt(endpoint, "deprecatedTopology");
    if (Object.keys(topology).length > MOST.labels) found.tooMany(`${at}.deprecatedTopology`, Object.keys(topology).length, MOST.labels);
    validateLabels(found, `${at}.deprecatedTopology`, topology);
    validateHints(found, `${at}.hints`, objectAt(endpoint, "hints"));
  });
}

function validatePorts(found: Findings, ports: readonly JsonObject[]): void {
  if (ports.length > MOST.ports) {
    found.tooMany("ports", ports.length, MOST.ports);
    return;
  }
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const name = textAt(port, "name");
    if (name !== "") found.names(`ports[${i}].name`, name, dns1123LabelErrors(name));
    if (names.has(name)) found.duplicate(`ports[${i}].name`, name);
    names.add(name);
    const protocol = textAt(port, "protocol");
    if (!["SCTP", "TCP", "UDP"].includes(protocol)) found.notSupported(`ports[${i}].protocol`, protocol, ["SCTP", "TCP", "UDP"]);
    if (has(port, "appProtocol")) found.names(`ports[${i}].appProtocol`, textAt(port, "appProtocol"), qualifiedNameErrors(textAt(port, "appProtocol")));
  });
}

/** Everything wrong with an EndpointSlice. */
export function validateEndpointSlice(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("endpointslice");
  validateMetadata(found, object);
  const slice = jsonOf(object);
  const type = textAt(slice, "addressType");
  if (type === "") found.required("addressType");
  else if (!TYPES.includes(type)) found.notSupported("addressType", type, TYPES);
  if (TYPES.includes(type)) validateEndpoints(found, type, objectsAt(slice, "endpoints"));
  validatePorts(found, objectsAt(slice, "ports"));
  if (previous !== undefined) immutable(found, "addressType", slice["addressType"], jsonOf(previous)["addressType"]);
  return found.errors;
}
