import type { Call, Command } from "../../command";
import { slashName, type Info, type Wanted } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { hasManifests, readManifests } from "../../manifests";
import { checkFormat, formatOf, outputFlags, printStructured } from "../../output/print-objects";
import { recorded, recordFlag } from "../../record";
import { fileFlags, selectorFlag } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, validateFlag } from "../../writing";
import { checkPrune, prune } from "./prune";
import { lastApplied } from "./last-applied";
import { applyOne } from "./three-way";
import { labelSelectorPicks } from "./selection";

/** `kubectl apply`. Upstream: kubectl/pkg/cmd/apply. */
export const apply: Command = {
  name: "apply",
  summary: "Apply a configuration to a resource by file name or stdin",
  usage: "(-f FILENAME | -k DIRECTORY) [options]",
  examples: [
    ["What a file asks for", "kubectl apply -f web.yaml"],
    ["Every manifest of a folder", "kubectl apply -f manifests/"],
    ["What is piped in", "cat web.yaml | kubectl apply -f -"],
  ],
  flags: [
    ...fileFlags,
    ...outputFlags,
    selectorFlag,
    recordFlag,
    dryRunFlag,
    validateFlag,
    flag("bool", "server-side", "Merge on the server instead of here"),
    flag("bool", "force-conflicts", "With --server-side, win every conflict"),
    flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-client-side-apply" }),
    flag("bool", "force", "Delete and create again what cannot be changed"),
    flag("bool", "prune", "Delete what was applied before and is no longer in the files"),
    flag("bool", "all", "With --prune, everything"),
    flag("repeated", "prune-allowlist", "With --prune, only these kinds"),
    flag("bool", "overwrite", "Resolve conflicts with what the file says", { default: "true" }),
    flag("bool", "wait", "Wait until what is deleted is gone"),
    flag("int", "grace-period", "Seconds for what is deleted", { default: "-1" }),
    flag("text", "cascade", "How what is deleted treats what it owns", { default: "background", bare: "background" }),
    flag("duration", "timeout", "How long to wait", { default: "0s" }),
    flag("text", "subresource", "With --server-side, the part to apply"),
    flag("bool", "openapi-patch", "Use the schema to merge", { default: "true" }),
  ],
  children: lastApplied,
  run(call) {
    if (call.words.length > 0) fail(`Unexpected args: [${call.words.join(" ")}]\nSee '${call.path} -h' for help and examples`);
    if (!hasManifests(call)) fail("must specify one of -f and -k");
    checkServerSide(call);
    if (call.flags.bool("prune")) checkPrune(call);
    checkFormat(call, false);
    const { wanted, failures } = readManifests(call, call.flags.text("validate") !== "false");
    const picked = labelSelectorPicks(call, wanted);
    const printed: Info[] = [];
    const all: unknown[] = [...failures];
    for (const item of picked) {
      try {
        applyAndSay(call, { ...item, body: recorded(call, item.body) }, printed);
      } catch (error) {
        all.push(new Failure(failureText(error)));
      }
    }
    if (formatOf(call).name !== "" && printed.length > 0) printStructured(call, printed, picked.length === 1);
    if (call.flags.bool("prune") && all.length === 0) prune(call, picked);
    failAll(all);
    return 0;
  },
};

/** What goes with `--server-side`, and what does not. Upstream: ApplyFlags.ToOptions and ApplyOptions.Validate. */
function checkServerSide(call: Call): void {
  const { flags } = call;
  const serverSide = flags.bool("server-side");
  if (serverSide && dryRunOf(call) === "client") fail("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  if (flags.bool("force-conflicts") && !serverSide) fail("--force-conflicts only works with --server-side");
  if (flags.bool("force") && serverSide) fail("--force cannot be used with --server-side");
}

function applyAndSay(call: Call, wanted: Wanted, printed: Info[]): void {
  const { object, verb } = applyOne(call, wanted);
  if (formatOf(call).name === "") call.out(`${slashName(wanted.type, object.metadata.name)} ${verb}${dryRunSuffix(dryRunOf(call))}\n`);
  else printed.push({ type: wanted.type, ref: wanted.ref, object, source: wanted.source });
}
