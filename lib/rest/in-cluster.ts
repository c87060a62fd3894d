import type { AppRequest, AppResponse, Cluster } from "@/lib/engine";
import { handle } from "./handle";
import { ANONYMOUS, tokenVerdict } from "./identity";
import { failure } from "./status";

/**
 * The API as processes in the cluster reach it, through the `kubernetes` Service: with the token mounted into their pod, or
 * as nobody. For {@link Cluster.serveApi}.
 *
 * @simplified A watch, and a log that is followed, end at once with what there is; nothing can be upgraded to a stream.
 */
export function inClusterDoor(request: AppRequest, cluster: Cluster): AppResponse {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  const verdict = token === undefined ? { user: ANONYMOUS } : tokenVerdict(cluster, token);
  if (!("user" in verdict)) return { status: 401, headers: { "content-type": "application/json" }, body: `${JSON.stringify(failure(401, "Unauthorized", "Unauthorized"), null, 2)}\n` };
  const mark = request.path.indexOf("?");
  const { host: _host, authorization: _token, ...headers } = request.headers;
  const answer = handle({ method: request.method, path: mark < 0 ? request.path : request.path.slice(0, mark), query: mark < 0 ? "" : request.path.slice(mark + 1), headers, body: request.body, user: verdict.user }, cluster);
  if (answer.type !== "body") return { status: 200, headers: { "content-type": "application/json" }, body: "" };
  return { status: answer.status, headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value])), body: indented(answer.body, answer.headers["Content-Type"] ?? "", request.headers["user-agent"] ?? "") };
}

/** People read what curl, wget and browsers get. Upstream: apiserver/pkg/endpoints/handlers/negotiation, isPrettyPrint. */
function indented(body: string, type: string, agent: string): string {
  if (!type.startsWith("application/json") || !/^(?:curl|Wget|Mozilla\/5\.0)/.test(agent)) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
