import { NODE, type Json, type Node, type Taint } from "@/lib/engine";
import { usageFailure, type Call, type Command } from "../../command";
import { typeNamed } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { formatOf, outputFlags, printStructured } from "../../output/print-objects";
import { findObjects, selectorFlag } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, validateFlag } from "../../writing";
import { write } from "../label/index";

const EFFECTS: ReadonlySet<string> = new Set(["NoSchedule", "PreferNoSchedule", "NoExecute"]);

/** What keys of labels and taints are made of. */
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const NO_KEY = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

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
  flags: [...outputFlags, selectorFlag, dryRunFlag, validateFlag, flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-taint" }), flag("bool", "all", "Every node"), flag("bool", "overwrite", "Replace taints of the same key and effect")],
  run(call) {
    const isTaint = (word: string): boolean => /[=:]/.test(word) || (word.endsWith("-") && word.length > 1);
    const named = call.words.filter((word) => !isTaint(word));
    const changes = call.words.filter(isTaint).map((word) => parse(call, word));
    if (named.length === 0) fail("one or more resources must be specified as <resource> <name>");
    if (changes.length === 0) fail("at least one taint update is required");
    const selecting = call.flags.bool("all") || call.flags.text("selector") !== "";
    if (named.length === 1 && !named[0]?.includes("/") && !selecting) fail("at least one resource name must be specified since 'all' parameter is not set");
    const type = typeNamed(call.client, named[0]?.split("/")[0] ?? "");
    if (type.kind !== NODE) fail(`invalid resource type ${named[0]?.split("/")[0] ?? ""}, only node types are supported`);
    const { infos, failures } = findObjects(call, named);
    const all: unknown[] = [...failures];
    for (const info of infos) {
      try {
        const { taints, verb } = changed(call, info.object as Node, changes);
        const object = write(call, info, { spec: { taints: taints as unknown as Json } });
        if (formatOf(call).name !== "") printStructured(call, [{ type: info.type, object }], true, true);
        else call.out(`node/${info.ref.name} ${verb}${dryRunOf(call) === "server" ? dryRunSuffix("server") : ""}\n`);
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
  // Without an effect the whole of it is taken for a key.
  if (colon < 0 && !remove) usageFailure(call, `invalid taint spec: ${word}${LABEL_KEY.test(pair) ? "" : `, ${NO_KEY}`}`);
  if (effect === "" && !remove) usageFailure(call, `invalid taint spec: ${word}`);
  if (!LABEL_KEY.test(key)) usageFailure(call, `invalid taint spec: ${word}, ${NO_KEY}`);
  if (effect !== "" && !EFFECTS.has(effect)) usageFailure(call, `invalid taint effect: ${effect}, unsupported taint effect`);
  return { key, ...(value === undefined ? {} : { value }), effect, remove };
}

function changed(call: Call, node: Node, changes: readonly Change[]): { readonly taints: readonly Taint[]; readonly verb: string } {
  const before = node.spec.taints ?? [];
  const same = (taint: Taint, change: Change): boolean => taint.key === change.key && (change.effect === "" || taint.effect === change.effect);
  const added = changes.filter((change) => !change.remove);
  const removed = changes.filter((change) => change.remove);
  const both = removed.filter((change) => added.some((other) => other.key === change.key && (change.effect === "" || other.effect === change.effect)));
  if (both.length > 0) fail(`can not both modify and remove the following taint(s) in the same command: ${both.map(({ key, effect }) => `${key}=${effect}`).join(", ")}`);
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
