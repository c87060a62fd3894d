import { canonicalJson, decodeBase64, type Container, type EnvVar, type Json, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { amountOf } from "../../describers/containers";
import { fail, failAll } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { findNamed, findObjects } from "../../resource-args";
import { isLocal } from "./local";
import { eachPod, nested, setFlags, splitWords, type PodPlace } from "./pods";

const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

interface Changes {
  readonly wanted: readonly JsonObject[];
  readonly removed: readonly string[];
}

/** `kubectl set env`. Upstream: kubectl/pkg/cmd/set/set_env.go. */
export const env: Command = {
  name: "env",
  summary: "Update environment variables on a pod template",
  usage: "RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]",
  examples: [["A variable of every container, and one less", "kubectl set env deployment/web COLOR=blue SIZE-"]],
  flags: [
    ...setFlags,
    flag("text", "containers,c", "Containers to change", { default: "*" }),
    flag("repeated", "env,e", "NAME=value, or - for lines that are piped in"),
    flag("bool", "list", "Print them"),
    flag("bool", "resolve", "With --list, what references stand for"),
    flag("text", "from", "configmap/NAME or secret/NAME"),
    flag("text", "prefix", "Before each name that --from gives"),
    flag("list", "keys", "The keys --from takes"),
    flag("bool", "overwrite", "Replace what is there", { default: "true" }),
  ],
  run(call) {
    const { named, words } = read(call);
    if (named.length === 0 && !hasManifests(call)) fail("one or more resources must be specified as <resource> <name> or <resource>/<name>");
    if (isLocal(call) && named.length > 0) findNamed(call, []);
    const changes = call.flags.bool("list") ? { wanted: [], removed: [] } : changesOf(call, words);
    const wanted = call.flags.text("containers");
    const picked = (containers: readonly Container[] | undefined): readonly Container[] => (containers ?? []).filter(({ name }) => wanted === "*" || wanted === name);
    return eachPod(call, named, { done: "env", refused: "failed to patch env update to pod template:" }, (info, pod) => {
      const [containers, initContainers] = [picked(pod.spec.containers), picked(pod.spec.initContainers)];
      if (containers.length + initContainers.length === 0) {
        call.err(`Warning: ${info.object.kind}/${info.ref.name} does not have any containers matching "${wanted}"\n`);
        return undefined;
      }
      if (call.flags.bool("list")) {
        for (const container of [...containers, ...initContainers]) list(call, info.object, container);
        return undefined;
      }
      return changed(call, `${info.type.plural}/${info.ref.name}`, pod, { containers, initContainers }, changes);
    }, call.flags.bool("list"));
  },
};

/** What the words name, and what they and `-e` say of variables. */
function read(call: Call): { readonly named: readonly string[]; readonly words: readonly string[] } {
  const all = [...call.words, ...call.flags.list("env")].flatMap((word) => (word === "-" ? piped(call) : [word]));
  return { named: splitWords(all).named, words: all };
}

function piped(call: Call): readonly string[] {
  return (call.io.stdin ?? "").split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

/** @throws {Failure} */
function changesOf(call: Call, words: readonly string[]): Changes {
  const { pairs } = splitWords(words);
  const removed = words.filter((word) => word.endsWith("-") && !word.includes("=")).map((word) => word.slice(0, -1));
  for (const [name] of pairs) {
    if (!NAME.test(name)) fail(`${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`);
    if (removed.includes(name)) fail("can not both modify and remove the same environment variable in the same command");
  }
  return { wanted: [...pairs.map(([name, value]): JsonObject => ({ name, value })), ...fromSource(call)], removed };
}

function fromSource(call: Call): readonly JsonObject[] {
  const from = call.flags.text("from");
  if (from === "") return [];
  const { infos, failures } = findObjects(call, [from], {});
  failAll(failures);
  const keys = call.flags.list("keys");
  return infos.flatMap(({ object, ref, type }) => {
    const kind = type.singular === "secret" ? "secretKeyRef" : type.singular === "configmap" ? "configMapKeyRef" : fail(`unsupported resource specified in --from`);
    const data = Object.keys(((object as unknown as JsonObject)["data"] ?? {}) as JsonObject).filter((key) => keys.length === 0 || keys.includes(key));
    return data.map((key): JsonObject => {
      const name = key.replace(/[^a-zA-Z0-9_]/g, "_").toUpperCase();
      if (name !== key) call.err(`Warning: key ${key} transferred to ${name}\n`);
      return { name: call.flags.text("prefix") + name, valueFrom: { [kind]: { name: ref.name, key } } };
    });
  });
}

type Picked = { readonly containers: readonly Container[]; readonly initContainers: readonly Container[] };

function changed(call: Call, name: string, { path }: PodPlace, picked: Picked, { wanted, removed }: Changes): { readonly body: JsonObject } | undefined {
  const taken = call.flags.bool("overwrite") ? undefined : [...picked.containers, ...picked.initContainers].flatMap(({ env: now = [] }) => now).find((variable) => wanted.some((one) => one["name"] === variable.name));
  if (taken !== undefined) fail(`${name} '${taken.name}' already has a value (${taken.value ?? ""}), and --overwrite is false`);
  const patch = (containers: readonly Container[]): readonly JsonObject[] =>
    containers.flatMap((container) => {
      const now = container.env ?? [];
      const gone = now.filter((variable) => removed.includes(variable.name)).map((variable): JsonObject => ({ name: variable.name, $patch: "delete" }));
      const fresh = wanted.filter((one) => !now.some((variable) => canonicalJson(variable as unknown as Json) === canonicalJson(one)));
      // What is said one way now may have been said the other way before.
      const whole = fresh.map((one): JsonObject => (now.some((variable) => variable.name === one["name"]) ? { value: null, valueFrom: null, ...one } : one));
      const order = [...new Set([...now.map(({ name: key }) => key).filter((key) => !removed.includes(key)), ...fresh.map((one) => String(one["name"]))])].map((key) => ({ name: key }));
      return gone.length + whole.length === 0 ? [] : [{ name: container.name, "$setElementOrder/env": order, env: [...whole, ...gone] }];
    });
  const [containers, initContainers] = [patch(picked.containers), patch(picked.initContainers)];
  if (containers.length + initContainers.length === 0) return undefined;
  return { body: nested(path, { ...(containers.length > 0 ? { containers } : {}), ...(initContainers.length > 0 ? { initContainers } : {}) }) };
}

function list(call: Call, object: KubeObject, container: Container): void {
  call.out(`# ${object.kind} ${object.metadata.name}, container ${container.name}\n`);
  for (const variable of container.env ?? []) {
    if (variable.valueFrom === undefined) call.out(`${variable.name}=${variable.value ?? ""}\n`);
    else if (call.flags.bool("resolve")) resolved(call, object, container, variable);
    else call.out(`# ${variable.name} from ${sourceText(variable)}\n`);
  }
}

function sourceText({ valueFrom }: EnvVar): string {
  if (valueFrom?.configMapKeyRef) return `configmap ${valueFrom.configMapKeyRef.name}, key ${valueFrom.configMapKeyRef.key}`;
  if (valueFrom?.secretKeyRef) return `secret ${valueFrom.secretKeyRef.name}, key ${valueFrom.secretKeyRef.key}`;
  if (valueFrom?.fieldRef) return `field path ${valueFrom.fieldRef.fieldPath}`;
  const ref = valueFrom?.resourceFieldRef;
  return ref ? `resource field ${ref.containerName === undefined || ref.containerName === "" ? "" : `${ref.containerName}.`}${ref.resource}` : "invalid valueFrom";
}

function resolved(call: Call, object: KubeObject, container: Container, variable: EnvVar): void {
  const value = valueOf(call, object, container, variable);
  if ("value" in value) call.out(`${variable.name}=${value.value}\n`);
  else {
    call.out(`# ${variable.name} from ${sourceText(variable)}\n`);
    call.err(`error retrieving reference for ${variable.name}: ${value.error}\n`);
  }
}

function valueOf(call: Call, object: KubeObject, container: Container, { valueFrom }: EnvVar): { readonly value: string } | { readonly error: string } {
  const kept = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
  if (kept) {
    const secret = valueFrom?.secretKeyRef !== undefined;
    const { infos, failures } = findObjects(call, [`${secret ? "secret" : "configmap"}/${kept.name}`], {});
    if (failures.length > 0) return { error: `${secret ? "secrets" : "configmaps"} ${JSON.stringify(kept.name)} not found` };
    const value = (((infos[0]?.object as unknown as JsonObject | undefined)?.["data"] ?? {}) as JsonObject)[kept.key];
    if (typeof value !== "string") return { error: `key ${kept.key} not found in ${secret ? "secret" : "config map"} ${kept.name}` };
    return { value: secret ? decodeBase64(value) : value };
  }
  if (valueFrom?.resourceFieldRef) return { value: amountOf(container, valueFrom.resourceFieldRef) };
  const field = valueFrom?.fieldRef?.fieldPath ?? "";
  if (field === "metadata.name") return { value: object.metadata.name };
  if (field === "metadata.namespace") return { value: object.metadata.namespace ?? "" };
  return { error: `unsupported fieldPath: ${field}` };
}
