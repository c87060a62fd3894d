/** An Elasticsearch node in small: discovery, election, shards, health and a few REST calls. Upstream: elastic.co reference, discovery and cluster formation. */
import { wordIn } from "../peer-word";
import { defineProgram, millis, type AppRequest, type AppResponse, type Json, type Output, type ProcessView, type Program, type Step } from "@/lib/engine";
import { allocated, asJson, inOrder, isData, isMajority, isMaster, shardOf, withIndex, withoutIndex, type ClusterState, type Copying, type Peer } from "./cluster";
import { catNodes, catShards, healthBody, noMaster } from "./answers";

export const HTTP = 9200;
export const TRANSPORT = 9300;
const DATA = "/usr/share/elasticsearch/data";
const STARTING = 8_000;
const LOOK = 1_000;
const LOOK_JOINED = 5_000;
/** Replicas of a node that left are made anew after this long, in case it comes back. Upstream: index.unassigned.node_left.delayed_timeout. */
const DELAYED = 60_000;

interface State {
  readonly phase: "starting" | "running";
  readonly me: Peer;
  readonly cluster: ClusterState | null;
  /** Since when shards are missing because a node left. */
  readonly missingSince: number | null;
}

type Word =
  | { readonly ask: "hello"; readonly me: Peer }
  | { readonly ask: "join"; readonly me: Peer }
  | { readonly ask: "publish"; readonly cluster: ClusterState }
  | { readonly ask: "store"; readonly index: string; readonly number: number; readonly id: string; readonly document: string | null }
  | { readonly ask: "read"; readonly index: string; readonly number: number }
  | { readonly ask: "take"; readonly index: string; readonly number: number; readonly documents: string }
  | { readonly ask: "drop"; readonly index: string }
  | { readonly ask: "client"; readonly method: string; readonly path: string; readonly body: string };

interface Reply {
  readonly me?: Peer;
  readonly cluster?: ClusterState | null;
  readonly documents?: string;
  readonly answer?: { readonly status: number; readonly body: string };
}

const stateOf = (state: Json): State => state as unknown as State;

function rolesOf(env: Readonly<Record<string, string>>): readonly string[] {
  const given = env["node.roles"];
  if (given !== undefined) return given.replace(/[[\]"\s]/g, "").split(",").filter((role) => role !== "");
  // Versions before 7.9 said it with one setting a role.
  return ["master", "data", "ingest", "ml"].filter((role) => (env[`node.${role}`] ?? "true") !== "false");
}

function say(process: ProcessView, to: string, word: Word): Reply | undefined {
  const { response } = process.request({ protocol: "tcp", host: to, port: TRANSPORT, body: JSON.stringify(word), timeout: millis(1000) });
  return response?.status === 0 && response.body !== "" ? (JSON.parse(response.body) as Reply) : undefined;
}

function seeds(process: ProcessView): readonly string[] {
  const given = process.env["discovery.seed_hosts"] ?? "";
  const found = given.replace(/[[\]"\s]/g, "").split(",").filter((host) => host !== "").flatMap((host) => {
    const name = host.replace(/:\d+$/, "");
    return /^[\d.]+$/.test(name) ? [name] : process.resolve(name).addresses;
  });
  return [...new Set(found)].filter((ip) => ip !== process.podIP);
}

function log(process: ProcessView, text: string, level = "INFO "): Output {
  return `[${process.timestamp.replace("Z", ",000")}][${level}][o.e.${level === "INFO " ? "n.Node" : "c.c.ClusterFormationFailureHelper"}] [${process.env["node.name"] ?? process.hostname}] ${text}`;
}

const documentsPath = (index: string, number: number): string => `${DATA}/${index}/${number}.ndjson`;

/** Looks for a master, becomes one, or sees after its own cluster. */
function look(process: ProcessView, state: State): State {
  const { me, cluster } = state;
  if (cluster?.master === me.name) return lead(process, state, cluster);
  if (cluster) {
    const master = cluster.nodes.find(({ name }) => name === cluster.master);
    const reply = master && say(process, master.ip, { ask: "hello", me });
    if (reply?.cluster?.master === cluster.master && reply.cluster.nodes.some(({ name }) => name === me.name)) return { ...state, cluster: reply.cluster };
  }
  return search(process, { ...state, cluster: cluster && { ...cluster, master: "" } });
}

function search(process: ProcessView, state: State): State {
  const { me } = state;
  const known = [...seeds(process), ...(state.cluster?.nodes ?? []).map(({ ip }) => ip).filter((ip) => ip !== process.podIP)];
  const found: Peer[] = [];
  let newest = 0;
  for (const ip of new Set(known)) {
    const reply = say(process, ip, { ask: "hello", me });
    if (!reply?.me) continue;
    found.push(reply.me);
    newest = Math.max(newest, reply.cluster?.version ?? 0);
    const leader = reply.cluster?.nodes.find(({ name }) => name === reply.cluster?.master);
    if (!leader || leader.name === me.name) continue;
    const joined = say(process, leader.ip, { ask: "join", me });
    if (joined?.cluster?.master === leader.name) return { ...state, cluster: joined.cluster };
  }
  // Whoever knows less than another does not lead: it would forget what the others remember.
  return newest > (state.cluster?.version ?? 0) ? state : elect(process, state, found);
}

/** The first by name of the master-eligible nodes that see one another leads, once more than half of the voters are there. */
function elect(process: ProcessView, state: State, found: readonly Peer[]): State {
  const { me } = state;
  if (!isMaster(me)) return state;
  const single = process.env["discovery.type"] === "single-node";
  const initial = (process.env["cluster.initial_master_nodes"] ?? "").replace(/[[\]"\s]/g, "").split(",").filter((name) => name !== "");
  const voters = state.cluster?.voters ?? (single ? [me.name] : initial);
  const present = inOrder([me, ...found.filter(isMaster)]);
  if (voters.length === 0 || !isMajority(present.map(({ name }) => name), voters)) return state;
  // A node that was never part of a cluster leaves the lead to one that was; of equals the first by name.
  if (!state.cluster && present.find(({ name }) => voters.includes(name))?.name !== me.name) return state;
  const before = state.cluster;
  const nodes = inOrder([me, ...found]);
  const cluster: ClusterState = { uuid: before?.uuid ?? `${me.name}-${process.random(1_000_000)}`, version: (before?.version ?? 0) + 1, master: me.name, nodes, voters, indices: before?.indices ?? {}, shards: before?.shards ?? [] };
  publish(process, cluster);
  return { ...state, cluster, missingSince: null };
}

/** A master that no longer sees most voters steps down; nodes that do not answer are left out, and their shards moved. */
function lead(process: ProcessView, state: State, cluster: ClusterState): State {
  const alive = cluster.nodes.filter((node) => node.name === state.me.name || say(process, node.ip, { ask: "hello", me: state.me })?.me?.name === node.name);
  if (!isMajority(alive.map(({ name }) => name), cluster.voters)) return { ...state, cluster: { ...cluster, master: "" } };
  const left = alive.length < cluster.nodes.length;
  const next = left ? { ...cluster, version: cluster.version + 1, nodes: alive } : cluster;
  return settle(process, { ...state, missingSince: left ? (state.missingSince ?? process.now) : state.missingSince }, next, new Set());
}

/** Places what can be placed, copies what must be copied, and tells everybody. */
function settle(process: ProcessView, state: State, cluster: ClusterState, fresh: ReadonlySet<string>): State {
  const waits = state.missingSince !== null && process.now - state.missingSince < DELAYED;
  const gone = new Set(cluster.shards.flatMap(({ node }) => (node !== null && !cluster.nodes.some(({ name }) => name === node) ? [node] : [])));
  if (waits && gone.size === 0 && fresh.size === 0) return { ...state, cluster };
  const { state: placed, copying } = allocated(cluster, fresh);
  // While a node may come back its replicas wait; what became primary in its place is primary at once.
  const shards = waits && fresh.size === 0 ? placed.shards.map((shard, i) => (cluster.shards[i]?.node === null || gone.has(cluster.shards[i]?.node ?? "") ? (shard.primary ? shard : { ...shard, node: null }) : shard)) : placed.shards;
  const next = { ...placed, shards, version: cluster.version + (copying.length > 0 || gone.size > 0 ? 1 : 0) };
  if (!waits) for (const one of copying) copy(process, next, one);
  if (next.version !== state.cluster?.version) publish(process, next);
  const missing = next.shards.some(({ node }) => node === null);
  return { ...state, cluster: next, missingSince: missing ? state.missingSince : null };
}

const ipOf = (cluster: ClusterState, name: string): string => cluster.nodes.find((node) => node.name === name)?.ip ?? "";

function copy(process: ProcessView, cluster: ClusterState, { index, number, from, to }: Copying): void {
  const documents = from === null ? "" : (ask(process, cluster, from, { ask: "read", index, number })?.documents ?? "");
  ask(process, cluster, to, { ask: "take", index, number, documents });
}

/** Says something to a node of the cluster, oneself included. */
function ask(process: ProcessView, cluster: ClusterState, name: string, word: Word): Reply | undefined {
  const ip = ipOf(cluster, name);
  return ip === process.podIP ? keep(process, word) : say(process, ip, word);
}

function publish(process: ProcessView, cluster: ClusterState): void {
  for (const { ip } of cluster.nodes) if (ip !== process.podIP) say(process, ip, { ask: "publish", cluster });
}

/** What a node does with its own disk. */
function keep(process: ProcessView, word: Word): Reply {
  const { files } = process;
  if (word.ask === "read") return { documents: files.read(documentsPath(word.index, word.number)) ?? "" };
  if (word.ask === "drop") {
    files.remove(`${DATA}/${word.index}`, true);
    return {};
  }
  if (word.ask === "take") {
    files.makeDirectory(`${DATA}/${word.index}`, true);
    files.write(documentsPath(word.index, word.number), word.documents);
    files.sync?.();
    return {};
  }
  if (word.ask !== "store") return {};
  const path = documentsPath(word.index, word.number);
  const lines = (files.read(path) ?? "").split("\n").filter((line) => line !== "" && (JSON.parse(line) as { readonly _id: string })._id !== word.id);
  const next = word.document === null ? lines : [...lines, `{"_id":${JSON.stringify(word.id)},"_source":${word.document}}`];
  files.makeDirectory(`${DATA}/${word.index}`, true);
  files.write(path, next.map((line) => `${line}\n`).join(""));
  files.sync?.();
  return {};
}

const ok = (body: object, status = 200): { readonly status: number; readonly body: string } => ({ status, body: JSON.stringify(body) });
const missing = (index: string) => ok({ error: { type: "index_not_found_exception", reason: `no such index [${index}]`, index }, status: 404 }, 404);

/** Everything that writes goes to the master, which knows where the shards are. */
function serve(process: ProcessView, state: State, method: string, path: string, body: string): { readonly state: State; readonly answer: { readonly status: number; readonly body: string } } {
  const { cluster } = state;
  const [route = "", query = ""] = path.split("?");
  const [first = "", second = "", third = ""] = route.split("/").filter((part) => part !== "");
  const same = (answer: { readonly status: number; readonly body: string }) => ({ state, answer });
  if (first === "") return same(ok({ name: state.me.name, cluster_name: process.env["cluster.name"] ?? "docker-cluster", cluster_uuid: cluster?.uuid ?? "_na_", version: { number: process.env["ELASTIC_VERSION"] ?? "9.1.4" }, tagline: "You Know, for Search" }));
  if (!cluster || cluster.master === "") return same(noMaster());
  if (first === "_cluster" && second === "health") return same(ok(healthBody(cluster, process.env["cluster.name"] ?? "docker-cluster")));
  if (first === "_cat") return same({ status: 200, body: second === "nodes" ? catNodes(cluster, query) : second === "shards" ? catShards(cluster, query) : second === "master" ? `${cluster.master}\n` : second === "health" ? `${healthBody(cluster, "").status}\n` : catIndices(process, cluster, query) });
  if (cluster.master !== state.me.name) {
    const reply = say(process, ipOf(cluster, cluster.master), { ask: "client", method, path, body });
    return same(reply?.answer ?? noMaster());
  }
  if (first === "_bulk" || second === "_bulk") return bulk(process, state, first === "_bulk" ? "" : first, body);
  if (method === "PUT" && second === "") return create(process, state, first, body);
  if (method === "DELETE" && second === "") {
    if (!cluster.indices[first]) return same(missing(first));
    for (const { name } of cluster.nodes) ask(process, cluster, name, { ask: "drop", index: first });
    const next = { ...withoutIndex(cluster, first), version: cluster.version + 1 };
    publish(process, next);
    return { state: { ...state, cluster: next }, answer: ok({ acknowledged: true }) };
  }
  if (second === "_doc" || second === "_create") return index(process, state, first, third === "" ? `${cluster.version}-${process.now}-${process.random(1_000_000)}` : third, method === "DELETE" ? null : body, method);
  if (!cluster.indices[first]) return same(missing(first));
  if (second === "_count") return same(ok({ count: documentsOf(process, cluster, first).length, _shards: { total: cluster.indices[first]?.shards ?? 0 } }));
  if (second === "_search") return same(search_(process, cluster, first, query, body));
  return same(ok({ [first]: { settings: { index: { number_of_shards: String(cluster.indices[first]?.shards), number_of_replicas: String(cluster.indices[first]?.replicas) } } } }));
}

function catIndices(process: ProcessView, cluster: ClusterState, query: string): string {
  const lines = Object.entries(cluster.indices).map(([name, { shards, replicas }]) => {
    const health = cluster.shards.some((shard) => shard.index === name && shard.primary && shard.node === null) ? "red" : cluster.shards.some((shard) => shard.index === name && shard.node === null) ? "yellow" : "green";
    return `${health.padEnd(6)} open   ${name.padEnd(20)} ${String(shards).padStart(3)} ${String(replicas).padStart(3)} ${String(documentsOf(process, cluster, name).length).padStart(10)}`;
  });
  return `${query.includes("v") ? "health status index                pri rep docs.count\n" : ""}${lines.map((line) => `${line}\n`).join("")}`;
}

function create(process: ProcessView, state: State, name: string, body: string): ReturnType<typeof serve> {
  const { cluster } = state;
  if (!cluster) return { state, answer: noMaster() };
  if (cluster.indices[name]) return { state, answer: ok({ error: { type: "resource_already_exists_exception", reason: `index [${name}] already exists` }, status: 400 }, 400) };
  const asked = ((body.trim() === "" ? {} : JSON.parse(body)) ?? {}) as { readonly settings?: { readonly number_of_shards?: number; readonly number_of_replicas?: number; readonly index?: { readonly number_of_shards?: number; readonly number_of_replicas?: number } } };
  const settings = { shards: Math.min(50, Number(asked.settings?.number_of_shards ?? asked.settings?.index?.number_of_shards ?? 1)), replicas: Math.min(10, Number(asked.settings?.number_of_replicas ?? asked.settings?.index?.number_of_replicas ?? 1)) };
  const next = settle(process, state, { ...withIndex(cluster, name, settings), version: cluster.version + 1 }, new Set([name]));
  return { state: next, answer: ok({ acknowledged: true, shards_acknowledged: true, index: name }) };
}

function index(process: ProcessView, state: State, name: string, id: string, document: string | null, method: string): ReturnType<typeof serve> {
  const ready = state.cluster?.indices[name] ? state : create(process, state, name, "").state;
  const { cluster } = ready;
  const settings = cluster?.indices[name];
  if (!cluster || !settings) return { state: ready, answer: noMaster() };
  const number = shardOf(id, settings.shards);
  const copies = cluster.shards.filter((shard) => shard.index === name && shard.number === number && shard.node !== null);
  if (!copies.some(({ primary }) => primary)) return { state: ready, answer: ok({ error: { type: "unavailable_shards_exception", reason: `[${name}][${number}] primary shard is not active Timeout: [1m]` }, status: 503 }, 503) };
  for (const { node } of copies) ask(process, cluster, node ?? "", { ask: "store", index: name, number, id, document: document === null ? null : JSON.stringify(JSON.parse(document)) });
  return { state: ready, answer: ok({ _index: name, _id: id, result: document === null ? "deleted" : "created", _shards: { total: settings.replicas + 1, successful: copies.length, failed: 0 } }, method === "DELETE" ? 200 : 201) };
}

/** Each action has an answer of its own: that some found no place does not undo the others. */
function bulk(process: ProcessView, state: State, fallback: string, body: string): ReturnType<typeof serve> {
  const lines = body.split("\n").filter((line) => line.trim() !== "");
  let now = state;
  const items: object[] = [];
  let errors = false;
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const action = (JSON.parse(lines[i] ?? "{}") ?? {}) as { readonly index?: BulkTarget; readonly create?: BulkTarget };
    const target = action.index ?? action.create ?? {};
    const name = target._index ?? fallback;
    const id = target._id ?? `${process.now}-${items.length + 1}-${process.random(1_000_000)}`;
    const done = index(process, now, name, id, lines[i + 1] ?? "{}", "POST");
    now = done.state;
    const { status } = done.answer;
    if (status >= 300) errors = true;
    items.push({ [action.index ? "index" : "create"]: { _index: name, _id: id, status, ...(status >= 300 ? { error: (JSON.parse(done.answer.body) as { readonly error?: object }).error } : {}) } });
  }
  return { state: now, answer: ok({ errors, took: items.length, items }) };
}

interface BulkTarget {
  readonly _index?: string;
  readonly _id?: string;
}

interface Stored {
  readonly _id: string;
  readonly _source: Json;
}

function documentsOf(process: ProcessView, cluster: ClusterState, name: string): readonly Stored[] {
  return cluster.shards
    .filter((shard) => shard.index === name && shard.primary && shard.node !== null)
    .flatMap(({ number, node }) => (ask(process, cluster, node ?? "", { ask: "read", index: name, number })?.documents ?? "").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Stored));
}

function search_(process: ProcessView, cluster: ClusterState, name: string, query: string, body: string): { readonly status: number; readonly body: string } {
  const words = decodeURIComponent(/(?:^|&)q=([^&]*)/.exec(query)?.[1] ?? "");
  const wanted = words.replace(/^[\w.]+:/, "").toLowerCase() || (/"(?:match|match_phrase|term)"\s*:\s*\{\s*"[^"]+"\s*:\s*(?:"([^"]*)"|\{[^}]*"(?:query|value)"\s*:\s*"([^"]*)")/.exec(body)?.slice(1).find((text) => text !== undefined) ?? "").toLowerCase();
  const hits = documentsOf(process, cluster, name).filter(({ _source }) => wanted === "" || wanted === "*" || JSON.stringify(_source).toLowerCase().includes(wanted));
  return ok({ took: 1, timed_out: false, hits: { total: { value: hits.length, relation: "eq" }, hits: hits.slice(0, 10).map((hit) => ({ _index: name, ...hit })) } });
}

function answerPeer(process: ProcessView, state: State, word: Word): { readonly state: State; readonly reply: Reply } {
  const { me, cluster } = state;
  switch (word.ask) {
    case "hello":
      return { state, reply: { me, cluster } };
    case "join": {
      if (!cluster || cluster.master !== me.name) return { state, reply: { me, cluster } };
      const nodes = inOrder([...cluster.nodes.filter(({ name }) => name !== word.me.name), word.me]);
      const next = settle(process, isData(word.me) ? { ...state, missingSince: null } : state, { ...cluster, version: cluster.version + 1, nodes }, new Set());
      return { state: next, reply: { me, cluster: next.cluster } };
    }
    case "publish":
      return { state: { ...state, cluster: word.cluster.version >= (cluster?.version ?? 0) || cluster?.master === "" ? word.cluster : cluster }, reply: { me } };
    case "client": {
      const done = serve(process, state, word.method, word.path, word.body);
      return { state: done.state, reply: { answer: done.answer } };
    }
    default:
      return { state, reply: keep(process, word) };
  }
}

/** The node. */
export const elasticsearch: Program = defineProgram<Json>({
  start(process) {
    const me: Peer = { name: process.env["node.name"] ?? process.hostname, ip: process.podIP, roles: rolesOf(process.env) };
    const state: State = { phase: "starting", me, cluster: null, missingSince: null };
    return { state: asJson(state), log: [log(process, "initializing ...")], wakeAfter: { delay: millis(STARTING), message: null }, usage: { cpuMilli: 300, memoryBytes: 700_000_000 } };
  },
  onTimer(json, _message, process) {
    const before = stateOf(json);
    const state = look(process, { ...before, phase: "running" });
    const lines: Output[] = [];
    if (before.phase === "starting") lines.push(log(process, "started"));
    if ((state.cluster?.master ?? "") !== (before.cluster?.master ?? "")) {
      lines.push(state.cluster && state.cluster.master !== "" ? log(process, `master node changed {previous [], current [{${state.cluster.master}}]}`) : log(process, "master not discovered or elected yet, an election requires more nodes", "WARN "));
    }
    const joined = state.cluster !== null && state.cluster.master !== "";
    return { state: asJson(state), log: lines, ...(before.phase === "starting" ? { listen: [HTTP, TRANSPORT] } : {}), wakeAfter: { delay: millis(joined ? LOOK_JOINED : LOOK), message: null } };
  },
  onRequest(json, request: AppRequest, process): Step<Json> & { readonly response: AppResponse } {
    const state = stateOf(json);
    if (request.port === TRANSPORT) {
      const word = wordIn<Word>(request.body, '{"ask":');
      if (!word) return { state: json, response: { status: 0, body: "" } };
      const { state: next, reply } = answerPeer(process, state, word);
      return { state: asJson(next), response: { status: 0, body: JSON.stringify(reply) } };
    }
    const done = attempt(process, state, request);
    return { state: asJson(done.state), response: { status: done.answer.status, headers: { "content-type": request.path.startsWith("/_cat") ? "text/plain" : "application/json" }, body: done.answer.body } };
  },
  onSignal: (state) => ({ state, exit: { code: 143 } }),
});

/** A body that is no JSON is the client's mistake. */
function attempt(process: ProcessView, state: State, request: AppRequest): ReturnType<typeof serve> {
  try {
    return serve(process, state, request.method, request.path, request.body);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof URIError)) throw error;
    return { state, answer: ok({ error: { type: "parse_exception", reason: "request body is not valid JSON" }, status: 400 }, 400) };
  }
}
