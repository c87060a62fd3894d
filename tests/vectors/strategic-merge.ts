import { kindId, type Json, type JsonObject } from "@/lib/engine/apimachinery/meta";
import { applyJsonPatch } from "@/lib/engine/apimachinery/patch/json";
import { mergePatch, threeWayMergePatch } from "@/lib/engine/apimachinery/patch/merge";
import { strategicMergePatch } from "@/lib/engine/apimachinery/patch/strategic";
import { strategicDiff, threeWayStrategicPatch } from "@/lib/engine/apimachinery/patch/strategic-diff";
import { compare, type Adapter, type VectorCase } from "./adapter";

function answer(input: VectorCase["input"]): { readonly result?: unknown; readonly error?: string } {
  const original = (input.original ?? input.live ?? null) as JsonObject;
  const kind = kindId(String(original?.apiVersion), String(original?.kind));
  const live = input.live as JsonObject;
  const [lastApplied, wanted] = [input.lastApplied as JsonObject, input.new as JsonObject];
  switch (input.op) {
    case "strategicMerge":
      return { result: strategicMergePatch(original, input.patch as Json, kind) };
    case "jsonMerge":
      return { result: mergePatch(original, input.patch as Json) };
    case "jsonPatch":
      return applyJsonPatch(original, input.patch as readonly Json[]);
    case "strategicDiff":
      return { result: strategicMergePatch(original, strategicDiff(original, input.modified as JsonObject, kind), kind) };
    case "threeWayApply":
      return { result: strategicMergePatch(live, threeWayStrategicPatch(lastApplied, wanted, live, kind), kind) };
    case "threeWayApplyJSON":
      return { result: mergePatch(live, threeWayMergePatch(lastApplied, wanted, live)) };
    default:
      return { error: `no such operation: ${String(input.op)}` };
  }
}

/** `api/strategic-merge`: only results are compared; a patch with the same effect is as good. */
export const strategicMerge: Adapter = ({ input, expected }) => {
  const got = answer(input);
  return compare(got, expected.error === undefined ? { result: expected.result } : { error: expected.error });
};
