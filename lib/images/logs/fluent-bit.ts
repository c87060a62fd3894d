import type { ProcessView } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import type { Target } from "./outputs";
import { groupsAt, readSettings, textAt, withEnvironment } from "./settings";
import { shipper, type Pipeline, type Source } from "./shipper";

const FILES = ["/fluent-bit/etc/fluent-bit.conf", "/fluent-bit/etc/fluent-bit.yaml"] as const;

interface Section {
  readonly kind: string;
  readonly values: Readonly<Record<string, string>>;
}

/** `[INPUT]` and `[OUTPUT]` of the old format, or `pipeline:` of the new; names in lower case. */
function sections(text: string, isYaml: boolean): readonly Section[] {
  if (isYaml) {
    const settings = readSettings(text, {});
    return (["inputs", "outputs"] as const).flatMap((kind) => groupsAt(settings, `pipeline.${kind}`).map((group): Section => ({ kind: kind.slice(0, -1), values: Object.fromEntries(Object.keys(group as object).map((key) => [key.toLowerCase(), textAt(group, key) ?? ""])) })));
  }
  const found: { kind: string; values: Record<string, string> }[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const title = /^\[(\w+)\]$/.exec(line)?.[1];
    if (title !== undefined) found.push({ kind: title.toLowerCase(), values: {} });
    else if (line !== "" && !line.startsWith("#")) {
      const [, key = "", value = ""] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
      const last = found.at(-1);
      if (last) last.values[key.toLowerCase()] = value;
    }
  }
  return found;
}

const yes = (text: string | undefined): boolean => ["on", "true", "yes"].includes((text ?? "").toLowerCase());

function sourceOf({ values }: Section): Source | undefined {
  if (values["name"] === "tail") return { from: "files", paths: (values["path"] ?? "").split(",").map((path) => path.trim()), atEnd: !yes(values["read_from_head"]) };
  if (values["name"] === "forward") return { from: "port", port: Number(values["port"] ?? 24224) };
  return values["name"] === "http" || values["name"] === "tcp" ? { from: "port", port: Number(values["port"] ?? (values["name"] === "http" ? 9880 : 5170)) } : undefined;
}

function targetOf({ values }: Section): Target | undefined {
  const at = (port: string): string => `${values["host"] ?? "127.0.0.1"}:${values["port"] ?? port}`;
  if (values["name"] === "es" || values["name"] === "opensearch") return { to: "elasticsearch", hosts: [at("9200")], index: yes(values["logstash_format"]) ? `${values["logstash_prefix"] ?? "logstash"}-%{+yyyy.MM.dd}` : (values["index"] ?? "fluent-bit") };
  if (values["name"] === "kafka") return { to: "kafka", hosts: (values["brokers"] ?? "localhost:9092").split(","), topic: values["topics"] ?? "fluent-bit" };
  if (values["name"] === "forward") return { to: "logstash", hosts: [at("24224")] };
  if (values["name"] === "file") return { to: "file", path: `${values["path"] ?? "/tmp"}/${values["file"] ?? "out"}` };
  return values["name"] === "stdout" ? { to: "stdout" } : undefined;
}

function pipelineOf(process: ProcessView): Pipeline | { readonly refused: string; readonly code: number } {
  const at = process.argv.findIndex((arg) => arg === "-c" || arg === "--config");
  const file = at >= 0 ? (process.argv[at + 1] ?? FILES[0]) : (FILES.find((path) => process.files.stat(path)) ?? FILES[0]);
  const text = process.files.read(file);
  if (text === undefined) return { refused: `[error] could not open configuration file ${file}, aborting.`, code: 1 };
  const found = sections(withEnvironment(text, process.env), /\.ya?ml$/.test(file));
  const sources = found.filter(({ kind }) => kind === "input").flatMap((section) => sourceOf(section) ?? []);
  const targets = found.filter(({ kind }) => kind === "output").flatMap((section) => targetOf(section) ?? []);
  return { sources, targets: targets.length === 0 ? [{ to: "stdout" }] : targets, registry: found.map(({ values }) => values["db"]).find((path) => path !== undefined), queue: 5_000 };
}

const program = shipper({
  pipeline: pipelineOf,
  event: ({ path, text }, process) => ({ "@timestamp": process.timestamp, log: text, file: path, hostname: process.hostname }),
  say: (process, level, text) => ({ stderr: `[${process.timestamp.slice(0, 19).replace("T", " ").replaceAll("-", "/")}] [${level.padStart(5)}] ${text}` }),
  started: "[sp] stream processor started",
  warmUp: 500,
  memoryBytes: 12_000_000,
});

/** Fluent Bit: the small one, a machine each. */
export const fluentBit: readonly Repository[] = ["docker.io/fluent/fluent-bit", "cr.fluentbit.io/fluent/fluent-bit"].map((name) =>
  defineRepository(name, () => ({
    entrypoint: ["/fluent-bit/bin/fluent-bit"],
    cmd: ["-c", FILES[0]],
    ports: [2020],
    files: { [FILES[0]]: "[INPUT]\n    Name forward\n    Port 24224\n[OUTPUT]\n    Name stdout\n    Match *\n" },
    programs: shellPrograms({}, [], { "fluent-bit": program }),
    megabytes: 40,
  })),
);
