import { defineProgram, millis, type AppRequest, type AppResponse, type Json, type ProcessView } from "@/lib/engine";
import type { NetworkCommand } from "../base/network-command";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import { wordIn } from "../peer-word";

interface Member {
  readonly name: string;
  readonly host: string;
}

interface Store {
  readonly members: readonly Member[];
  readonly keys: Readonly<Record<string, string>>;
  readonly revision: number;
}

const PEER = 2380;
const CLIENT = 2379;
const NO_LEADER = "etcdserver: request timed out, possibly due to connection lost";

function membersOf({ argv, env, podName }: ProcessView): readonly Member[] {
  const at = argv.findIndex((arg) => arg.startsWith("--initial-cluster") && !arg.startsWith("--initial-cluster-"));
  const given = at < 0 ? env["ETCD_INITIAL_CLUSTER"] : (argv[at]?.split(/=(.*)/s)[1] ?? argv[at + 1]);
  const listed = (given ?? "").split(",").flatMap((entry) => {
    const [, name, host] = /^([^=]+)=https?:\/\/([^:/]+)/.exec(entry.trim()) ?? [];
    return name === undefined || host === undefined ? [] : [{ name, host }];
  });
  return listed.length > 0 ? listed : [{ name: podName, host: "127.0.0.1" }];
}

const stored = (json: Json): Store => json as unknown as Store;
const json = (store: Store): Json => store as unknown as Json;
const isSelf = (process: ProcessView, { host, name }: Member): boolean => host === "127.0.0.1" || name === process.hostname || process.resolve(host).addresses.includes(process.podIP);

interface Peers {
  /** More than half of the members, this one included. */
  readonly quorum: boolean;
  readonly stores: readonly Store[];
  readonly reached: readonly Member[];
}

/** Asks every other member for what it has, or gives it something. */
function peers(process: ProcessView, { members }: Store, put?: { readonly keys: Store["keys"]; readonly revision: number }): Peers {
  const reached: Member[] = [];
  const stores: Store[] = [];
  for (const member of members) {
    if (isSelf(process, member)) {
      reached.push(member);
      continue;
    }
    const { response } = process.request({ protocol: "tcp", host: member.host, port: PEER, body: put ? JSON.stringify(put) : "", timeout: millis(1000) });
    // One that is stopped accepts the connection and says nothing.
    if (response?.status !== 0 || response.body === "") continue;
    reached.push(member);
    stores.push(JSON.parse(response.body) as Store);
  }
  return { quorum: reached.length * 2 > members.length, stores, reached };
}

/** The newest of what a majority knows. */
function newest(own: Store, { stores }: Peers): Store {
  return stores.reduce((best, other) => (other.revision > best.revision ? { ...best, keys: other.keys, revision: other.revision } : best), own);
}

function clientAnswer(process: ProcessView, store: Store, request: AppRequest): { readonly store: Store; readonly response: AppResponse } {
  const [verb = "", key = "", ...rest] = request.body.split("\0");
  const known = peers(process, store);
  if (verb === "members") return { store, response: { status: 0, body: store.members.map(({ name, host }) => `${name}, started, http://${host}:${PEER}`).join("\n") } };
  if (!known.quorum) return { store, response: { status: 1, body: NO_LEADER } };
  const now = newest(store, known);
  if (verb === "get") return { store: now, response: { status: 0, body: Object.hasOwn(now.keys, key) ? `${key}\n${now.keys[key] ?? ""}` : "" } };
  if (verb === "health") return { store: now, response: { status: 0, body: "healthy" } };
  const keys = verb === "del" ? Object.fromEntries(Object.entries(now.keys).filter(([name]) => name !== key)) : { ...now.keys, [key]: rest.join("\0") };
  const next = { ...now, keys, revision: now.revision + 1 };
  peers(process, next, { keys, revision: next.revision });
  return { store: next, response: { status: 0, body: verb === "del" ? String(Object.keys(now.keys).length - Object.keys(keys).length) : "OK" } };
}

/**
 * An etcd member: keys, and a majority for every read and write.
 *
 * @simplified There is no leader and no log: whoever is asked counts the members that answer, and the newest of what they hold is the truth.
 */
const server = defineProgram<Json>({
  start: (process) => ({ state: json({ members: membersOf(process), keys: {}, revision: 1 }), listen: [CLIENT, PEER], log: [{ stderr: `{"level":"info","ts":"${process.timestamp}","msg":"ready to serve client requests"}` }], usage: { cpuMilli: 20, memoryBytes: 60_000_000 } }),
  onRequest(state, request, process) {
    const store = stored(state);
    if (request.port === PEER) {
      const given = wordIn<Pick<Store, "keys" | "revision">>(request.body, '{"keys":');
      const next = given ? { ...store, ...given } : store;
      return { state: json(next), response: { status: 0, body: JSON.stringify(next) } };
    }
    const { store: next, response } = clientAnswer(process, store, request);
    return { state: json(next), response };
  },
  onHealthCheck: (state, { port, service }, process) => (port !== CLIENT ? undefined : service !== "" ? "unknown" : peers(process, stored(state)).quorum ? "SERVING" : "NOT_SERVING"),
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

/** `etcdctl [--endpoints URL,…] put|get|del KEY [VALUE] | endpoint health | member list` */
const etcdctl: NetworkCommand = ({ argv, env }, process) => {
  const at = argv.findIndex((arg) => arg.startsWith("--endpoints"));
  const given = at < 0 ? (env["ETCDCTL_ENDPOINTS"] ?? `127.0.0.1:${CLIENT}`) : (argv[at]?.split("=")[1] ?? argv[at + 1] ?? "");
  const words = argv.slice(1).filter((arg, i) => !arg.startsWith("-") && !(at >= 0 && i + 1 === at + 1 && !argv[at]?.includes("=")));
  const endpoints = given.split(",").map((url) => url.replace(/^https?:\/\//, ""));
  const [verb = "", ...rest] = words;
  const ask = (endpoint: string, body: string) => process.request({ protocol: "tcp", host: endpoint.split(":")[0] ?? "", port: Number(endpoint.split(":")[1] ?? CLIENT), body });
  if (verb === "endpoint") {
    const lines = endpoints.map((endpoint) => ({ endpoint, trace: ask(endpoint, "health") }));
    const bad = lines.filter(({ trace }) => trace.response?.status !== 0);
    const out = lines.map(({ endpoint, trace }) => (trace.response?.status === 0 ? `${endpoint} is healthy: successfully committed proposal: took = 2.1ms` : `${endpoint} is unhealthy: failed to commit proposal: context deadline exceeded`));
    return { takes: bad.length > 0 ? 5000 : 2, result: { status: bad.length > 0 ? 1 : 0, stdout: `${out.join("\n")}\n`, ...(bad.length > 0 ? { stderr: "Error: unhealthy cluster\n" } : {}) } };
  }
  if (!["put", "get", "del", "member"].includes(verb)) return { takes: 0, result: { status: 1, stderr: `Error: unknown command "${verb}" for "etcdctl"\n` } };
  const { response, latency } = ask(endpoints[0] ?? "", verb === "member" ? "members" : [verb, ...rest].join("\0"));
  if (!response) return { takes: 5000, result: { status: 1, stderr: "Error: context deadline exceeded\n" } };
  if (response.status !== 0) return { takes: 5000, result: { status: 1, stderr: `Error: ${response.body}\n` } };
  return { takes: latency, result: { status: 0, stdout: response.body === "" ? "" : `${response.body}\n` } };
};

const repository = (name: string): Repository => defineRepository(name, () => ({ cmd: ["etcd"], ports: [CLIENT, PEER], programs: shellPrograms({ etcdctl }, [], { etcd: server }), megabytes: 60 }));

/** etcd, where a cluster keeps its objects. */
export const etcd: readonly Repository[] = [repository("registry.k8s.io/etcd"), repository("quay.io/coreos/etcd")];
