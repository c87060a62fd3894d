import { defineProgram, millis, type Json, type Output, type ProcessView } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import { readSettings, settingAt, textAt, textsAt } from "../logs/settings";

const PORT = 5601;
const CONF = "/usr/share/kibana/config/kibana.yml";
const LOOK = 2_500;
const LOOK_AVAILABLE = 10_000;
/** How long it takes to start, elsewhere half a minute. */
const STARTING = 12_000;

interface State {
  readonly available: boolean;
  /** What was last said to be wrong. */
  readonly problem: string;
}

const stateOf = (state: Json): State => state as unknown as State;
const kept = (state: State): Json => state as unknown as Json;
const say = (process: ProcessView, level: string, logger: string, text: string): Output => `[${process.timestamp.replace("Z", ".000+00:00")}][${level}][${logger}] ${text}`;

interface Settings {
  readonly host: string;
  readonly port: number;
  readonly hosts: readonly string[];
  readonly user: string | undefined;
}

/** kibana.yml, and the environment, which outweighs it: `ELASTICSEARCH_HOSTS` is `elasticsearch.hosts`. */
function settingsOf(process: ProcessView): Settings {
  const { env, files } = process;
  const file = readSettings(files.read(CONF) ?? "", env);
  const listed = (env["ELASTICSEARCH_HOSTS"] ?? env["ELASTICSEARCH_URL"])?.replace(/[[\]"'\s]/g, "").split(",");
  const filed = textsAt(file, "elasticsearch.hosts");
  return {
    host: env["SERVER_HOST"] ?? textAt(file, "server.host") ?? "localhost",
    port: Number(env["SERVER_PORT"] ?? textAt(file, "server.port") ?? PORT),
    hosts: listed ?? (filed.length > 0 ? filed : ["http://elasticsearch:9200"]),
    user: env["ELASTICSEARCH_USERNAME"] ?? (settingAt(file, "elasticsearch.username") === undefined ? undefined : textAt(file, "elasticsearch.username")),
  };
}

/** Why the address cannot be listened on: only a pod's own addresses can. */
function unusable(process: ProcessView, { host, port }: Settings): string | undefined {
  if (["0.0.0.0", "::", "0", "localhost", "127.0.0.1", process.podIP].includes(host)) return undefined;
  const ip = /^[\d.]+$/.test(host) ? host : process.resolve(host).addresses[0];
  if (ip === undefined) return `Error: getaddrinfo ENOTFOUND ${host}`;
  return ip === process.podIP ? undefined : `Error: listen EADDRNOTAVAIL: address not available ${ip}:${port}`;
}

function look(process: ProcessView, hosts: readonly string[]): string | undefined {
  let problem = "No living connections";
  for (const given of hosts) {
    const [, host = "", port] = /^(?:\w+:\/\/)?([^:/]+)(?::(\d{1,5}))?/.exec(given) ?? [];
    const trace = process.request({ protocol: "http", host, port: Number(port ?? 9200), path: "/_cluster/health", timeout: millis(30_000) });
    if (trace.response?.status === 200) return undefined;
    const ip = trace.hops.at(-1)?.before.destination.ip ?? host;
    problem = trace.outcome === "no-such-host" ? `getaddrinfo ENOTFOUND ${host}` : trace.outcome === "refused" ? `connect ECONNREFUSED ${ip}:${port ?? 9200}` : trace.response ? "master_not_discovered_exception" : "Request timed out";
  }
  return problem;
}

/**
 * Kibana: a page in front of Elasticsearch. Until that answers it says 503.
 *
 * @simplified `server.host: localhost` listens nowhere, since nobody in another pod would reach it.
 */
function server(version: string) {
  const major = Number(version.split(".")[0]);
  return defineProgram<Json>({
    start(process) {
      const settings = settingsOf(process);
      const problem = unusable(process, settings);
      const dead = (log: readonly Output[], code: number) => ({ state: null, log, exit: { code } });
      if (settings.user === "elastic" && major >= 8) return dead([say(process, "FATAL", "root", 'Error: [config validation of [elasticsearch].username]: value of "elastic" is forbidden. This is a superuser account that cannot write to system indices that Kibana needs to function. Use a service account token instead.')], 78);
      if (problem !== undefined) return dead([say(process, "FATAL", "root", problem), { stderr: `\n FATAL  ${problem}\n` }], 1);
      return { state: kept({ available: false, problem: "" }), log: [say(process, "INFO ", "root", "Kibana is starting")], wakeAfter: { delay: millis(STARTING), message: "start" }, usage: { cpuMilli: 200, memoryBytes: 500_000_000 } };
    },
    onTimer(json, message, process) {
      const settings = settingsOf(process);
      const before = stateOf(json);
      const problem = look(process, settings.hosts) ?? "";
      const log: Output[] = message === "start" ? [say(process, "INFO ", "http.server.Kibana", `http server running at http://${settings.host}:${settings.port}`)] : [];
      if (problem !== "" && problem !== before.problem) log.push(say(process, "ERROR", "elasticsearch-service", `Unable to retrieve version information from Elasticsearch nodes. ${problem}`));
      if (problem === "" && !before.available) log.push(say(process, "INFO ", "status", "Kibana is now available"));
      const local = settings.host === "localhost" || settings.host === "127.0.0.1";
      return { state: before.available === (problem === "") && before.problem === problem ? json : kept({ available: problem === "", problem }), log, ...(message === "start" ? { listen: local ? [] : [settings.port] } : {}), wakeAfter: { delay: millis(problem === "" ? LOOK_AVAILABLE : LOOK), message: null } };
    },
    onRequest(json, request) {
      const { available } = stateOf(json);
      const html = { "content-type": "text/html" };
      if (request.path.startsWith("/api/status")) return { state: json, response: { status: available ? 200 : 503, headers: { "content-type": "application/json" }, body: JSON.stringify({ version: { number: version }, status: { overall: { level: available ? "available" : "critical" } } }) } };
      if (!available) return { state: json, response: { status: 503, headers: html, body: "Kibana server is not ready yet" } };
      if (request.path === "/") return { state: json, response: { status: 302, headers: { location: "/app/home" }, body: "" } };
      return { state: json, response: { status: 200, headers: html, body: "<html><head><title>Elastic</title></head><body>Kibana</body></html>\n" } };
    },
    onSignal: (state) => ({ state, exit: { code: 0 } }),
  });
}

/** Kibana, by its address and its old one. */
export const kibana: readonly Repository[] = ["docker.elastic.co/kibana/kibana", "docker.io/library/kibana"].map((name) =>
  defineRepository(name, (tag) => {
    const program = server(/^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? "9.1.4");
    return { entrypoint: ["/bin/tini", "--", "/usr/local/bin/kibana-docker"], ports: [PORT], user: 1000, files: { [CONF]: 'server.host: "0.0.0.0"\nserver.shutdownTimeout: "5s"\n' }, programs: shellPrograms({}, ["bash"], { tini: program, "kibana-docker": program, kibana: program }), megabytes: 430 };
  }),
);
