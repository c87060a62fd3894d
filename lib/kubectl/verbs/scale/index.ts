import { ApiError, mergePatch, valueAtPath, type Json, type JsonObject, type KubeObject } from "@/lib/engine";
import { requireFlags, type Command } from "../../command";
import { slashName } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { recorded, recordFlag } from "../../record";
import { formatOf, outputFlags, printStructured } from "../../output/print-objects";
import { fileFlags, findObjects, missing, selectorFlag } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix } from "../../writing";
import { write } from "../label/index";

/** `kubectl scale`. Upstream: kubectl/pkg/cmd/scale. */
export const scale: Command = {
  name: "scale",
  summary: "Set a new size for a deployment, replica set, or replication controller",
  usage: "[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]",
  examples: [["Three copies", "kubectl scale deployment web --replicas=3"]],
  flags: [
    ...fileFlags,
    ...outputFlags,
    selectorFlag,
    recordFlag,
    dryRunFlag,
    flag("int", "replicas", "How many copies", { default: "0" }),
    flag("int", "current-replicas", "Only if there are so many now", { default: "-1" }),
    flag("text", "resource-version", "Only at this version"),
    flag("bool", "all", "Every object of the kind"),
    flag("duration", "timeout", "How long to wait", { default: "0s" }),
  ],
  run(call) {
    requireFlags(call, "replicas");
    const replicas = call.flags.int("replicas");
    if (replicas < 0) fail("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
    if (call.words.length === 0 && !hasManifests(call)) fail("You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'");
    const { infos, failures } = findObjects(call, call.words);
    const all: unknown[] = [...failures];
    for (const info of infos) {
      try {
        if (!info.type.definition.subresources.includes("scale")) throw info.type.definition.custom === undefined ? new Failure("Error from server (NotFound): the server could not find the requested resource") : missing(info.type, info.ref.name);
        const path = info.type.definition.custom?.scale?.spec ?? ["spec", "replicas"];
        const now = valueAtPath(info.object, path) ?? 1;
        const version = call.flags.text("resource-version");
        if (version !== "" && version !== info.object.metadata.resourceVersion) fail(`Expected resource version to be ${version}, was ${info.object.metadata.resourceVersion ?? ""}`);
        const expected = call.flags.int("current-replicas");
        if (expected >= 0 && now !== expected) fail(`Expected replicas to be ${expected}, was ${String(now)}`);
        const body = path.reduceRight<Json>((inner, name) => ({ [name]: inner }), replicas) as JsonObject;
        write(call, info, recorded(call, body));
        if (formatOf(call).name === "") call.out(`${slashName(info.type, info.ref.name)} scaled${dryRunSuffix(dryRunOf(call))}\n`);
        else printStructured(call, [{ type: info.type, object: mergePatch(info.object as unknown as Json, body) as unknown as KubeObject }], true);
      } catch (error) {
        if (!(error instanceof Failure) && !(error instanceof ApiError)) throw error;
        all.push(new Failure(failureText(error)));
      }
    }
    if (infos.length === 0 && all.length === 0) fail("no objects passed to scale");
    failAll(all);
    return 0;
  },
};
