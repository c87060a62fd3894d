import type { ProcessView } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import type { Target } from "./outputs";
import { withEnvironment } from "./settings";
import { shipper, type Pipeline, type Source } from "./shipper";

const FILE = "/fluentd/etc/fluent.conf";

interface Section {
  readonly kind: string;
  readonly values: Readonly<Record<string, string>>;
}

/** `<source>`, `<match>` and their like, with the settings directly inside. */
function sections(text: string): readonly Section[] {
  const found: Section[] = [];
  let open: { kind: string; values: Record<string, string> } | undefined;
  let depth = 0;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const begin = /^<(\w+)(?:\s[^>]*)?>$/.exec(line);
    if (begin) {
      depth += 1;
      if (depth === 1) open = { kind: begin[1] ?? "", values: {} };
      else if (depth === 2 && open && begin[1] === "store") found.push((open = { kind: "match", values: {} }));
    } else if (/^<\/\w+>$/.test(line)) {
      depth = Math.max(0, depth - 1);
      if (depth === 0 && open) {
        found.push(open);
        open = undefined;
      }
    } else if (open && depth <= 2 && line !== "" && !line.startsWith("#")) {
      const [, key = "", value = ""] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
      if (depth === 1 || open.kind === "match") open.values[key] ??= value.replace(/^"(.*)"$/, "$1");
    }
  }
  return [...new Set(found)];
}

function sourceOf({ values }: Section): Source | undefined {
  if (values["@type"] === "tail") return { from: "files", paths: (values["path"] ?? "").split(",").map((path) => path.trim()), atEnd: values["read_from_head"] !== "true" };
  if (values["@type"] === "forward") return { from: "port", port: Number(values["port"] ?? 24224) };
  return values["@type"] === "http" ? { from: "port", port: Number(values["port"] ?? 9880) } : undefined;
}

function targetOf({ values }: Section): Target | undefined {
  const host = `${values["host"] ?? "localhost"}:${values["port"] ?? "9200"}`;
  const hosts = values["hosts"]?.split(",") ?? [host];
  if (values["@type"] === "elasticsearch" || values["@type"] === "opensearch") return { to: "elasticsearch", hosts, index: values["logstash_format"] === "true" ? `${values["logstash_prefix"] ?? "logstash"}-%{+yyyy.MM.dd}` : (values["index_name"] ?? "fluentd") };
  if (values["@type"] === "kafka2" || values["@type"] === "kafka_buffered") return { to: "kafka", hosts: (values["brokers"] ?? "localhost:9092").split(","), topic: values["default_topic"] ?? "fluentd" };
  if (values["@type"] === "forward") return { to: "logstash", hosts: [`${values["host"] ?? "localhost"}:${values["port"] ?? "24224"}`] };
  if (values["@type"] === "file") return { to: "file", path: values["path"] ?? "/fluentd/log/out.log" };
  return values["@type"] === "stdout" ? { to: "stdout" } : undefined;
}

function pipelineOf(process: ProcessView): Pipeline | { readonly refused: string; readonly code: number } {
  const given = process.argv[process.argv.findIndex((arg) => arg === "-c" || arg === "--config") + 1];
  const file = process.argv.some((arg) => arg === "-c" || arg === "--config") ? (given ?? FILE) : (process.env["FLUENTD_CONF"] === undefined ? FILE : `/fluentd/etc/${process.env["FLUENTD_CONF"]}`);
  const text = process.files.read(file);
  if (text === undefined) return { refused: `${process.timestamp} [error]: fluent/log.rb:error: config error file="${file}" error_class=Errno::ENOENT error="No such file or directory @ rb_sysopen - ${file}"`, code: 1 };
  const found = sections(withEnvironment(text.replace(/#\{ENV\[['"](\w+)['"]\]\}/g, "${$1}"), process.env));
  const sources = found.filter(({ kind }) => kind === "source").flatMap((section) => sourceOf(section) ?? []);
  const targets = found.filter(({ kind }) => kind === "match").flatMap((section) => targetOf(section) ?? []);
  const registry = found.map(({ values }) => values["pos_file"]).find((path) => path !== undefined);
  return { sources, targets: targets.length === 0 ? [{ to: "stdout" }] : targets, registry, queue: 5_000 };
}

const program = shipper({
  pipeline: pipelineOf,
  event: ({ path, text }, process) => ({ "@timestamp": process.timestamp, message: text, path, hostname: process.hostname }),
  say: (process, level, text) => `${process.timestamp.replace("T", " ").replace("Z", " +0000")} [${level}]: #0 ${text}`,
  started: "fluentd worker is now running worker=0",
  warmUp: 2_000,
  memoryBytes: 70_000_000,
});

/** Fluentd: tails files or takes what is forwarded, keeps it in memory until its target has it. */
export const fluentd: readonly Repository[] = ["docker.io/fluent/fluentd", "docker.io/fluent/fluentd-kubernetes-daemonset"].map((name) =>
  defineRepository(name, () => ({
    entrypoint: ["tini", "--", "/bin/entrypoint.sh"],
    cmd: ["fluentd"],
    ports: [24224, 5140],
    user: 100,
    files: { [FILE]: "<source>\n  @type forward\n  port 24224\n</source>\n<match **>\n  @type stdout\n</match>\n", "/fluentd/log/": "" },
    programs: shellPrograms({}, [], { tini: program, "entrypoint.sh": program, fluentd: program }),
    megabytes: 50,
  })),
);
