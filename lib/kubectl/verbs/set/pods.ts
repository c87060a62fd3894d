import { ApiError, partsOfKind, strategicMergePatch, type Json, type JsonObject, type KubeObject, type PodSpec } from "@/lib/engine";
import type { Call } from "../../command";
import { slashName, type Info } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag, type Flag } from "../../flags";
import { formatOf, outputFlags, printStructured } from "../../output/print-objects";
import { fileFlags, findNamed, selectorFlag } from "../../resource-args";
import { asTyped, isLocal, localInfos } from "./local";
import { dryRunFlag, dryRunOf, dryRunSuffix, writeOptionsOf } from "../../writing";

/** Flags of every `kubectl set` command. */
export const setFlags: readonly Flag[] = [...fileFlags, ...outputFlags, selectorFlag, dryRunFlag, flag("bool", "all", "Every object of the kind"), flag("bool", "local", "Do not ask the server"), flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-set" })];

/** A pod spec and where it lies in its object. */
export interface PodPlace {
  readonly path: readonly string[];
  readonly spec: PodSpec;
}

/** The pod spec inside an object: its own, its template's, or its job template's. */
export function podSpecOf(object: KubeObject): PodPlace | undefined {
  for (const path of [["spec", "template", "spec"], ["spec", "jobTemplate", "spec", "template", "spec"], ["spec"]]) {
    const found = path.reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as JsonObject)[key] : undefined), object);
    if (typeof found === "object" && found !== null && "containers" in found) return { path, spec: found as PodSpec };
  }
  return undefined;
}

/** A value at a path, as a patch writes it. */
export function nested(path: readonly string[], value: JsonObject): JsonObject {
  return path.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), value);
}

/** What a change is called: in what is said of it, and in what is said when the server refuses it. */
export interface Change {
  readonly done: string;
  readonly refused: string;
}

/** What becomes of one object: the patch, if any, and what could not be done of it. */
export type Changed = { readonly body?: JsonObject; readonly problems?: readonly string[] } | undefined;

/** Patches each object that the words name. An object without pods is refused unless `forgiving`. @throws {Failure} when all is done, with all that went wrong */
export function eachPod(call: Call, words: readonly string[], change: Change, act: (info: Info, pod: PodPlace) => Changed, forgiving = false): number {
  const infos = wantedInfos(call, words);
  const all: unknown[] = [];
  for (const info of infos) {
    try {
      const pod = podSpecOf(info.object);
      if (pod === undefined && forgiving) continue;
      if (pod === undefined) return fail(`${info.type.plural}/${info.ref.name} the object is not a pod or does not have a pod template: *${info.type.version}.${partsOfKind(info.type.kind).kind}`);
      const changed = act(info, pod);
      for (const problem of changed?.problems ?? []) all.push(new Failure(`error: ${problem}`));
      if (changed?.body !== undefined) patchAndSay(call, info, changed.body, change);
    } catch (error) {
      all.push(new Failure(failureText(error)));
    }
  }
  // Only what went wrong before the server was asked brings the word along when there are several.
  failAll(all.length > 1 ? all.map((one) => new Failure(failureText(one).replace(/^error: (?=failed to patch)/, ""))) : all, true);
  return 0;
}

/** The objects that words or files name. @throws {Failure} */
export function wantedInfos(call: Call, words: readonly string[]): readonly Info[] {
  if (isLocal(call)) return localInfos(call, words);
  const { infos, failures } = findNamed(call, words);
  failAll(failures);
  return infos;
}

/** Sends a patch and says so. */
export function patchAndSay(call: Call, info: Info, body: JsonObject, { done, refused }: Change): void {
  const object = patched(call, info, body, refused);
  if (formatOf(call).name !== "") printStructured(call, [{ type: info.type, object }], true, true);
  else call.out(`${slashName(info.type, info.ref.name)} ${done} updated${dryRunSuffix(dryRunOf(call))}\n`);
}

function patched(call: Call, info: Info, body: JsonObject, refused: string): KubeObject {
  if (isLocal(call) || dryRunOf(call) === "client") {
    const object = strategicMergePatch(info.object as unknown as Json, body, info.type.kind) as unknown as KubeObject;
    return isLocal(call) ? asTyped(object) : object;
  }
  try {
    return call.client.patch<KubeObject>(info.ref, { type: "strategic", body }, writeOptionsOf(call));
  } catch (error) {
    if (error instanceof ApiError) return fail(`${refused} ${error.status.message}`);
    throw error;
  }
}

/** Splits words into what they name and `a=b` pairs. */
export function splitWords(words: readonly string[]): { readonly named: readonly string[]; readonly pairs: readonly (readonly [string, string])[] } {
  const named = words.filter((word) => !word.includes("=") && (!word.endsWith("-") || word === "-"));
  const pairs = words.filter((word) => word.includes("=")).map((word): readonly [string, string] => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]);
  return { named, pairs };
}
