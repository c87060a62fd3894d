/** What was applied last: looked at, set and edited. Upstream: kubectl/pkg/cmd/apply/apply_{view,set,edit}_last_applied.go. */
import type { JsonObject, KubeObject } from "@/lib/engine";
import { toCompactJson, toYaml, type Json as ManifestJson } from "@/lib/manifest";
import { usageFailure, type Call, type Command } from "../../command";
import type { Info, Wanted } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { hasManifests, readManifests } from "../../manifests";
import { outputFlags, printOrSay } from "../../output/print-objects";
import { fileFlags, findNamed, findObjects, missing, selectorFlag } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, validateFlag, writeOptionsOf } from "../../writing";
import { edited, preserved } from "../edit/editor";
import { LAST_APPLIED, savedConfig } from "./three-way";

/** The JSON as it was kept, with two blanks for each level. */
function indented(saved: string): string {
  const text = JSON.stringify(savedConfig(saved), undefined, 2).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  return `${text}${saved.endsWith("\n") ? "\n" : ""}`;
}

const view: Command = {
  name: "view-last-applied",
  summary: "View the latest last-applied-configuration annotations of a resource or object",
  usage: "(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME) [options]",
  flags: [...fileFlags, selectorFlag, flag("text", "output,o", "json or yaml", { default: "yaml" }), flag("bool", "all", "Every object of the kind")],
  run(call) {
    const output = call.flags.text("output");
    if (call.words.length === 0 && !hasManifests(call)) {
      fail("You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'");
    }
    const { infos, failures } = findObjects(call, call.words);
    failAll(failures);
    for (const { object } of infos) {
      const saved = object.metadata.annotations?.[LAST_APPLIED];
      if (saved === undefined) continue;
      if (output !== "json" && output !== "yaml") usageFailure(call, `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`, "for help and examples");
      call.out(output === "json" ? indented(saved) : toYaml(savedConfig(saved) as ManifestJson));
    }
    return 0;
  },
};

/** The file's object as the annotation keeps it. */
function keptText(body: JsonObject): string {
  const { annotations, ...metadata } = body["metadata"] as JsonObject;
  const { [LAST_APPLIED]: _old, ...others } = (annotations ?? {}) as JsonObject;
  const kept = annotations === undefined || annotations === null ? metadata : { ...metadata, annotations: others };
  return `${toCompactJson(JSON.parse(JSON.stringify({ ...body, metadata: kept })) as ManifestJson)}\n`;
}

/** The text to keep of an object; undefined where it is kept already. @throws {Failure} */
function changeOf(call: Call, { type, ref, body }: Wanted): string | undefined {
  const live = call.client.get<KubeObject>(ref.kind, ref);
  if (live === undefined) throw missing(type, ref.name);
  const saved = live.metadata.annotations?.[LAST_APPLIED];
  if (saved === undefined && !call.flags.bool("create-annotation")) fail(`no last-applied-configuration annotation found on resource: ${ref.name}, to create the annotation, run the command with --create-annotation`);
  const text = keptText(body);
  if (saved !== text) return text;
  call.out(`set-last-applied ${ref.name}: no changes required.\n`);
  return undefined;
}

const set: Command = {
  name: "set-last-applied",
  summary: "Set the last-applied-configuration annotation on a live object to match the contents of a file",
  usage: "-f FILENAME [options]",
  flags: [...fileFlags, ...outputFlags, dryRunFlag, flag("bool", "create-annotation", "Also where there is none yet")],
  run(call) {
    if (!hasManifests(call)) fail("must specify one of -f and -k");
    const { wanted, failures } = readManifests(call);
    const all: unknown[] = [...failures];
    const changes: (readonly [Wanted, string])[] = [];
    for (const one of wanted) {
      try {
        const text = changeOf(call, one);
        if (text !== undefined) changes.push([one, text]);
      } catch (error) {
        all.push(new Failure(failureText(error)));
      }
    }
    failAll(all);
    for (const [{ type, ref }, text] of changes) {
      const body = { metadata: { annotations: { [LAST_APPLIED]: text } } };
      const client = dryRunOf(call) === "client";
      const object = client ? call.client.get<KubeObject>(ref.kind, ref) : call.client.patch<KubeObject>(ref, { type: "merge", body }, writeOptionsOf(call));
      if (object) printOrSay(call, { type, object }, `configured${dryRunSuffix(dryRunOf(call))}`);
    }
    return 0;
  },
};

/** What was kept of each object. @throws {Failure} where nothing was */
function keptOf(infos: readonly Info[]): readonly JsonObject[] {
  const kept = infos.flatMap(({ object }) => (object.metadata.annotations?.[LAST_APPLIED] === undefined ? [] : [savedConfig(object.metadata.annotations[LAST_APPLIED])]));
  return kept.length > 0 ? kept : fail("no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`");
}

const editLast: Command = {
  name: "edit-last-applied",
  summary: "Edit latest last-applied-configuration annotations of a resource/object",
  usage: "(RESOURCE/NAME | -f FILENAME) [options]",
  flags: [...fileFlags, ...outputFlags, validateFlag, flag("bool", "windows-line-endings", "Lines end as on Windows"), flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-client-side-apply" })],
  run(call) {
    if (call.words.length === 0 && !hasManifests(call)) findNamed(call, []);
    const { infos, failures } = findObjects(call, call.words, {});
    failAll(failures);
    const before = keptOf(infos);
    const [first] = infos;
    const result = edited(call, { objects: before, json: call.flags.text("output") === "json", lastApplied: true }, `${first?.type.qualified ?? ""} "${first?.ref.name ?? ""}"`);
    if ("cancelled" in result) call.err(`${result.cancelled}\n`);
    else for (const body of result.bodies) keepEdited(call, infos, body, result.text);
    return 0;
  },
};

function keepEdited(call: Call, infos: readonly Info[], body: JsonObject, text: string): void {
  const name = ((body["metadata"] ?? {}) as JsonObject)["name"];
  const info = infos.find(({ ref, object }) => ref.name === name && object.kind === body["kind"]);
  if (info === undefined) throw preserved(call, text, "At least one of apiVersion, kind and name was changed");
  const kept = `${toCompactJson(JSON.parse(JSON.stringify(body)) as ManifestJson)}\n`;
  if (kept === info.object.metadata.annotations?.[LAST_APPLIED]) return printOrSay(call, info, "skipped");
  call.client.patch<KubeObject>(info.ref, { type: "merge", body: { metadata: { annotations: { [LAST_APPLIED]: kept } } } }, writeOptionsOf(call));
  printOrSay(call, { type: info.type, object: body as unknown as KubeObject }, "edited");
}

/** Commands under `kubectl apply`. */
export const lastApplied: readonly Command[] = [editLast, set, view];
