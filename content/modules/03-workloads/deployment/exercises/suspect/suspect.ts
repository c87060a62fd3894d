import type { Cluster, Pod } from "@/lib/engine";
import { fileIn, podsOf } from "@/lib/grader";

/** The page nginx gives; the suspect's was written over. */
export const PAGE = "/usr/share/nginx/html/index.html";

/** The pod whose page carries the mark, if it is alive. */
export function suspectOf(cluster: Cluster, mark: string): Pod | undefined {
  return podsOf(cluster, "").find((pod) => fileIn(cluster, pod, PAGE)?.includes(mark) === true);
}
