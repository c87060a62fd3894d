import { NODE, type Node } from "@/lib/engine";
import { usageFailure, type Call, type Command } from "../../command";
import { typeNamed, type Info } from "../../discovery";
import { listOf, missing, selectorFlag } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix } from "../../writing";
import { write } from "../label/index";

/** `kubectl cordon`. */
export const cordon: Command = command("cordon", "Mark node as unschedulable", true);
/** `kubectl uncordon`. */
export const uncordon: Command = command("uncordon", "Mark node as schedulable", false);

function command(name: string, summary: string, closed: boolean): Command {
  return {
    name,
    summary,
    usage: "NODE [options]",
    examples: [[summary, `kubectl ${name} node-1`]],
    flags: [dryRunFlag, selectorFlag],
    run(call) {
      for (const info of nodesOf(call, name)) call.out(`node/${info.ref.name} ${setCordon(call, info, closed)}\n`);
      return 0;
    },
  };
}

/** The nodes named by the words or by `-l`. @throws {Failure} for the first that does not exist, before anything is done */
export function nodesOf(call: Call, name: string): readonly Info[] {
  const type = typeNamed(call.client, "nodes");
  if (call.flags.text("selector") !== "" && call.words.length > 0) usageFailure(call, "cannot specify both a node name and a --selector option");
  if (call.flags.text("selector") !== "") return listOf(call, type, { selector: call.flags.text("selector") });
  if (call.words.length === 0) usageFailure(call, `USAGE: ${name} NODE [flags]`);
  const names = call.words.map((word) => word.replace(/^(nodes?|no)\//, ""));
  return names.map((node) => {
    const ref = { kind: NODE, namespace: "", name: node };
    const object = call.client.get<Node>(NODE, ref);
    if (!object) throw missing(type, node);
    return { type, ref, object };
  });
}

/** Closes or opens a node; answers what to say about it. */
export function setCordon(call: Call, info: Info, closed: boolean): string {
  const node = info.object as Node;
  const verb = closed ? "cordoned" : "uncordoned";
  if ((node.spec.unschedulable ?? false) === closed) return `already ${verb}`;
  if (dryRunOf(call) === "none") write(call, info, { spec: { unschedulable: closed ? true : null } });
  return `${verb}${dryRunSuffix(dryRunOf(call))}`;
}
