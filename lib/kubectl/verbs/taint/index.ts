import type { Json, Node, Taint } from "@/lib/engine";
import { usageFailure, type Call, type Command } from "../../command";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { findObjects, selectorFlag } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix } from "../../writing";
import { write } from "../label/index";

const EFFECTS: ReadonlySet<string> = new Set(["NoSchedule", "PreferNoSchedule", "NoExecute"]);

interface Change {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly remove: boolean;
}

/** `kubectl taint`. Upstream: kubectl/pkg/cmd/taint. */
export const taint: Command = {
  name: "taint",
  summary: "Update the taints on one or more nodes",
  usage: "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]",
  examples: [
    ["Keep pods off a node", "kubectl taint nodes node-1 dedicated=db:NoSchedule"],
    ["Take the taint away", "kubectl taint nodes node-1 dedicated:NoSchedule-"],
  ],
  flags: [selectorFlag, dryRunFlag, flag("bool", "all", "Every node"), flag("bool", "overwrite", "Replace taints of the same key and effect")],
  run(call) {
    const isTaint = (word: string): boolean => /[=:]/.test(word) || (word.endsWith("-") && word.length > 1);
    const named = call.words.filter((word) => !isTaint(word));
    const changes = call.words.filter(isTaint).map((word) => parse(call, word));
    if (named.length === 0) fail("one or more resources must be specified as <resource> <name> or <resource>/<name>");
    if (changes.length === 0) fail("at least one taint update is required");
    const selecting = call.flags.bool("all") || call.flags.text("selector") !== "";
    if (named.length === 1 && !named[0]?.includes("/") && !selecting) fail("one or more nodes must be specified, or use --all");
    const { infos, failures } = findObjects(call, named);
    const all: unknown[] = [...failures];
    for (const info of infos) {
      try {
        const { taints, verb } = changed(call, info.object as Node, changes);
        if (dryRunOf(call) === "none") write(call, info, { spec: { taints: taints as unknown as Json } });
        call.out(`node/${info.ref.name} ${verb}${dryRunSuffix(dryRunOf(call))}\n`);
      } catch (error) {
        all.push(new Failure(failureText(error)));
      }
    }
    failAll(all);
    return 0;
  },
};

function parse(call: Call, word: string): Change {
  const remove = word.endsWith("-");
  const text = remove ? word.slice(0, -1) : word;
  const colon = text.lastIndexOf(":");
  const effect = colon < 0 ? "" : text.slice(colon + 1);
  const pair = colon < 0 ? text : text.slice(0, colon);
  const equals = pair.indexOf("=");
  const [key, value] = equals < 0 ? [pair, undefined] : [pair.slice(0, equals), pair.slice(equals + 1)];
  if (effect === "" && !remove) usageFailure(call, `invalid taint spec: ${word}`);
  if (effect !== "" && !EFFECTS.has(effect)) usageFailure(call, `invalid taint effect: ${effect}, unsupported taint effect`);
  return { key, ...(value === undefined ? {} : { value }), effect, remove };
}

function changed(call: Call, node: Node, changes: readonly Change[]): { readonly taints: readonly Taint[]; readonly verb: string } {
  const before = node.spec.taints ?? [];
  const same = (taint: Taint, change: Change): boolean => taint.key === change.key && (change.effect === "" || taint.effect === change.effect);
  const added = changes.filter((change) => !change.remove);
  const removed = changes.filter((change) => change.remove);
  for (const change of removed) {
    if (!before.some((taint) => same(taint, change))) fail(`taint "${change.effect === "" ? change.key : `${change.key}:${change.effect}`}" not found`);
  }
  const clash = added.some((change) => before.some((taint) => same(taint, change)));
  if (clash && !call.flags.bool("overwrite")) fail(`node ${node.metadata.name} already has ${added.map(({ key }) => key).join(",")} taint(s) with same effect(s) and --overwrite is false`);
  const kept = before.filter((taint) => !changes.some((change) => same(taint, change)));
  const fresh = added.map((change): Taint => ({ key: change.key, ...(change.value === undefined ? {} : { value: change.value }), effect: change.effect as Taint["effect"] }));
  const verb = added.length === 0 ? "untainted" : clash || removed.length > 0 ? "modified" : "tainted";
  return { taints: [...fresh, ...kept], verb };
}
