import { defineProgram, type ProcessView, type Program } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";

/** A well-known image whose inside no lesson looks at: its name, the command it starts with, its ports and how large it is. */
type Known = readonly [name: string, command: string, ports: readonly number[], megabytes: number];

const KNOWN: readonly Known[] = [
  ["docker.io/library/mongo", "mongod", [27017], 300], ["docker.io/library/cassandra", "cassandra", [9042, 7000], 180], ["docker.io/library/influxdb", "influxd", [8086], 190], ["docker.io/library/couchdb", "couchdb", [5984], 120], ["docker.io/library/neo4j", "neo4j", [7474, 7687], 330],
  ["docker.io/library/solr", "solr", [8983], 330], ["docker.io/library/zookeeper", "zkServer.sh", [2181, 2888, 3888], 150], ["docker.io/library/nats", "nats-server", [4222, 8222], 8], ["docker.io/library/registry", "registry", [5000], 10], ["docker.io/library/caddy", "caddy", [80, 443], 20],
  ["docker.io/library/kong", "kong", [8000, 8443, 8001], 130], ["docker.io/library/consul", "consul", [8500, 8600], 55], ["docker.io/hashicorp/consul", "consul", [8500, 8600], 60], ["docker.io/library/vault", "vault", [8200], 80], ["docker.io/hashicorp/vault", "vault", [8200], 190],
  ["docker.io/library/nextcloud", "apache2-foreground", [80], 420], ["docker.io/library/ghost", "ghost", [2368], 180], ["docker.io/library/drupal", "apache2-foreground", [80], 170], ["docker.io/library/joomla", "apache2-foreground", [80], 190], ["docker.io/library/adminer", "adminer", [8080], 40], ["docker.io/library/mongo-express", "mongo-express", [8081], 60],
  ["docker.io/library/sonarqube", "sonar.sh", [9000], 600], ["docker.io/library/gitea", "gitea", [3000, 22], 60], ["docker.io/gitea/gitea", "gitea", [3000, 22], 60], ["docker.io/gitlab/gitlab-ce", "gitlab", [80, 443, 22], 1500], ["docker.io/jenkins/jenkins", "jenkins.sh", [8080, 50000], 270], ["docker.io/library/jenkins", "jenkins.sh", [8080, 50000], 270],
  ["docker.io/grafana/grafana", "grafana", [3000], 150], ["docker.io/grafana/loki", "loki", [3100], 30], ["docker.io/grafana/promtail", "promtail", [9080], 80], ["docker.io/grafana/tempo", "tempo", [3200, 4317], 40], ["docker.io/jaegertracing/all-in-one", "all-in-one", [16686, 4317, 14268], 30], ["docker.io/openzipkin/zipkin", "zipkin", [9411], 130],
  ["docker.io/otel/opentelemetry-collector", "otelcol", [4317, 4318], 60], ["docker.io/prom/alertmanager", "alertmanager", [9093], 30], ["quay.io/prometheus/alertmanager", "alertmanager", [9093], 30], ["docker.io/prom/pushgateway", "pushgateway", [9091], 10], ["quay.io/prometheus-operator/prometheus-operator", "operator", [8080], 25], ["registry.k8s.io/kube-state-metrics/kube-state-metrics", "kube-state-metrics", [8080, 8081], 14],
  ["docker.io/minio/minio", "minio", [9000, 9001], 60], ["quay.io/minio/minio", "minio", [9000, 9001], 60], ["quay.io/keycloak/keycloak", "kc.sh", [8080, 8443], 220], ["docker.io/portainer/portainer-ce", "portainer", [9000, 9443], 90], ["docker.io/dpage/pgadmin4", "pgadmin", [80], 180], ["docker.io/kubernetesui/dashboard", "dashboard", [8443, 9090], 75],
  ["ghcr.io/headlamp-k8s/headlamp", "headlamp-server", [4466], 60], ["docker.io/rancher/rancher", "rancher", [80, 443], 650], ["quay.io/argoproj/argocd", "argocd-server", [8080], 170], ["quay.io/jetstack/cert-manager-controller", "controller", [9402], 25], ["quay.io/jetstack/cert-manager-webhook", "webhook", [10250], 20], ["quay.io/jetstack/cert-manager-cainjector", "cainjector", [], 20],
  ["registry.k8s.io/volume-nfs", "run_nfs.sh", [2049, 20048, 111], 180], ["docker.io/itsthenetwork/nfs-server-alpine", "nfsd.sh", [2049], 15], ["registry.k8s.io/sig-storage/nfs-subdir-external-provisioner", "nfs-subdir-external-provisioner", [], 18], ["docker.io/eclipse-mosquitto", "mosquitto", [1883], 6], ["docker.io/opensearchproject/opensearch", "opensearch", [9200, 9600], 800], ["docker.io/opensearchproject/opensearch-dashboards", "opensearch-dashboards", [5601], 400],
  ["docker.io/nginxinc/nginx-unprivileged", "nginx", [8080], 72], ["docker.io/nginxdemos/hello", "nginx", [80], 20], ["docker.io/kennethreitz/httpbin", "httpbin", [80], 200], ["docker.io/mccutchen/go-httpbin", "go-httpbin", [8080], 20], ["docker.io/library/varnish", "varnishd", [80], 100], ["docker.io/library/squid", "squid", [3128], 80], ["docker.io/ubuntu/squid", "squid", [3128], 80], ["docker.io/valkey/valkey", "valkey-server", [6379], 45],
  ["docker.io/apache/activemq-classic", "activemq", [61616, 8161], 180], ["docker.io/osixia/openldap", "slapd", [389, 636], 100], ["docker.io/library/openldap", "slapd", [389], 90], ["docker.io/mailhog/mailhog", "MailHog", [1025, 8025], 160], ["docker.io/library/redmine", "rails", [3000], 230], ["docker.io/library/mediawiki", "apache2-foreground", [80], 300],
];

/** A server of its ports, saying yes to whoever asks. */
function generic(ports: readonly number[]): Program {
  return defineProgram<null>({
    start(process: ProcessView) {
      const taken = ports.find((port) => process.portTaken(port));
      if (taken !== undefined) return { state: null, log: [{ stderr: `listen tcp 0.0.0.0:${taken}: bind: address already in use` }], exit: { code: 1 } };
      return { state: null, listen: ports, log: ["started"], usage: { cpuMilli: 2, memoryBytes: 40_000_000 } };
    },
    onRequest: (state, request, process) => ({ state, response: { status: 200, headers: { "content-type": "text/plain", "x-served-by": process.podName }, body: request.protocol === "http" ? `${process.podName}\n` : "" } }),
    onHealthCheck: () => "SERVING",
    onSignal: (state) => ({ state, exit: { code: 0 } }),
  });
}

/** `-m http.server 8000`, `server.js`: what a language's image is asked to serve; anything else it is asked is over at once. */
function language(port: number): Program {
  const portOf = (process: ProcessView): number | undefined => {
    const { argv } = process;
    const at = argv.indexOf("http.server");
    if (at > 0) return Number(argv[at + 1] ?? 8000) || 8000;
    return argv.length > 1 && !/^-(c|e|V|v|-version|m)$/.test(argv[1] ?? "") ? Number(process.env["PORT"] ?? port) || port : undefined;
  };
  return defineProgram<null>({
    start(process) {
      const wanted = portOf(process);
      if (wanted === undefined) return { state: null, exit: { code: 0 } };
      return process.portTaken(wanted) ? { state: null, log: [{ stderr: "OSError: [Errno 98] Address already in use" }], exit: { code: 1 } } : { state: null, listen: [wanted], usage: { cpuMilli: 1, memoryBytes: 20_000_000 } };
    },
    onRequest(state, request, process) {
      const log = [{ stderr: `${request.from.ip} - - [${process.timestamp}] "${request.method} ${request.path} HTTP/1.1" 200 -` }];
      const asked = (request.path.split("?")[0] ?? "/").split("/").filter((part) => part !== "" && part !== "." && part !== "..").join("/");
      const folder = process.workingDir === "/" ? "" : process.workingDir;
      const body = process.files.read(`${folder}/${asked === "" ? "index.html" : asked}`);
      if (process.argv.includes("http.server") && body === undefined && asked !== "") return { state, log, response: { status: 404, body: "File not found\n" } };
      return { state, log, response: { status: 200, headers: { "content-type": "text/html" }, body: body ?? (process.files.list(folder === "" ? "/" : folder) ?? []).map((name) => `<li>${name}</li>\n`).join("") } };
    },
    onSignal: (state) => ({ state, exit: { code: 0 } }),
  });
}

const LANGUAGES: Readonly<Record<string, readonly [names: readonly string[], port: number, megabytes: number]>> = {
  python: [["python3", "python", "pip"], 8000, 130], node: [["node", "npm"], 3000, 400], golang: [["go"], 8080, 300], openjdk: [["java"], 8080, 230], "eclipse-temurin": [["java"], 8080, 230], ruby: [["ruby"], 3000, 330], php: [["php", "apache2-foreground", "php-fpm"], 80, 170], perl: [["perl"], 8080, 300], rust: [["cargo"], 8080, 500], maven: [["mvn", "java"], 8080, 290],
};

/** Every other image people know: each starts and listens where it is known to. */
export const known: readonly Repository[] = [
  ...KNOWN.map(([name, command, ports, megabytes]) => defineRepository(name, (tag) => {
    const program = generic(ports);
    return { entrypoint: [command], ports, programs: shellPrograms({}, ["bash", "docker-entrypoint.sh"], { [command]: program }, tag.includes("alpine") ? { tools: "busybox" } : {}), megabytes };
  })),
  ...Object.entries(LANGUAGES).map(([name, [programs, port, megabytes]]) => defineRepository(`docker.io/library/${name}`, (tag) => {
    const program = language(port);
    return { cmd: name === "php" && /apache/.test(tag) ? ["apache2-foreground", "run"] : [programs[0] ?? "sh"], programs: shellPrograms({}, ["bash"], Object.fromEntries(programs.map((one) => [one, program])), tag.includes("alpine") ? { tools: "busybox" } : {}), megabytes: tag.includes("alpine") || tag.includes("slim") ? Math.trunc(megabytes / 3) : megabytes, ...(name === "php" && /apache/.test(tag) ? { base: "php-apache" as const } : {}) };
  })),
];
