import { z } from "zod";
import { answerLimits, type Answer, type Input } from "@/lib/workbench";
import { answerTooLarge, tooManyInputs, unreadableAnswer } from "./refusals";

type Sent = Extract<Input, { type: "send" }>["request"];
const PROTOCOLS = ["http", "mysql", "redis", "tcp"] as const satisfies readonly Sent["protocol"][];
const MAX_MILLIS = answerLimits.virtualHours * 60 * 60 * 1000;
const path = z.string().min(1).max(1_024);
const word = z.string().max(253);
const long = z.string().max(answerLimits.file);
const port = z.int().min(0).max(65_535);
const json: z.ZodType = z.lazy(() =>
  z.union([z.string().max(8_192), z.number(), z.boolean(), z.null(), z.array(json).max(500), z.record(word, json)]),
);

const origin = z.union([
  z.strictObject({ pod: z.strictObject({ namespace: word, name: word }) }),
  z.strictObject({ node: word }),
  z.strictObject({ host: word }),
]);

const outbound = z.strictObject({
  protocol: z.enum(PROTOCOLS),
  host: word,
  port,
  method: z.string().max(16).optional(),
  path: z.string().max(4_096).optional(),
  headers: z.record(word, z.string().max(4_096)).optional(),
  body: long.optional(),
  hostHeader: word.optional(),
  connection: word.optional(),
  timeout: z.int().min(0).max(MAX_MILLIS).optional(),
});

const worldChange = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("set-dns"), name: word, address: word.nullable() }),
  z.strictObject({
    do: z.literal("set-balancer"),
    host: word,
    port,
    backends: z.array(z.strictObject({ ip: word, port })).max(100),
    healthCheck: z.strictObject({ port, path: z.string().max(4_096).optional() }).optional(),
  }),
]);

const input = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("save-file"), path, text: long }),
  z.strictObject({ type: z.literal("delete-file"), path }),
  z.strictObject({ type: z.literal("run"), line: z.string().max(answerLimits.line) }),
  z.strictObject({ type: z.literal("interrupt") }),
  z.strictObject({ type: z.literal("request"), method: z.string().max(16), path: z.string().max(4_096), body: long.optional(), contentType: word.optional() }),
  z.strictObject({ type: z.literal("advance"), millis: z.int().min(0).max(MAX_MILLIS) }),
  z.strictObject({ type: z.literal("respond"), question: z.string().max(128), value: json }),
  z.strictObject({ type: z.literal("machine"), name: word, do: z.enum(["power-off", "power-on", "disconnect", "reconnect"]) }),
  z.strictObject({ type: z.literal("send"), from: origin, request: outbound }),
  z.strictObject({ type: z.literal("world"), change: worldChange }),
]);

const answer = z.strictObject({
  exercise: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/),
  seed: z.int().min(0).max(0x7fff_ffff),
  inputs: z.array(input),
});

/** A new kind of input that this file forgets does not compile. */
type Forgotten = Exclude<Input["type"], z.infer<typeof input>["type"]>;
const forgotten: Record<Forgotten, never> = {};
void forgotten;

/**
 * The answer in `value`, or a refusal that names the first place where it is none. Size and count are looked at before the
 * shape, so that the costly look is only taken at small things; unknown keys (`__proto__` among them) are refused.
 */
export function readAnswer(value: unknown): Answer {
  const inputs: unknown = typeof value === "object" && value !== null && "inputs" in value ? value.inputs : undefined;
  if (Array.isArray(inputs) && inputs.length > answerLimits.inputs) throw tooManyInputs(answerLimits.inputs);
  if (depthOver(value, 32)) throw unreadableAnswer("answer");
  if (Buffer.byteLength(JSON.stringify(value) ?? "", "utf8") > answerLimits.bytes) throw answerTooLarge(answerLimits.bytes);
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
