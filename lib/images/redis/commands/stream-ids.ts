/** The ids of streams' entries. */
import type { StreamEntry } from "../model";
import { bulk, bulks, Refused, type Reply } from "../reply";

/** Two parts: milliseconds, and a number within them. */
export type Id = readonly [millis: number, number: number];

const INVALID = "ERR Invalid stream ID specified as stream command argument";

/** An entry's number; what is left out of it is as given. */
export function idOf(text: string, rest: number): Id {
  const parts = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text);
  if (!parts) throw new Refused(INVALID);
  return [Number(parts[1]), parts[2] === undefined ? rest : Number(parts[2])];
}

/** Which of two comes first. */
export const order = (a: Id, b: Id): number => (a[0] === b[0] ? a[1] - b[1] : a[0] - b[0]);
/** An id as it is written. */
export const named = ([millis, number]: Id): string => `${millis}-${number}`;
/** An entry as an answer. */
export const shown = ([id, fields]: StreamEntry): Reply => [bulk(id), bulks(fields)];
