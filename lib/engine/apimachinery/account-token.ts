/** Tokens of service accounts as text. Upstream: pkg/serviceaccount/claims.go, RFC 7519. */
import { encodeBase64, encodeBase64Bytes } from "./base64";
import { fingerprint } from "./canonical";
import type { JsonObject } from "./meta";
import { hmacSha256 } from "./sha256";

/** Who the API server is to those it writes tokens for. */
export const API_AUDIENCE = "https://kubernetes.default.svc.cluster.local";
/** How long the tokens mounted into pods hold: a year, as upstream's extended ones. */
export const POD_TOKEN_SECONDS = 365 * 24 * 3600;
/** Seconds from 1970 to the instant every cluster is born, 2026-01-01. */
export const BORN = 1_767_225_600;

/** An object a token dies with. */
export interface BoundObject {
  readonly kind: "Pod" | "Secret" | "Node";
  readonly name: string;
  readonly uid: string;
}

/** What a token is to say. Times are instants of the cluster. */
export interface TokenWish {
  readonly namespace: string;
  readonly account: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  readonly now: number;
  readonly seconds: number;
  readonly bound?: BoundObject;
}

/** What the tokens of a cluster are signed with. Clusters of equal options have equal keys, unless whoever hosts them gives each its own. */
export function signingKey(options: { readonly seed: number; readonly signingKey?: string }): string {
  return options.signingKey ?? `timonel:${options.seed}`;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const url = (base64: string): string => base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
/** What base64 for URLs is in ordinary base64. */
export const base64 = (text: string): string => text.replaceAll("-", "+").replaceAll("_", "/");

/** What a text is signed with. */
export function signature(key: string, text: string): string {
  return url(encodeBase64Bytes([...hmacSha256(bytesOf(key), bytesOf(text))]));
}

/** A token as RFC 7519 writes it. @simplified It is signed with a secret (HS256), not with a key pair (RS256): only the cluster itself can check it. */
export function issueToken(key: string, wish: TokenWish): string {
  const { namespace, account, uid, audiences, now, seconds, bound } = wish;
  const issued = BORN + Math.floor(now / 1000);
  const id = fingerprint([key, namespace, account, uid, now, seconds, bound?.uid ?? "", ...audiences].join("\n"));
  const claims: JsonObject = {
    aud: audiences,
    exp: issued + seconds,
    iat: issued,
    iss: API_AUDIENCE,
    jti: `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20, 32)}`,
    "kubernetes.io": {
      namespace,
      ...(bound === undefined ? {} : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }),
      serviceaccount: { name: account, uid },
    },
    nbf: issued,
    sub: `system:serviceaccount:${namespace}:${account}`,
  };
  const kid = url(encodeBase64(fingerprint(key)));
  const text = `${url(encodeBase64(JSON.stringify({ alg: "HS256", kid })))}.${url(encodeBase64(JSON.stringify(claims)))}`;
  return `${text}.${signature(key, text)}`;
}
