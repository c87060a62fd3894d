import { describe, expect, it } from "vitest";
import { POD, restoreCluster, seconds, type Cluster, type ClusterSnapshot, type JsonObject, type Pod } from "@/lib/engine";
import { pod, service } from "@/lib/engine/testing/builders";
import { catalog } from "../index";
import { admin, clusterOf, container, inDefault, run as runIn } from "./testing/redis-world";

const logOf = (cluster: Cluster, name = "r"): string => (cluster.logs(inDefault(name), "c") ?? []).map(({ text }) => text).join("\n");
const statusOf = (cluster: Cluster, name = "r") => (admin(cluster).get<Pod>(POD, inDefault(name)) as Pod).status?.containerStatuses?.[0];

/** Everything a script printed. */
function run(...given: Parameters<typeof runIn>): string {
  const { stdout, stderr } = runIn(...given);
  return stdout + stderr;
}

const disk = { volumes: [{ name: "data", hostPath: { path: "/srv/redis", type: "DirectoryOrCreate" } }], nodeName: "node-1" };
const onDisk = { volumeMounts: [{ name: "data", mountPath: "/data" }] };

/** Deletes a pod, and makes it anew. */
function again(cluster: Cluster, spec: JsonObject): void {
  admin(cluster).delete({ kind: POD, ...inDefault("r") });
  cluster.advance(seconds(40));
  admin(cluster).create(pod("r", spec));
  cluster.advance(seconds(20));
}

describe("a redis server", () => {
  it("says how it starts, and how it ends", () => {
    const cluster = clusterOf(pod("r", { ...container(onDisk), ...disk }));
    expect(logOf(cluster)).toContain("# Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf");
    expect(logOf(cluster)).toMatch(/1:M \d\d \w{3} \d{4} [\d:]+\.\d{3} \* Ready to accept connections tcp/);
    run(cluster, "kill 1", "r", 3);
    cluster.advance(seconds(5));
    expect(logOf(cluster)).toContain("keys loaded: 0, keys expired: 0.");
    expect(statusOf(cluster)?.lastState.terminated?.exitCode).toBe(0);
  });

  it("takes its settings from the command line and from a file, and refuses what it does not know", () => {
    const script = "printf 'requirepass secreta\\nmaxmemory 2mb\\nsave \"\"\\n' > /tmp/redis.conf && exec redis-server /tmp/redis.conf --maxmemory-policy allkeys-lru";
    const cluster = clusterOf(pod("r", container({ command: ["sh", "-c", script] })), pod("mal", container({ args: ["--nada", "x"] })), pod("sin", container({ args: ["/etc/no.conf"] })), pod("otro", container({ args: ["sh", "-c", "echo hola; sleep 999"] })));
    expect(run(cluster, "redis-cli ping; redis-cli -a mal ping; REDISCLI_AUTH=secreta redis-cli ping")).toContain("NOAUTH Authentication required.\n\nNOAUTH Authentication required.\n\nPONG\n");
    expect(run(cluster, "redis-cli -a mal ping")).toContain("Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\nAUTH failed: WRONGPASS invalid username-password pair or user is disabled.\n");
    expect(run(cluster, "redis-cli -a secreta --no-auth-warning config get maxmemory*; redis-cli -a secreta --no-auth-warning config get save")).toBe("maxmemory\n2097152\nmaxmemory-policy\nallkeys-lru\nmaxmemory-samples\n5\nsave\n\n");
    expect(logOf(cluster, "mal")).toContain(">>> 'nada \"x\"'\nBad directive or wrong number of arguments");
    expect(logOf(cluster, "sin")).toContain("Fatal error, can't open config file '/etc/no.conf': No such file or directory");
    expect(statusOf(cluster, "sin")?.lastState.terminated?.exitCode ?? statusOf(cluster, "sin")?.state.terminated?.exitCode).toBe(1);
    expect(logOf(cluster, "otro")).toBe("hola");
  });

  it("lets go of what was used least when memory is short, or refuses to take more", () => {
    const fill = (from: number): string => `i=${from}; v=$(printf '%05000d' 0); while [ $i -lt ${from + 40} ]; do echo set k$i $v; i=$((i+1)); done | redis-cli | sort | uniq -c`;
    const cluster = clusterOf(pod("r", container({ args: ["--maxmemory", "1100kb"] })), pod("lru", container({ args: ["--maxmemory", "1100kb", "--maxmemory-policy", "allkeys-lru"] })));
    expect(run(cluster, fill(100))).toContain("OOM command not allowed when used memory > 'maxmemory'.");
    expect(run(cluster, "redis-cli get k100 | cut -c 1-3; redis-cli del k100; redis-cli set corto 1")).toBe("000\n1\nOK\n");
    expect(run(cluster, fill(100), "lru")).not.toContain("OOM");
    expect(run(cluster, "redis-cli exists k100 k139; redis-cli info stats | grep evicted", "lru")).toMatch(/^1\nevicted_keys:[1-9]/);
  });

  it("tells of itself", () => {
    const cluster = clusterOf(pod("r", container({}, "redis:8.0-alpine")));
    expect(run(cluster, "redis-cli set a 1; redis-cli info server | grep redis_version; redis-cli info keyspace; redis-cli info memory | grep policy; redis-cli client setname yo; redis-cli command count")).toMatch(/redis_version:8\.0\.4\r?\n# Keyspace\r?\ndb0:keys=1,expires=0,avg_ttl=0,subexpiry=0\r?\n\nmaxmemory_policy:noeviction\r?\nOK\n\d{3}\n/);
    expect(run(cluster, "redis-cli eval 'return 1' 0; redis-cli debug sleep 1; redis-cli config set nada 1; redis-cli config set port 1; redis-cli publish c x")).toMatch(/^1\nERR DEBUG command not allowed.*\n\nERR Unknown option or number of arguments for CONFIG SET - 'nada'\n\nERR CONFIG SET failed \(possibly related to argument 'port'\)/);
    const twin = restoreCluster(JSON.parse(JSON.stringify(cluster.snapshot())) as ClusterSnapshot, catalog);
    cluster.advance(seconds(4000));
    twin.advance(seconds(4000));
    expect(twin.snapshot()).toEqual(cluster.snapshot());
    expect(logOf(cluster)).toContain("1 changes in 3600 seconds. Saving...");
  });
});

describe("what comes in at a redis server's door", () => {
  it("is answered or not, and never ends the cluster", () => {
    const cluster = clusterOf(pod("r", container()), pod("copia", container()));
    const host = (name: string): string => (admin(cluster).get<Pod>(POD, inDefault(name)) as Pod).status?.podIP ?? "";
    run(cluster, `redis-cli replicaof ${host("r")} 6379`, "copia");
    const replid = /master_replid:(\w+)/.exec(run(cluster, "redis-cli info replication"))?.[1] ?? "";
    const bodies = ["*1\r\n".repeat(30_000), "*3\r\n$1\r\n", "$5\r\n", "*-1\r\n", '{"redis":', '{"redis":"sync"}', '{"redis":null}', '{"redis":"data"}', `{"redis":"data","replid":"${replid}","offset":999,"data":[[0,[["a",{}]]]]}`, "GET 'abierta\r\n", "\ud83d", 'SET h HYLL{\r\nPFCOUNT h\r\nPFADD h x\r\n', "constructor\r\n__proto__ x\r\nconfig set maxmemory 1constructor\r\n", "ZADD z inf a\r\nZUNIONSTORE y 1 z WEIGHTS 0\r\nZRANGE y 0 -1 WITHSCORES\r\n"];
    for (const name of ["r", "copia"]) for (const protocol of ["tcp", "redis", "http"] as const) for (const body of bodies) cluster.send({ node: "node-1" }, { protocol, host: host(name), port: 6379, body });
    expect(cluster.send({ node: "node-1" }, { protocol: "redis", host: host("r"), port: 6379, body: "PING" }).response?.body).toBe("PONG");
    expect(run(cluster, "redis-cli zrange y 0 -1 withscores; redis-cli pfcount h")).toBe("a\n0\nWRONGTYPE Key is not a valid HyperLogLog string value.\n\n");
    expect(run(cluster, "redis-cli zcard y", "copia")).toBe("1\n");
  });

  it("may be a probe", () => {
    const probes = { readinessProbe: { exec: { command: ["redis-cli", "ping"] }, periodSeconds: 5 }, livenessProbe: { exec: { command: ["sh", "-c", '[ "$(redis-cli ping)" = PONG ]'] }, periodSeconds: 5 } };
    const cluster = clusterOf(pod("r", container(probes)));
    expect(statusOf(cluster)).toMatchObject({ ready: true, restartCount: 0 });
    expect(run(cluster, "redis-cli blpop nada 3; redis-cli scan 0; redis-benchmark -q -t set,get -n 1000")).toBe("\n0\n\nSET: 116959.06 requests per second, p50=0.215 msec\nGET: 121065.38 requests per second, p50=0.215 msec\n");
  });
});

describe("what redis keeps", () => {
  it("is on the disk after an orderly end", () => {
    const spec = { ...container(onDisk), ...disk };
    const cluster = clusterOf(pod("r", spec));
    run(cluster, "redis-cli set a 1; redis-cli set b 2 ex 5; redis-cli -n 2 rpush l x y");
    again(cluster, spec);
    expect(logOf(cluster)).toContain("Done loading RDB, keys loaded: 2, keys expired: 1.");
    expect(run(cluster, "redis-cli mget a b; redis-cli -n 2 lrange l 0 -1")).toBe("1\n\nx\ny\n");
  });

  it("is gone with an emptyDir, and after a sudden death so is what no save point reached", () => {
    const spec = { ...container(onDisk), ...disk };
    const cluster = clusterOf(pod("r", spec));
    run(cluster, "redis-cli set a 1; redis-cli save; redis-cli set b 2; redis-cli shutdown nosave", "r", 3);
    cluster.advance(seconds(20));
    expect(run(cluster, "redis-cli keys '*'")).toBe("a\n");
    const empty = { ...container(onDisk), volumes: [{ name: "data", emptyDir: {} }] };
    again(cluster, empty);
    run(cluster, "redis-cli set a 1");
    again(cluster, empty);
    expect(run(cluster, "redis-cli dbsize")).toBe("0\n");
  });

  it("survives without snapshots when it is appended, and lives as long as it was to live", () => {
    const spec = { ...container({ ...onDisk, args: ["--appendonly", "yes", "--save", ""] }), ...disk };
    const cluster = clusterOf(pod("r", spec));
    run(cluster, "redis-cli set a 1; redis-cli incr a; redis-cli set b 2 ex 20; redis-cli set c 3 ex 200; redis-cli sadd s 1 2 3; redis-cli spop s; redis-cli xadd x '*' k v; redis-cli set e ñ; redis-cli setbit m 0 1; redis-cli flushdb; redis-cli -n 1 mset a 2 e ñ; redis-cli -n 1 setbit m 0 1; redis-cli -n 1 expire e 300");
    expect(run(cluster, "ls /data/appendonlydir")).toBe("appendonly.aof.1.base.rdb\nappendonly.aof.1.incr.aof\nappendonly.aof.manifest\n");
    again(cluster, spec);
    expect(logOf(cluster)).toContain("DB loaded from append only file");
    expect(run(cluster, "redis-cli dbsize; redis-cli -n 1 mget a e; redis-cli -n 1 getbit m 0; redis-cli -n 1 ttl e")).toMatch(/^0\n2\nñ\n1\n2[0-4]\d\n$/);
    run(cluster, "redis-cli -n 1 bgrewriteaof; redis-cli -n 1 set z 1");
    again(cluster, spec);
    expect(run(cluster, "redis-cli -n 1 mget a z")).toBe("2\n1\n");
  });

  it("cannot be written where nothing can be written, and then nothing is taken any more", () => {
    const cluster = clusterOf(pod("r", container({ args: ["--save", "5 1"], securityContext: { readOnlyRootFilesystem: true } })));
    run(cluster, "redis-cli set a 1");
    cluster.advance(seconds(10));
    expect(logOf(cluster)).toContain("for saving: Read-only file system");
    expect(run(cluster, "redis-cli set a 2")).toMatch(/^MISCONF Redis is configured to save RDB snapshots/);
    expect(run(cluster, "redis-cli get a")).toBe("1\n");
  });

  it("of another kind stops the start", () => {
    const script = "echo basura > /data/dump.rdb; exec redis-server";
    const cluster = clusterOf(pod("r", container({ command: ["sh", "-c", script] })), pod("roto", container({ command: ["sh", "-c", `echo 'REDIS0011{"version":"7","at":1,"data":[[0,[["a",{}]]]]}' > /data/dump.rdb; exec redis-server`] })));
    expect(logOf(cluster, "roto")).toContain("Fatal error loading the DB, check server logs. Exiting.");
    expect(logOf(cluster)).toContain("Wrong signature trying to load DB from file");
    expect(statusOf(cluster)?.restartCount ?? 0).toBeGreaterThan(0);
  });
});

describe("replicas", () => {
  it("have what their master has, refuse writes, and may become masters", () => {
    const cluster = clusterOf(
      pod("r", container(), { app: "maestro" }), service("maestro", { selector: { app: "maestro" }, ports: [{ port: 6379 }] }),
      pod("copia", container({ args: ["--replicaof", "maestro", "6379"] })),
    );
    cluster.advance(seconds(5));
    run(cluster, "redis-cli set a 1; redis-cli rpush l x");
    expect(run(cluster, "redis-cli get a; redis-cli set b 1; redis-cli info replication | head -4", "copia")).toMatch(/^1\nREADONLY You can't write against a read only replica\.\n\n# Replication\r?\nrole:slave\r?\nmaster_host:maestro\r?\nmaster_port:6379/);
    expect(run(cluster, "redis-cli info replication")).toMatch(/role:master\r?\nconnected_slaves:1\r?\nslave0:ip=10\.[\d.]+,port=6379,state=online,offset=\d+,lag=0/);
    expect(run(cluster, "redis-cli set c 1 ex 3")).toBe("OK\n");
    cluster.advance(seconds(5));
    expect(run(cluster, "redis-cli get c", "copia")).toBe("\n");
    admin(cluster).delete({ kind: POD, ...inDefault("r") }, { gracePeriodSeconds: 0 });
    cluster.advance(seconds(20));
    expect(run(cluster, "redis-cli info replication | grep link_status; redis-cli get a; redis-cli replicaof no one; redis-cli set b 1; redis-cli role | head -1", "copia")).toMatch(/^master_link_status:down\r?\n1\nOK\nOK\nmaster\n$/);
  });

  it("of a master that lost everything lose everything too", () => {
    const cluster = clusterOf(
      pod("r", container({ args: ["--save", "", "--requirepass", "x"] }), { app: "maestro" }), service("maestro", { selector: { app: "maestro" }, ports: [{ port: 6379 }] }),
      pod("copia", container({ args: ["--replicaof", "maestro", "6379", "--masterauth", "x"] })), pod("sin", container({ args: ["--replicaof", "maestro", "6379"] })),
    );
    cluster.advance(seconds(5));
    run(cluster, "redis-cli -a x set a 1");
    expect(run(cluster, "redis-cli get a", "copia")).toBe("1\n");
    expect(logOf(cluster, "sin")).toContain("Unable to AUTH to MASTER: -NOAUTH Authentication required.");
    run(cluster, "kill 1", "r", 3);
    cluster.advance(seconds(40));
    expect(run(cluster, "redis-cli dbsize", "copia")).toBe("0\n");
  });

  it("may follow replicas, and in a circle nobody is lost", () => {
    const writable = { args: ["--replica-read-only", "no"] };
    const cluster = clusterOf(pod("r", container()), pod("dos", container(writable)), pod("tres", container(writable)));
    const ip = (name: string): string => (admin(cluster).get<Pod>(POD, inDefault(name)) as Pod).status?.podIP ?? "";
    run(cluster, `redis-cli replicaof ${ip("r")} 6379`, "dos");
    run(cluster, `redis-cli replicaof ${ip("dos")} 6379`, "tres");
    run(cluster, "redis-cli set a 1");
    expect(run(cluster, "redis-cli get a", "tres")).toBe("1\n");
    run(cluster, `redis-cli replicaof ${ip("tres")} 6379`, "dos");
    cluster.advance(seconds(20));
    run(cluster, "redis-cli set a 2", "dos");
    run(cluster, "redis-cli set a 3", "tres");
    cluster.advance(seconds(20));
    expect(run(cluster, "redis-cli ping; redis-cli replicaof 127.0.0.1 6379; redis-cli ping")).toBe("PONG\nOK\nPONG\n");
    expect(run(cluster, "redis-cli ping", "dos") + run(cluster, "redis-cli ping", "tres")).toBe("PONG\nPONG\n");
  });
});
