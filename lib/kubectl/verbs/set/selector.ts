import { parseSelector, type JsonObject } from "@/lib/engine";
import type { Command } from "../../command";
import { slashName } from "../../discovery";
import { fail, failAll, Failure } from "../../failure";
import { flag } from "../../flags";
import { formatOf, printStructured } from "../../output/print-objects";
import { dryRunOf, dryRunSuffix } from "../../writing";
import { write } from "../label/index";
import { asTyped, isLocal } from "./local";
import { setFlags, wantedInfos } from "./pods";

/** Labels of `a=b,c=d`. @throws {Failure} for expressions that are no labels */
function labelsOf(text: string): JsonObject {
  const parsed = parseSelector(text);
  if ("error" in parsed) return fail(parsed.error);
  const others = parsed.selector.requirements.filter(({ operator }) => operator !== "=");
  if (others.length > 0) return fail(`match expression [${others.map(({ key, operator, values }) => `{${key} ${goOperator(operator)} [${values.join(" ")}]}`).join(" ")}] not supported on this object`);
  return Object.fromEntries(parsed.selector.requirements.map(({ key, values }) => [key, values[0] ?? ""]));
}

const OPERATORS: Readonly<Record<string, string>> = { in: "In", notin: "NotIn", exists: "Exists", "!": "DoesNotExist" };

function goOperator(operator: string): string {
  return OPERATORS[operator] ?? operator;
}

/** `kubectl set selector`. Upstream: kubectl/pkg/cmd/set/set_selector.go. */
export const selector: Command = {
  name: "selector",
  summary: "Set the selector on a resource",
  usage: "(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version] [options]",
  flags: [...setFlags, flag("text", "resource-version", "Only if the object is still at this version")],
  run(call) {
    const text = call.words.at(-1);
    if (text === undefined) return fail("one selector is required");
    const infos = wantedInfos(call, call.words.slice(0, -1));
    const labels = labelsOf(text);
    const refused: Failure[] = [];
    for (const info of infos) {
      if (info.type.singular !== "service") {
        refused.push(new Failure("error: setting a selector is only supported for Services"));
        continue;
      }
      const before = (((info.object as unknown as JsonObject)["spec"] ?? {}) as JsonObject)["selector"] as JsonObject | undefined;
      const gone = Object.fromEntries(Object.keys(before ?? {}).map((key) => [key, null]));
      const written = write(call, info, { spec: { selector: { ...gone, ...labels } } });
      const object = isLocal(call) ? asTyped(written) : written;
      if (formatOf(call).name !== "") printStructured(call, [{ type: info.type, object }], true, true);
      else call.out(`${slashName(info.type, info.ref.name)} selector updated${dryRunSuffix(dryRunOf(call))}\n`);
    }
    failAll(refused);
    return 0;
  },
};
