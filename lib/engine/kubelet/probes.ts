import { HEALTH_CHECK } from "../machine/wire";
import type { Container, Pod, Probe } from "../resources/core/pod/pod";
import { millis } from "../sim/clock";
import { aboutContainer, containerNamed, podOf, remember, rememberContainer, without, type Kubelet, type KubeletPod, type ProbeMemory } from "./kubelet-pod";
import { grpcFailure } from "./grpc-probe";
import { portOf } from "./ports";
import { mayRestart } from "./restart";
import { killContainer } from "./stop";

type Kind = ProbeMemory["kind"];
type Answer = { readonly ok: true } | { readonly ok: false; readonly output: string; readonly unknown?: true };

const TITLE: Readonly<Record<Kind, string>> = { startup: "Startup", liveness: "Liveness", readiness: "Readiness" };

function probeOf(container: Container, kind: Kind): Probe | undefined {
  return kind === "startup" ? container.startupProbe : kind === "liveness" ? container.livenessProbe : container.readinessProbe;
}

/** Begins probing a container that has just started: its startup probe first, when it has one. */
export function beginProbes(kubelet: Kubelet, uid: string, container: Container): void {
  if (container.startupProbe) return begin(kubelet, uid, container, "startup");
  for (const kind of ["liveness", "readiness"] as const) if (probeOf(container, kind)) begin(kubelet, uid, container, kind);
}

function begin(kubelet: Kubelet, uid: string, container: Container, kind: Kind): void {
  const record = kubelet.pods.get(uid);
  const probe = probeOf(container, kind);
  const current = kubelet.machines.container(uid, container.name);
  if (!record || !probe || !current) return;
  const key = `${container.name}/${kind}`;
  const wake = (record.probes[key]?.wake ?? 0) + 1;
  setProbe(kubelet, uid, { kind, container: container.name, run: current.attempt, last: "none", count: 0, wake });
  const due = (current.startedAt ?? 0) + (probe.initialDelaySeconds ?? 0) * 1000;
  kubelet.after(millis(Math.max(0, due - kubelet.clock.now())), { k: "probe", uid, key, wake });
}

function setProbe(kubelet: Kubelet, uid: string, probe: ProbeMemory): void {
  remember(kubelet, uid, (record) => ({ ...record, probes: { ...record.probes, [`${probe.container}/${probe.kind}`]: probe } }));
}

/** A probe is due, or the time its command was given is over. */
export function probeDue(kubelet: Kubelet, uid: string, key: string, wake: number): void {
  const record = kubelet.pods.get(uid);
  const memory = record?.probes[key];
  if (!record || !memory || memory.wake !== wake || record.stopping || kubelet.machines.machine(record.node)?.powered !== true) return;
  const { pod } = podOf(kubelet, record);
  const container = pod && containerNamed(pod, memory.container);
  const probe = container && probeOf(container, memory.kind);
  const current = kubelet.machines.container(uid, memory.container);
  if (!pod || !container || !probe || current?.state !== "running" || current.attempt !== memory.run) return;
  if (memory.exec !== undefined) {
    kubelet.machines.endExec(memory.exec);
    const command = (probe.exec?.command ?? []).join(" ");
    return answered(kubelet, record, pod, container, probe, without(memory, "exec"), { ok: false, output: `command timed out: "${command}" timed out after ${probe.timeoutSeconds ?? 1}s` });
  }
  const looks = (): number => (probe.exec ? kubelet.machines.unsteadyLooks() : kubelet.machines.looksOutside());
  const before = looks();
  const answer = ask(kubelet, record, container, probe);
  const isOwn = looks() === before;
  if ("exec" in answer) {
    const next = { ...memory, exec: answer.exec, wake: memory.wake + 1 };
    setProbe(kubelet, uid, next);
    kubelet.after(millis((probe.timeoutSeconds ?? 1) * 1000), { k: "probe", uid, key, wake: next.wake });
    return;
  }
  answered(kubelet, record, pod, container, probe, memory, answer, isOwn);
}

/**
 * A pod's processes changed: probes that slept because their answer could not change go on, at the
 * time they would have been due.
 */
export function wakeProbes(kubelet: Kubelet, uid: string): void {
  for (const memory of Object.values(kubelet.pods.get(uid)?.probes ?? {})) {
    if (memory.asleepSince === undefined) continue;
    const { pod } = podOf(kubelet, kubelet.pods.get(uid) as KubeletPod);
    const container = pod && containerNamed(pod, memory.container);
    const period = ((container && probeOf(container, memory.kind)?.periodSeconds) ?? 10) * 1000;
    const passed = kubelet.clock.now() - memory.asleepSince;
    setProbe(kubelet, uid, without(memory, "asleepSince"));
    kubelet.after(millis(period - (passed % period)), { k: "probe", uid, key: `${memory.container}/${memory.kind}`, wake: memory.wake });
  }
}

/** Looks whether commands of running probes have ended. */
export function checkProbes(kubelet: Kubelet, record: KubeletPod): void {
  const { uid } = record;
  for (const key in record.probes) {
    const memory = record.probes[key] as ProbeMemory;
    if (memory.exec === undefined) continue;
    const result = kubelet.machines.execResult(memory.exec);
    const { pod } = podOf(kubelet, record);
    if (!pod) return;
    const container = containerNamed(pod, memory.container);
    const probe = container && probeOf(container, memory.kind);
    if (!result?.done || !container || !probe) continue;
    kubelet.machines.endExec(result.id);
    const answer: Answer = result.exitCode === 0 ? { ok: true } : { ok: false, output: result.stdout + result.stderr };
    answered(kubelet, kubelet.pods.get(uid) ?? record, pod, container, probe, without(memory, "exec"), answer);
  }
}

function ask(kubelet: Kubelet, record: KubeletPod, container: Container, probe: Probe): Answer | { readonly exec: string } {
  if (probe.exec) {
    const begun = kubelet.machines.startExec(record.uid, container.name, probe.exec.command);
    if ("error" in begun) return { ok: false, unknown: true, output: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec: ${begun.error}: unknown` };
    const result = kubelet.machines.execResult(begun.id);
    if (!result?.done) return { exec: begun.id };
    kubelet.machines.endExec(begun.id);
    return result.exitCode === 0 ? { ok: true } : { ok: false, output: result.stdout + result.stderr };
  }
  return overNetwork(kubelet, record, container, probe);
}

function overNetwork(kubelet: Kubelet, record: KubeletPod, container: Container, probe: Probe): Answer {
  const http = probe.httpGet;
  const port = portOf(container, http?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port ?? 0);
  const host = http?.host ?? probe.tcpSocket?.host ?? record.ip ?? "";
  const headers = Object.fromEntries((http?.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
  const path = (http?.path ?? "/").startsWith("/") ? (http?.path ?? "/") : `/${http?.path}`;
  const trace = kubelet.machines.wire().reach(
    { node: record.node },
    {
      protocol: http ? "http" : "tcp",
      host,
      port,
      ...(probe.grpc ? { path: HEALTH_CHECK, body: probe.grpc.service ?? "" } : {}),
      ...(http ? { path, headers: { "user-agent": "kube-probe/1.36", accept: "*/*", ...headers } } : {}),
      ...(headers["host"] === undefined ? {} : { hostHeader: headers["host"] }),
    },
  );
  if (probe.grpc) {
    const wrong = grpcFailure(trace, `${host}:${port}`, probe);
    return wrong === undefined ? { ok: true } : { ok: false, output: wrong };
  }
  const late = trace.latency > (probe.timeoutSeconds ?? 1) * 1000;
  const url = `Get "${(http?.scheme ?? "HTTP").toLowerCase()}://${host}:${port}${path}"`;
  const dial = `dial tcp ${host}:${port}`;
  if (trace.outcome === "refused") return { ok: false, output: http ? `${url}: ${dial}: connect: connection refused` : `${dial}: connect: connection refused` };
  if (trace.outcome !== "delivered" || late) {
    if (!http) return { ok: false, output: `${dial}: i/o timeout` };
    return { ok: false, output: `${url}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)` };
  }
  if (!http) return { ok: true };
  const status = trace.response?.status ?? 0;
  if (status === 0) return { ok: false, output: `${url}: EOF` };
  return status >= 200 && status < 400 ? { ok: true } : { ok: false, output: `HTTP probe failed with statuscode: ${status}` };
}

/** Why a container is stopped that its probe found wanting. */
function failed(pod: Pod, container: Container, kind: Kind): string {
  const inits = (pod.spec.initContainers ?? []).some(({ name }) => name === container.name);
  if (inits) return `Init container ${container.name} failed ${kind} probe`;
  return `Container ${container.name} failed ${kind} probe${mayRestart(pod, container, 137) ? ", will be restarted" : ""}`;
}

/**
 * Counts an answer, and acts when there have been enough of a kind. Upstream: pkg/kubelet/prober/worker.go doProbe.
 *
 * @simplified A probe that succeeded, and whose answer came from the pod alone (`isOwn`), is not repeated until something in the pod changes: access logs show only the first of such requests.
 */
function answered(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, probe: Probe, memory: ProbeMemory, answer: Answer, isOwn = false): void {
  const { uid } = record;
  if (!answer.ok && answer.unknown) {
    // A command that could not be run says nothing either way: the next time decides.
    kubelet.event(record.node)(aboutContainer(record, pod, container.name), "Warning", "Unhealthy", `${TITLE[memory.kind]} probe errored and resulted in unknown state: ${answer.output}`);
    setProbe(kubelet, uid, { ...memory, wake: memory.wake + 1 });
    return kubelet.after(millis((probe.periodSeconds ?? 10) * 1000), { k: "probe", uid, key: `${container.name}/${memory.kind}`, wake: memory.wake + 1 });
  }
  const last = answer.ok ? "success" : "failure";
  const count = memory.last === last ? memory.count + 1 : 1;
  const next: ProbeMemory = { ...memory, last, count, wake: memory.wake + 1 };
  setProbe(kubelet, uid, next);
  if (!answer.ok) kubelet.event(record.node)(aboutContainer(record, pod, container.name), "Warning", "Unhealthy", `${TITLE[memory.kind]} probe failed: ${answer.output}`);
  const enough = count >= (answer.ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3));
  if (enough && memory.kind === "readiness") rememberContainer(kubelet, uid, container.name, (old) => (old.ready === answer.ok ? old : { ...old, ready: answer.ok }));
  if (enough && memory.kind === "startup" && answer.ok) {
    rememberContainer(kubelet, uid, container.name, (old) => ({ ...old, started: true, ready: container.readinessProbe === undefined }));
    remember(kubelet, uid, (old) => ({ ...old, probes: without(old.probes, `${container.name}/startup`) }));
    for (const kind of ["liveness", "readiness"] as const) if (probeOf(container, kind)) begin(kubelet, uid, container, kind);
    return kubelet.wake(uid);
  }
  if (enough && memory.kind !== "readiness" && !answer.ok) {
    remember(kubelet, uid, (old) => ({ ...old, probes: without(old.probes, `${container.name}/${memory.kind}`) }));
    const grace = probe.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    killContainer(kubelet, kubelet.pods.get(uid) ?? record, pod, container, failed(pod, container, memory.kind), grace);
    return kubelet.wake(uid);
  }
  if (enough) kubelet.wake(uid);
  if (enough && answer.ok && isOwn) return setProbe(kubelet, uid, { ...next, asleepSince: kubelet.clock.now() });
  // The next one is due a period after this one was, whatever this one took.
  kubelet.after(millis((probe.periodSeconds ?? 10) * 1000), { k: "probe", uid, key: `${container.name}/${memory.kind}`, wake: next.wake });
}
