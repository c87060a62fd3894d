/** Who asks, once headers have had their say. Upstream: apiserver/pkg/endpoints/filters, WithImpersonation. */
import { checkToken, compareStrings, impersonate, signingKey, type Cluster, type RoleReader, type TokenVerdict } from "@/lib/engine";
import { textAnswer, type RestAnswer, type RestRequest, type UserInfo } from "./message";
import { refuse } from "./status";

/** Somebody who shows no credentials at all. */
export const ANONYMOUS: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** Reads a cluster's objects as the API server itself does. */
export function readerOf(cluster: Cluster): RoleReader {
  return cluster.as("system:apiserver");
}

/** Whose bearer token it is; an error in the API server's words when it is nobody's. */
export function tokenVerdict(cluster: Cluster, token: string, audiences?: readonly string[]): TokenVerdict {
  return checkToken(readerOf(cluster), signingKey(cluster.options), cluster.now, token, audiences);
}

/** The values of a header that may come more than once: one a line. */
function values(headers: RestRequest["headers"], name: string): readonly string[] {
  const text = headers[name];
  return text === undefined ? [] : text.split("\n").filter((value) => value !== "");
}

const EXTRA = "impersonate-extra-";

function decodedKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function extraOf(headers: RestRequest["headers"]): Readonly<Record<string, readonly string[]>> {
  const named = Object.keys(headers).filter((name) => name.startsWith(EXTRA)).sort(compareStrings);
  return Object.fromEntries(named.map((name) => [decodedKey(name.slice(EXTRA.length)), values(headers, name)]));
}

/** Whoever a request is made as: its user, or whom the user may act as. An answer when the headers make no sense. @throws {ApiError} 403 */
export function actingUser(request: RestRequest, cluster: Cluster): UserInfo | RestAnswer {
  const { headers, user } = request;
  const [name = ""] = values(headers, "impersonate-user");
  const groups = values(headers, "impersonate-group");
  const [uid = ""] = values(headers, "impersonate-uid");
  const extra = extraOf(headers);
  if (name !== "") return impersonate(readerOf(cluster), user, name, groups, { uid, extra });
  if (groups.length === 0 && uid === "" && Object.keys(extra).length === 0) return user;
  const asked = [...groups.map((group) => `{Group  ${group}  }`), ...(uid === "" ? [] : [`{UID  ${uid} authentication.k8s.io/v1 }`])];
  return textAnswer(`Internal Server Error: ${JSON.stringify(request.path)}: requested [${asked.join(" ")}] without impersonating a user\n`, 500);
}

/** The same request in the name of whom it asks to be made as, or the refusal: for whoever writes down in whose name things are done. */
export function inOwnName(request: RestRequest, cluster: Cluster): { readonly request: RestRequest } | { readonly refused: RestAnswer } {
  try {
    const user = actingUser(request, cluster);
    if ("type" in user) return { refused: user };
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith("impersonate-")));
    return { request: { ...request, headers, user } };
  } catch (error) {
    return { refused: refuse(error) };
  }
}
