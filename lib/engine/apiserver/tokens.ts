/** Whose token it is. Upstream: pkg/serviceaccount (jwt.go). */
import { API_AUDIENCE, base64, BORN, signature } from "../apimachinery/account-token";
import { NODE, POD, SECRET, SERVICE_ACCOUNT } from "../apimachinery/kinds";
import type { KindId, KubeObject } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import { decodeBase64 } from "../apimachinery/base64";
import type { RoleReader, UserInfo } from "./authorize";
import { userInfo } from "./authorize";

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
