/** The rules of EndpointSlices. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors, legacyIpErrors } from "../../../apimachinery/names";
import { jsonOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, objectsAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata } from "../../meta-validation";

const TYPES = ["FQDN", "IPv4", "IPv6"];

function validateAddress(found: Findings, path: string, type: string, address: string): void {
  if (type === "FQDN") {
    found.names(path, address, dns1123SubdomainErrors(address));
    return;
  }
  const wrong = legacyIpErrors(address);
  found.names(path, address, wrong);
  if (wrong.length > 0) return;
  if (type === "IPv4" && address.includes(":")) found.invalid(path, address, "must be an IPv4 address");
  if (type === "IPv6" && !address.includes(":")) found.invalid(path, address, "must be an IPv6 address");
}

function validateEndpoints(found: Findings, type: string, endpoints: readonly JsonObject[]): void {
  endpoints.forEach((endpoint, i) => {
    const at = `endpoints[${i}]`;
    const addresses = listAt(endpoint, "addresses");
    if (addresses.length === 0) found.required(`${at}.addresses`, "must contain at least 1 address");
    addresses.forEach((address, j) => {
      if (typeof address === "string") validateAddress(found, `${at}.addresses[${j}]`, type, address);
    });
    if (has(endpoint, "hostname")) found.names(`${at}.hostname`, textAt(endpoint, "hostname"), dns1123LabelErrors(textAt(endpoint, "hostname")));
    if (has(endpoint, "nodeName")) found.names(`${at}.nodeName`, textAt(endpoint, "nodeName"), dns1123SubdomainErrors(textAt(endpoint, "nodeName")));
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
  const names = new Set<string>();
  objectsAt(slice, "ports").forEach((port, i) => {
    const name = textAt(port, "name");
    if (name !== "") found.names(`ports[${i}].name`, name, dns1123LabelErrors(name));
    if (names.has(name)) found.duplicate(`ports[${i}].name`, name);
    names.add(name);
    const protocol = textAt(port, "protocol");
    if (!["SCTP", "TCP", "UDP"].includes(protocol)) found.notSupported(`ports[${i}].protocol`, protocol, ["SCTP", "TCP", "UDP"]);
  });
  if (previous !== undefined) immutable(found, "addressType", slice["addressType"], jsonOf(previous)["addressType"]);
  return found.errors;
}
