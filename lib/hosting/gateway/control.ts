/** The control API under `/_timonel/v1/`: what Kubernetes has no verb for. */
import { millis, restoreCluster, type Cluster, type ClusterSnapshot, type Json, type JsonObject } from "@/lib/engine";
import { failure, inClusterDoor, Refusal, refuse, type RestAnswer } from "@/lib/rest";
import { duration, journalText, NotationError, origin, requestTo } from "@/lib/workbench";
import type { LiveCluster } from "./live-cluster";

const ROOT = "/_timonel/v1/";
/** Most virtual time one call moves. */
const FARTHEST = 200 * 3_600_000;

function json(value: Json | JsonObject, status = 200): RestAnswer {
  return { type: "body", status, headers: { "Content-Type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}

const bad = (message: string): Refusal => new Refusal(400, "BadRequest", message);

function bodyOf(text: string): JsonObject {
  if (text.trim() === "") return {};
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw bad("the body must be JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad("the body must be an object");
  return value as JsonObject;
}

function timeIn(body: JsonObject, field: string, otherwise: number): number {
  const value = body[field];
  const time = value === undefined ? otherwise : duration(value);
  if (time < 0 || time > FARTHEST) throw bad(`${field} must lie between 0 and 200h`);
  return time;
}

function stateOf(live: LiveCluster): JsonObject {
  const { now, revision, steps } = live.cluster;
  return { now, revision, steps, rate: live.rate, ...(live.stopped === undefined ? {} : { stopped: live.stopped }) };
}

const MACHINE: Readonly<Record<string, (cluster: Cluster, node: string) => void>> = {
  "power-off": (cluster, node) => cluster.machines.powerOff(node),
  "power-on": (cluster, node) => cluster.machines.powerOn(node),
  partition: (cluster, node) => cluster.machines.disconnect(node),
  disconnect: (cluster, node) => cluster.machines.disconnect(node),
  heal: (cluster, node) => cluster.machines.reconnect(node),
  reconnect: (cluster, node) => cluster.machines.reconnect(node),
  "stop-proxy": (cluster, node) => cluster.machines.stopProxy(node),
  "start-proxy": (cluster, node) => cluster.machines.startProxy(node),
};

function machine(live: LiveCluster, name: string, verb: string): RestAnswer {
  const change = MACHINE[verb];
  const found = (): JsonObject | undefined => live.cluster.machines.list().find((candidate) => candidate.name === name) as unknown as JsonObject | undefined;
  if (!change || !found()) throw new Refusal(404, "NotFound", change ? `there is no machine ${name}` : `a machine knows no ${verb}`);
  live.run(() => change(live.cluster, name));
  return json(found() ?? {});
}

function send(live: LiveCluster, body: JsonObject): RestAnswer {
  const { from, url, method, headers, body: content } = body;
  if (typeof from !== "string" || typeof url !== "string") throw bad("send takes from (pod:namespace/name, node:name or a host) and url");
  const request = requestTo(url, {
    ...(typeof method === "string" ? { method } : {}),
    ...(typeof headers === "object" && headers !== null && !Array.isArray(headers) ? { headers: headers as Readonly<Record<string, string>> } : {}),
    ...(typeof content === "string" ? { body: content } : {}),
  });
  let trace: Json = null;
  live.run(() => {
    trace = live.cluster.send(origin(from), request) as unknown as Json;
  });
  return json(trace);
}

function restore(live: LiveCluster, body: JsonObject): RestAnswer {
  if (body["format"] !== 1 || typeof body["store"] !== "object" || typeof body["clock"] !== "object") throw bad("the body must be what GET snapshot gave");
  let next: Cluster;
  try {
    next = restoreCluster(body as unknown as ClusterSnapshot, live.cluster.options.images);
    next.serveApi(inClusterDoor);
  } catch (error) {
    throw bad(`this is no snapshot of a cluster: ${error instanceof Error ? error.message : String(error)}`);
  }
  live.replace(next);
  return json(stateOf(live));
}

function post(live: LiveCluster, parts: readonly string[], text: string): RestAnswer | undefined {
  const [verb, name = "", action = ""] = parts;
  switch (verb) {
    case "advance": {
      const time = timeIn(bodyOf(text), "duration", 1000);
      live.run(() => live.cluster.advance(millis(time)));
      return json(stateOf(live));
    }
    case "settle": {
      const body = bodyOf(text);
      const limits = { quietFor: millis(timeIn(body, "quietFor", 10_000)), atMost: millis(timeIn(body, "atMost", 600_000)) };
      let settled = false;
      live.run(() => {
        settled = live.cluster.settle(limits).settled;
      });
      return json({ settled, ...stateOf(live) });
    }
    case "send":
      return send(live, bodyOf(text));
    case "machines":
      return machine(live, name, action);
    case "restore":
      return restore(live, bodyOf(text));
    default:
      return undefined;
  }
}

function get(live: LiveCluster, parts: readonly string[], query: string): RestAnswer | undefined {
  const [what, namespace = "", name = ""] = parts;
  switch (what) {
    case undefined:
    case "":
    case "state":
      return json(stateOf(live));
    case "machines":
      return json(live.cluster.machines.list() as unknown as Json);
    case "journal": {
      const since = Number(new URLSearchParams(query).get("since") ?? "0");
      if (new URLSearchParams(query).get("format") === "text") return { type: "body", status: 200, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: `${journalText(live.cluster, since).join("\n")}\n` };
      return json(live.cluster.journal().slice(since) as unknown as Json);
    }
    case "schedulingtraces":
      return json(live.cluster.schedulingTraces({ namespace, name }) as unknown as Json);
    case "snapshot":
      return json(live.cluster.snapshot() as unknown as Json);
    default:
      return undefined;
  }
}

/** Answers the control API; `undefined` when the path is none of it. */
export function controlAnswer(live: LiveCluster, path: string, method: string, query: string, body: string): RestAnswer | undefined {
  if (!path.startsWith(ROOT)) return undefined;
  const parts = path.slice(ROOT.length).split("/").map((part) => decodeURIComponent(part));
  try {
    const answer = method === "POST" ? post(live, parts, body) : method === "GET" ? get(live, parts, query) : undefined;
    return answer ?? json(failure(404, "NotFound", `the control API has no ${method} ${path}`), 404);
  } catch (error) {
    return refuse(error instanceof NotationError ? bad(error.message) : error);
  }
}
