import { millis, type Json, type JsonObject } from "@/lib/engine";
import { answerLimits, type Answer, type Input } from "./input";

/** Why something that should be an answer is not one. `at` is the number of the input, from 0. */
export interface AnswerProblem {
  readonly code: "answer.not-an-object" | "answer.bad-field" | "answer.too-many-inputs" | "answer.too-large" | "answer.bad-input";
  readonly at?: number;
  readonly field?: string;
}

type Shape = Readonly<Record<string, (value: Json | undefined) => boolean>>;

const text = (value: Json | undefined): boolean => typeof value === "string" && value.length <= answerLimits.file;
const optionalText = (value: Json | undefined): boolean => value === undefined || text(value);
const whole = (value: Json | undefined): boolean => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const port = (value: Json | undefined): boolean => whole(value) && (value as number) >= 1 && (value as number) <= 65535;
const plain = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
const oneOf = (...words: readonly string[]) => (value: Json | undefined): boolean => typeof value === "string" && words.includes(value);
const record = (value: Json | undefined): boolean => value === undefined || (plain(value) && Object.values(value).every((item) => typeof item === "string"));

const isUser = (value: Json | undefined): boolean => value === undefined || (plain(value) && text(value["name"]) && Array.isArray(value["groups"]) && value["groups"].length <= 64 && value["groups"].every((group: Json) => text(group)));

const isOrigin = (value: Json | undefined): boolean =>
  plain(value) && (typeof value["host"] === "string" || typeof value["node"] === "string" || (plain(value["pod"]) && typeof value["pod"]["name"] === "string" && typeof value["pod"]["namespace"] === "string"));

const isRequest = (value: Json | undefined): boolean =>
  plain(value) && oneOf("http", "mysql", "redis", "tcp")(value["protocol"]) && text(value["host"]) && port(value["port"]) && optionalText(value["method"]) && optionalText(value["path"]) && optionalText(value["body"]) && optionalText(value["hostHeader"]) && optionalText(value["connection"]) && record(value["headers"]);

const isWorldChange = (value: Json | undefined): boolean => {
  if (!plain(value)) return false;
  if (value["do"] === "set-dns") return text(value["name"]) && (value["address"] === null || text(value["address"]));
  const backends = value["backends"];
  return value["do"] === "set-balancer" && text(value["host"]) && port(value["port"]) && Array.isArray(backends) && backends.length <= 64 && backends.every((item: Json) => plain(item) && text(item["ip"]) && port(item["port"]));
};

const shapes: Readonly<Record<Input["type"], Shape>> = {
  "save-file": { path: (value) => text(value) && (value as string).length <= 512 && value !== "", text },
  "delete-file": { path: text },
  run: { line: (value) => typeof value === "string" && value.length <= answerLimits.line },
  interrupt: {},
  request: { method: text, path: text, body: optionalText, contentType: optionalText, agent: optionalText, user: isUser },
  advance: { millis: whole },
  respond: { question: text, value: (value) => value !== undefined },
  machine: { name: text, do: oneOf("power-off", "power-on", "disconnect", "reconnect") },
  send: { from: isOrigin, request: isRequest },
  world: { change: isWorldChange },
};

/**
 * Reads an answer that came from outside. Unknown fields are dropped, so nothing a stranger added
 * travels further. Never throws.
 */
export function parseAnswer(value: unknown): { readonly answer: Answer } | { readonly problem: AnswerProblem } {
  const body = value as Json | undefined;
  if (!plain(body)) return { problem: { code: "answer.not-an-object" } };
  const { exercise, seed, inputs } = body;
  if (typeof exercise !== "string" || !/^[a-z0-9-]{1,64}$/.test(exercise)) return { problem: { code: "answer.bad-field", field: "exercise" } };
  if (typeof seed !== "number" || !Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) return { problem: { code: "answer.bad-field", field: "seed" } };
  if (!Array.isArray(inputs)) return { problem: { code: "answer.bad-field", field: "inputs" } };
  if (inputs.length > answerLimits.inputs) return { problem: { code: "answer.too-many-inputs" } };
  if (JSON.stringify(inputs).length > answerLimits.bytes) return { problem: { code: "answer.too-large" } };
  const read: Input[] = [];
  for (const [at, item] of (inputs as readonly Json[]).entries()) {
    const input = parseInput(item);
    if ("field" in input) return { problem: { code: "answer.bad-input", at, field: input.field } };
    read.push(input.input);
  }
  return { answer: { exercise, seed, inputs: read } };
}

function parseInput(item: Json): { readonly input: Input } | { readonly field: string } {
  if (!plain(item) || typeof item["type"] !== "string" || !Object.hasOwn(shapes, item["type"])) return { field: "type" };
  const shape = shapes[item["type"] as Input["type"]];
  const bad = Object.entries(shape).find(([field, fits]) => !fits(Object.hasOwn(item, field) ? item[field] : undefined));
  if (bad) return { field: bad[0] };
  const kept = Object.fromEntries(["type", ...Object.keys(shape)].filter((field) => Object.hasOwn(item, field) && item[field] !== undefined).map((field) => [field, item[field]]));
  if (item["type"] === "advance") return { input: { type: "advance", millis: millis(item["millis"] as number) } };
  return { input: kept as unknown as Input };
}
