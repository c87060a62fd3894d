import { deepEqual, type Json } from "@/lib/engine";
import type { Text } from "@/lib/text";
import type { Workbench } from "@/lib/workbench";
import type { Check, Evidence, Finding, Probe } from "../exercise";
import { fail, pass } from "../finding";

/** What running the options showed. */
export interface Decision {
  /** The value that is right: an option's id, a list of ids, a number, a placement. */
  readonly right: Json;
  /** Other values that are right too, with the reason to say so ("valid, with a note"). */
  readonly alsoRight?: readonly { readonly value: Json; readonly note: Text }[];
  /** For numbers: how far off still counts. */
  readonly within?: number;
  readonly evidence: readonly Evidence[];
}

/** What a wrong value means. */
export interface Mistake {
  readonly code: string;
  readonly message: Text;
  readonly next: Text;
}

/** A closed question as a check. */
export interface AnsweredBy {
  readonly id: string;
  readonly title: Text;
  readonly points: number;
  readonly question: string;
  /** Runs the options on a fresh workbench of the exercise and sees which hold. */
  decide(lab: Workbench, probe: Probe): Decision;
  /** Feedback by wrong value: an option's id; for lists, the id wrongly in or (with `-` in front) wrongly out; for numbers and texts, the value as text. */
  readonly mistakes: Readonly<Record<string, Mistake>>;
  /** For any other wrong value. */
  readonly otherwise: Mistake;
  /** Said when the answer is right. */
  readonly praise?: Text;
}

const unanswered: Mistake = {
  code: "answer.missing",
  message: { es: "Falta tu respuesta a esta pregunta.", en: "This question has no answer yet." },
  next: { es: "Elige una opción o escribe un valor, y vuelve a comprobar.", en: "Choose an option or write a value, then check again." },
};

/** A check that compares the student's answer with what the engine showed when the options were run. */
export function answered(spec: AnsweredBy): Check {
  return {
    id: spec.id,
    title: spec.title,
    points: spec.points,
    run(probe): Finding {
      const given = probe.response(spec.question);
      if (given === undefined || given === null || given === "") return fail(unanswered.code, unanswered.message, unanswered.next);
      const decision = spec.decide(probe.lab(), probe);
      const other = decision.alsoRight?.find(({ value }) => same(given, value, decision.within));
      if (other) return pass(other.note, decision.evidence);
      if (same(given, decision.right, decision.within)) return pass(spec.praise, decision.evidence);
      const mistake = mistakeOf(spec, given, decision.right);
      return fail(mistake.code, mistake.message, mistake.next, decision.evidence);
    },
  };
}

function same(given: Json, right: Json, within = 0): boolean {
  if (typeof right === "number") {
    const value = numberOf(given);
    return value !== undefined && Math.abs(value - right) <= within;
  }
  if (Array.isArray(right) && Array.isArray(given)) return deepEqual(sorted(given), sorted(right));
  return deepEqual(given, right);
}

/** A number however it was typed: `1,5` and `1.5`, with or without a unit after it. */
export function numberOf(given: Json): number | undefined {
  if (typeof given === "number") return given;
  const match = /^\s*(-?\d+(?:[.,]\d+)?)/.exec(typeof given === "string" ? given : "");
  return match ? Number((match[1] ?? "").replace(",", ".")) : undefined;
}

function sorted(list: readonly Json[]): readonly string[] {
  return list.map((item) => JSON.stringify(item)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function mistakeOf(spec: AnsweredBy, given: Json, right: Json): Mistake {
  if (Array.isArray(given) && Array.isArray(right)) {
    const extra = given.find((item: Json) => !right.includes(item) && spec.mistakes[String(item)] !== undefined);
    if (extra !== undefined) return spec.mistakes[String(extra)] ?? spec.otherwise;
    const missing = right.find((item: Json) => !given.includes(item) && spec.mistakes[`-${String(item)}`] !== undefined);
    return (missing === undefined ? undefined : spec.mistakes[`-${String(missing)}`]) ?? spec.otherwise;
  }
  const key = typeof given === "object" ? JSON.stringify(given) : String(given);
  return Object.hasOwn(spec.mistakes, key) ? (spec.mistakes[key] ?? spec.otherwise) : spec.otherwise;
}
