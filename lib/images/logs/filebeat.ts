import type { ProcessView } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import type { Target } from "./outputs";
import { groupsAt, readSettings, settingAt, textAt, textsAt, type Setting } from "./settings";
import { shipper, type Pipeline, type Source } from "./shipper";

const HOME = "/usr/share/filebeat";
const REGISTRY = `${HOME}/data/registry/filebeat/log.json`;

/** `-c FILE` and `-E name=value`, which outweighs the file. */
function asked(argv: readonly string[]): { readonly file: string; readonly over: string } {
  const over: string[] = [];
  let file = "filebeat.yml";
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] ?? "";
    if (arg === "-c" || arg === "--c") file = argv[(i += 1)] ?? file;
    else if (arg === "-E") over.push((argv[(i += 1)] ?? "").replace("=", ": "));
  }
  return { file: file.startsWith("/") ? file : `${HOME}/${file}`, over: over.join("\n") };
}

function targetsOf(settings: Setting, version: string): readonly Target[] {
  const found: Target[] = [];
  const has = (name: string): boolean => settingAt(settings, `output.${name}`) !== undefined && textAt(settings, `output.${name}.enabled`) !== "false";
  if (has("elasticsearch")) found.push({ to: "elasticsearch", hosts: orLocal(textsAt(settings, "output.elasticsearch.hosts"), "localhost:9200"), index: (textAt(settings, "output.elasticsearch.index") ?? `filebeat-${version}`).replaceAll("%{[agent.version]}", version) });
  if (has("logstash")) found.push({ to: "logstash", hosts: orLocal(textsAt(settings, "output.logstash.hosts"), "localhost:5044") });
  if (has("kafka")) found.push({ to: "kafka", hosts: textsAt(settings, "output.kafka.hosts"), topic: textAt(settings, "output.kafka.topic") ?? "beats" });
  if (has("file")) found.push({ to: "file", path: `${textAt(settings, "output.file.path") ?? "/tmp/filebeat"}/${textAt(settings, "output.file.filename") ?? "filebeat"}` });
  if (has("console")) found.push({ to: "stdout" });
  return found;
}

const orLocal = (hosts: readonly string[], local: string): readonly string[] => (hosts.length === 0 ? [local] : hosts);

function pipelineOf(version: string) {
  return (process: ProcessView): Pipeline | { readonly refused: string; readonly code: number } => {
    const { file, over } = asked(process.argv);
    const text = process.files.read(file);
    if (text === undefined) return { refused: `Exiting: error loading config file: stat ${file}: no such file or directory`, code: 1 };
    const settings = readSettings(`${text}\n${over}`, process.env);
    const targets = targetsOf(settings, version);
    if (targets.length > 1) return { refused: "Exiting: error unpacking config data: more than one namespace configured accessing 'output' (source:'" + file + "')", code: 1 };
    if (targets.length === 0) return { refused: "Exiting: No outputs are defined. Please define one under the output section.", code: 1 };
    const inputs = groupsAt(settings, "filebeat.inputs").filter((input) => textAt(input, "enabled") !== "false");
    const sources = inputs.map((input): Source => ({ from: "files", paths: textAt(input, "type") === "container" && textsAt(input, "paths").length === 0 ? ["/var/log/containers/*.log"] : textsAt(input, "paths"), atEnd: false }));
    if (sources.length === 0) return { refused: "Exiting: no modules or inputs enabled and configuration reloading disabled. What files do you want me to watch?", code: 1 };
    return { sources, targets, registry: REGISTRY, queue: 3_200 };
  };
}

function repository(name: string): Repository {
  return defineRepository(name, (tag) => {
    const version = /^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? "9.1.4";
    const program = shipper({
      pipeline: pipelineOf(version),
      event: ({ path, offset, text }, process) => ({ "@timestamp": process.timestamp, message: text, log: { offset, file: { path } }, input: { type: "filestream" }, host: { name: process.hostname }, agent: { type: "filebeat", version } }),
      say: (process, level, message) => ({ stderr: JSON.stringify({ "log.level": level, "@timestamp": process.timestamp, message, "service.name": "filebeat" }) }),
      started: "filebeat start running.",
      warmUp: 1_000,
      memoryBytes: 60_000_000,
    });
    return {
      entrypoint: ["/usr/bin/tini", "--", "/usr/local/bin/docker-entrypoint"],
      cmd: ["-environment", "container"],
      workingDir: HOME,
      files: { [`${HOME}/filebeat.yml`]: "filebeat.config:\n  modules:\n    path: ${path.config}/modules.d/*.yml\n    reload.enabled: false\n\noutput.elasticsearch:\n  hosts: '${ELASTICSEARCH_HOSTS:elasticsearch:9200}'\n", [`${HOME}/data/`]: "" },
      programs: shellPrograms({}, ["bash"], { tini: program, "docker-entrypoint": program, filebeat: program }),
      megabytes: 120,
    };
  });
}

/** Filebeat, by its address and its old one. */
export const filebeat: readonly Repository[] = [repository("docker.elastic.co/beats/filebeat"), repository("docker.io/elastic/filebeat")];
