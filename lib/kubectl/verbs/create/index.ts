import { ApiError, type KubeObject } from "@/lib/engine";
import { usageFailure, type Command, type Outcome } from "../../command";
import { doing, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { readManifests } from "../../manifests";
import { checkFormat, outputFlags, printOrSay } from "../../output/print-objects";
import { recorded, recordFlag } from "../../record";
import { fileFlags, selectorFlag } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, validateFlag, writeOptionsOf } from "../../writing";
import { annotated } from "../apply/three-way";
import { labelSelectorPicks } from "../apply/selection";
import { generators } from "./generators";

/** `kubectl create`. Upstream: kubectl/pkg/cmd/create. */
export const create: Command = {
  name: "create",
  summary: "Create a resource from a file or from stdin",
  usage: "-f FILENAME [options]",
  examples: [
    ["What a file describes", "kubectl create -f pod.yaml"],
    ["A deployment, as YAML to save and edit", "kubectl create deployment web --image=nginx --dry-run=client -o yaml"],
  ],
  flags: [...fileFlags, ...outputFlags, selectorFlag, dryRunFlag, validateFlag, recordFlag, flag("bool", "windows-line-endings", "Lines end as on Windows"), flag("bool", "save-config", "Keep the configuration for apply"), flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-create" }), flag("bool", "edit", "Edit first")],
  children: generators,
  run(call): Outcome {
    if (call.flags.list("filename").length === 0 && call.flags.text("kustomize") === "") {
      if (call.words.length > 0) usageFailure(call, `Unexpected args: [${call.words.join(" ")}]`);
      throw new Failure("error: must specify one of -f and -k");
    }
    if (call.words.length > 0) usageFailure(call, `Unexpected args: [${call.words.join(" ")}]`);
    checkFormat(call, false);
    const { wanted, failures } = readManifests(call, call.flags.text("validate") !== "false");
    const all: unknown[] = [];
    for (const item of labelSelectorPicks(call, wanted)) {
      const body = call.flags.bool("save-config") ? annotated(recorded(call, item.body)) : recorded(call, item.body);
      try {
        const object = dryRunOf(call) === "client" ? (body as unknown as KubeObject) : doing(`error when creating "${item.source}"`, () => call.client.create<KubeObject>(body, writeOptionsOf(call)));
        printOrSay(call, { type: item.type, object }, `created${dryRunSuffix(dryRunOf(call))}`);
      } catch (error) {
        if (!(error instanceof Failure) && !(error instanceof ApiError)) throw error;
        all.push(new Failure(failureText(error)));
      }
    }
    failAll([...all, ...failures]);
    return 0;
  },
};
