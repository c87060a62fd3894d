import { describe, expect, it } from "vitest";
import { createCluster, POD, seconds, type Cluster, type JsonObject, type Pod } from "@/lib/engine";
import { machines, pod, service } from "@/lib/engine/testing/builders";
import { catalog } from "../index";

const inDefault = (name: string) => ({ namespace: "default", name });
const admin = (cluster: Cluster) => cluster.as("kubernetes-admin");
const container = (more: JsonObject = {}, image = "memcached:1.6"): JsonObject => ({ containers: [{ name: "c", image, ...more }] });
const statusOf = (cluster: Cluster, name: string) => (admin(cluster).get<Pod>(POD, inDefault(name)) as Pod).status?.containerStatuses?.[0];
const logOf = (cluster: Cluster, name: string): string => (cluster.logs(inDefault(name), "c") ?? []).map(({ text }) => text).join("\n");

function clusterOf(more: JsonObject, ...objects: readonly JsonObject[]): Cluster {
  const cluster = createCluster({ seed: 3, kubernetesVersion: "1.36.2", nodes: machines(2), images: catalog });
  for (const object of [pod("m", container(more), { app: "m" }), service("cache", { selector: { app: "m" }, ports: [{ port: 11211 }] }), pod("client", container({ command: ["sleep", "99999"] }, "busybox:1.37")), ...objects]) admin(cluster).create(object);
  cluster.advance(seconds(30));
  return cluster;
}

function run(cluster: Cluster, source: string): string {
  const begun = cluster.exec(inDefault("client"), "c", ["sh", "-c", source]);
  if (!("id" in begun)) return JSON.stringify(begun);
  for (let i = 0; i < 30 && cluster.execResult(begun.id)?.done !== true; i += 1) cluster.advance(seconds(1));
  return cluster.execResult(begun.id)?.stdout ?? "";
}

/** Says lines to the cache, and gives its answer by lines. */
const say = (cluster: Cluster, ...lines: readonly string[]): readonly string[] => run(cluster, `printf '${lines.map((line) => `${line}\\r\\n`).join("")}' | nc cache 11211`).split("\r\n").slice(0, -1);

describe("memcached", () => {
  it("stores as it is told, and says what was there", () => {
    const cluster = clusterOf({});
    expect(say(cluster, "set a 5 0 4", "hola", "add a 0 0 1", "x", "replace b 0 0 1", "x", "append a 0 0 1", "!", "prepend a 0 0 1", "~", "get a b", "gets a", "cas a 0 0 1 99", "y", "cas a 0 0 1 3", "y", "cas z 0 0 1 3", "y", "get a")).toEqual(
      ["STORED", "NOT_STORED", "NOT_STORED", "STORED", "STORED", "VALUE a 5 6", "~hola!", "END", "VALUE a 5 6 3", "~hola!", "END", "EXISTS", "STORED", "NOT_FOUND", "VALUE a 0 1", "y", "END"],
    );
    expect(say(cluster, "delete a", "delete a", "set n 0 0 2", "10", "decr n 1", "get n", "incr n 5", "decr n 99", "incr nada 1", "set t 0 0 1 noreply", "t", "incr t 1", "incr n x")).toEqual(
      ["DELETED", "NOT_FOUND", "STORED", "9", "VALUE n 0 2", "9 ", "END", "14", "0", "NOT_FOUND", "CLIENT_ERROR cannot increment or decrement non-numeric value", "CLIENT_ERROR invalid numeric delta argument"],
    );
    expect(say(cluster, "set ñ 0 0 2", "ñ", "get ñ", "flush_all", "get ñ", "version", "quit", "version")).toEqual(["STORED", "VALUE ñ 0 2", "ñ", "END", "OK", "END", "VERSION 1.6.39"]);
  });

  it("refuses what it cannot read", () => {
    const cluster = clusterOf({});
    expect(say(cluster, "get", "nada", "set a 0 0", "set a b 0 1", "set a 0 0 2", "larga", "delete a 5")).toEqual(["ERROR", "ERROR", "ERROR", "CLIENT_ERROR bad command line format", "CLIENT_ERROR bad data chunk", "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]"]);
    expect(say(cluster, "set a 0 0 10", "corta")).toEqual([]);
    expect(say(cluster, "stats constructor", "constructor", "get __proto__", "set __proto__ 0 0 1", "1", "get __proto__")).toEqual(["ERROR", "ERROR", "END", "STORED", "VALUE __proto__ 0 1", "1", "END"]);
  });

  it("forgets when the time has come", () => {
    const cluster = clusterOf({});
    expect(say(cluster, "set a 0 10 1", "1", "set b 0 10 1", "2", "touch b 100", "set c 0 -1 1", "3", "get a b c")).toEqual(["STORED", "STORED", "TOUCHED", "STORED", "VALUE a 0 1", "1", "VALUE b 0 1", "2", "END"]);
    cluster.advance(seconds(11));
    expect(say(cluster, "get a b", "flush_all 5")).toEqual(["VALUE b 0 1", "2", "END", "OK"]);
    cluster.advance(seconds(6));
    expect(say(cluster, "get b")).toEqual(["END"]);
  });

  it("lets go of what was used least, or refuses with -M", () => {
    const body = [0, 1, 2, 3, 4].map((i) => `set k${i} 0 0 300000\r\n${"x".repeat(300_000)}\r\ntouch k0 0\r\n`).join("");
    const send = (cluster: Cluster, text: string): string => cluster.send({ node: "node-1" }, { protocol: "tcp", host: (admin(cluster).get<Pod>(POD, inDefault("m")) as Pod).status?.podIP ?? "", port: 11_211, body: text }).response?.body ?? "";
    const cluster = clusterOf({ args: ["-m", "1"] });
    expect(send(cluster, body)).toBe("STORED\r\nTOUCHED\r\n".repeat(5));
    expect(send(cluster, "get k0 k1 k2 k3 k4\r\nstats\r\n").match(/VALUE k\d|evictions \d+/g)).toEqual(["VALUE k0", "VALUE k3", "VALUE k4", "evictions 2"]);
    expect(send(clusterOf({ args: ["-m", "1", "-M"] }), body).match(/SERVER_ERROR out of memory storing object/g)).toHaveLength(2);
    expect(send(cluster, `set g 0 0 1100000\r\n${"x".repeat(1_100_000)}\r\nget g\r\n`)).toBe("SERVER_ERROR object too large for cache\r\nEND\r\n");
  });

  it("counts what it does", () => {
    const cluster = clusterOf({ args: ["-m", "128", "-c", "50"] });
    say(cluster, "set a 0 0 1", "1", "get a", "get b");
    const stats = say(cluster, "stats");
    expect(stats).toEqual(expect.arrayContaining(["STAT get_hits 1", "STAT get_misses 1", "STAT cmd_set 1", "STAT curr_items 1", "STAT limit_maxbytes 134217728", "STAT max_connections 50", "END"]));
    expect(say(cluster, "stats settings")).toContain("STAT maxbytes 134217728");
  });

  it("does not run as root, nor with options it does not know, and may run something else", () => {
    const cluster = clusterOf({}, pod("root", container({ securityContext: { runAsUser: 0 } })), pod("mal", container({ args: ["-m", "64", "-w"] })), pod("otro", container({ args: ["sh", "-c", "echo hola; sleep 999"] })));
    expect(logOf(cluster, "root")).toContain("can't run as root without the -u switch");
    expect(statusOf(cluster, "root")?.lastState.terminated?.exitCode ?? statusOf(cluster, "root")?.state.terminated?.exitCode).toBe(64);
    expect(logOf(cluster, "mal")).toContain("memcached: invalid option -- 'w'");
    expect(logOf(cluster, "otro")).toBe("hola");
  });
});
