/** Container logs as a stream of text. */
import { instantOf, POD, timestamp, type Cluster, type ContainerStatus, type LogLine, type ObjectKey, type Pod } from "@/lib/engine";
import type { LogStream } from "./stream";

/** How a log is read, in the words of PodLogOptions. */
export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tail: number | undefined;
  readonly sinceSeconds: number | undefined;
  readonly sinceTime: string | undefined;
  readonly limitBytes: number | undefined;
}

/** An instant as the runtime writes it before a line. */
function stamp(at: number): string {
  return timestamp(at).replace("Z", `.${String(at % 1000).padStart(3, "0")}000000Z`);
}

function startOf(cluster: Cluster, { sinceSeconds, sinceTime }: LogOptions): number | undefined {
  if (sinceSeconds !== undefined) return cluster.now - sinceSeconds * 1000;
  return sinceTime === undefined ? undefined : instantOf(sinceTime);
}

/** Does the container still run, or will it run again? */
function lives(cluster: Cluster, key: ObjectKey, container: string): boolean {
  const pod = cluster.as("system:apiserver").get<Pod>(POD, key);
  if (!pod) return false;
  const status = pod.status as { readonly containerStatuses?: readonly ContainerStatus[]; readonly initContainerStatuses?: readonly ContainerStatus[] } | undefined;
  const mine = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(({ name }) => name === container);
  return (mine?.state as { readonly running?: object } | undefined)?.running !== undefined;
}

/** Opens a container's log. */
export function openLog(cluster: Cluster, key: ObjectKey, container: string, options: LogOptions): LogStream {
  let ended = false;
  let begun = false;
  let at = -1;
  let shown = 0;
  let budget = options.limitBytes ?? Number.MAX_SAFE_INTEGER;
  const write = (lines: readonly LogLine[]): string => {
    const text = lines.map((line) => `${options.timestamps ? `${stamp(line.at)} ` : ""}${line.text}\n`).join("").slice(0, budget);
    budget -= text.length;
    if (budget <= 0) ended = true;
    return text;
  };
  /** Remembers the last instant seen, and how many lines of it. */
  const remember = (lines: readonly LogLine[]): void => {
    const last = lines[lines.length - 1];
    if (!last) return;
    shown = lines.filter((line) => line.at === last.at).length;
    at = last.at;
  };
  const read = (): readonly LogLine[] => {
    const { previous } = options;
    if (!begun) {
      begun = true;
      const since = startOf(cluster, options);
      const all = cluster.logs(key, container, { previous, ...(since === undefined ? {} : { since }) }) ?? [];
      remember(all);
      return options.tail === undefined || options.tail < 0 ? all : all.slice(Math.max(0, all.length - options.tail));
    }
    const later = cluster.logs(key, container, at < 0 ? {} : { since: at }) ?? [];
    const fresh = at < 0 ? later : later.slice(shown);
    remember(later);
    return fresh;
  };
  return {
    next() {
      if (ended) return "";
      const text = write(read());
      if (!options.follow || !lives(cluster, key, container)) ended = true;
      return text;
    },
    get ended() {
      return ended;
    },
  };
}
