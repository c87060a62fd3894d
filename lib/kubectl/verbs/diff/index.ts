import { createTwoFilesPatch } from "diff";
import { ApiError, fingerprint, threeWayMergePatch, threeWayStrategicPatch, timestamp, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { isStrategic, type Wanted } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { hasManifests, readManifests } from "../../manifests";
import { shown, yamlText } from "../../output/structured";
import { fileFlags, selectorFlag } from "../../resource-args";
import { labelSelectorPicks } from "../apply/selection";
import { annotated, LAST_APPLIED, savedConfig } from "../apply/three-way";

/** `kubectl diff`: what `apply` would change. Exit code 1 when something would. Upstream: kubectl/pkg/cmd/diff. */
export const diff: Command = {
  name: "diff",
  summary: "Diff the live version against a would-be applied version",
  usage: "-f FILENAME [options]",
  flags: [
    ...fileFlags,
    selectorFlag,
    flag("bool", "server-side", "Merge on the server instead of here"),
    flag("bool", "force-conflicts", "With --server-side, win every conflict"),
    flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-client-side-apply" }),
    flag("bool", "show-managed-fields", "Keep managedFields"),
    flag("bool", "show-secrets", "Show what is in Secrets"),
    flag("int", "concurrency", "Objects looked at at once", { default: "1" }),
  ],
  run(call) {
    try {
      return differences(call);
    } catch (error) {
      // One means a difference: what goes wrong must mean something else.
      if (error instanceof Failure || error instanceof ApiError) throw new Failure(failureText(error), 2);
      throw error;
    }
  },
};

function differences(call: Call): number {
  if (!hasManifests(call)) fail("must specify one of -f and -k");
  if (call.flags.bool("force-conflicts") && !call.flags.bool("server-side")) fail("--force-conflicts only works with --server-side");
  const { wanted, failures } = readManifests(call);
  const pairs = labelSelectorPicks(call, wanted).map((item) => pairOf(call, item));
  // The two folders are compared, file by file in order of name.
  const texts = [...pairs].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)).map((pair) => difference(call, pair)).filter((text) => text !== "");
  call.out(texts.join(""));
  failAll(failures);
  return texts.length > 0 ? 1 : 0;
}

/** An object before and after, as the text of a file each. */
interface Pair {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

function pairOf(call: Call, item: Wanted): Pair {
  const live = call.client.get<KubeObject>(item.ref.kind, item.ref);
  const after = merged(call, item, live);
  const file = [item.type.group, item.type.version, item.body["kind"], item.ref.namespace, item.ref.name].filter((part) => part !== "").join(".");
  const managed = call.flags.bool("show-managed-fields");
  const [one, other] = [live && shown(live, managed), shown(after, managed)];
  if (item.type.singular !== "secret" || call.flags.bool("show-secrets")) return { file, before: one ? yamlText(one) : "", after: yamlText(other) };
  const [left, right] = masked((one?.["data"] ?? {}) as JsonObject, (other["data"] ?? {}) as JsonObject);
  const withData = (object: JsonObject, data: JsonObject): string => yamlText(object["data"] === undefined ? object : { ...object, data });
  // Where there is no Secret yet, upstream's mask still makes a document of it.
  return { file, before: one ? withData(one, left) : "null\n", after: withData(other, right) };
}

/** The values of two Secrets hidden, so that it still shows which of them differ. Upstream: diff.Masker. */
function masked(before: JsonObject, after: JsonObject): readonly [JsonObject, JsonObject] {
  const hide = (own: JsonObject, other: JsonObject, word: string): JsonObject => Object.fromEntries(Object.keys(own).map((key) => [key, key in other && other[key] !== own[key] ? `*** (${word})` : "***"]));
  return [hide(before, after, "before"), hide(after, before, "after")];
}

function difference(call: Call, { file, before, after }: Pair): string {
  if (before === after) return "";
  const number = (word: string): number => parseInt(fingerprint(`${word}${call.io.cluster.now}`).slice(0, 8), 16);
  const [left, right] = [`/tmp/LIVE-${number("live")}/${file}`, `/tmp/MERGED-${number("merged")}/${file}`];
  const at = `${timestamp(call.io.cluster.now).replace("T", " ").replace("Z", "")}.000000000 +0000`;
  const patch = createTwoFilesPatch(left, right, before, after, at, at, { context: 3 });
  return `diff -u -N ${left} ${right}\n${patch.replace(/^=+\n/, "")}`;
}

function merged(call: Call, { ref, type, body }: Wanted, live: KubeObject | undefined): KubeObject {
  if (call.flags.bool("server-side")) {
    const manager = call.flags.given("field-manager") ? call.flags.text("field-manager") : "kubectl";
    return call.client.patch<KubeObject>(ref, { type: "apply", body, fieldManager: manager, force: call.flags.bool("force-conflicts") }, { dryRun: true });
  }
  if (!live) return call.client.create<KubeObject>(body, { dryRun: true });
  const document = live as unknown as JsonObject;
  const last = savedConfig(live.metadata.annotations?.[LAST_APPLIED]);
  const modified = withoutLastApplied(annotated(body));
  const patch = isStrategic(type) ? ({ type: "strategic", body: threeWayStrategicPatch(last, modified, document, type.kind) } as const) : ({ type: "merge", body: threeWayMergePatch(last, modified, document) } as const);
  return call.client.patch<KubeObject>(ref, patch, { dryRun: true });
}

/** Nothing is kept here: the annotation stays what it is. */
function withoutLastApplied(body: JsonObject): JsonObject {
  const { annotations, ...metadata } = body["metadata"] as JsonObject;
  const { [LAST_APPLIED]: _last, ...others } = (annotations ?? {}) as JsonObject;
  return { ...body, metadata: { ...metadata, annotations: others } };
}
