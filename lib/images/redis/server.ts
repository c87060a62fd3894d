import { defineProgram, millis, type AppRequest, type AppResponse, type Json, type Output, type ProcessView, type Program, type Step } from "@/lib/engine";
import { EPOCH } from "../base/files";
import { toBytes, toScreen, toText } from "../byte-text";
import { raw } from "./cli-format";
import { ends, replicationId } from "./commands/server-commands";
import { configurationOf, type Configuration } from "./config";
import { answer, sessionFor } from "./dispatch";
import { lineOf, say } from "./log";
import { residentMemory } from "./memory";
import { closed, opened, setting, type Saved, type Server } from "./model";
import { appendWritten, loadAppended, loadSnapshot, nextSave, saveIfDue } from "./persistence";
import { answerPeer, askMaster, follow, tellReplicas } from "./replication";
import { encode, encodeCommand, readCommands, type Reply } from "./reply";
import type { Version } from "./version";

const OVERCOMMIT = "WARNING Memory overcommit must be enabled! Without it, a background save or replication may fail under low memory condition. Being disabled, it can also cause failures without low memory condition, see https://github.com/jemalloc/jemalloc/issues/1328. To fix this issue add 'vm.overcommit_memory = 1' to /etc/sysctl.conf and then reboot or run the command 'sysctl vm.overcommit_memory=1' for this to take effect.";

function fresh(process: ProcessView, { settings, file }: Configuration): Saved {
  const now = EPOCH + process.now;
  return {
    settings, configFile: file, startedAt: now, dirty: 0, savedAt: now, saveFailed: false, triedAt: 0, aof: 0, aofProblem: "", replid: replicationId({ process }), offset: 0, replicas: [], master: null, slow: [], data: [],
    counts: { connections: 0, commands: 0, hits: 0, misses: 0, expired: 0, evicted: 0, calls: 0, lastSlow: 0 },
  };
}

/** What a step of a server comes to: what was changed is written down and told, and the next look is booked. */
function stepOf(server: Server): Step {
  const { written } = server;
  if (written.length > 0) {
    appendWritten(server);
    server.offset += written.reduce((sum, { words }) => sum + encodeCommand(words).length, 0);
    written.length = 0;
    tellReplicas(server);
  }
  const due = [nextSave(server), server.master?.ask].filter((at) => at !== undefined);
  const wake = due.length === 0 ? {} : { wakeAfter: { delay: millis(Math.max(1, Math.min(...due) - server.now)), message: null } };
  const usage = { cpuMilli: 2, memoryBytes: residentMemory(server) };
  return { state: closed(server), log: server.log, usage, ...(server.exit ? { exit: { code: 0 } } : wake) };
}

function failed(problem: NonNullable<Configuration["problem"]>, process: ProcessView, version: Version): Step {
  const log: readonly Output[] = problem.kind === "no-file"
    ? [lineOf(process, "C", `Fatal error, can't open config file '${problem.path}': ${problem.why}`, "#")]
    : ["", `*** FATAL CONFIG FILE ERROR (Redis ${version.full}) ***`, `Reading the configuration file, at line ${problem.number}`, `>>> '${problem.line}'`, problem.what].map((stderr) => ({ stderr }));
  return { state: null, log, exit: { code: 1 } };
}

function start(process: ProcessView, version: Version): Step {
  if (/^(-v|--version)$/.test(process.argv[1] ?? "")) return { state: null, log: [`Redis server v=${version.full} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=6a5f6e1d1d3a3c3e`], exit: { code: 0 } };
  const configuration = configurationOf(process);
  if (configuration.problem) return failed(configuration.problem, process, version);
  const server = opened(fresh(process, configuration), version, process);
  const line = (text: string, mark = "*"): number => server.log.push(lineOf(process, "C", text, mark));
  line(OVERCOMMIT, "#");
  line("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", version.major >= 7 ? "*" : "#");
  line(`Redis version=${version.full}, bits=64, commit=00000000, modified=0, pid=${process.pid}, just started`, version.major >= 7 ? "*" : "#");
  if (process.argv.length > 1) line("Configuration loaded", version.major >= 7 ? "*" : "#");
  else line("Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf", "#");
  say(server, "monotonic clock: POSIX clock_gettime");
  const port = Number(setting(server, "port"));
  const ended = (): Step => ({ state: null, log: server.log, exit: { code: 1 } });
  if (process.portTaken(port)) {
    say(server, `Warning: Could not create server TCP listening socket *:${port}: bind: Address already in use`, "#");
    say(server, `Failed listening on port ${port} (tcp), aborting.`, "#");
    return ended();
  }
  say(server, `Running mode=standalone, port=${port}.`);
  say(server, "Server initialized");
  const appends = setting(server, "appendonly") === "yes";
  if (!(appends ? loadAppended(server, (commands) => replay(server, commands)) : loadSnapshot(server))) return ended();
  const [host, at] = setting(server, "replicaof").split(" ");
  say(server, `Ready to accept connections${version.major >= 7 ? " tcp" : ""}`);
  if (host !== undefined && at !== undefined) follow(server, host, Number(at));
  const { wakeAfter, ...step } = stepOf(server);
  return { ...step, listen: [port], ...(wakeAfter ? { wakeAfter } : {}) };
}

/** Runs what the file of commands says; nothing expires meanwhile, and nothing of it is new. */
function replay(server: Server, commands: readonly (readonly string[])[]): void {
  const past: Server = { ...server, now: 0, settings: { ...server.settings, requirepass: "", maxmemory: "0" }, log: [], written: [], counts: { ...server.counts } };
  const session = sessionFor(past, "");
  for (const words of commands) answer(past, session, words);
}

/** Is this a browser, or a probe by HTTP? Redis closes such a connection at its first line. */
const isHttp = (request: AppRequest): boolean => request.protocol === "http";

/** Answers everything that came in one request. The conversation is over with it. */
function converse(server: Server, request: AppRequest): AppResponse {
  const { commands, error } = readCommands(toBytes(request.body));
  const session = sessionFor(server, `${request.from.ip === server.process.podIP ? "127.0.0.1" : request.from.ip}:${request.from.port}`);
  const replies: Reply[] = [];
  for (const words of commands) {
    if (session.over) break;
    const reply = answer(server, session, words);
    replies.push(...session.before.splice(0));
    if (!server.exit) replies.push(reply);
  }
  if (error !== undefined) replies.push({ error });
  // Who asks by hand in Redis's own name, as the site's own request does, reads the answers as redis-cli would print them.
  if (request.protocol === "redis" && !request.body.startsWith("*")) return { status: 0, body: toScreen(replies.map(raw).join("\n")), ...(server.took > 0 ? { took: millis(server.took) } : {}) };
  return { status: 0, body: toText(replies.map(encode).join("")), ...(server.took > 0 ? { took: millis(server.took) } : {}) };
}

/**
 * A Redis server of a version: its keys in memory, and on the disk of its folder what it has saved. Requests hold commands, by hand or in
 * RESP, and every request is a conversation of its own.
 */
export function serverOf(version: Version): Program {
  return defineProgram<Json>({
    start: (process) => start(process, version),
    onTimer(state, _message, process) {
      const server = opened(state as unknown as Saved, version, process);
      saveIfDue(server);
      if (server.master && server.master.ask <= server.now) askMaster(server);
      return stepOf(server);
    },
    onRequest(state, request, process) {
      if (isHttp(request) || request.body === "") return { state, response: { status: 0, body: "" } };
      const server = opened(state as unknown as Saved, version, process);
      const response = answerPeer(server, request) ?? converse(server, request);
      return { ...stepOf(server), response };
    },
    onSignal(state, signal, process) {
      const server = opened(state as unknown as Saved, version, process);
      if (signal === "SIGHUP") return { state };
      const from = signal === "SIGINT" ? "SIGINT" : "SIGTERM";
      server.log.push(`${process.pid}:signal-handler (${Math.trunc(server.now / 1000)}) Received ${from} scheduling shutdown...`);
      ends(server, setting(server, "save") !== "");
      return stepOf(server);
    },
  });
}
