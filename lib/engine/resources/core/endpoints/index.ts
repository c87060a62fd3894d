import type { FieldError } from "../../../apimachinery/api-error";
import { ENDPOINTS } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors, ipErrors, isIpAddress, portNumberErrors, qualifiedNameErrors } from "../../../apimachinery/names";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { changedEach, filled, has, numberAt, objectsAt, textAt } from "../../json-object";
import { metadataOnlyDiffers, validateMetadata, validateMetadataUpdate } from "../../meta-validation";
import { validateEndpointAddress } from "./address";

/** v1/Endpoints, kept beside EndpointSlices for old readers. */
export interface Endpoints extends KubeObject {
  readonly subsets?: readonly {
    readonly addresses?: readonly EndpointAddress[];
    readonly notReadyAddresses?: readonly EndpointAddress[];
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string; readonly appProtocol?: string }[];
  }[];
}

/** One backend. */
export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: { readonly kind?: string; readonly namespace?: string; readonly name?: string; readonly uid?: string };
}

const PROTOCOLS = ["SCTP", "TCP", "UDP"];
function validateAddress(found: Findings, path: string, address: JsonObject): void {
  const ip = textAt(address, "ip");
  found.names(`${path}.ip`, ip, ipErrors(ip));
  if (has(address, "hostname") && textAt(address, "hostname") !== "") found.names(`${path}.hostname`, textAt(address, "hostname"), dns1123LabelErrors(textAt(address, "hostname")));
  if (has(address, "nodeName")) found.names(`${path}.nodeName`, textAt(address, "nodeName"), dns1123SubdomainErrors(textAt(address, "nodeName")));
  if (isIpAddress(ip)) validateEndpointAddress(found, `${path}.ip`, ip);
  else found.invalid(`${path}.ip`, ip, "must be a valid IP address");
}

function validatePort(found: Findings, path: string, port: JsonObject, named: boolean): void {
  const name = textAt(port, "name");
  if (named && name === "") found.required(`${path}.name`);
  else if (name !== "") found.names(`${path}.name`, name, dns1123LabelErrors(name));
  for (const message of portNumberErrors(numberAt(port, "port") ?? 0)) found.invalid(`${path}.port`, numberAt(port, "port") ?? 0, message);
  found.oneOf(`${path}.protocol`, textAt(port, "protocol"), PROTOCOLS);
  const app = textAt(port, "appProtocol");
  if (has(port, "appProtocol")) found.names(`${path}.appProtocol`, app, qualifiedNameErrors(app));
}

function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("endpoints");
  if (previous !== undefined) validateMetadataUpdate(found, object);
  validateMetadata(found, object);
  if (previous !== undefined && metadataOnlyDiffers(object, previous)) return found.errors;
  objectsAt(jsonOf(object), "subsets").forEach((subset, i) => {
    const path = `subsets[${i}]`;
    const sides = ["addresses", "notReadyAddresses"] as const;
    if (sides.every((side) => objectsAt(subset, side).length === 0)) found.required(path, "must specify `addresses` or `notReadyAddresses`");
    for (const side of sides) objectsAt(subset, side).forEach((address, j) => validateAddress(found, `${path}.${side}[${j}]`, address));
    const ports = objectsAt(subset, "ports");
    ports.forEach((port, j) => validatePort(found, `${path}.ports[${j}]`, port, ports.length > 1));
  });
  return found.errors;
}

/** `10.0.0.1:80,10.0.0.2:80`, at most three. Upstream: `formatEndpoints`. */
function text(object: JsonObject): string {
  const pairs = objectsAt(object, "subsets").flatMap((subset) => {
    const ports = objectsAt(subset, "ports");
    const addresses = objectsAt(subset, "addresses").map((address) => textAt(address, "ip"));
    if (ports.length === 0) return addresses;
    return ports.flatMap((port) => addresses.map((ip) => (ip.includes(":") ? `[${ip}]:${numberAt(port, "port") ?? 0}` : `${ip}:${numberAt(port, "port") ?? 0}`)));
  });
  if (pairs.length === 0) return "<none>";
  return pairs.length > 3 ? `${pairs.slice(0, 3).join(",")} + ${pairs.length - 3} more...` : pairs.join(",");
}

/** v1/Endpoints. */
export const endpoints = defineResource({
  kind: ENDPOINTS,
  plural: "endpoints",
  singular: "endpoints",
  shortNames: ["ep"],
  applyDefaults: (object) => changedEach(jsonOf(normalize(ENDPOINTS, object)), "subsets", (subset) => changedEach(subset, "ports", (port) => filled(port, { protocol: "TCP" }))) as unknown as KubeObject,
  checkShape: (object) => checkStructure(ENDPOINTS, object),
  validate,
  columns: [column("Endpoints", text), age],
});
