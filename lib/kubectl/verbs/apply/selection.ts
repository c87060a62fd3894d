import { parseSelector, selectorMatches, type ObjectMeta } from "@/lib/engine";
import type { Call } from "../../command";
import type { Wanted } from "../../discovery";
import { fail } from "../../failure";

/** The documents that `-l` lets through. */
export function labelSelectorPicks(call: Call, wanted: readonly Wanted[]): readonly Wanted[] {
  const text = call.flags.text("selector");
  if (text === "") return wanted;
  const parsed = parseSelector(text);
  if ("error" in parsed) return fail(parsed.error);
  return wanted.filter(({ body }) => selectorMatches(parsed.selector, ((body["metadata"] ?? {}) as unknown as Partial<ObjectMeta>).labels));
}
