import { defineProgram, type Json, type ProcessView } from "@/lib/engine";
import { EPOCH } from "../base/files";
import { shellPrograms } from "../base/shell-program";
import { toBytes, toText } from "../byte-text";
import { entrypointOf } from "../entrypoint";
import { defineRepository } from "../image";
import { converse } from "./protocol";
import { settingsOf, type Settings } from "./settings";
import { VERSION } from "./stats";
import { bytesOf, closed, emptyAt, opened, type Kept } from "./store";

interface State {
  readonly settings: Settings;
  readonly kept: Kept;
}

const json = (state: State): Json => state as unknown as Json;
/** What the process takes before it keeps anything. */
const BASE = 3_000_000;
const USAGE_ERROR = 64;
const SYSTEM_ERROR = 71;

const failed = (text: string, code: number) => ({ state: {}, log: text.split("\n").map((stderr) => ({ stderr })), exit: { code } });

function start(process: ProcessView) {
  if (/^(-V|--version)$/.test(process.argv[1] ?? "")) return { state: {}, log: [`memcached ${VERSION}`], exit: { code: 0 } };
  const settings = settingsOf(process);
  if (typeof settings === "string") return failed(settings, USAGE_ERROR);
  if (process.portTaken(settings.port)) return failed(`failed to listen on TCP port ${settings.port}: Address in use`, SYSTEM_ERROR);
  return { state: json({ settings, kept: emptyAt(EPOCH + process.now) }), listen: [settings.port], usage: { cpuMilli: 1, memoryBytes: BASE } };
}

/** Memcached: items in memory, gone with its process. */
const server = defineProgram<Json>({
  start,
  onRequest(state, request, process) {
    const { settings, kept } = state as unknown as State;
    if (request.protocol === "http" || request.body === "") return { state, response: { status: 0, body: "" } };
    const store = opened(kept, settings, EPOCH + process.now);
    const body = toText(converse(store, toBytes(request.body), process.pid));
    return { state: json({ settings, kept: closed(store) }), response: { status: 0, body }, usage: { cpuMilli: 1, memoryBytes: BASE + bytesOf(store) } };
  },
  onSignal: (state, signal) => ({ state, log: [{ stderr: `Signal handled: ${signal === "SIGINT" ? "Interrupt" : "Terminated"}.` }], exit: { code: 0 } }),
});

/** The memcached image. */
export const memcached = defineRepository("docker.io/library/memcached", (tag) => {
  const programs = shellPrograms({}, [], { memcached: server }, tag.includes("alpine") ? { tools: "busybox" } : {});
  const shell = programs["sh"] ?? server;
  return { entrypoint: ["docker-entrypoint.sh"], cmd: ["memcached"], user: 11_211, ports: [11_211], programs: { ...programs, "docker-entrypoint.sh": entrypointOf(server, shell, "memcached", /^-/) }, megabytes: 33 };
});
