import type { Container, Pod } from "../resources/core/pod/pod";
import { millis } from "../sim/clock";
import { beginHook, settledHook } from "./hook";
import { aboutContainer, podText, remember, rememberContainer, type Kubelet, type KubeletPod } from "./kubelet-pod";
import { beginProbes } from "./probes";
import { mayRestart } from "./restart";
import { killContainer } from "./stop";

/** Runs a container's `postStart`. The pod's other containers wait for it. */
export function beginPostStart(kubelet: Kubelet, uid: string, pod: Pod, container: Container): void {
  const record = kubelet.pods.get(uid);
  const handler = container.lifecycle?.postStart;
  if (!record || !handler) return;
  const hook = beginHook(kubelet, record, container, handler);
  if ("done" in hook) return postStartDone(kubelet, record, pod, container, hook.error);
  remember(kubelet, uid, (old) => ({ ...old, token: old.token + 1, op: { kind: "postStart", container: container.name, token: old.token + 1, began: kubelet.clock.now(), ...("exec" in hook ? { exec: hook.exec } : {}) } }));
  if ("wait" in hook) kubelet.after(millis(hook.wait), { k: "op", uid, token: kubelet.pods.get(uid)?.token ?? 0 });
}

/** The wait of a `postStart` of kind `sleep` is over. */
export function afterPostStart(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container): void {
  postStartDone(kubelet, record, pod, container, undefined);
}

/** Looks whether the command of a running `postStart` has ended. */
export function checkPostStart(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container): void {
  const exec = record.op?.exec;
  const handler = container.lifecycle?.postStart;
  if (exec === undefined || !handler) return;
  const over = settledHook(kubelet, exec, handler);
  if (!over || !("done" in over)) return;
  remember(kubelet, record.uid, (old) => ({ ...old, op: undefined }));
  postStartDone(kubelet, record, pod, container, over.error);
}

function postStartDone(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, error: string | undefined): void {
  if (error === undefined) return beginProbes(kubelet, record.uid, container);
  const handler = container.lifecycle?.postStart;
  const kind = handler?.exec ? "Exec" : "HTTP";
  const what = handler?.exec ? `[${handler.exec.command.join(" ")}]` : (handler?.httpGet?.path ?? "");
  const message = `${kind} lifecycle hook (${what}) for Container "${container.name}" in Pod "${podText(record)}" failed - error: ${error}, message: ""`;
  kubelet.event(record.node)(aboutContainer(record, pod, container.name), "Warning", "FailedPostStartHook", "PostStartHook failed");
  if (mayRestart(pod, container, 137)) rememberContainer(kubelet, record.uid, container.name, (memory) => ({ ...memory, waiting: { reason: "PostStartHookError", message } }));
  killContainer(kubelet, kubelet.pods.get(record.uid) ?? record, pod, container, "FailedPostStartHook");
}
