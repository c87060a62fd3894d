import type { Container, Handler } from "../resources/core/pod/pod";
import type { Kubelet, KubeletPod } from "./kubelet-pod";
import { portOf } from "./ports";

/** A hook begun: over at once (perhaps badly), after some time, or when a command ends. */
export type Hook = { readonly done: true; readonly error?: string } | { readonly wait: number } | { readonly exec: string };

/** Begins a lifecycle hook. Upstream: pkg/kubelet/lifecycle/handlers.go. */
export function beginHook(kubelet: Kubelet, record: KubeletPod, container: Container, handler: Handler): Hook {
  if (handler.sleep) return { wait: handler.sleep.seconds * 1000 };
  if (handler.exec) {
    const begun = kubelet.machines.startExec(record.uid, container.name, handler.exec.command);
    if ("error" in begun) return { done: true, error: begun.error };
    return settledHook(kubelet, begun.id, handler) ?? { exec: begun.id };
  }
  const ask = handler.httpGet ?? handler.tcpSocket;
  if (!ask) return { done: true };
  const trace = kubelet.machines.wire().reach(
    { node: record.node },
    {
      protocol: handler.httpGet ? "http" : "tcp",
      host: ask.host ?? record.ip ?? "",
      port: portOf(container, ask.port),
      ...(handler.httpGet?.path === undefined ? {} : { path: handler.httpGet.path }),
    },
  );
  const bad = trace.outcome !== "delivered" || (trace.response?.status ?? 0) >= 400;
  return bad ? { done: true, error: trace.outcome === "delivered" ? `HTTP status ${trace.response?.status}` : trace.outcome } : { done: true };
}

/** The outcome of a hook's command once it has ended. */
export function settledHook(kubelet: Kubelet, exec: string, handler: Handler): Hook | undefined {
  const result = kubelet.machines.execResult(exec);
  if (result && !result.done) return undefined;
  kubelet.machines.endExec(exec);
  if (!result || result.exitCode === 0) return { done: true };
  return { done: true, error: `command '${(handler.exec?.command ?? []).join(" ")}' exited with ${result.exitCode}: ${result.stderr}` };
}
