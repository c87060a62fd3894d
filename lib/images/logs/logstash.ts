import type { ProcessView } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import type { Target } from "./outputs";
import { filesNamed } from "./reading";
import { withEnvironment } from "./settings";
import { shipper, type Pipeline, type Source } from "./shipper";

const FOLDER = "/usr/share/logstash/pipeline";

interface Plugin {
  readonly stage: string;
  readonly name: string;
  readonly body: string;
}

/** Text between an opening brace at `from` and the one that closes it. */
function braced(text: string, from: number): { readonly inside: string; readonly end: number } {
  let depth = 0;
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === "{") depth += 1;
    else if (text[i] === "}") depth -= 1;
    if (depth === 0) return { inside: text.slice(from + 1, i), end: i + 1 };
  }
  return { inside: text.slice(from + 1), end: text.length };
}

/** `input { beats { … } }`: every plugin, whatever conditions it is in. */
function plugins(text: string): readonly Plugin[] {
  const found: Plugin[] = [];
  const stages = /\b(input|filter|output)\s*\{/g;
  for (let match = stages.exec(text); match; match = stages.exec(text)) {
    const { inside, end } = braced(text, match.index + match[0].length - 1);
    const names = /\b(beats|tcp|http|kafka|elasticsearch|stdout|stdin|file|redis|syslog|generator)\s*\{/g;
    for (let plugin = names.exec(inside); plugin; plugin = names.exec(inside)) {
      const block = braced(inside, plugin.index + plugin[0].length - 1);
      found.push({ stage: match[1] ?? "", name: plugin[1] ?? "", body: block.inside });
      names.lastIndex = block.end;
    }
    stages.lastIndex = end;
  }
  return found;
}

function texts(body: string, key: string): readonly string[] {
  const found = new RegExp(`\\b${key}\\s*=>\\s*(\\[[^\\]]*\\]|"[^"]*"|'[^']*'|[^\\s,}]+)`).exec(body)?.[1];
  if (found === undefined) return [];
  return (found.startsWith("[") ? (found.match(/"[^"]*"|'[^']*'/g) ?? []) : [found]).map((text) => text.replace(/^["']|["']$/g, ""));
}

function sourceOf({ name, body }: Plugin): Source | undefined {
  const port = Number(texts(body, "port")[0] ?? { beats: 5044, http: 8080 }[name] ?? 0);
  if (name === "beats" || name === "tcp" || name === "http") return { from: "port", port };
  if (name === "kafka") return { from: "kafka", hosts: (texts(body, "bootstrap_servers")[0] ?? "localhost:9092").split(","), topics: texts(body, "topics").length === 0 ? ["logstash"] : texts(body, "topics"), group: texts(body, "group_id")[0] ?? "logstash" };
  return name === "file" ? { from: "files", paths: texts(body, "path"), atEnd: texts(body, "start_position")[0] !== "beginning" } : undefined;
}

function targetOf({ name, body }: Plugin): Target | undefined {
  if (name === "elasticsearch") return { to: "elasticsearch", hosts: texts(body, "hosts").length === 0 ? ["localhost:9200"] : texts(body, "hosts"), index: texts(body, "index")[0] ?? "logs-generic-default" };
  if (name === "kafka") return { to: "kafka", hosts: (texts(body, "bootstrap_servers")[0] ?? "localhost:9092").split(","), topic: texts(body, "topic_id")[0] ?? "logstash" };
  if (name === "file") return { to: "file", path: texts(body, "path")[0] ?? "/tmp/out" };
  return name === "stdout" ? { to: "stdout" } : undefined;
}

function pipelineOf(process: ProcessView): Pipeline | { readonly refused: string; readonly code: number } {
  const at = process.argv.indexOf("-f");
  const inline = process.argv.indexOf("-e");
  const paths = filesNamed(process.files, at >= 0 ? (process.argv[at + 1] ?? "") : `${FOLDER}/*`);
  const text = inline >= 0 ? (process.argv[inline + 1] ?? "") : paths.map((path) => process.files.read(path) ?? "").join("\n");
  const found = plugins(withEnvironment(text.replace(/^\s*#.*$/gm, ""), process.env));
  const sources = found.filter(({ stage }) => stage === "input").flatMap((plugin) => sourceOf(plugin) ?? []);
  const targets = found.filter(({ stage }) => stage === "output").flatMap((plugin) => targetOf(plugin) ?? []);
  if (sources.length === 0) return { refused: "[ERROR][logstash.config.sourceloader] No configuration found in the configured sources.", code: 1 };
  return { sources, targets: targets.length === 0 ? [{ to: "stdout" }] : targets, registry: sources.some(({ from }) => from === "files") ? "/usr/share/logstash/data/plugins/inputs/file/.sincedb" : undefined, queue: 4_000 };
}

const program = shipper({
  pipeline: pipelineOf,
  event: ({ path, text }, process) => ({ "@timestamp": process.timestamp, "@version": "1", message: text, log: { file: { path } }, host: { name: process.hostname } }),
  say: (process, level, text) => `[${process.timestamp.slice(0, 19)},000][${level.toUpperCase().padEnd(5)}][logstash.javapipeline    ][main] ${text}`,
  started: 'Pipeline started {"pipeline.id"=>"main"}',
  warmUp: 15_000,
  memoryBytes: 800_000_000,
});

/** Logstash: takes events on a port or from Kafka, holds them in memory, hands them on. */
export const logstash: readonly Repository[] = ["docker.elastic.co/logstash/logstash", "docker.io/library/logstash"].map((name) =>
  defineRepository(name, () => ({
    entrypoint: ["/usr/local/bin/docker-entrypoint"],
    ports: [5044, 9600],
    user: 1000,
    files: { [`${FOLDER}/logstash.conf`]: "input {\n  beats {\n    port => 5044\n  }\n}\n\noutput {\n  stdout {\n    codec => rubydebug\n  }\n}\n", "/usr/share/logstash/data/": "" },
    programs: shellPrograms({}, ["bash"], { "docker-entrypoint": program, logstash: program }),
    megabytes: 450,
  })),
);
