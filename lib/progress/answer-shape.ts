import { z } from "zod";
import type { Answer } from "@/lib/workbench";
import { answerTooLarge, tooManyInputs, unreadableAnswer } from "./refusals";

/** Architecture 16.10: a journal of 2,000 inputs, 256 KiB an answer. */
export const MAX_INPUTS = 2_000;
export const MAX_ANSWER_BYTES = 256 * 1024;

const MAX_MILLIS = 200 * 60 * 60 * 1000;
const path = z.string().min(1).max(1_024);
const long = z.string().max(MAX_ANSWER_BYTES);
const json: z.ZodType = z.lazy(() =>
  z.union([z.string().max(8_192), z.number(), z.boolean(), z.null(), z.array(json).max(500), z.record(z.string().max(256), json)]),
);

const input = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("save-file"), path, text: long }),
  z.strictObject({ type: z.literal("run"), line: z.string().max(16_384) }),
  z.strictObject({ type: z.literal("request"), method: z.string().max(16), path: z.string().max(4_096), body: long.optional() }),
  z.strictObject({ type: z.literal("advance"), millis: z.int().min(0).max(MAX_MILLIS) }),
  z.strictObject({ type: z.literal("respond"), question: z.string().max(128), value: json }),
]);

const answer = z.strictObject({
  exercise: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/),
  seed: z.int().min(0).max(0x7fff_ffff).optional(),
  inputs: z.array(input),
});

/**
 * The answer in `value`, or a refusal that names the first place where it is none. Size and count are looked at before the
 * shape, so that the costly look is only taken at small things; unknown keys (`__proto__` among them) are refused.
 */
export function readAnswer(value: unknown): Answer {
  const inputs: unknown = typeof value === "object" && value !== null && "inputs" in value ? value.inputs : undefined;
  if (Array.isArray(inputs) && inputs.length > MAX_INPUTS) throw tooManyInputs(MAX_INPUTS);
  if (depthOver(value, 32)) throw unreadableAnswer("answer");
  if (Buffer.byteLength(JSON.stringify(value) ?? "", "utf8") > MAX_ANSWER_BYTES) throw answerTooLarge(MAX_ANSWER_BYTES);
  const parsed = answer.safeParse(value);
  if (!parsed.success) throw unreadableAnswer(placeOf(parsed.error));
  return parsed.data as Answer;
}

/** Deeper than `levels`? Walked with our own stack: a body of brackets must not be able to exhaust the real one. */
function depthOver(value: unknown, levels: number): boolean {
  const open: { readonly node: unknown; readonly depth: number }[] = [{ node: value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.node !== "object" || next.node === null) continue;
    if (next.depth >= levels) return true;
    for (const child of Object.values(next.node)) open.push({ node: child, depth: next.depth + 1 });
  }
  return false;
}

function placeOf(error: z.ZodError): string {
  const place = error.issues[0]?.path.filter((part) => typeof part === "number" || /^[a-zA-Z]{1,20}$/.test(String(part))) ?? [];
  return ["answer", ...place.map(String)].join(".");
}
