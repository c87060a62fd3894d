import { ApiError, kindId, threeWayMergePatch, threeWayStrategicPatch, type Json, type JsonObject, type KubeObject, type Patch } from "@/lib/engine";
import { toCompactJson, type Json as ManifestJson } from "@/lib/manifest";
import type { Call, Command } from "../../command";
import { isStrategic, type Info } from "../../discovery";
import { fail, failAll, Failure } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { outputFlags, printOrSay } from "../../output/print-objects";
import { shown } from "../../output/structured";
import { fileFlags, findNamed, findObjects } from "../../resource-args";
import { validateFlag, writeOptionsOf } from "../../writing";
import { annotated } from "../apply/three-way";
import { edited, keep, preserved } from "./editor";

/** `kubectl edit`: only where the terminal has an editor. Upstream: kubectl/pkg/cmd/edit, util/editor. */
export const edit: Command = {
  name: "edit",
  summary: "Edit a resource on the server",
  usage: "(RESOURCE/NAME | -f FILENAME) [options]",
  flags: [
    ...fileFlags,
    ...outputFlags,
    validateFlag,
    flag("bool", "save-config", "Keep the configuration for apply"),
    flag("bool", "output-patch", "Print the patch"),
    flag("bool", "windows-line-endings", "Lines end as on Windows"),
    flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-edit" }),
    flag("text", "subresource", "Subresource to edit"),
  ],
  run(call) {
    if (call.words.length === 0 && !hasManifests(call)) findNamed(call, []);
    const { infos, failures } = findObjects(call, call.words, {});
    failAll(failures);
    if (infos.length === 0) return fail("edit cancelled, no objects found");
    const objects = infos.map(({ object }) => shown(object, call.flags.bool("show-managed-fields")));
    const [first] = infos as readonly [Info];
    const result = edited(call, { objects, json: call.flags.text("output") === "json" }, `${first.type.qualified} "${first.ref.name}"`);
    if ("cancelled" in result) call.err(`${result.cancelled}\n`);
    else for (const body of result.bodies) save(call, infos, objects, body, result.text);
    return 0;
  },
};

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Sends what was changed of one object. @throws {Failure} */
function save(call: Call, infos: readonly Info[], before: readonly JsonObject[], body: JsonObject, text: string): void {
  const none = "Edit cancelled, no valid changes were saved.";
  const metadata = isObject(body["metadata"]) ? body["metadata"] : {};
  // What is no object any more is not even looked at.
  if (["labels", "annotations"].some((key) => metadata[key] !== undefined && metadata[key] !== null && !isObject(metadata[key]))) throw preserved(call, text, none);
  const at = infos.length === 1 ? 0 : infos.findIndex(({ object }) => object.metadata.uid === metadata["uid"]);
  const [info, original] = [infos[at], before[at]];
  if (info === undefined || original === undefined) throw preserved(call, text, "no original object found");
  const head = `error: ${info.type.qualified} "${info.ref.name}" is invalid\n`;
  if (body["kind"] !== original["kind"]) throw preserved(call, text, none, head);
  if (metadata["name"] !== info.ref.name || kindId(String(body["apiVersion"]), String(body["kind"])) !== info.type.kind) throw preserved(call, text, "At least one of apiVersion, kind and name was changed");
  const wanted = call.flags.bool("save-config") ? annotated(body) : body;
  const patch = patchOf(info, original, wanted);
  if (Object.keys(patch.body as JsonObject).length === 0) return printOrSay(call, info, "skipped");
  if (call.flags.bool("output-patch")) call.out(`Patch: ${toCompactJson(JSON.parse(JSON.stringify(patch.body)) as ManifestJson)}\n`);
  try {
    const sub = call.flags.text("subresource");
    const object = call.client.patch<KubeObject>(info.ref, patch, { ...writeOptionsOf(call), ...(sub === "status" || sub === "resize" ? { subresource: sub } : {}) });
    printOrSay(call, { type: info.type, object }, "edited");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw refused(call, info, error, text, head);
  }
}

function patchOf({ type }: Info, original: JsonObject, wanted: JsonObject): Exclude<Patch, { readonly type: "json" | "apply" }> {
  if (isStrategic(type)) return { type: "strategic", body: threeWayStrategicPatch(original, wanted, original, type.kind) };
  return { type: "merge", body: threeWayMergePatch(original, wanted, original) };
}

/** What the server would not take: opened again, it is left as it is. */
function refused(call: Call, { type, ref }: Info, { status }: ApiError, text: string, head: string): Failure {
  if (status.reason === "Invalid" || status.code === 400) return preserved(call, text, "Edit cancelled, no valid changes were saved.", head);
  const path = keep(call, text);
  if (status.code === 404) return new Failure(`error: ${type.qualified} "${ref.name}" could not be found on the server\nThe edits you made on deleted resources have been saved to "${path}"`);
  return new Failure(`error: ${type.qualified} "${ref.name}" could not be patched: ${status.message}\nYou can run \`kubectl replace -f ${path}\` to try this update again.`);
}
