import { ApiError, applyJsonPatch, goSyntaxProblem, mergePatch, patchedJson, strategicMergePatch, unstructuredProblem, type Json, type JsonObject, type KubeObject, type Patch } from "@/lib/engine";
import { parseYaml } from "@/lib/manifest";
import type { Call, Command } from "../../command";
import { isStrategic, kindText, slashName, type Info } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { readPath } from "../../io";
import { hasManifests, localObjects } from "../../manifests";
import { goText } from "../../output/go-text";
import { formatOf, outputFlags, printStructured } from "../../output/print-objects";
import { recorded, recordFlag } from "../../record";
import { fileFlags, findObjects } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, writeOptionsOf } from "../../writing";

/** `kubectl patch`. Upstream: kubectl/pkg/cmd/patch. */
export const patch: Command = {
  name: "patch",
  summary: "Update fields of a resource",
  usage: "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]",
  examples: [["Two replicas", `kubectl patch deployment web -p '{"spec":{"replicas":2}}'`]],
  flags: [...fileFlags, ...outputFlags, dryRunFlag, recordFlag, flag("text", "patch,p", "The patch, JSON or YAML"), flag("text", "patch-file", "File of the patch"), flag("text", "type", "json, merge or strategic", { default: "strategic" }), flag("text", "subresource", "status, scale or resize"), flag("bool", "local", "Do not ask the server"), flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-patch" })],
  run(call) {
    const type = call.flags.text("type").toLowerCase();
    if (!["json", "merge", "strategic"].includes(type)) fail(`--type must be one of [json merge strategic], not "${call.flags.text("type")}"`);
    const text = call.flags.given("patch-file") ? (readPath(call.io.files, call.flags.text("patch-file")) ?? fail(`unable to read patch file: open ${call.flags.text("patch-file")}: no such file or directory`)) : call.flags.text("patch");
    if (text === "") fail("must specify --patch or --patch-file containing the contents of the patch");
    if (call.words.length === 0 && !hasManifests(call)) fail("You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'");
    if (call.words.length === 1 && !call.words[0]?.includes("/")) fail("resource(s) were provided, but no name was specified");
    if (call.flags.bool("local") && call.words.length > 0) fail("cannot specify --local and server resources");
    const { infos, failures } = call.flags.bool("local") ? localObjects(call) : findObjects(call, call.words, {});
    const all: unknown[] = [...failures];
    for (const info of infos) {
      try {
        patchOne(call, info, patchOf(type, text));
      } catch (error) {
        all.push(new Failure(failureText(error)));
      }
    }
    failAll(all);
    return 0;
  },
};

/** What begins like JSON goes to the server as it is, which says what is wrong with it. Upstream: apimachinery/pkg/util/yaml `ToJSON`. @throws {Failure} */
function valueOf(type: string, text: string): Json {
  const problem = text.trimStart().startsWith("{") ? goSyntaxProblem(text) : undefined;
  if (problem !== undefined) throw unread(type, problem);
  const { documents, problems } = parseYaml(text);
  const error = problems.find(({ severity }) => severity === "error");
  if (error !== undefined) return fail(`unable to parse ${JSON.stringify(text)}: ${String(error.params["upstream"] ?? error.code)}`);
  return (documents[0]?.value ?? null) as Json;
}

/** Strategic patches are read elsewhere than the others, and complained of without a word before. */
function unread(type: string, problem: string): Failure {
  return new Failure(`Error from server (BadRequest): ${type === "strategic" ? "" : "error decoding patch: "}${problem}`);
}

function patchOf(type: string, text: string): Patch {
  const value = valueOf(type, text);
  const found = Array.isArray(value) ? "array" : value === null ? "null" : typeof value === "boolean" ? "bool" : typeof value;
  if (type === "json") {
    if (Array.isArray(value)) return { type: "json", ops: value as readonly Json[] };
    throw unread(type, `json: cannot unmarshal ${found} into Go value of type []handlers.jsonPatchOp`);
  }
  if (found !== "object") throw unread(type, `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
  return { type: type === "merge" ? "merge" : "strategic", body: value };
}

/** The object with the patch in it, without asking the server. @throws {Failure} */
function patchedHere(info: Info, wanted: Patch): KubeObject {
  const object = info.object as unknown as Json;
  if (wanted.type === "strategic") return strategicMergePatch(object, wanted.body, info.type.kind) as unknown as KubeObject;
  if (wanted.type !== "json") return mergePatch(object, wanted.body) as unknown as KubeObject;
  const result = applyJsonPatch(object, wanted.ops);
  return "error" in result ? fail(result.error) : (result.result as unknown as KubeObject);
}

const UNFIT = "the server rejected our request due to an error in our request";

/** What the server says of a patch that fits the language but not the object. Upstream: apiserver/pkg/endpoints/handlers/patch.go. */
function refusalOf(error: unknown, info: Info, wanted: Patch): unknown {
  if (!(error instanceof ApiError) || wanted.type === "apply") return error;
  const { code, message } = error.status;
  if (wanted.type === "json" && message === UNFIT) return new Failure(`The request is invalid: ${message}`);
  if (code !== 400) return error;
  const [, keyless, key = ""] = /^map: (\{.*\}) does not contain declared merge key: (.*)$/s.exec(message) ?? [];
  if (keyless !== undefined) return new Failure(`Error from server: map: ${goText(JSON.parse(keyless))} does not contain declared merge key: ${key}`);
  const [, problem] = /cannot be handled as a \w+: ((?:strict decoding error|json): .*)$/s.exec(message) ?? [];
  if (problem === undefined) return error;
  const [shown, why] = wanted.type === "strategic" ? [goText(wanted.body), unstructuredProblem(problem)] : [patchedJson(info.type.definition, info.object as unknown as JsonObject, wanted) ?? "", problem];
  return new Failure(`The request is invalid: patch: Invalid value: ${JSON.stringify(shown)}: ${why}`);
}

type Part = "status" | "scale" | "resize";

function sent(call: Call, info: Info, wanted: Patch): KubeObject {
  const sub = call.flags.text("subresource");
  try {
    return call.client.patch<KubeObject>(info.ref, wanted, { ...writeOptionsOf(call), ...(sub === "" ? {} : { subresource: sub as Part }) });
  } catch (error) {
    throw refusalOf(error, info, wanted);
  }
}

function patchOne(call: Call, info: Info, wanted: Patch): void {
  if (wanted.type === "strategic" && !isStrategic(info.type)) {
    fail(`application/strategic-merge-patch+json is not supported by ${kindText(info.type)}: the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`);
  }
  const sub = call.flags.text("subresource");
  if (sub !== "" && !info.type.definition.subresources.some((one) => one === sub)) throw new Failure("Error from server (NotFound): the server could not find the requested resource");
  const here = call.flags.bool("local") || dryRunOf(call) === "client";
  const changed = here ? patchedHere(info, wanted) : sent(call, info, wanted);
  const cause = recorded(call, {});
  const object = here || sub !== "" || Object.keys(cause).length === 0 ? changed : call.client.patch<KubeObject>(info.ref, { type: "merge", body: cause }, writeOptionsOf(call));
  if (formatOf(call).name !== "") return printStructured(call, [{ type: info.type, object }], true);
  const same = dryRunOf(call) === "none" && object.metadata.resourceVersion === info.object.metadata.resourceVersion;
  // Upstream forgets to say that a dry run on the client's side was one.
  const suffix = dryRunOf(call) === "client" ? "" : dryRunSuffix(dryRunOf(call));
  call.out(`${sub === "scale" ? `scale.autoscaling/${info.ref.name}` : slashName(info.type, info.ref.name)} patched${same ? " (no change)" : ""}${suffix}\n`);
}
