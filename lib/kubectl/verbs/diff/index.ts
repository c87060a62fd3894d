import { createTwoFilesPatch } from "diff";
import { ApiError, strategicMergePatch, threeWayMergePatch, threeWayStrategicPatch, mergePatch, type Json, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import type { Wanted } from "../../discovery";
import { isStrategic } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { hasManifests, readManifests } from "../../manifests";
import { yamlText, shown } from "../../output/structured";
import { fileFlags, selectorFlag } from "../../resource-args";
import { annotated, LAST_APPLIED, savedConfig } from "../apply/three-way";

/** `kubectl diff`: what `apply` would change. Exit code 1 when something would. Upstream: kubectl/pkg/cmd/diff. */
export const diff: Command = {
  name: "diff",
  summary: "Diff the live version against a would-be applied version",
  usage: "-f FILENAME [options]",
  flags: [...fileFlags, selectorFlag],
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
  const { wanted, failures } = readManifests(call);
  const texts = wanted.map((item) => difference(call, item)).filter((text) => text !== "");
  call.out(texts.join(""));
  failAll(failures);
  return texts.length > 0 ? 1 : 0;
}

function difference(call: Call, item: Wanted): string {
  const live = call.client.get<KubeObject>(item.ref.kind, item.ref);
  const [before, after] = [live ? yamlText(clean(live)) : "", yamlText(clean(merged(call, item, live)))];
  if (before === after) return "";
  const file = [item.type.group, item.type.version, item.body["kind"], item.ref.namespace, item.ref.name].filter((part) => part !== "").join(".");
  const patch = createTwoFilesPatch(`/tmp/LIVE/${file}`, `/tmp/MERGED/${file}`, before, after, undefined, undefined, { context: 3 });
  return `diff -u -N /tmp/LIVE/${file} /tmp/MERGED/${file}\n${patch.replace(/^=+\n/, "")}`;
}

function merged(call: Call, { ref, type, body }: Wanted, live: KubeObject | undefined): KubeObject {
  const modified = annotated(body);
  if (!live) return call.client.create<KubeObject>(modified, { dryRun: true });
  const document = live as unknown as JsonObject;
  const last = savedConfig(live.metadata.annotations?.[LAST_APPLIED]);
  if (!isStrategic(type)) return mergePatch(document as Json, threeWayMergePatch(last, modified, document)) as unknown as KubeObject;
  const patched = strategicMergePatch(document as Json, threeWayStrategicPatch(last, modified, document, type.kind), ref.kind);
  return patched as unknown as KubeObject;
}

/** An object without what no manifest says. */
function clean(object: KubeObject): JsonObject {
  const { annotations, ...metadata } = object.metadata;
  const { [LAST_APPLIED]: _last, ...others } = annotations ?? {};
  return shown({ ...object, metadata: { ...metadata, ...(Object.keys(others).length > 0 ? { annotations: others } : {}) } });
}
