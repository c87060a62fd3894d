import { defineProgram, millis, redirectionText, type AppResponse, type Json, type JsonObject, type OutboundRequest, type ProcessView, type Redirection, type Step } from "@/lib/engine";
import type { ProcessCommand } from "../base/process-commands";

const READY = 15021;
const AGENT = 15020;
const PORTS = [15000, 15001, 15004, 15006, AGENT, READY, 15053, 15090];
/** It asks istiod again after this long, longer and longer. */
const AGAIN = [1000, 2000, 4000, 8000, 15_000];

type State = { readonly connected: boolean; readonly tries: number };

/** Gets its certificate from istiod; without one it listens for health checks only. */
function connect(process: ProcessView, tries: number): Step<State> {
  const [host = "", port = "15012"] = (process.env["CA_ADDR"] ?? "istiod.istio-system.svc:15012").split(":");
  const trace = process.request({ protocol: "tcp", host, port: Number(port) });
  const stamp = process.timestamp;
  if (trace.outcome === "delivered") return { state: { connected: true, tries }, listen: PORTS, log: [`${stamp}\tinfo\tcache\tgenerated new workload certificate\tresourceName=default latency=200ms ttl=23h59m59s`, `${stamp}\tinfo\tReadiness succeeded in 1s`, `${stamp}\tinfo\tEnvoy proxy is ready`], usage: { cpuMilli: 3, memoryBytes: 45_000_000 } };
  const delay = AGAIN[Math.min(tries, AGAIN.length - 1)] ?? 1000;
  const why = trace.outcome === "no-such-host" ? `lookup ${host}: no such host` : trace.outcome === "refused" ? "connection refused" : "i/o timeout";
  return { state: { connected: false, tries: tries + 1 }, listen: [AGENT, READY], log: [`${stamp}\twarn\tca\tca request failed, starting attempt ${tries + 1} in ${delay}ms: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp: ${why}"`], wakeAfter: { delay: millis(delay), message: null } };
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

function probersOf(process: ProcessView): JsonObject {
  try {
    const value = JSON.parse(process.env["ISTIO_KUBE_APP_PROBERS"] ?? "{}") as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Asks the process beside it what the kubelet would have asked. */
function askProcess(path: string, process: ProcessView): AppResponse {
  const prober = probersOf(process)[path];
  if (!isObject(prober)) return { status: 500, body: "" };
  const http = isObject(prober["httpGet"]) ? prober["httpGet"] : undefined;
  const tcp = isObject(prober["tcpSocket"]) ? prober["tcpSocket"] : {};
  const port = Number((http ?? tcp)["port"] ?? 0);
  const request: OutboundRequest = http ? { protocol: "http", host: process.podIP, port, path: String(http["path"] ?? "/") } : { protocol: "tcp", host: process.podIP, port };
  const trace = process.request(request);
  if (trace.outcome !== "delivered") return { status: 500, body: "" };
  return { status: http ? (trace.response?.status ?? 500) : 200, body: "" };
}

const numbersIn = (text: string): readonly number[] => text.split(",").map(Number).filter((port) => Number.isInteger(port) && port > 0);

/** The options of `istio-iptables` as the rules they stand for. */
function redirectionFrom(argv: readonly string[]): Redirection {
  const value = (flag: string, otherwise: string): string => {
    const at = argv.indexOf(flag);
    return at < 0 ? otherwise : (argv[at + 1] ?? otherwise);
  };
  const ranges = value("-i", "*");
  const ports = value("-b", "*");
  return {
    outbound: Number(value("-p", "15001")),
    inbound: Number(value("-z", "15006")),
    uid: Number(value("-u", "1337")),
    inboundPorts: ports === "*" ? "*" : numbersIn(ports),
    exceptInboundPorts: numbersIn(value("-d", "")),
    exceptOutboundPorts: numbersIn(value("-o", "")),
    outboundRanges: ranges === "*" ? "*" : ranges.split(",").filter((range) => range !== ""),
    exceptOutboundRanges: value("-x", "").split(",").filter((range) => range !== ""),
  };
}

/** `istio-iptables`: writes the rules of its pod's network namespace and ends. Only root may. */
function writeRules(process: ProcessView): Step<State> {
  const state = { connected: false, tries: 0 };
  if ((process.user?.uid ?? 0) !== 0 || !process.netfilter) return { state, log: [{ stderr: "iptables v1.8.10 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)" }], exit: { code: 4 } };
  const redirection = redirectionFrom(process.argv);
  process.netfilter.write(redirection);
  return { state, log: [`${process.timestamp}\tinfo\tIstio iptables environment:`, `${process.timestamp}\tinfo\tRunning iptables restore with: iptables-restore and the following input:`, ...redirectionText(redirection).trimEnd().split("\n")], exit: { code: 0 } };
}

/** The proxy image's one program: the init container's and the sidecar's, by its first argument. Upstream: istio pilot/cmd/pilot-agent. */
export const pilotAgent = defineProgram<State>({
  start: (process) => (process.argv[1] === "istio-iptables" ? writeRules(process) : connect(process, 0)),
  onTimer: (state, _message, process) => connect(process, state.tries),
  onRequest(state, request, process) {
    if (request.port === AGENT && request.path.startsWith("/app-health/")) return { state, response: askProcess(request.path.split("?")[0] ?? "", process) };
    if (request.port === READY) return { state, response: { status: state.connected ? 200 : 503, body: "" } };
    return { state, response: { status: 200, headers: { server: "envoy" }, body: "" } };
  },
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

/**
 * `iptables-save` inside the pod.
 *
 * @simplified The real one wants root, which the proxy is not: here anybody in the pod may look.
 */
export const iptablesSave: ProcessCommand = (_command, process) => ({ result: { status: 0, stdout: redirectionText(process.netfilter?.read()) }, takes: 0 });
