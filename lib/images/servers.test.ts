import { describe, expect, it } from "vitest";
import { createCluster, millis, POD, seconds, type Cluster, type JsonObject, type Pod } from "@/lib/engine";
import { deployment, machines, pod, service, template } from "@/lib/engine/testing/builders";
import { catalog } from "./index";

const inDefault = (name: string) => ({ namespace: "default", name });
const admin = (cluster: Cluster) => cluster.as("kubernetes-admin");

function clusterOf(...objects: readonly JsonObject[]): Cluster {
  const cluster = createCluster({ seed: 3, kubernetesVersion: "1.36.2", nodes: machines(2), images: catalog });
  for (const object of objects) admin(cluster).create(object);
  cluster.advance(seconds(60));
  return cluster;
}

const container = (image: string, more: JsonObject = {}): JsonObject => ({ containers: [{ name: "c", image, ...more }] });
const podOf = (cluster: Cluster, name: string): Pod => admin(cluster).get<Pod>(POD, inDefault(name)) as Pod;
const logOf = (cluster: Cluster, name: string): string => (cluster.logs(inDefault(name), "c") ?? []).map(({ text }) => text).join("\n");

/** Runs a command in a container to its end. */
function run(cluster: Cluster, name: string, source: string, wait = 60): { readonly stdout: string; readonly stderr: string; readonly exitCode: number } {
  const begun = cluster.exec(inDefault(name), "c", ["sh", "-c", source]);
  if (!("id" in begun)) return { stdout: "", stderr: JSON.stringify(begun), exitCode: -1 };
  for (let i = 0; i < wait && cluster.execResult(begun.id)?.done !== true; i += 1) cluster.advance(seconds(1));
  const { stdout = "", stderr = "", exitCode = -1 } = cluster.execResult(begun.id) ?? {};
  return { stdout, stderr, exitCode };
}

const get = (cluster: Cluster, name: string, port: number, path = "/", headers: Readonly<Record<string, string>> = {}) => cluster.send({ node: "node-1" }, { protocol: "http", host: podOf(cluster, name).status?.podIP ?? "", port, path, headers }).response;

describe("signals in a container", () => {
  it("reach a script by their own names, and what nobody minds ends nobody", () => {
    const script = "trap 'echo got USR1' USR1; trap 'echo got WINCH' WINCH; trap 'echo bye; exit 3' TERM; while true; do sleep 1; done";
    const cluster = clusterOf(pod("traps", container("busybox:1.37", { command: ["sh", "-c", script] })));
    for (const signal of ["USR1", "WINCH", "CHLD", "CONT"]) expect(run(cluster, "traps", `kill -${signal} 1`).exitCode).toBe(0);
    cluster.advance(seconds(3));
    expect(logOf(cluster, "traps")).toBe("got USR1\ngot WINCH");
    run(cluster, "traps", "kill 1");
    cluster.advance(seconds(3));
    expect(podOf(cluster, "traps").status?.containerStatuses?.[0]?.lastState.terminated?.exitCode ?? podOf(cluster, "traps").status?.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(3);
  });
});

describe("postgres", () => {
  const env = [{ name: "POSTGRES_PASSWORD", value: "secreta" }, { name: "POSTGRES_DB", value: "tienda" }];

  it("does not start without a password", () => {
    const cluster = clusterOf(pod("db", container("postgres:17")));
    expect(logOf(cluster, "db")).toContain("Error: Database is uninitialized and superuser password is not specified.");
    expect(podOf(cluster, "db").status?.containerStatuses?.[0]?.lastState.terminated?.exitCode).toBe(1);
  });

  it("keeps rows, asks strangers for the password, and dumps what it has", () => {
    const cluster = clusterOf(pod("db", container("postgres:17", { env })), service("db", { ports: [{ port: 5432 }] }), pod("client", container("postgres:17", { command: ["sleep", "9999"] })));
    expect(run(cluster, "db", "psql -U postgres -c 'SELECT 1'").stdout).toBe(" ?column? \n----------\n        1\n(1 row)\n\n");
    expect(run(cluster, "client", "psql -h db -U postgres tienda -c 'SELECT 1'")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("no password supplied") as string });
    const asked = "PGPASSWORD=secreta psql -h db -U postgres tienda";
    expect(run(cluster, "client", `${asked} -c "CREATE TABLE pedidos (id int, cliente text)" -c "INSERT INTO pedidos VALUES (1, 'Ana'), (2, 'Luis')"`).stdout).toBe("CREATE TABLE\nINSERT 0 2\n");
    expect(run(cluster, "client", `${asked} -tAc "SELECT cliente FROM pedidos WHERE id = 2"`).stdout).toBe("Luis\n");
    expect(run(cluster, "client", `${asked} -c 'SELECT * FROM nada'`)).toMatchObject({ exitCode: 1, stderr: 'ERROR:  relation "nada" does not exist\nLINE 1: SELECT * FROM nada\n                      ^\n' });
    expect(run(cluster, "client", "PGPASSWORD=secreta pg_dump -h db -U postgres tienda | gzip > /tmp/copia.gz; zcat /tmp/copia.gz | grep INSERT").stdout).toContain("INSERT INTO pedidos VALUES ('1', 'Ana');");
    expect(run(cluster, "client", "pg_isready -h db; pg_isready -h nadie; echo $?").stdout).toBe("db:5432 - accepting connections\nnadie:5432 - no response\n2\n");
  });

  it("refuses the data of another major version", () => {
    const volume = { volumes: [{ name: "data", hostPath: { path: "/srv/pg" } }] };
    const mounts = { env, volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }] };
    const cluster = clusterOf(pod("old", { ...container("postgres:16", mounts), ...volume, nodeName: "node-1" }));
    admin(cluster).delete({ kind: POD, ...inDefault("old") });
    cluster.advance(seconds(40));
    admin(cluster).create(pod("new", { ...container("postgres:17", mounts), ...volume, nodeName: "node-1" }));
    cluster.advance(seconds(20));
    expect(logOf(cluster, "new")).toContain("The data directory was initialized by PostgreSQL version 16, which is not compatible with this version 17.6.");
  });
});

describe("sessions", () => {
  const cookieOf = (response: ReturnType<typeof get>): string => /JSESSIONID=[^;]+/.exec(response?.headers?.["set-cookie"] ?? "")?.[0] ?? "";

  it("are one server's own, and gone with its process", () => {
    const cluster = clusterOf(pod("uno", container("tomcat:11")), pod("dos", container("tomcat:11")));
    const cookie = cookieOf(get(cluster, "uno", 8080));
    expect(get(cluster, "uno", 8080, "/", { cookie })?.body).toContain("Visits: 2");
    expect(get(cluster, "dos", 8080, "/", { cookie })?.body).toContain("Visits: 1");
    run(cluster, "uno", "kill 1", 5);
    cluster.advance(seconds(30));
    expect(get(cluster, "uno", 8080, "/", { cookie })?.body).toContain("Visits: 1");
  });

  it("are known to companions that were told of one another", () => {
    const env = [{ name: "OPENSHIFT_DNS_PING_SERVICE_NAME", value: "grupo" }];
    const spec = container("quay.io/wildfly/wildfly:37.0.1.Final", { env });
    const cluster = clusterOf(service("grupo", { clusterIP: "None", ports: [{ port: 8080 }], publishNotReadyAddresses: true }), pod("uno", spec, { app: "grupo" }), pod("dos", spec, { app: "grupo" }));
    const cookie = cookieOf(get(cluster, "uno", 8080));
    const answer = get(cluster, "dos", 8080, "/", { cookie })?.body;
    expect(answer).toContain("Visits: 2");
    expect(answer).toContain("Begun by: uno");
  });

  it("in memcached go with memcached", () => {
    const cluster = clusterOf(pod("cache", container("memcached:1.6")), service("cache", { ports: [{ port: 11211 }] }), pod("client", container("busybox:1.37", { command: ["sleep", "9999"] })));
    expect(run(cluster, "client", "printf 'set s1 0 0 4\\r\\nhola\\r\\n' | nc cache 11211; printf 'get s1\\r\\n' | nc cache 11211").stdout).toBe("STORED\r\nVALUE s1 0 4\r\nhola\r\nEND\r\n");
    admin(cluster).delete({ kind: POD, ...inDefault("cache") });
    cluster.advance(seconds(40));
    admin(cluster).create(pod("cache", container("memcached:1.6")));
    cluster.advance(seconds(10));
    expect(run(cluster, "client", "printf 'get s1\\r\\n' | nc cache 11211").stdout).toBe("END\r\n");
  });
});

describe("kibana", () => {
  it("waits for Elasticsearch, and refuses its superuser and addresses that are not its own", () => {
    const es = pod("elasticsearch", container("elasticsearch:9.1.4", { env: [{ name: "discovery.type", value: "single-node" }] }));
    const cluster = clusterOf(pod("kibana", container("kibana:9.1.4")), service("kibana", { ports: [{ port: 5601 }] }), service("elasticsearch", { ports: [{ port: 9200 }] }), pod("super", container("kibana:9.1.4", { env: [{ name: "ELASTICSEARCH_USERNAME", value: "elastic" }] })), pod("ajeno", container("kibana:9.1.4", { env: [{ name: "SERVER_HOST", value: "kibana" }] })));
    expect(get(cluster, "kibana", 5601)).toMatchObject({ status: 503, body: "Kibana server is not ready yet" });
    expect(logOf(cluster, "super")).toContain('value of "elastic" is forbidden');
    expect(logOf(cluster, "ajeno")).toMatch(/Error: listen EADDRNOTAVAIL: address not available 10\.\d+\.\d+\.\d+:5601/);
    admin(cluster).create(es);
    cluster.advance(seconds(60));
    expect(get(cluster, "kibana", 5601, "/api/status")?.status).toBe(200);
    expect(logOf(cluster, "kibana")).toContain("Kibana is now available");
  });
});

describe("elasticsearch", () => {
  it("answers each action of a bulk by itself, and refuses those whose shard is away", () => {
    const node = (name: string, roles: string) => pod(name, container("elasticsearch:9.1.4", { env: [["node.name", name], ["node.roles", roles], ["cluster.initial_master_nodes", "leader"], ["discovery.seed_hosts", "leader"]].map(([key, value]) => ({ name: key, value })) }), { app: name });
    const cluster = clusterOf(node("leader", "master"), node("store", "data"), service("leader", { selector: { app: "leader" }, clusterIP: "None", publishNotReadyAddresses: true, ports: [{ port: 9300 }] }));
    const bulk = () => {
      const { response } = cluster.send({ node: "node-1" }, { protocol: "http", host: podOf(cluster, "leader").status?.podIP ?? "", port: 9200, method: "POST", path: "/_bulk", body: '{"create":{"_index":"a","_id":"1"}}\n{"x":1}\n{"index":{"_index":"a","_id":"2"}}\n{"x":2}\n' });
      return JSON.parse(response?.body ?? "{}") as object;
    };
    expect(bulk()).toMatchObject({ errors: false, items: [{ create: { _id: "1", status: 201 } }, { index: { _id: "2", status: 201 } }] });
    admin(cluster).delete({ kind: POD, ...inDefault("store") }, { gracePeriodSeconds: 0 });
    cluster.advance(seconds(60));
    expect(bulk()).toMatchObject({ errors: true, items: [{ create: { status: 503, error: { type: "unavailable_shards_exception" } } }, { index: { status: 503 } }] });
  });
});

describe("what comes in at the doors of companions", () => {
  it("is answered or not, and never ends the cluster", () => {
    const single = { env: [{ name: "discovery.type", value: "single-node" }] };
    const cluster = clusterOf(pod("es", container("elasticsearch:9.1.4", single)), pod("etcd", container("quay.io/coreos/etcd:v3.6.5")), pod("galera", container("mariadb-galera:12.0.2")), pod("kafka", container("apache/kafka:4.1.0")));
    const host = (name: string): string => podOf(cluster, name).status?.podIP ?? "";
    for (const [name, port] of [["es", 9300], ["etcd", 2380], ["galera", 4567]] as const) {
      for (const body of ["", "null", "{", '{"ask":', '{"ask":"x"}', '{"keys":']) cluster.send({ node: "node-1" }, { protocol: "tcp", host: host(name), port, body });
    }
    for (const [method, path, body] of [["GET", "/a/_search?q=%", ""], ["PUT", "/b", "null"], ["POST", "/_bulk", "null\n{}\n"], ["POST", "/a/_doc", "{"]] as const) {
      expect(cluster.send({ node: "node-1" }, { protocol: "http", host: host("es"), port: 9200, method, path, body }).response?.status).toBeGreaterThan(0);
    }
    expect(run(cluster, "kafka", "/opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server localhost:9092").exitCode).toBe(1);
    expect(get(cluster, "es", 9200, "/_cluster/health")?.status).toBe(200);
  });
});

describe("logs by way of a queue", () => {
  it("wait in Kafka while nobody takes them", () => {
    const fluent = "<source>\n  @type tail\n  path /logs/app.log\n  read_from_head true\n</source>\n<match **>\n  @type kafka2\n  brokers kafka:9092\n  default_topic registros\n</match>\n";
    const pipeline = 'input { kafka { bootstrap_servers => "kafka:9092" topics => ["registros"] } }\noutput { elasticsearch { hosts => ["http://elasticsearch:9200"] index => "registros" } }\n';
    const cluster = clusterOf(
      pod("kafka", container("apache/kafka:4.1.0")), service("kafka", { ports: [{ port: 9092 }] }),
      pod("elasticsearch", container("elasticsearch:9.1.4", { env: [{ name: "discovery.type", value: "single-node" }] })), service("elasticsearch", { ports: [{ port: 9200 }] }),
      { apiVersion: "v1", kind: "ConfigMap", metadata: inDefault("conf"), data: { "fluent.conf": fluent, "logstash.conf": pipeline } },
      pod("app", { containers: [{ name: "c", image: "busybox:1.37", command: ["sh", "-c", "i=0; while [ $i -lt 40 ]; do echo linea-$i >> /logs/app.log; i=$((i+1)); sleep 0.2; done; sleep 9999"], volumeMounts: [{ name: "logs", mountPath: "/logs" }] }, { name: "fluentd", image: "fluent/fluentd:v1.18", volumeMounts: [{ name: "logs", mountPath: "/logs" }, { name: "conf", mountPath: "/fluentd/etc" }] }], volumes: [{ name: "logs", emptyDir: {} }, { name: "conf", configMap: { name: "conf" } }] }),
    );
    expect(run(cluster, "kafka", "/opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic registros --from-beginning | wc -l").stdout.trim()).toBe("40");
    admin(cluster).create(pod("logstash", { ...container("logstash:9.1.4", { volumeMounts: [{ name: "conf", mountPath: "/usr/share/logstash/pipeline" }] }), volumes: [{ name: "conf", configMap: { name: "conf", items: [{ key: "logstash.conf", path: "logstash.conf" }] } }] }));
    cluster.advance(seconds(60));
    expect(JSON.parse(get(cluster, "elasticsearch", 9200, "/registros/_count")?.body ?? "{}")).toMatchObject({ count: 40 });
    expect(run(cluster, "kafka", "kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group logstash").stdout).toMatch(/logstash +registros +0 +40 +40 +0/);
  });
});

describe("looking around", () => {
  const desk = () => clusterOf({ ...deployment("web", 2, { template: template("web", "nginx:1.29") }) }, service("web"), pod("shell", container("nicolaka/netshoot", { command: ["sleep", "9999"] })), pod("box", { ...container("busybox:1.37", { command: ["sleep", "9999"], volumeMounts: [{ name: "ram", mountPath: "/ram" }] }), volumes: [{ name: "ram", emptyDir: { medium: "Memory", sizeLimit: "100Ki" } }] }), pod("server", container("nginx:1.29")));

  it("finds names, pods and ports", () => {
    const cluster = desk();
    const ip = podOf(cluster, "server").status?.podIP ?? "";
    const web = run(cluster, "shell", "dig +short web.default.svc.cluster.local").stdout.trim();
    expect(web).toMatch(/^10\.\d+\.\d+\.\d+$/);
    expect(run(cluster, "shell", "dig web +search").stdout).toContain("status: NOERROR");
    expect(run(cluster, "shell", "host web").stdout).toBe(`web.default.svc.cluster.local has address ${web}\n`);
    expect(run(cluster, "box", `ping -c 2 ${ip}`)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("2 packets transmitted, 2 packets received, 0% packet loss") as string });
    expect(run(cluster, "box", "ping -c 1 -W 1 web")).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("100% packet loss") as string });
    expect(run(cluster, "box", "ip -br addr; ip route").stdout).toContain(podOf(cluster, "box").status?.podIP ?? "?");
    expect(run(cluster, "server", "ss -tln; echo $?").stderr).toContain("ss: not found");
    expect(run(cluster, "box", "df -h /ram | tail -1; dd if=/dev/zero of=/ram/x bs=1k count=200 2>/dev/null; df /ram | tail -1").stdout).toBe("tmpfs                   100.0K         0    100.0K   0% /ram\ntmpfs                      100       100         0 100% /ram\n");
  });

  it("speaks as its tools do", () => {
    const cluster = desk();
    expect(run(cluster, "box", "cat nada; ls nada").stderr).toBe("cat: can't open 'nada': No such file or directory\nls: nada: No such file or directory\n");
    expect(run(cluster, "server", "cat nada; ls nada; rm nada").stderr).toBe("cat: nada: No such file or directory\nls: cannot access 'nada': No such file or directory\nrm: cannot remove 'nada': No such file or directory\n");
    expect(run(cluster, "shell", "echo '{\"a\":[1,2]}' | jq '.a|add'").stdout).toBe("3\n");
    expect(run(cluster, "box", "echo '{}' | jq .")).toMatchObject({ exitCode: 127, stderr: "sh: jq: not found\n" });
    expect(run(cluster, "server", "bash -c nada")).toMatchObject({ exitCode: 127, stderr: "bash: line 1: nada: command not found\n" });
    expect(run(cluster, "shell", "apk add jq").stderr).toContain("ERROR: unable to select packages:\n  jq (no such package):");
  });

  it("packs and unpacks, and keeps what was packed", () => {
    const cluster = desk();
    const source = "mkdir -p /tmp/a/b; echo hola > /tmp/a/f; echo año > /tmp/a/b/g; cd /tmp; tar czf c.tgz a; rm -r a; tar tzf c.tgz; tar xzf c.tgz; cat a/f a/b/g; tar cf - a | tar xf - -C /; cat /a/b/g; watch -n 1 date | head -1";
    expect(run(cluster, "box", source).stdout).toBe("a/\na/b/\na/b/g\na/f\nhola\naño\naño\nEvery 1s: date\n");
    expect(cluster.files(inDefault("box"), "c")?.read("/a/b/g")).toBe("año\n");
    cluster.advance(millis(1));
  });
});

describe("nginx", () => {
  const conf = (text: string): JsonObject => ({ apiVersion: "v1", kind: "ConfigMap", metadata: inDefault("conf"), data: { "default.conf": text } });
  const front = (): JsonObject => pod("front", { ...container("nginx:1.29", { volumeMounts: [{ name: "conf", mountPath: "/etc/nginx/conf.d" }, { name: "logs", mountPath: "/var/log/nginx" }] }), volumes: [{ name: "conf", configMap: { name: "conf" } }, { name: "logs", emptyDir: {} }] });

  it("hands requests on, and writes its log where a volume hides the way to its output", () => {
    const cluster = clusterOf(pod("back", container("traefik/whoami:v1.11")), service("back"), conf("server {\n  listen 80;\n  location /api/ {\n    proxy_pass http://back/;\n  }\n  location = /salud {\n    return 200 'bien\\n';\n  }\n}\n"));
    admin(cluster).create(front());
    cluster.advance(seconds(10));
    expect(get(cluster, "front", 80, "/api/x")?.body).toContain("GET /x HTTP/1.1");
    expect(get(cluster, "front", 80, "/salud")).toMatchObject({ status: 200, body: "bien\n" });
    expect(get(cluster, "front", 80, "/otra")?.status).toBe(404);
    expect(cluster.files(inDefault("front"), "c")?.read("/var/log/nginx/access.log")?.split("\n").length).toBe(4);
    expect(logOf(cluster, "front")).not.toContain("GET /salud");
    admin(cluster).delete({ kind: POD, ...inDefault("back") });
    cluster.advance(seconds(40));
    expect(get(cluster, "front", 80, "/api/x")?.status).toBe(502);
  });

  it("does not start when a name it hands on to is unknown", () => {
    const cluster = clusterOf(conf("server {\n  listen 80;\n  location / {\n    proxy_pass http://nadie:8080;\n  }\n}\n"), front());
    expect(logOf(cluster, "front")).toContain('nginx: [emerg] host not found in upstream "nadie" in /etc/nginx/conf.d/default.conf:4');
  });
});

describe("the rest", () => {
  it("is scraped, synchronised and balanced", () => {
    const prometheus = "global:\n  scrape_interval: 5s\nscrape_configs:\n- job_name: nodos\n  static_configs:\n  - targets: ['exporter:9100', 'nadie:1']\n";
    const haproxy = "frontend todo\n  bind *:80\n  default_backend webs\nbackend webs\n  balance roundrobin\n  server a repo:80 check\n";
    const cluster = clusterOf(
      { apiVersion: "v1", kind: "ConfigMap", metadata: inDefault("conf"), data: { "prometheus.yml": prometheus, "haproxy.cfg": haproxy, "index.html": "versión 1\n" } },
      pod("exporter", container("prom/node-exporter:v1.9.1")), service("exporter", { ports: [{ port: 9100 }] }),
      pod("repo", { ...container("nginx:1.29", { volumeMounts: [{ name: "conf", mountPath: "/usr/share/nginx/html" }] }), volumes: [{ name: "conf", configMap: { name: "conf" } }] }), service("repo"),
      pod("prom", { ...container("prom/prometheus:v3.5.0", { volumeMounts: [{ name: "conf", mountPath: "/etc/prometheus" }] }), volumes: [{ name: "conf", configMap: { name: "conf" } }] }),
      pod("proxy", { ...container("haproxy:3.2", { volumeMounts: [{ name: "conf", mountPath: "/usr/local/etc/haproxy" }] }), volumes: [{ name: "conf", configMap: { name: "conf" } }] }),
      pod("sync", { ...container("registry.k8s.io/git-sync/git-sync:v4.4.2", { args: ["--repo=http://repo/", "--root=/git", "--link=web", "--period=5s"] }) }),
      pod("mongo", container("mongo:8")), pod("unknown", container("nadie/nada:1")),
    );
    expect(get(cluster, "prom", 9090, "/api/v1/query?query=up")?.body).toMatch(/"instance":"exporter:9100","job":"nodos"\},"value":\[[\d.]+,"1"\]/);
    expect(get(cluster, "prom", 9090, "/api/v1/query?query=up%7Binstance=%22nadie:1%22%7D")?.body).toContain('"0"]');
    expect(get(cluster, "proxy", 80)).toMatchObject({ status: 200, body: "versión 1\n" });
    expect(cluster.files(inDefault("sync"), "c")?.read("/git/web/index.html")).toBe("versión 1\n");
    expect(podOf(cluster, "mongo").status?.phase).toBe("Running");
    expect(podOf(cluster, "unknown").status?.containerStatuses?.[0]?.state.waiting?.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
  });
});
