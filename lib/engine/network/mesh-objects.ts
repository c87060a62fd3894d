/** What a mesh's proxies are told: the objects of Istio's API, read as JSON of any shape. */
import { compareStrings } from "../apimachinery/compare";
import { CUSTOM_RESOURCE_DEFINITION, POD } from "../apimachinery/kinds";
import { kindId, type JsonObject, type KindId, type KubeObject, type ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import { jsonOf } from "../resources/cells";
import type { Pod } from "../resources/core/pod/pod";
import { has, objectAt, textAt } from "../resources/json-object";

/** The kinds of Istio's API that are acted on here, where their definitions are installed. */
export const VIRTUAL_SERVICE = kindId("networking.istio.io/v1", "VirtualService");
export const DESTINATION_RULE = kindId("networking.istio.io/v1", "DestinationRule");
export const PEER_AUTHENTICATION = kindId("security.istio.io/v1", "PeerAuthentication");

/** Where Istio lives; policies without a selector there are the whole mesh's. */
export const MESH_NAMESPACE = "istio-system";
/** The label injection puts on a pod whose proxy speaks mutual TLS. */
export const TLS_MODE_LABEL = "security.istio.io/tlsMode";

/** One of a route's destinations. */
export interface MeshDestination {
  readonly service: ObjectKey;
  readonly port: number;
  readonly subset: string;
  readonly weight: number;
}

/** An object of the mesh: who it is, and its spec. */
export interface MeshObject {
  readonly key: ObjectKey;
  readonly kind: KindId;
  readonly spec: JsonObject;
}

/** Objects of a kind that may not be installed, the oldest first. */
export function meshObjects(client: Client, kind: KindId, definition: string): readonly MeshObject[] {
  if (client.get(CUSTOM_RESOURCE_DEFINITION, { namespace: "", name: definition }) === undefined) return [];
  return [...client.list<KubeObject>(kind)]
    .sort((a, b) => compareStrings(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "") || compareStrings(a.metadata.namespace ?? "", b.metadata.namespace ?? "") || compareStrings(a.metadata.name, b.metadata.name))
    .map((object) => ({ key: { namespace: object.metadata.namespace ?? "", name: object.metadata.name }, kind, spec: objectAt(jsonOf(object), "spec") }));
}

/** How a workload's proxy takes connections. */
export type PeerMode = "DISABLE" | "PERMISSIVE" | "STRICT";

/** A mode, and the policy that says so; none when it is the mesh's own habit. */
export interface PeerVerdict {
  readonly mode: PeerMode;
  readonly by?: ObjectKey;
}

function modeIn(mtls: JsonObject): PeerMode | undefined {
  const mode = textAt(mtls, "mode");
  return mode === "DISABLE" || mode === "PERMISSIVE" || mode === "STRICT" ? mode : undefined;
}

/** The text values of an object. */
export function textsAt(object: JsonObject, key: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(objectAt(object, key)).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
}

/** Do all of these labels hold? */
export function hasLabels(wanted: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> | undefined): boolean {
  return Object.entries(wanted).every(([name, value]) => labels?.[name] === value);
}

/**
 * Does a workload's proxy take plain text on a port? The policy that selects the pod comes first (its own word on the port before
 * its general one), then its namespace's, then the mesh's; what none of them settles is permissive. Of two at one level the older
 * counts. Upstream: istio pilot/pkg/security/authn ComposePeerAuthentication.
 */
export function peerMode(client: Client, pod: Pod, port: number): PeerVerdict {
  const namespace = pod.metadata.namespace ?? "";
  const all = meshObjects(client, PEER_AUTHENTICATION, "peerauthentications.security.istio.io");
  const selects = (one: MeshObject): boolean => Object.keys(textsAt(objectAt(one.spec, "selector"), "matchLabels")).length > 0;
  const own = all.find((one) => one.key.namespace === namespace && selects(one) && hasLabels(textsAt(objectAt(one.spec, "selector"), "matchLabels"), pod.metadata.labels));
  const wide = (where: string): MeshObject | undefined => all.find((one) => one.key.namespace === where && !selects(one));
  const onPort = own && modeIn(objectAt(objectAt(own.spec, "portLevelMtls"), String(port)));
  if (own && onPort) return { mode: onPort, by: own.key };
  for (const level of [own, wide(namespace), wide(MESH_NAMESPACE)]) {
    const mode = level && modeIn(objectAt(level.spec, "mtls"));
    if (mode) return { mode, by: level.key };
  }
  return { mode: "PERMISSIVE" };
}

/** A pod as the mesh knows it: the name in its certificate and who signed it. */
export interface MeshIdentity {
  readonly identity: string;
  readonly authority: string;
}

/** The identity a pod's proxy has: that of its ServiceAccount, from the authority it was told to ask. Upstream: SPIFFE. */
export function identityOf(client: Client, key: ObjectKey): MeshIdentity {
  const pod = client.get<Pod>(POD, key);
  const proxy = [...(pod?.spec.initContainers ?? []), ...(pod?.spec.containers ?? [])].find(({ name }) => name === "istio-proxy");
  const authority = proxy?.env?.find(({ name }) => name === "CA_ADDR")?.value ?? "istiod.istio-system.svc:15012";
  return { identity: `spiffe://cluster.local/ns/${key.namespace}/sa/${pod?.spec.serviceAccountName ?? "default"}`, authority };
}

/** A host of Istio's API in full: short names are Services of the object's own namespace, names with dots are taken as they are. */
export function fullHost(host: string, namespace: string): string {
  return host.includes(".") || host.startsWith("*") ? host.toLowerCase() : `${host.toLowerCase()}.${namespace}.svc.cluster.local`;
}

/** Does a host of Istio's API, perhaps a wildcard, cover a name? Wildcards cover any depth. */
export function coversHost(host: string, name: string): boolean {
  if (host === "*" || host === name) return true;
  return host.startsWith("*.") && name.endsWith(host.slice(1));
}

/** The Service a name means to a process of a namespace. */
export function serviceOfHost(host: string, namespace: string): ObjectKey | undefined {
  const match = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?)?\.?$/.exec(host.toLowerCase());
  return match ? { name: match[1] ?? "", namespace: match[2] ?? namespace } : undefined;
}

/** The DestinationRule for a Service: the caller's namespace before the Service's own, then the mesh's. */
export function destinationRule(client: Client, caller: string, service: ObjectKey): MeshObject | undefined {
  const full = fullHost(service.name, service.namespace);
  const rules = meshObjects(client, DESTINATION_RULE, "destinationrules.networking.istio.io").filter(({ key, spec }) => coversHost(fullHost(textAt(spec, "host"), key.namespace), full));
  for (const namespace of [caller, service.namespace, MESH_NAMESPACE]) {
    const found = rules.find(({ key }) => key.namespace === namespace);
    if (found) return found;
  }
  return undefined;
}

/** The mode of TLS a DestinationRule asks for, its subset's word before its general one. */
export function tlsMode(rule: MeshObject | undefined, subset: JsonObject | undefined): string {
  for (const holder of [subset, rule?.spec]) {
    const policy = holder && objectAt(holder, "trafficPolicy");
    if (policy && has(policy, "tls")) return textAt(objectAt(policy, "tls"), "mode");
  }
  return "";
}
