import { isGiven, resizedByRestart, worthKeeping } from "./resize";
import { amountsOf } from "./resize-policy";
import type { Image } from "../machine/behaviour";
import type { ContainerSpec } from "../machine/records";
import type { Container, EphemeralContainer, Pod } from "../resources/core/pod/pod";
import { millis, type Millis } from "../sim/clock";
import { durationText, LONGEST_DELAY, FIRST_DELAY, raise, remaining } from "./back-off";
import { environmentOf } from "./environment";
import { expand } from "./expansion";
import { canonicalImage, defaultPullPolicy, imageNameProblem } from "./image-name";
import { CHECK_TIME, keepImage, pullTimeOn } from "./layers";
import { aboutContainer, memoryOf, podText, revised, rememberContainer, without, type Kubelet, type KubeletPod, type Operation, oneText } from "./kubelet-pod";
import { beginPostStart } from "./hooks";
import { beginProbes } from "./probes";
import { rootProblem, runAs } from "./security";
import { mountsOf } from "./volumes";

/** From the order to start until the process runs. */
const START_TIME = millis(300);
/** From a failed pull until the kubelet looks at the pod again and calls it a back-off. */
const LOOK_AGAIN = millis(1000);

/** Books the end of something that takes time. One at a time for a pod. */
export function beginOperation(kubelet: Kubelet, uid: string, kind: Operation["kind"], container: string, takes: Millis): void {
  const record = kubelet.pods.get(uid);
  if (!record) return;
  const token = record.token + 1;
  const { volumes, ip, containers, probes } = record;
  kubelet.pods.set(uid, revised(record, { token, op: { kind, container, token, began: kubelet.clock.now() }, volumes, ip, containers, probes }));
  kubelet.after(takes, { k: "op", uid, token });
}

/**
 * Takes the next step towards a running container. True when something was begun that the rest of
 * the pod waits for; false when this container has to wait (back-off, bad image, bad configuration).
 */
export function tryStart(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, fresh: boolean): boolean {
  const now = kubelet.clock.now();
  const memory = memoryOf(record, container.name);
  const before = kubelet.machines.container(record.uid, container.name);
  if (before && !fresh) {
    const rest = remaining(memory.backoff, before.finishedAt ?? now, now);
    if (rest > 0) {
      crashLoop(kubelet, record, pod, container, memory.backoff?.delay ?? FIRST_DELAY, rest);
      return false;
    }
  }
  const image = container.image ?? "";
  const problem = imageNameProblem(image);
  if (problem !== undefined) {
    refuse(kubelet, record, pod, container, "InvalidImageName", `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${problem}`, "InspectFailed");
    return false;
  }
  if (memory.pull && memory.pull.until > now) {
    backOffPull(kubelet, record, pod, container, memory.pull);
    return false;
  }
  return ensureImage(kubelet, record, pod, container);
}

function ensureImage(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container): boolean {
  const image = container.image ?? "";
  const policy = container.imagePullPolicy ?? defaultPullPolicy(image);
  const place = `${record.node} ${canonicalImage(image)}`;
  const present = kubelet.pulled.has(place);
  const about = aboutContainer(record, pod, container.name);
  if (policy === "Never" && !present) {
    refuse(kubelet, record, pod, container, "ErrImageNeverPull", `Container image "${image}" is not present with pull policy of Never`, "ErrImageNeverPull");
    return false;
  }
  if (present && policy !== "Always") {
    return prepare(kubelet, record, pod, container, () => kubelet.event(record.node)(about, "Normal", "Pulled", oneText(`Container image "${image}" already present on machine and can be accessed by the pod`)));
  }
  kubelet.event(record.node)(about, "Normal", "Pulling", oneText(`Pulling image "${image}"`));
  const answer = kubelet.images.pull(image);
  const takes = present || !("image" in answer) ? CHECK_TIME : pullTimeOn(kubelet, record.node, answer.image);
  beginOperation(kubelet, record.uid, "pull", container.name, takes);
  return true;
}

/** A pull has ended, well or badly. */
export function pullEnded(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container): void {
  const image = container.image ?? "";
  const about = aboutContainer(record, pod, container.name);
  const answer = kubelet.images.pull(image);
  const event = kubelet.event(record.node);
  if (!("image" in answer)) {
    event(about, "Warning", "Failed", `Failed to pull image "${image}": ${answer.message}`);
    event(about, "Warning", "Failed", "Error: ErrImagePull");
    rememberContainer(kubelet, record.uid, container.name, (memory) => {
      const delay = memory.pull ? Math.min(LONGEST_DELAY, memory.pull.delay * 2) : FIRST_DELAY;
      return { ...memory, waiting: { reason: "ErrImagePull", message: answer.message }, pull: { delay, until: kubelet.clock.now() + delay, message: answer.message, told: false } };
    });
    kubelet.after(LOOK_AGAIN, { k: "sync", uid: record.uid });
    return;
  }
  keepImage(kubelet, record.node, image, answer.image);
  const took = secondsText(kubelet.clock.now() - (record.op?.began ?? kubelet.clock.now()));
  event(about, "Normal", "Pulled", oneText(`Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${answer.image.sizeBytes} bytes.`));
  rememberContainer(kubelet, record.uid, container.name, (memory) => without(memory, "pull"));
  prepare(kubelet, kubelet.pods.get(record.uid) ?? record, pod, container, () => undefined);
}

/** `1.5s` or `200ms`, as Go prints a duration. */
function secondsText(amount: number): string {
  return amount < 1000 ? `${amount}ms` : `${amount / 1000}s`;
}

/** Everything is there but the container: makes sure of its configuration and books its start. */
function prepare(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, tell: () => void): boolean {
  const environment = environmentOf(kubelet, record, pod, container);
  const found = kubelet.images.pull(container.image ?? "");
  const problem = "error" in environment ? environment.error : "image" in found ? rootProblem(record, pod, container, found.image) : undefined;
  if (problem !== undefined) {
    refuse(kubelet, record, pod, container, "CreateContainerConfigError", problem, "Failed");
    return false;
  }
  tell();
  rememberContainer(kubelet, record.uid, container.name, (memory) => (memory.waiting && !kubelet.machines.container(record.uid, container.name) ? without(memory, "waiting") : memory));
  beginOperation(kubelet, record.uid, "start", container.name, START_TIME);
  return true;
}

/** The time a start takes is over: the container runs, or the runtime refuses. */
export function startEnded(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container): void {
  const answer = kubelet.images.pull(container.image ?? "");
  const environment = environmentOf(kubelet, record, pod, container);
  if (!("image" in answer) || "error" in environment) return kubelet.wake(record.uid);
  const { image } = answer;
  const now = kubelet.clock.now();
  const sandbox = kubelet.machines.pod(record.uid);
  const env = wholeEnvironment(image, sandbox?.hostname ?? pod.metadata.name, environment.env);
  const value = (name: string): string | undefined => environment.env[name];
  const before = kubelet.machines.container(record.uid, container.name);
  const memory = memoryOf(record, container.name);
  const user = runAs(pod, container, image);
  // New amounts that cannot be given yet are not given by a crash either.
  const given = before && record.resize ? memory.resources : container.resources;
  const { cpuLimit, memoryLimit } = amountsOf(given);
  const security = container.securityContext as { readonly readOnlyRootFilesystem?: boolean } | undefined;
  const { error } = kubelet.machines.startContainer({
    uid: record.uid,
    name: container.name,
    image: container.image ?? "",
    argv: container.command || container.args ? (container.command?.map((part) => expand(part, value)) ?? image.entrypoint).concat(container.args?.map((part) => expand(part, value)) ?? (container.command ? [] : image.cmd)) : wholeCommand(image),
    env,
    workingDir: container.workingDir ?? (image.workingDir || "/"),
    mounts: mountsOf(kubelet, record, container, env),
    attempt: memory.made,
    ...(memoryLimit > 0 ? { memoryLimit } : {}),
    ...(cpuLimit > 0 ? { cpuLimit } : {}),
    ...(security?.readOnlyRootFilesystem === true ? { readOnlyRoot: true } : {}),
    // Whoever typed has gone by now: what is open only once is closed.
    ...(container.stdin === true && container.stdinOnce !== true ? { stdinOpen: true } : {}),
    ...(user ? { runAs: user } : {}),
    ...processesSeen(pod, container),
    ...(container.terminationMessagePolicy === "FallbackToLogsOnError" ? { logIsMessage: true } : {}),
    ...(container.terminationMessagePath === undefined ? {} : { terminationMessagePath: container.terminationMessagePath }),
  });
  rememberContainer(kubelet, record.uid, container.name, (old) => ({
    made: old.made + 1,
    started: container.startupProbe === undefined,
    ready: container.startupProbe === undefined && container.readinessProbe === undefined,
    sandbox: sandbox?.attempt ?? 0,
    ...(before ? { backoff: raise(old.backoff, before.finishedAt ?? now, now) } : old.backoff ? { backoff: old.backoff } : {}),
    ...(worthKeeping(given) ? { resources: given } : {}),
    ...(old.reset === undefined ? {} : { reset: old.reset }),
    image: imageStatus(container.image ?? "", image),
    ...(error === undefined ? {} : { waiting: { reason: "RunContainerError", message: error } }),
  }));
  const about = aboutContainer(record, pod, container.name);
  const event = kubelet.event(record.node);
  event(about, "Normal", "Created", "Container created");
  if (error !== undefined) {
    event(about, "Warning", "Failed", `Error: ${error}`);
    return;
  }
  event(about, "Normal", "Started", "Container started");
  if (before && memory.resources && !record.resize && !isGiven(container, memory.resources)) resizedByRestart(kubelet, record, pod);
  if (container.lifecycle?.postStart) beginPostStart(kubelet, record.uid, pod, container);
  else beginProbes(kubelet, record.uid, container);
}

const commands = new WeakMap<Image, readonly string[]>();

/** What an image runs when nothing else is asked for: one list for all its containers. */
function wholeCommand(image: Image): readonly string[] {
  let argv = commands.get(image);
  if (!argv) commands.set(image, (argv = Object.freeze(image.entrypoint.concat(image.cmd))));
  return argv;
}

/** Environments by what they are made of, with a host's name to be written over: alike for all containers of one image that say nothing themselves. */
const patterns = new WeakMap<object, { readonly image: Image; readonly env: Readonly<Record<string, string>> }>();

/** The image's variables, the host's name, and what the pod says. */
function wholeEnvironment(image: Image, HOSTNAME: string, own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!Object.isFrozen(own) || own["HOSTNAME"] !== undefined) return { ...image.env, HOSTNAME, ...own };
  let pattern = patterns.get(own);
  if (pattern?.image !== image) {
    // Read back from text, the object is a compact one that copies share the shape of.
    const env = JSON.parse(JSON.stringify({ ...image.env, HOSTNAME, ...own })) as Record<string, string>;
    patterns.set(own, (pattern = { image, env }));
  }
  return { ...pattern.env, HOSTNAME };
}

/** Whose processes a container sees besides its own. */
function processesSeen(pod: Pod, container: EphemeralContainer): Pick<ContainerSpec, "pids"> {
  if (pod.spec.hostPID === true) return { pids: "machine" };
  if (pod.spec.shareProcessNamespace === true) return { pids: "pod" };
  return container.targetContainerName === undefined || container.targetContainerName === "" ? {} : { pids: { container: container.targetContainerName } };
}

type ImageStatus = Readonly<Record<"name" | "id" | "asked", string>>;

/** What was said of images, by what they were asked for as: alike for all who ask alike. */
const statuses = new WeakMap<Image, Map<string, ImageStatus>>();

function imageStatus(asked: string, image: Image): ImageStatus {
  let known = statuses.get(image);
  if (!known) statuses.set(image, (known = new Map()));
  let status = known.get(asked);
  if (!status) {
    const name = canonicalImage(asked);
    const repository = name.split("@")[0]?.replace(/:[^:/]*$/, "") ?? name;
    known.set(asked, (status = { name, id: [repository, "@", image.digest].join(""), asked }));
  }
  return status;
}

function crashLoop(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, delay: number, rest: number): void {
  const message = `back-off ${durationText(delay)} restarting failed container=${container.name} pod=${podText(record)}`;
  const memory = memoryOf(record, container.name);
  if (memory.waiting?.reason === "CrashLoopBackOff" && memory.waiting.message === message) return;
  kubelet.event(record.node)(aboutContainer(record, pod, container.name), "Warning", "BackOff", `Back-off restarting failed container ${container.name} in pod ${podText(record)}`);
  rememberContainer(kubelet, record.uid, container.name, (old) => ({ ...old, waiting: { reason: "CrashLoopBackOff", message } }));
  kubelet.after(millis(rest), { k: "sync", uid: record.uid });
}

function backOffPull(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, pull: NonNullable<ReturnType<typeof memoryOf>["pull"]>): void {
  if (pull.told || kubelet.clock.now() < pull.until - pull.delay + LOOK_AGAIN) return;
  const image = container.image ?? "";
  const event = kubelet.event(record.node);
  const about = aboutContainer(record, pod, container.name);
  event(about, "Normal", "BackOff", `Back-off pulling image "${image}"`);
  event(about, "Warning", "Failed", "Error: ImagePullBackOff");
  rememberContainer(kubelet, record.uid, container.name, (memory) => ({
    ...memory,
    waiting: { reason: "ImagePullBackOff", message: `Back-off pulling image "${image}": ErrImagePull: ${pull.message}` },
    pull: { ...pull, told: true },
  }));
  kubelet.after(millis(pull.until - kubelet.clock.now()), { k: "sync", uid: record.uid });
}

/** A container that cannot be made as written: said once, tried again when something it names changes. */
function refuse(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, reason: string, message: string, eventReason: string): void {
  const memory = memoryOf(record, container.name);
  if (memory.waiting?.reason === reason && memory.waiting.message === message) return;
  const event = kubelet.event(record.node);
  const about = aboutContainer(record, pod, container.name);
  if (eventReason !== "Failed") event(about, "Warning", eventReason, message);
  if (reason === "CreateContainerConfigError") kubelet.waiting.set(record.uid, 1);
  event(about, "Warning", "Failed", eventReason === "Failed" ? `Error: ${message}` : `Error: ${reason}`);
  rememberContainer(kubelet, record.uid, container.name, (old) => ({ ...old, waiting: { reason, message } }));
}
