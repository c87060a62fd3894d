import { defineProgram, millis, type AppResponse, type Json, type ProcessView } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import { groupsAt, readSettings, textAt, textsAt } from "../logs/settings";

const CONF = "/etc/prometheus/prometheus.yml";
const MOST_TARGETS = 100;
const MOST_SERIES = 2_000;

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: string;
}

interface Target {
  readonly job: string;
  readonly address: string;
  readonly up: boolean;
  readonly samples: readonly Sample[];
}

const json = (body: object, status = 200): AppResponse => ({ status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const seconds = (text: string | undefined): number => Math.max(1, Number(/^(\d+)(ms|s|m)?$/.exec(text ?? "")?.[1] ?? 15)) * ((text ?? "").endsWith("m") ? 60_000 : 1_000);

function addresses(process: ProcessView): readonly { readonly job: string; readonly address: string; readonly path: string }[] {
  const settings = readSettings(process.files.read(CONF) ?? "", process.env);
  return groupsAt(settings, "scrape_configs").flatMap((config) => {
    const job = textAt(config, "job_name") ?? "";
    const path = textAt(config, "metrics_path") ?? "/metrics";
    const fixed = groupsAt(config, "static_configs").flatMap((group) => textsAt(group, "targets"));
    const found = groupsAt(config, "dns_sd_configs").flatMap((group) => textsAt(group, "names").flatMap((name) => process.resolve(name).addresses.map((ip) => `${ip}:${textAt(group, "port") ?? "80"}`)));
    return [...fixed, ...found].map((address) => ({ job, address, path }));
  }).slice(0, MOST_TARGETS);
}

function scrape(process: ProcessView): readonly Target[] {
  return addresses(process).map(({ job, address, path }): Target => {
    const [host = "", port = "80"] = address.split(":");
    // Its own page is itself.
    const { response } = host === "localhost" && port === "9090" ? { response: { status: 200, body: "prometheus_build_info 1\n" } } : process.request({ protocol: "http", host, port: Number(port), path, timeout: millis(10_000) });
    const samples = (response?.status === 200 ? response.body : "").split("\n").slice(0, MOST_SERIES).flatMap((line): readonly Sample[] => {
      const match = /^([A-Za-z_:][\w:]*)(\{[^}]*\})?\s+(\S+)/.exec(line);
      return match ? [{ name: match[1] ?? "", labels: match[2] ?? "", value: match[3] ?? "" }] : [];
    });
    return { job, address, up: response?.status === 200, samples };
  });
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function query(targets: readonly Target[], text: string, now: number): AppResponse {
  const [, name = "", wanted = ""] = /^\s*([A-Za-z_:][\w:]*)\s*(\{[^}]*\})?\s*$/.exec(text) ?? [];
  if (name === "") return json({ status: "error", errorType: "bad_data", error: `invalid parameter "query": 1:1: parse error: unexpected input` }, 400);
  const all = targets.flatMap(({ job, address, up, samples }) => [{ name: "up", labels: "", value: up ? "1" : "0" }, ...samples].filter((sample) => sample.name === name).map((sample) => ({ metric: { __name__: name, instance: address, job, ...labelsOf(sample.labels) } as Readonly<Record<string, string>>, value: [now / 1000, sample.value] })));
  const chosen = Object.entries(labelsOf(wanted));
  return json({ status: "success", data: { resultType: "vector", result: all.filter(({ metric }) => chosen.every(([key, value]) => metric[key] === value)) } });
}

/**
 * Prometheus in small: asks its targets for /metrics each interval, keeps the last answer of each, and answers for names.
 *
 * @simplified Static and DNS targets only; queries are a name and labels that must be equal; nothing is kept of the past.
 */
const prometheus = defineProgram<Json>({
  start(process) {
    if (process.files.read(CONF) === undefined) return { state: [], log: [{ stderr: `time=${process.timestamp} level=ERROR msg="Error loading config (--config.file=${CONF})" err="open ${CONF}: no such file or directory"` }], exit: { code: 2 } };
    return { state: [], listen: [9090], log: [{ stderr: `time=${process.timestamp} level=INFO msg="Server is ready to receive web requests."` }], wakeAfter: { delay: millis(1000), message: null }, usage: { cpuMilli: 10, memoryBytes: 60_000_000 } };
  },
  onTimer(_state, _message, process) {
    const settings = readSettings(process.files.read(CONF) ?? "", process.env);
    return { state: scrape(process) as unknown as Json, wakeAfter: { delay: millis(seconds(textAt(settings, "global.scrape_interval"))), message: null } };
  },
  onRequest(state, request, process) {
    const targets = state as unknown as readonly Target[];
    const [path = "", search = ""] = request.path.split("?");
    const answer = (): AppResponse => {
      if (path === "/-/ready" || path === "/-/healthy") return { status: 200, body: `Prometheus Server is ${path === "/-/ready" ? "Ready" : "Healthy"}.\n` };
      if (path === "/api/v1/targets") return json({ status: "success", data: { activeTargets: targets.map(({ job, address, up }) => ({ labels: { instance: address, job }, scrapePool: job, health: up ? "up" : "down" })) } });
      if (path === "/api/v1/query") return query(targets, wordsOf(/(?:^|&)query=([^&]*)/.exec(search)?.[1] ?? ""), process.now);
      if (path === "/metrics") return { status: 200, body: "prometheus_build_info 1\n" };
      return path === "/" ? { status: 302, headers: { location: "/query" }, body: "" } : { status: path === "/query" || path === "/graph" ? 200 : 404, headers: { "content-type": "text/html" }, body: "Prometheus\n" };
    };
    return { state, response: answer() };
  },
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

function wordsOf(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** What a machine is doing, in numbers for Prometheus. */
const nodeExporter = defineProgram<null>({
  start: () => ({ state: null, listen: [9100], log: [{ stderr: 'level=INFO msg="Listening on" address=[::]:9100' }], usage: { cpuMilli: 1, memoryBytes: 12_000_000 } }),
  onRequest: (state, request, process) => ({
    state,
    response: request.path === "/metrics" ? { status: 200, headers: { "content-type": "text/plain; version=0.0.4" }, body: `# TYPE node_boot_time_seconds gauge\nnode_boot_time_seconds 0\n# TYPE node_time_seconds gauge\nnode_time_seconds ${process.now / 1000}\n# TYPE node_uname_info gauge\nnode_uname_info{nodename="${process.hostname}",sysname="Linux"} 1\n` } : { status: 200, body: "Node Exporter\n" },
  }),
  onSignal: (state) => ({ state, exit: { code: 143 } }),
});

/** Prometheus and the exporter of a machine's numbers. */
export const monitoring: readonly Repository[] = [
  ...["docker.io/prom/prometheus", "quay.io/prometheus/prometheus"].map((name) => defineRepository(name, () => ({ entrypoint: ["/bin/prometheus"], cmd: [`--config.file=${CONF}`], ports: [9090], user: 65534, files: { [CONF]: "global:\n  scrape_interval: 15s\nscrape_configs:\n  - job_name: prometheus\n    static_configs:\n      - targets: [\"localhost:9090\"]\n" }, programs: shellPrograms({}, [], { prometheus }), megabytes: 110 }))),
  ...["docker.io/prom/node-exporter", "quay.io/prometheus/node-exporter"].map((name) => defineRepository(name, () => ({ entrypoint: ["/bin/node_exporter"], ports: [9100], user: 65534, programs: shellPrograms({}, [], { node_exporter: nodeExporter }), megabytes: 12 }))),
];
