/** The rules of NetworkPolicies. Upstream: `pkg/apis/networking/validation`. */
import { Address4, Address6 } from "ip-address";
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { legacyCidrErrors, portNameErrors, portNumberErrors } from "../../../apimachinery/names";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata, validateSelector } from "../../meta-validation";

const PROTOCOLS = ["TCP", "UDP", "SCTP"];

function validatePort(found: Findings, path: string, port: JsonObject): void {
  if (has(port, "protocol") && !PROTOCOLS.includes(textAt(port, "protocol"))) found.notSupported(`${path}.protocol`, textAt(port, "protocol"), PROTOCOLS);
  const [number, end] = [numberAt(port, "port"), numberAt(port, "endPort")];
  if (number !== undefined) {
    for (const message of portNumberErrors(number)) found.invalid(`${path}.port`, number, message);
    if (end === undefined) return;
    if (end < number) found.invalid(`${path}.endPort`, end, "must be greater than or equal to `port`");
    for (const message of portNumberErrors(end)) found.invalid(`${path}.endPort`, end, message);
  } else if (has(port, "port")) {
    if (end !== undefined) found.invalid(`${path}.endPort`, end, "may not be specified when `port` is non-numeric");
    found.names(`${path}.port`, textAt(port, "port"), portNameErrors(textAt(port, "port")));
  } else if (end !== undefined) found.invalid(`${path}.endPort`, end, "may not be specified when `port` is not specified");
}

/** Old fields let leading zeros pass; who computes with them must not see them. */
const plain = (cidr: string): string => (cidr.includes(":") ? cidr : cidr.replace(/(^|[./])0+(?=[0-9])/g, "$1"));

function isStrictSubset(inner: string, outer: string): boolean {
  const six = outer.includes(":");
  if (inner.includes(":") !== six) return false;
  const [small, large] = six ? [new Address6(inner), new Address6(outer)] : [new Address4(plain(inner)), new Address4(plain(outer))];
  if (small.subnetMask <= large.subnetMask) return false;
  const address = small.startAddress().bigInt();
  return address >= large.startAddress().bigInt() && address <= large.endAddress().bigInt();
}

function validateBlock(found: Findings, path: string, block: JsonObject): void {
  const cidr = textAt(block, "cidr");
  if (cidr === "") {
    found.required(`${path}.cidr`);
    return;
  }
  const wrong = legacyCidrErrors(cidr);
  found.names(`${path}.cidr`, cidr, wrong);
  if (wrong.length > 0) return;
  listAt(block, "except").forEach((value, i) => {
    if (typeof value !== "string") return;
    const at = `${path}.except[${i}]`;
    const messages = legacyCidrErrors(value);
    found.names(at, value, messages);
    if (messages.length === 0 && !isStrictSubset(value, cidr)) found.invalid(at, value, "must be a strict subset of `cidr`");
  });
}

function validatePeer(found: Findings, path: string, peer: JsonObject): void {
  const kinds = ["podSelector", "namespaceSelector", "ipBlock"].filter((kind) => has(peer, kind));
  for (const kind of kinds) {
    if (kind === "ipBlock") validateBlock(found, `${path}.ipBlock`, objectAt(peer, kind));
    else validateSelector(found, `${path}.${kind}`, objectAt(peer, kind));
  }
  if (kinds.length === 0) found.required(path, "must specify a peer");
  else if (kinds.length > 1 && kinds.includes("ipBlock")) found.forbidden(path, "may not specify both ipBlock and another peer");
}

/** Everything wrong with a NetworkPolicy. */
export function validateNetworkPolicy(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("networkpolicy");
  const spec = specOf(object);
  validateMetadata(found, object);
  validateSelector(found, "spec.podSelector", objectAt(spec, "podSelector"));
  for (const [side, peers] of [["ingress", "from"], ["egress", "to"]] as const) {
    objectsAt(spec, side).forEach((rule, i) => {
      objectsAt(rule, "ports").forEach((port, j) => validatePort(found, `spec.${side}[${i}].ports[${j}]`, port));
      objectsAt(rule, peers).forEach((peer, j) => validatePeer(found, `spec.${side}[${i}].${peers}[${j}]`, peer));
    });
  }
  const types = listAt(spec, "policyTypes");
  if (types.length > 2) found.invalid("spec.policyTypes", types, "may not specify more than two policyTypes");
  else types.forEach((type, i) => {
    if (type !== "Ingress" && type !== "Egress") found.notSupported(`spec.policyTypes[${i}]`, type, ["Ingress", "Egress"]);
  });
  return found.errors;
}
