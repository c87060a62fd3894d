import { type Json, type KubeObject, type Patch } from "@/lib/engine";
import { parseYaml } from "@/lib/manifest";
import type { Call, Command } from "../../command";
import { isStrategic, kindText, slashName, type Info } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { readPath } from "../../io";
import { hasManifests } from "../../manifests";
import { formatOf, outputFlags, printStructured } from "../../output/print-objects";
import { fileFlags, findObjects } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, writeOptionsOf } from "../../writing";

/** `kubectl patch`. Upstream: kubectl/pkg/cmd/patch. */
export const patch: Command = {
  name: "patch",
  summary: "Update fields of a resource",
  usage: "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]",
  examples: [["Two replicas", `kubectl patch deployment web -p '{"spec":{"replicas":2}}'`]],
  flags: [...fileFlags, ...outputFlags, dryRunFlag, flag("text", "patch,p", "The patch, JSON or YAML"), flag("text", "patch-file", "File of the patch"), flag("text", "type", "json, merge or strategic", { default: "strategic" }), flag("text", "subresource", "status, scale or resize"), flag("bool", "local", "Do not ask the server"), flag("text", "field-manager", "Name of the manager of the fields")],
  run(call) {
    const type = call.flags.text("type").toLowerCase();
    if (!["json", "merge", "strategic"].includes(type)) fail(`--type must be one of [json merge strategic], not "${call.flags.text("type")}"`);
    const text = call.flags.given("patch-file") ? (readPath(call.io.files, call.flags.text("patch-file")) ?? fail(`unable to read patch file: open ${call.flags.text("patch-file")}: no such file or directory`)) : call.flags.text("patch");
    if (text === "") fail("must specify --patch or --patch-file containing the contents of the patch");
    if (call.words.length === 0 && !hasManifests(call)) fail("You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'");
    if (call.words.length === 1 && !call.words[0]?.includes("/")) fail("resource(s) were provided, but no name was specified");
    if (call.flags.bool("local") && call.words.length > 0) fail("cannot specify --local and server resources");
    const { infos, failures } = findObjects(call, call.words, {});
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

function patchOf(type: string, text: string): Patch {
  const { documents, problems } = parseYaml(text);
  const problem = problems.find(({ severity }) => severity === "error");
  if (problem !== undefined) return fail(`unable to parse ${JSON.stringify(text)}: ${String(problem.params["upstream"] ?? problem.code)}`);
  const value = (documents[0]?.value ?? null) as Json;
  if (type === "json") return Array.isArray(value) ? { type: "json", ops: value as readonly Json[] } : fail(`unable to parse ${JSON.stringify(text)}: json: cannot unmarshal object into Go value of type jsonpatch.Patch`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Failure(`Error from server (BadRequest): json: cannot unmarshal ${Array.isArray(value) ? "array" : typeof value} into Go value of type map[string]interface {}`);
  }
  return { type: type === "merge" ? "merge" : "strategic", body: value };
}

function patchOne(call: Call, info: Info, wanted: Patch): void {
  if (wanted.type === "strategic" && !isStrategic(info.type)) {
    fail(`application/strategic-merge-patch+json is not supported by ${kindText(info.type)}: the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`);
  }
  const dryRun = dryRunOf(call) !== "none";
  const sub = call.flags.text("subresource");
  if (sub !== "" && !info.type.definition.subresources.some((one) => one === sub)) throw new Failure("Error from server (NotFound): the server could not find the requested resource");
  const object = call.client.patch<KubeObject>(info.ref, wanted, { ...writeOptionsOf(call), dryRun, ...(sub === "status" || sub === "scale" || sub === "resize" ? { subresource: sub } : {}) });
  if (formatOf(call).name !== "") return printStructured(call, [{ type: info.type, object }], true);
  const same = !dryRun && object.metadata.resourceVersion === info.object.metadata.resourceVersion;
  // Upstream forgets to say that a dry run on the client's side was one.
  const suffix = dryRunOf(call) === "client" ? "" : dryRunSuffix(dryRunOf(call));
  call.out(`${sub === "scale" ? `scale.autoscaling/${info.ref.name}` : slashName(info.type, info.ref.name)} patched${same ? " (no change)" : ""}${suffix}\n`);
}
