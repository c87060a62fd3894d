import { fingerprint, NODE, POD, type EphemeralContainer, type Json, type JsonObject, type Node, type Pod } from "@/lib/engine";
import type { Call, Command, Outcome } from "../../command";
import { kindText } from "../../discovery";
import { podNamed } from "../../containers";
import { fail, Failure } from "../../failure";
import { flag } from "../../flags";
import { findObjects, namedBy } from "../../resource-args";
import { copyOf } from "./copy";
import { profileNamed, type Profile } from "./profiles";

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const ONLY_COPIES = ["same-node", "replace", "set-image", "keep-labels", "keep-annotations", "keep-liveness", "keep-readiness", "keep-startup", "keep-init-containers"];

/** `kubectl debug`: an ephemeral container, a copy of a pod, or a pod on a machine. Upstream: kubectl/pkg/cmd/debug. */
export const debug: Command = {
  name: "debug",
  summary: "Create debugging sessions for troubleshooting workloads and nodes",
  usage: "(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]",
  examples: [
    ["A look into a running pod from beside it", "kubectl debug web --image=busybox --target=web -- ps"],
    ["A copy of a pod that does not crash", "kubectl debug web --copy-to=web-debug --container=web -- sleep 1d"],
    ["A pod on a machine, with its disk under /host", "kubectl debug node/worker-1 --image=busybox -- ls /host"],
  ],
  flags: [
    flag("bool", "arguments-only", "What follows -- are arguments, not the command"),
    flag("bool", "attach", "Show what it prints"),
    flag("text", "container,c", "Name of the new container"),
    flag("text", "copy-to", "Name of a copy of the pod"),
    flag("text", "custom", "File of a partial container"),
    flag("repeated", "env", "NAME=value"),
    flag("list", "filename,f", "The object to debug"),
    flag("text", "image", "Image of the new container"),
    flag("text", "image-pull-policy", "When to pull the image"),
    flag("bool", "keep-annotations", "The copy keeps annotations"),
    flag("bool", "keep-init-containers", "The copy keeps init containers", { default: "true" }),
    flag("bool", "keep-labels", "The copy keeps labels"),
    flag("bool", "keep-liveness", "The copy keeps liveness probes"),
    flag("bool", "keep-readiness", "The copy keeps readiness probes"),
    flag("bool", "keep-startup", "The copy keeps startup probes"),
    flag("text", "profile", "legacy, general, baseline, netadmin, restricted or sysadmin", { default: "general" }),
    flag("bool", "quiet,q", "Only what the container prints"),
    flag("bool", "replace", "Delete the pod that is copied"),
    flag("bool", "same-node", "The copy runs on the same machine"),
    flag("list", "set-image", "NAME=IMAGE for containers of the copy"),
    flag("bool", "share-processes", "Containers of the copy see each other's processes", { default: "true" }),
    flag("bool", "stdin,i", "Keep standard input open"),
    flag("text", "target", "Container to look at"),
    flag("bool", "tty,t", "Standard input is a terminal"),
  ],
  run(call) {
    const words = call.dash < 0 ? call.words : call.words.slice(0, call.dash);
    const [word] = words;
    check(call);
    if (word === undefined) return fail("NAME or TYPE/NAME is required for debug");
    profileNamed(call.flags.text("profile"), false);
    const node = nodeNamed(call, word);
    if (node) return onNode(call, node);
    const other = word.includes("/") ? namedBy(call, [word]).types[0] : undefined;
    if (other && other.kind !== POD) return fail(`${JSON.stringify(kindText(other))} not supported by debug`);
    const pod = podNamed(call, word);
    return call.flags.text("copy-to") === "" ? beside(call, pod) : byCopy(call, pod);
  },
  resume: (call, state) => follow(call, state as unknown as Following),
};

/** Flags that contradict each other. Upstream: DebugOptions.Validate. */
function check(call: Call): void {
  const { flags } = call;
  const copy = flags.text("copy-to") !== "";
  const [command] = call.dash < 0 ? [] : call.words.slice(call.dash);
  if (copy && flags.text("image") === "" && !flags.given("set-image") && command === undefined) fail("you must specify --image, --set-image or command arguments.");
  if (copy && command !== undefined && flags.text("container") === "" && flags.text("image") === "") fail("you must specify an existing container or a new image when specifying args.");
  if (!copy) for (const name of ONLY_COPIES) if (flags.given(name)) fail(`--${name} may only be used with --copy-to.`);
  if (!copy && flags.text("image") === "") fail("you must specify --image when not using --copy-to.");
  if (copy && flags.given("target")) fail("--target is incompatible with --copy-to. Use --share-processes instead.");
  if (flags.bool("tty") && !flags.bool("stdin")) fail("-i/--stdin is required for containers with -t/--tty=true");
}

function nodeNamed(call: Call, word: string): Node | undefined {
  if (!/^(no|nodes?)\//.test(word)) return undefined;
  const { infos, failures } = findObjects(call, [word], {});
  if (failures.length > 0) throw failures[0] as Error;
  return infos[0]?.type.kind === NODE ? (infos[0].object as Node) : undefined;
}

/** Five letters as the API server makes them, the same for the same state of the cluster. */
function suffix(call: Call, about: string): string {
  const digits = fingerprint(`${about}/${call.io.cluster.revision}`);
  return [0, 1, 2, 3, 4].map((at) => LETTERS[Number.parseInt(digits.slice(at * 4, at * 4 + 4), 16) % LETTERS.length]).join("");
}

function isAttached(call: Call): boolean {
  return call.flags.given("attach") ? call.flags.bool("attach") : call.flags.bool("stdin");
}

/** The container that looks, as the command line describes it. */
function container(call: Call, name: string, profile: Profile): EphemeralContainer {
  const { flags } = call;
  const argv = call.dash < 0 ? [] : call.words.slice(call.dash);
  const env = flags.list("env").map((pair) => ({ name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) }));
  const policy = flags.text("image-pull-policy");
  return {
    name,
    ...(flags.text("image") === "" ? {} : { image: flags.text("image") }),
    ...(policy === "" ? {} : { imagePullPolicy: policy as "Always" }),
    ...(argv.length === 0 ? {} : flags.bool("arguments-only") ? { args: argv } : { command: argv }),
    ...(env.length === 0 ? {} : { env }),
    ...(flags.bool("stdin") ? { stdin: true } : {}),
    ...(flags.bool("tty") ? { tty: true } : {}),
    ...(profile.securityContext ? { securityContext: profile.securityContext } : {}),
    terminationMessagePolicy: "File",
  };
}

function nameFor(call: Call, about: string): string {
  const given = call.flags.text("container");
  if (given !== "") return given;
  const name = `debugger-${suffix(call, about)}`;
  if (!call.flags.bool("quiet")) call.out(`Defaulting debug container name to ${name}.\n`);
  return name;
}

function beside(call: Call, pod: Pod): Outcome {
  const target = call.flags.text("target");
  if (target !== "" && !call.flags.bool("quiet")) call.out(`Targeting container "${target}". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`);
  const name = nameFor(call, `${pod.metadata.uid}/${(pod.spec.ephemeralContainers ?? []).length}`);
  const added = { ...container(call, name, profileNamed(call.flags.text("profile"), false)), ...(target === "" ? {} : { targetContainerName: target }) };
  const key = { namespace: pod.metadata.namespace ?? "", name: pod.metadata.name };
  const body = { spec: { ephemeralContainers: [added] } } as unknown as Json;
  call.client.patch<Pod>({ kind: POD, ...key }, { type: "strategic", body }, { subresource: "ephemeralcontainers", fieldManager: "kubectl-debug" });
  return begin(call, key, name);
}

function byCopy(call: Call, pod: Pod): Outcome {
  const profile = profileNamed(call.flags.text("profile"), false);
  const own = pod.spec.containers.length > 0 && call.flags.text("image") === "" && call.flags.text("container") === "" ? (pod.spec.containers[0]?.name ?? "") : undefined;
  const name = own ?? nameFor(call, `${pod.metadata.uid}/${call.flags.text("copy-to")}`);
  const created = call.client.create<Pod>(copyOf(call, pod, container(call, name, profile), profile));
  const key = { namespace: pod.metadata.namespace ?? "", name: pod.metadata.name };
  if (call.flags.bool("replace")) call.client.delete({ kind: POD, ...key });
  return begin(call, { namespace: created.metadata.namespace ?? "", name: created.metadata.name }, name);
}

function onNode(call: Call, node: Node): Outcome {
  const { name: nodeName } = node.metadata;
  const profile = profileNamed(call.flags.text("profile"), true);
  const name = `node-debugger-${nodeName}-${suffix(call, nodeName)}`;
  const given = call.flags.text("container");
  const looking = given === "" ? "debugger" : given;
  const mount = profile.hostFiles ? { volumeMounts: [{ mountPath: "/host", name: "host-root" }] } : {};
  const host = profile.hostNamespaces ? { hostIPC: true, hostNetwork: true, hostPID: true } : {};
  const body = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: call.namespace, labels: { "app.kubernetes.io/managed-by": "kubectl-debug" } },
    spec: {
      containers: [{ ...container(call, looking, profile), ...mount }],
      ...host,
      nodeName,
      restartPolicy: "Never",
      tolerations: [{ operator: "Exists" }],
      ...(profile.hostFiles ? { volumes: [{ name: "host-root", hostPath: { path: "/" } }] } : {}),
    },
  } as unknown as JsonObject;
  call.client.create<Pod>(body);
  if (!call.flags.bool("quiet")) call.out(`Creating debugging pod ${name} with container ${looking} on node ${nodeName}.\n`);
  return begin(call, { namespace: call.namespace, name }, looking);
}

interface Following {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  readonly printed: number;
}

function begin(call: Call, key: { readonly namespace: string; readonly name: string }, looking: string): Outcome {
  return isAttached(call) ? follow(call, { ...key, container: looking, printed: 0 }) : 0;
}

/** Shows what the container prints until it ends. A shell with nobody at the keyboard is left running, to be entered with `kubectl exec`. */
function follow(call: Call, state: Following): Outcome {
  const key = { namespace: state.namespace, name: state.name };
  const pod = call.client.get<Pod>(POD, key);
  if (!pod) throw new Failure(`Error from server (NotFound): pods "${state.name}" not found`);
  const status = [...(pod.status?.ephemeralContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].find(({ name }) => name === state.container);
  const ended = status?.state.terminated;
  if (!ended && !status?.state.running) {
    if (pod.status?.phase === "Failed") return fail(`pod ${state.name} failed: ${pod.status.message ?? pod.status.reason ?? ""}`);
    return { state: state as unknown as Json };
  }
  const lines = call.io.cluster.logs(key, state.container) ?? [];
  for (const line of lines.slice(state.printed)) call.out(`${line.text}\n`);
  if (ended) return ended.exitCode === 0 ? 0 : ended.exitCode;
  const prompt = call.dash < 0 && call.flags.bool("tty");
  if (!prompt) return { state: { ...state, printed: lines.length } as unknown as Json };
  call.err("If you don't see a command prompt, try pressing enter.\n");
  call.note("kubectl.no-interactive-shell");
  return 0;
}
