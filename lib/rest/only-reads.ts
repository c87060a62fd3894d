import type { RestRequest } from "./message";
import { pathSegments } from "./query";
import { targetOf } from "./target";

const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const OPENING: ReadonlySet<string> = new Set(["exec", "attach", "portforward"]);
const PASSED_ON: ReadonlySet<string> = new Set(["pods", "services"]);

/**
 * Does the answer to a request leave the cluster as it is? What is passed on into a pod or a Service does not, by any
 * method: whatever listens there may count it. Exec, attach and port-forward do: they open a way, and what travels on
 * it is another's to tell.
 */
export function onlyReads({ method, path }: Pick<RestRequest, "method" | "path">): boolean {
  const target = targetOf(pathSegments(path) ?? []);
  if (target?.group === "" && target.plural === "pods" && OPENING.has(target.subresource)) return true;
  const proxied = target?.group === "" && PASSED_ON.has(target.plural) && (target.subresource === "proxy" || target.subresource.startsWith("proxy/"));
  return READING.has(method) && !proxied;
}
