/** Tokens of service accounts. Upstream: pkg/serviceaccount (claims.go, jwt.go). */
import { fingerprint } from "../apimachinery/canonical";
import { NODE, POD, SECRET, SERVICE_ACCOUNT } from "../apimachinery/kinds";
import type { JsonObject, KindId, KubeObject } from "../apimachinery/meta";
import { hmacSha256 } from "../apimachinery/sha256";
import { timestamp } from "../apimachinery/time";
import { decodeBase64, encodeBase64, encodeBase64Bytes } from "../resources/core/secret/base64";
import type { RoleReader, UserInfo } from "./authorize";
import { userInfo } from "./authorize";

/** Who the API server is to those it writes tokens for. */
export const API_AUDIENCE = "https://kubernetes.default.svc.cluster.local";
/** How long the tokens mounted into pods hold: a year, as upstream's extended ones. */
export const POD_TOKEN_SECONDS = 365 * 24 * 3600;
/** Seconds from 1970 to the instant every cluster is born, 2026-01-01. */
const BORN = 1_767_225_600;

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
const base64 = (text: string): string => text.replaceAll("-", "+").replaceAll("_", "/");

function signature(key: string, text: string): string {
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

interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly nbf: number;
  readonly jti: string;
  readonly "kubernetes.io": { readonly namespace: string; readonly serviceaccount: Named; readonly pod?: Named; readonly secret?: Named; readonly node?: Named };
}
interface Named {
  readonly name: string;
  readonly uid: string;
}

/** The claims of a token this cluster signed; `undefined` for any other text. */
function claimsOf(key: string, token: string): Claims | undefined {
  const parts = token.split(".");
  if (parts.length !== 3 || token.length > 8192) return undefined;
  const [head = "", body = "", sign = ""] = parts;
  const right = signature(key, `${head}.${body}`);
  // Every character is looked at, so that time tells nothing.
  let differs = right.length ^ sign.length;
  for (let i = 0; i < right.length; i += 1) differs |= right.charCodeAt(i) ^ sign.charCodeAt(i);
  if (differs !== 0) return undefined;
  try {
    return JSON.parse(decodeBase64(base64(body))) as Claims;
  } catch {
    return undefined;
  }
}

/** What a token turned out to be. */
export type TokenVerdict = { readonly user: UserInfo; readonly audiences: readonly string[] } | { readonly error: string };

function isThere(reader: RoleReader, kind: KindId, namespace: string, named: Named): boolean {
  return reader.get<KubeObject>(kind, { namespace, name: named.name })?.metadata.uid === named.uid;
}

/** Whose token it is, if it still holds. `now` is an instant of the cluster; without `audiences` it must be one for the API server. */
export function checkToken(reader: RoleReader, key: string, now: number, token: string, audiences: readonly string[] = [API_AUDIENCE]): TokenVerdict {
  const claims = claimsOf(key, token);
  if (!claims) return { error: "invalid bearer token" };
  const heard = claims.aud.filter((audience) => audiences.includes(audience));
  if (heard.length === 0) return { error: `invalid bearer token, token audiences ${goList(claims.aud)} is invalid for the target audiences ${goList(audiences)}` };
  const second = BORN + Math.floor(now / 1000);
  if (second >= claims.exp) return { error: "invalid bearer token, service account token has expired" };
  if (second < claims.nbf) return { error: "invalid bearer token, service account token is not valid yet" };
  const { namespace, serviceaccount, pod, secret, node } = claims["kubernetes.io"];
  if (!isThere(reader, SERVICE_ACCOUNT, namespace, serviceaccount)) return { error: "invalid bearer token, service account token has been invalidated" };
  const gone = (pod && !isThere(reader, POD, namespace, pod)) ?? (secret && !isThere(reader, SECRET, namespace, secret)) ?? (node && !isThere(reader, NODE, "", node));
  if (gone === true) return { error: "invalid bearer token, service account token has been invalidated" };
  const extra: Record<string, readonly string[]> = { "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`] };
  if (node) Object.assign(extra, { "authentication.kubernetes.io/node-name": [node.name], "authentication.kubernetes.io/node-uid": [node.uid] });
  if (pod) Object.assign(extra, { "authentication.kubernetes.io/pod-name": [pod.name], "authentication.kubernetes.io/pod-uid": [pod.uid] });
  return { user: { ...userInfo(`system:serviceaccount:${namespace}:${serviceaccount.name}`), uid: serviceaccount.uid, extra }, audiences: heard };
}

const goList = (list: readonly string[]): string => `[${list.map((text) => JSON.stringify(text)).join(" ")}]`;

/** When a token ends, as `status.expirationTimestamp` writes it. */
export function expiry(now: number, seconds: number): string {
  return timestamp((Math.floor(now / 1000) + seconds) * 1000);
}
