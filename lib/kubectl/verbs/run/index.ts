import { instantOf, mergePatch, POD, type Json, type JsonObject, type KubeObject, type Pod, parseDuration, SERVICE } from "@/lib/engine";
import { parseYaml } from "@/lib/manifest";
import { requireFlags, usageFailure, type Call, type Command, type Outcome } from "../../command";
import { typeNamed } from "../../discovery";
import { fail, Failure } from "../../failure";
import { flag } from "../../flags";
import { formatOf } from "../../output/print-objects";
import { recordFlag } from "../../record";
import { fileFlags } from "../../resource-args";
import { dryRunOf } from "../../writing";
import { createGenerated, managedBy } from "../create/generator";

/** `kubectl run`. Upstream: kubectl/pkg/cmd/run. */
export const run: Command = {
  name: "run",
  summary: "Run a particular image on the cluster",
  usage: "NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]",
  examples: [
    ["A pod", "kubectl run web --image=nginx"],
    ["A pod that asks a question and goes", "kubectl run -it --rm ask --image=busybox --restart=Never -- wget -qO- http://web"],
  ],
  flags: [
    ...managedBy("kubectl-run"),
    ...fileFlags,
    recordFlag,
    flag("text", "cascade", "How what --rm deletes treats what it owns", { default: "background", bare: "background" }),
    flag("text", "detach-keys", "Keys that leave the container running", { default: "ctrl-p,ctrl-q" }),
    flag("duration", "timeout", "How long --rm waits", { default: "0s" }),
    flag("text", "image", "Image to run"),
    flag("text", "image-pull-policy", "When to pull the image"),
    flag("text", "restart", "Always, OnFailure or Never", { default: "Always" }),
    flag("repeated", "env", "NAME=value"),
    flag("text", "port", "Port the container listens on"),
    flag("text", "labels,l", "Labels, separated by commas"),
    flag("repeated", "annotations", "key=value"),
    flag("text", "overrides", "JSON that has the last word"),
    flag("text", "override-type", "json, merge or strategic", { default: "merge" }),
    flag("bool", "command", "What follows is the command, not its arguments"),
    flag("bool", "expose", "A Service too"),
    flag("bool", "rm", "Delete the pod when it ends"),
    flag("bool", "stdin,i", "Keep standard input open"),
    flag("bool", "tty,t", "Standard input is a terminal"),
    flag("bool", "attach", "Show what it prints"),
    flag("bool", "leave-stdin-open", "Keep standard input open after the first attachment"),
    flag("bool", "privileged", "Run privileged"),
    flag("bool", "quiet,q", "Only what the container prints"),
    flag("int", "grace-period", "Seconds it has to end", { default: "-1" }),
    flag("bool", "force", "Remove it without waiting"),
    flag("bool", "wait", "Wait until it is gone"),
    flag("duration", "pod-running-timeout", "How long to wait for the pod", { default: "1m0s" }),
  ],
  run(call) {
    requireFlags(call, "image");
    const names = call.dash < 0 ? call.words.slice(0, 1) : call.words.slice(0, call.dash);
    const [name] = names;
    if (name === undefined) usageFailure(call, "NAME is required for run");
    if (call.flags.text("image") === "") fail("--image is required");
    const attached = isAttached(call);
    check(call, attached);
    if (call.flags.bool("rm") && !attached) usageFailure(call, "--rm should only be used for attached containers");
    const pod = overridden(call, podBody(call, name));
    if (call.flags.bool("expose")) expose(call, name);
    if (!attached || dryRunOf(call) !== "none") return createGenerated(call, pod);
    const created = call.client.create<Pod>({ ...pod, metadata: { ...(pod["metadata"] as JsonObject), namespace: call.namespace } });
    const deadline = call.io.cluster.now + (parseDuration(call.flags.text("pod-running-timeout")) ?? 60_000);
    return goOn(call, { name: created.metadata.name, uid: created.metadata.uid, stage: "starting", printed: 0, deadline, code: 0 });
  },
  resume: (call, state) => goOn(call, state as unknown as RunState),
};

/** Refuses what flags cannot mean together. Upstream: RunOptions.Run. */
function check(call: Call, attached: boolean): void {
  const { flags } = call;
  if (flags.bool("tty") && !flags.bool("stdin")) usageFailure(call, "-i/--stdin is required for containers with -t/--tty=true");
  if (flags.bool("expose") && flags.text("port") === "") usageFailure(call, "--port must be set when exposing a service");
  if (attached && dryRunOf(call) !== "none") usageFailure(call, "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)");
  if (!["", "Always", "IfNotPresent", "Never"].includes(flags.text("image-pull-policy"))) usageFailure(call, `invalid image pull policy: ${flags.text("image-pull-policy")}`);
  if (/\s/.test(flags.text("image"))) fail(`Invalid image name ${JSON.stringify(flags.text("image"))}: invalid reference format`);
  const label = flags.text("labels").split(",").find((pair) => pair !== "" && !pair.includes("="));
  if (label !== undefined) fail(`unexpected label spec: ${label}`);
  if (!/^[-+]?[0-9]*$/.test(flags.text("port"))) fail(`strconv.Atoi: parsing ${JSON.stringify(flags.text("port"))}: invalid syntax`);
}

function isAttached(call: Call): boolean {
  return call.flags.bool("attach") || (!call.flags.given("attach") && (call.flags.bool("stdin") || call.flags.bool("tty")));
}

function podBody(call: Call, name: string): JsonObject {
  const { flags } = call;
  const restartPolicy = flags.text("restart");
  if (!["Always", "OnFailure", "Never"].includes(restartPolicy)) usageFailure(call, `invalid restart policy: ${restartPolicy}`);
  const rest = call.dash < 0 ? call.words.slice(1) : call.words.slice(call.dash);
  const labels = flags.text("labels") === "" ? { run: name } : Object.fromEntries(flags.text("labels").split(",").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  const env = flags.list("env").map((pair) => {
    if (!pair.includes("=")) fail(`invalid env: ${pair}`);
    return { name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) };
  });
  const annotations = Object.fromEntries(flags.list("annotations").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  const container = {
    name,
    image: flags.text("image"),
    ...(rest.length === 0 ? {} : flags.bool("command") ? { command: rest } : { args: rest }),
    ...(flags.text("port") === "" ? {} : { ports: [{ containerPort: Number(flags.text("port")) }] }),
    ...(env.length === 0 ? {} : { env }),
    resources: {},
    ...(flags.text("image-pull-policy") === "" ? {} : { imagePullPolicy: flags.text("image-pull-policy") }),
    ...(flags.bool("privileged") ? { securityContext: { privileged: true } } : {}),
    ...(flags.bool("stdin") ? { stdin: true, ...(flags.bool("leave-stdin-open") ? {} : { stdinOnce: true }) } : {}),
    ...(flags.bool("tty") ? { tty: true } : {}),
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels, ...(flags.list("annotations").length > 0 ? { annotations } : {}) },
    spec: { containers: [container], restartPolicy, dnsPolicy: "ClusterFirst" },
    status: {},
  };
}

function overridden(call: Call, body: JsonObject): JsonObject {
  const text = call.flags.text("overrides");
  if (text === "") return body;
  const value = parseYaml(text).documents[0]?.value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail("Invalid JSON Patch");
  return mergePatch(body as Json, value as Json) as JsonObject;
}

function expose(call: Call, name: string): void {
  const port = Number(call.flags.text("port"));
  if (call.flags.text("port") === "") fail("--port must be set when exposing a service");
  const body = { apiVersion: "v1", kind: "Service", metadata: { name, namespace: call.namespace }, spec: { ports: [{ port, protocol: "TCP", targetPort: port }], selector: { run: name } } };
  if (dryRunOf(call) === "none") call.client.create<KubeObject>(body);
  if (formatOf(call).name === "") call.out(`${typeNamed(call.client, SERVICE.split("/")[1] ?? "").singular}/${name} created\n`);
}

interface RunState {
  readonly name: string;
  readonly uid: string;
  readonly stage: "starting" | "running" | "leaving";
  readonly printed: number;
  readonly deadline: number;
  readonly code: number;
}

/** An attached pod: wait until it starts, show what it prints, and delete it if it was only for that. */
function goOn(call: Call, state: RunState): Outcome {
  const key = { namespace: call.namespace, name: state.name };
  const pod = call.client.get<Pod>(POD, key);
  if (state.stage === "leaving") return pod?.metadata.uid === state.uid ? { state: state as unknown as Json } : exit(state);
  if (!pod) throw new Failure(`Error from server (NotFound): pods "${state.name}" not found`);
  const container = pod.spec.containers[0]?.name ?? "";
  const status = pod.status?.containerStatuses?.[0];
  const ended = status?.state.terminated ?? status?.lastState.terminated;
  const started = status?.state.running !== undefined || ended !== undefined || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
  if (!started) {
    if (call.io.cluster.now >= state.deadline) return leave(call, { ...state, code: 1 }, "error: timed out waiting for the condition\n");
    return { state: state as unknown as Json };
  }
  const lines = call.io.cluster.logs(key, container) ?? [];
  for (const line of lines.slice(state.printed)) call.out(`${line.text}\n`);
  const next: RunState = { ...state, stage: "running", printed: lines.length };
  if (ended === undefined) return { state: next as unknown as Json, endless: isEndless(call, pod) };
  const failed = ended.exitCode !== 0 && pod.status?.phase === "Failed";
  return leave(call, { ...next, code: failed ? ended.exitCode : 0 }, failed ? `pod ${call.namespace}/${state.name} terminated (${ended.reason ?? "Error"})\n` : "");
}

/** A pod that has run for a minute is most likely a server: it stays in the foreground. */
function isEndless(call: Call, pod: Pod): boolean {
  const began = instantOf(pod.status?.startTime ?? "") ?? call.io.cluster.now;
  return call.io.cluster.now - began > 60_000;
}

function leave(call: Call, state: RunState, complaint: string): Outcome {
  if (!call.flags.bool("rm")) {
    call.err(complaint);
    return state.code;
  }
  const key = { kind: POD, namespace: call.namespace, name: state.name };
  if (call.client.get(POD, key)) call.client.delete(key, call.flags.int("grace-period") >= 0 ? { gracePeriodSeconds: call.flags.int("grace-period") } : {});
  if (!call.flags.bool("quiet")) call.out(`pod "${state.name}" deleted from ${call.namespace} namespace\n`);
  call.err(complaint);
  return goOn(call, { ...state, stage: "leaving" });
}

function exit(state: RunState): number {
  return state.code;
}
