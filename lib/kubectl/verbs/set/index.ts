import type { Container, JsonObject, KubeObject, PodSpec } from "@/lib/engine";
import { type Call, type Command } from "../../command";
import { slashName, type Info } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag, type Flag } from "../../flags";
import { formatOf, outputFlags, printStructured } from "../../output/print-objects";
import { fileFlags, findObjects, selectorFlag } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, writeOptionsOf } from "../../writing";
import { write } from "../label/index";

const common: readonly Flag[] = [...fileFlags, ...outputFlags, selectorFlag, dryRunFlag, flag("bool", "all", "Every object of the kind"), flag("bool", "local", "Do not ask the server"), flag("text", "field-manager", "Name of the manager of the fields")];

/** The pod spec inside an object: its own, its template's, or its job template's. */
function podSpecOf(object: KubeObject): { readonly path: readonly string[]; readonly spec: PodSpec } | undefined {
  for (const path of [["spec", "template", "spec"], ["spec", "jobTemplate", "spec", "template", "spec"], ["spec"]]) {
    const found = path.reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as JsonObject)[key] : undefined), object);
    if (typeof found === "object" && found !== null && "containers" in found) return { path, spec: found as PodSpec };
  }
  return undefined;
}

function nested(path: readonly string[], value: JsonObject): JsonObject {
  return path.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), value);
}

function each(call: Call, words: readonly string[], what: string, act: (info: Info, pod: { readonly path: readonly string[]; readonly spec: PodSpec }) => JsonObject | undefined): number {
  const { infos, failures } = findObjects(call, words);
  const all: unknown[] = [...failures];
  for (const info of infos) {
    try {
      const pod = podSpecOf(info.object);
      if (pod === undefined) fail(`the ${info.object.kind} "${info.ref.name}" does not have a pod template`);
      const body = act(info, pod);
      if (body === undefined) continue;
      const dryRun = dryRunOf(call) !== "none";
      const object = call.client.patch<KubeObject>(info.ref, { type: "strategic", body }, { ...writeOptionsOf(call), dryRun });
      if (formatOf(call).name !== "") printStructured(call, [{ type: info.type, object }], true);
      else call.out(`${slashName(info.type, info.ref.name)} ${what} updated${dryRunSuffix(dryRunOf(call))}\n`);
    } catch (error) {
      all.push(new Failure(failureText(error)));
    }
  }
  failAll(all);
  return 0;
}

/** Splits words into what they name and `a=b` pairs. */
function split(call: Call): { readonly named: readonly string[]; readonly pairs: readonly (readonly [string, string])[] } {
  const named = call.words.filter((word) => !word.includes("=") && !word.endsWith("-"));
  const pairs = call.words.filter((word) => word.includes("=")).map((word): readonly [string, string] => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]);
  return { named, pairs };
}

const image: Command = {
  name: "image",
  summary: "Update the image of a pod template",
  usage: "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]",
  examples: [["A new version of a container", "kubectl set image deployment/web nginx=nginx:1.27"]],
  flags: common,
  run(call) {
    const { named, pairs } = split(call);
    if (named.length === 0 && call.flags.list("filename").length === 0) fail("one or more resources must be specified as <resource> <name> or <resource>/<name>");
    return each(call, named, "image", (_info, { path, spec }) => {
      if (pairs.length === 0) fail("at least one image update is required");
      const changed = (containers: readonly Container[] | undefined): readonly JsonObject[] =>
        (containers ?? []).flatMap((container) => {
          const to = pairs.findLast(([name]) => name === "*" || name === container.name)?.[1];
          return to === undefined || to === container.image ? [] : [{ name: container.name, image: to }];
        });
      for (const [name] of pairs) {
        if (name !== "*" && ![...spec.containers, ...(spec.initContainers ?? [])].some((container) => container.name === name)) fail(`unable to find container named "${name}"`);
      }
      const [containers, initContainers] = [changed(spec.containers), changed(spec.initContainers)];
      if (containers.length + initContainers.length === 0) return undefined;
      return nested(path, { ...(containers.length > 0 ? { containers } : {}), ...(initContainers.length > 0 ? { initContainers } : {}) });
    });
  },
};

const env: Command = {
  name: "env",
  summary: "Update environment variables on a pod template",
  usage: "RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]",
  flags: [...common, flag("text", "containers,c", "Containers to change", { default: "*" }), flag("bool", "list", "Print them"), flag("text", "from", "configmap/NAME or secret/NAME"), flag("bool", "overwrite", "Replace what is there", { default: "true" })],
  run(call) {
    const { named, pairs } = split(call);
    const removed = call.words.filter((word) => word.endsWith("-") && !word.includes("=")).map((word) => word.slice(0, -1));
    const wanted = call.flags.text("containers");
    return each(call, named, "env", (info, { path, spec }) => {
      const containers = spec.containers.filter(({ name }) => wanted === "*" || wanted === name);
      if (containers.length === 0) fail(`${info.object.kind} ${info.ref.name} does not have any containers matching "${wanted}"`);
      if (call.flags.bool("list")) {
        for (const container of containers) {
          call.out(`# ${slashName(info.type, info.ref.name)}, container ${container.name}\n`);
          for (const variable of container.env ?? []) if (variable.valueFrom === undefined) call.out(`${variable.name}=${variable.value ?? ""}\n`);
        }
        return undefined;
      }
      const changes = [...pairs.map(([name, value]): JsonObject => ({ name, value })), ...fromSource(call), ...removed.map((name): JsonObject => ({ name, $patch: "delete" }))];
      if (changes.length === 0) fail("at least one environment variable must be provided");
      return nested(path, { containers: containers.map(({ name }) => ({ name, env: changes })) });
    });
  },
};

function fromSource(call: Call): readonly JsonObject[] {
  const from = call.flags.text("from");
  if (from === "") return [];
  const { infos, failures } = findObjects(call, [from], {});
  failAll(failures);
  return infos.flatMap(({ object, ref, type }) => {
    const data = ((object as unknown as JsonObject)["data"] ?? {}) as JsonObject;
    const key = type.singular === "secret" ? "secretKeyRef" : "configMapKeyRef";
    return Object.keys(data).map((name): JsonObject => ({ name: name.toUpperCase().replace(/[-.]/g, "_"), valueFrom: { [key]: { name: ref.name, key: name } } }));
  });
}

const resources: Command = {
  name: "resources",
  summary: "Update resource requests/limits on objects with pod templates",
  usage: "(-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS]) [options]",
  flags: [...common, flag("text", "containers,c", "Containers to change", { default: "*" }), flag("text", "limits", "cpu=…,memory=…"), flag("text", "requests", "cpu=…,memory=…")],
  run(call) {
    const list = (text: string): JsonObject => Object.fromEntries(text.split(",").filter((pair) => pair !== "").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
    const [limits, requests] = [call.flags.text("limits"), call.flags.text("requests")];
    if (limits === "" && requests === "") fail("you must specify an update to requests or limits (in the form of --requests/--limits)");
    const wanted = call.flags.text("containers");
    const change = { resources: { ...(limits === "" ? {} : { limits: list(limits) }), ...(requests === "" ? {} : { requests: list(requests) }) } };
    return each(call, call.words, "resource requirements", (_info, { path, spec }) => nested(path, { containers: spec.containers.filter(({ name }) => wanted === "*" || wanted === name).map(({ name }) => ({ name, ...change })) }));
  },
};

const selector: Command = {
  name: "selector",
  summary: "Set the selector on a resource",
  usage: "(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version] [options]",
  flags: common,
  run(call) {
    const { named, pairs } = split(call);
    if (pairs.length === 0) fail("one or more selectors must be specified");
    const { infos, failures } = findObjects(call, named, {});
    failAll(failures);
    for (const info of infos) {
      if (info.type.singular !== "service") fail(`selector for ${info.object.kind} cannot be changed`);
      const before = (((info.object as unknown as JsonObject)["spec"] ?? {}) as JsonObject)["selector"] as JsonObject | undefined;
      const gone = Object.fromEntries(Object.keys(before ?? {}).map((key) => [key, null]));
      write(call, info, { spec: { selector: { ...gone, ...Object.fromEntries(pairs) } } });
      call.out(`${slashName(info.type, info.ref.name)} selector updated${dryRunSuffix(dryRunOf(call))}\n`);
    }
    return 0;
  },
};

/** `kubectl set`. */
export const set: Command = { name: "set", summary: "Set specific features on objects", children: [env, image, resources, selector] };
