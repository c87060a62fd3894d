import { SECRET } from "../apimachinery/kinds";
import type { ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { OutboundRequest } from "../machine/wire";
import { decodeBase64 } from "../resources/core/secret/base64";
import type { Secret } from "../resources/core/secret/secret";
import { certificateCovers, readCertificates, shownBy, type Certificate } from "./certificate";
import { gatewaysOf, ingressesOf, listed, REFERENCE_GRANT } from "./gateway";
import { granted, hostCovers, type ReferenceGrant } from "./http-route";
import { tlsSecretFor } from "./ingress-match";
import { routeFor } from "./openshift-routes";
import type { ProxyKind } from "./proxy-kinds";

/** What a client says of the certificate it was shown. */
export type TlsProblem = "name-mismatch" | "self-signed" | "unknown-authority";

/** The certificate a proxy shows who asks for no host it knows. */
const FAKE: Readonly<Record<ProxyKind["name"], Certificate>> = {
  nginx: { commonName: "Kubernetes Ingress Controller Fake Certificate", names: ["ingress.local"], selfSigned: true },
  traefik: { commonName: "TRAEFIK DEFAULT CERT", names: ["traefik.default"], selfSigned: true },
  haproxy: { commonName: "localhost", names: ["localhost"], selfSigned: true },
  "nginx-gateway": { commonName: "", names: [], selfSigned: true },
  "envoy-gateway": { commonName: "", names: [], selfSigned: true },
  openshift: { commonName: "*.apps", names: ["*.apps"], selfSigned: true },
};

/** The certificate a proxy shows for a server name (SNI): that of the Ingress or listener of this host, else its own. */
export function certificateFor(client: Client, kind: ProxyKind, host: string): Certificate {
  if (kind.name === "openshift") return shownBy(routeFor(client, host.toLowerCase(), "/")?.certificate ?? "") ?? FAKE.openshift;
  const secret = tlsSecretFor(ingressesOf(client, kind), host) ?? listenerSecret(client, kind, host);
  const text = secret && decodeBase64(client.get<Secret>(SECRET, secret)?.data?.["tls.crt"] ?? "");
  return (typeof text === "string" ? shownBy(text) : undefined) ?? FAKE[kind.name];
}

function listenerSecret(client: Client, kind: ProxyKind, host: string): ObjectKey | undefined {
  const grants = listed<ReferenceGrant>(client, REFERENCE_GRANT, "referencegrants");
  for (const gateway of gatewaysOf(client, kind)) {
    const home = gateway.metadata.namespace ?? "";
    const listener = gateway.spec.listeners.find((one) => one.protocol === "HTTPS" && hostCovers(one.hostname ?? "", host));
    const ref = listener?.tls?.certificateRefs?.[0];
    const key = ref && { namespace: ref.namespace ?? home, name: ref.name };
    if (key && granted(grants, { kind: "Gateway", namespace: home }, { kind: "Secret", ...key })) return key;
  }
  return undefined;
}

/** What the client minds about the certificate; undefined when it minds nothing. */
export function tlsProblem(request: OutboundRequest, certificate: Certificate): TlsProblem | undefined {
  if (request.tls === undefined || request.tls.insecure === true) return undefined;
  const road = [certificate.subject, certificate.issuer, ...(certificate.signers ?? [])];
  const trusted = readCertificates(request.tls.trusted ?? "").some(({ subject }) => road.includes(subject));
  if (!trusted) return certificate.selfSigned ? "self-signed" : "unknown-authority";
  return certificateCovers(certificate, serverName(request)) ? undefined : "name-mismatch";
}

/** The name the client asks for in its first words, which it then looks for in the certificate. */
export function serverName(request: OutboundRequest): string {
  return request.tls?.serverName ?? request.host;
}
