import { defineProgram, millis, type AppRequest, type AppResponse, type Json, type Output, type ProcessView, type Program } from "@/lib/engine";
import { phrase } from "./http-phrase";
import { connectedTo, type NetworkCommand, type Waited } from "./network-command";

interface NcCall {
  readonly listens: boolean;
  /** `-k`: listens again after a connection. */
  readonly keeps: boolean;
  readonly scans: boolean;
  readonly isVerbose: boolean;
  readonly wait?: number;
  readonly host?: string;
  readonly ports: readonly number[];
  readonly isUdp: boolean;
  readonly problem?: string;
}

const MOST_PORTS = 1_000;
const CONNECTING = 127_000;

function portsOf(text: string | undefined): readonly number[] {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? "") ?? [];
  if (first === undefined) return [];
  const from = Number(first);
  return Array.from({ length: Math.max(1, Math.min(MOST_PORTS, Number(last ?? first) - from + 1)) }, (_, i) => from + i);
}

/** `nc [-lkzvnu] [-w SECONDS] [-p PORT] [HOST] [PORT[-PORT]]` of every make. */
function readNc(argv: readonly string[]): NcCall {
  const flags = new Set<string>();
  const words: string[] = [];
  let wait: number | undefined;
  let own: string | undefined;
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] as string;
    if (!arg.startsWith("-") || arg === "-") {
      words.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at += 1) {
      const letter = arg[at] as string;
      if (!"wpqisG".includes(letter)) {
        flags.add(letter);
        continue;
      }
      const value = at + 1 < arg.length ? arg.slice(at + 1) : (argv[(i += 1)] ?? "");
      if (letter === "w" || letter === "G") wait = Math.trunc(Number(value) * 1000);
      if (letter === "p") own = value;
      break;
    }
  }
  const listens = flags.has("l");
  const text = listens ? (own ?? words.at(-1)) : words[1];
  const ports = portsOf(text);
  const base = { listens, keeps: flags.has("k"), scans: flags.has("z"), isVerbose: flags.has("v"), isUdp: flags.has("u"), ports, ...(wait === undefined || Number.isNaN(wait) || wait <= 0 ? {} : { wait }), ...(listens || words[0] === undefined ? {} : { host: words[0] }) };
  if (listens) return ports.length > 0 ? base : { ...base, problem: "nc: missing port number" };
  if (words.length < 2) return { ...base, problem: "nc: missing host or port" };
  return ports.length > 0 ? base : { ...base, problem: `nc: bad port '${text ?? ""}'` };
}

/**
 * A connection made: what is on standard input is sent, and the answer printed; a range of ports is tried one by one.
 *
 * @simplified Listening is for containers (`netcat`): on the student's own machine nobody would come.
 */
export const nc: NetworkCommand = ({ argv, stdin = "" }, process) => {
  const call = readNc(argv);
  const now = (status: number, stderr: string): Waited => ({ takes: 0, result: { status, stderr } });
  if (call.problem !== undefined) return now(1, `${call.problem}\n`);
  if (call.listens || call.host === undefined) return now(1, "nc: cannot listen here\n");
  const result = { stdout: "", stderr: "", takes: 0, status: 1 };
  for (const port of call.ports) {
    const done = connectTo(call, call.host, port, stdin, process);
    result.stdout += done.result.stdout ?? "";
    result.stderr += done.result.stderr ?? "";
    result.takes += done.takes;
    result.status = done.result.status === 0 ? 0 : result.status;
    if (done.result.status === 2) break;
  }
  return { takes: result.takes, result: { status: result.status, stdout: result.stdout, stderr: result.stderr } };
};

function connectTo(call: NcCall, host: string, port: number, stdin: string, process: Parameters<NetworkCommand>[1]): Waited {
  const sends = !call.scans && stdin !== "";
  const http = sends ? /^([A-Z]+) (\S+) HTTP\//.exec(stdin) : null;
  const heads = Object.fromEntries([...stdin.matchAll(/^([A-Za-z-]+): (.*?)\r?$/gm)].map(([, name = "", value = ""]) => [name.toLowerCase(), value]));
  const { host: hostHeader, ...others } = heads;
  const body = /\r?\n\r?\n([^]*)$/.exec(stdin)?.[1] ?? "";
  const trace = process.request({ protocol: http ? "http" : "tcp", host, port, ...(http ? { method: http[1] ?? "GET", path: http[2] ?? "/", headers: others, ...(hostHeader === undefined ? {} : { hostHeader }), ...(body === "" ? {} : { body }) } : sends ? { body: stdin } : {}) });
  // Even the nearest answer comes after the question.
  const takes = Math.min(call.wait ?? CONNECTING, Math.max(1, trace.latency));
  const ip = connectedTo(trace, host);
  if (trace.outcome === "no-such-host") return { takes, result: { status: 2, stderr: `nc: bad address '${host}'\n` } };
  // A datagram goes away, and nobody says whether it was wanted.
  if (trace.outcome === "delivered" || call.isUdp) return { takes, result: { status: 0, stdout: sends && trace.response ? wholeAnswer(trace.response, http !== null) : "", stderr: call.isVerbose ? `${host} (${ip}:${port}) open\n` : "" } };
  const isQuiet = call.ports.length > 1 && !call.isVerbose;
  return { takes, result: { status: 1, stderr: isQuiet ? "" : `nc: ${host} (${ip}:${port}): ${trace.outcome === "refused" ? "Connection refused" : "Connection timed out"}\n` } };
}

function wholeAnswer({ status, headers = {}, body }: AppResponse, isHttp: boolean): string {
  return isHttp ? [`HTTP/1.1 ${status} ${phrase(status)}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", body].join("\r\n") : body;
}

/** What a listener sees arrive. */
function arrived({ protocol, method, path, headers, body }: AppRequest): string {
  if (protocol !== "http") return body;
  return [`${method} ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name.split("-").map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("-")}: ${value}`), "", body].join("\r\n");
}

/** Reads as a web client would what a listener was given to say. */
function answerOf(text: string, { protocol }: AppRequest): AppResponse {
  if (protocol !== "http") return { status: 0, body: text };
  const [, status, rest = ""] = /^HTTP\/[\d.]+ (\d{3})[^\n]*\n([^]*)$/.exec(text) ?? [];
  if (status === undefined) return { status: 200, body: text };
  const at = /^\r?\n|\r?\n\r?\n/.exec(rest);
  const head = at ? rest.slice(0, at.index) : rest;
  const headers = Object.fromEntries([...head.matchAll(/^([^:\s]+):[ \t]*(.*?)\r?$/gm)].map(([, name = "", value = ""]) => [name.toLowerCase(), value]));
  return { status: Number(status), headers, body: at ? rest.slice(at.index + at[0].length) : "" };
}

type State = { readonly done: true; readonly status: number; readonly stdout: string; readonly stderr: string } | { readonly done: false; readonly call: NcCall; readonly said: boolean };

/**
 * `nc`, listening or connecting. A listener prints what it is sent, answers with what is on its standard input, and ends after one
 * connection unless `-k`.
 *
 * @simplified A web client takes an answer that is not HTTP as the body of a page; `-e` is not there.
 */
export const netcat: Program = defineProgram<Json>({
  start(process) {
    const call = readNc(process.argv);
    if (!call.listens || call.problem !== undefined) return connecting(process);
    const port = call.ports[0] as number;
    if (process.portTaken(port)) return { state: null, log: [{ stderr: `nc: bind: Address already in use` }], exit: { code: 1 } };
    return { state: { done: false, call, said: false } as unknown as Json, listen: [port], log: call.isVerbose ? [{ stderr: `listening on [::]:${port} ...` }] : [] };
  },
  onTimer(state) {
    const ended = state as unknown as State;
    return ended.done ? { state: null, log: outputs(ended), exit: { code: ended.status } } : { state };
  },
  onRequest(state, request, process) {
    const listening = state as unknown as Extract<State, { done: false }>;
    const port = listening.call.ports[0] as number;
    const log: Output[] = [...(listening.call.isVerbose ? [{ stderr: `connect to [::ffff:${process.podIP}]:${port} from [::ffff:${request.from.ip}]:${request.from.port} ([::ffff:${request.from.ip}]:${request.from.port})` }] : []), { raw: arrived(request) }];
    // Standard input is one stream: the first connection has it all.
    const response = answerOf(listening.said ? "" : process.stdin, request);
    if (listening.call.keeps) return { state: { ...listening, said: true } as unknown as Json, log, response };
    return { state: null, log, listen: [], response, exit: { code: 0 } };
  },
  onSignal: () => ({ state: null, listen: [], exit: { code: 143 } }),
});

const outputs = ({ stdout, stderr }: { readonly stdout?: string; readonly stderr?: string }): Output[] => [{ raw: stdout ?? "" }, { raw: stderr ?? "", stream: "stderr" }];

function connecting(process: ProcessView): ReturnType<Program["start"]> {
  const { takes, result } = nc({ argv: process.argv, cwd: process.workingDir, env: process.env, stdin: process.stdin, id: 0, isExec: false }, process);
  const ended: State = { done: true, status: result.status, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
  if (takes <= 0) return { state: null, log: outputs(result), exit: { code: result.status } };
  return { state: ended as unknown as Json, wakeAfter: { delay: millis(takes), message: null } };
}
