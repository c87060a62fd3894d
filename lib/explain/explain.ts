import type { FieldError, Reason, ReasonCode, StatusReason } from "@/lib/engine";
import type { Locale, Text } from "@/lib/text";
import { fieldErrorSentences, originSentences, statusSentences } from "./api";
import { eventSentences } from "./events";
import { kubeletSentences } from "./kubelet";
import { limitSentences } from "./limits";
import { manifestSentences } from "./manifest";
import { networkSentences } from "./network";
import { schedulerSentences } from "./scheduler";
import { fill, sentence, type Values } from "./sentence";
import { storageSentences } from "./storage";

const reasonSentences: Readonly<Record<ReasonCode, Text>> = { ...schedulerSentences, ...networkSentences, ...kubeletSentences, ...storageSentences };
const unknown = sentence("Algo lo impide[[ ({code})]].", "Something prevents it[[ ({code})]].");

/** A reason of the engine as a sentence: what happened, why, and what to do. Never throws. */
export function explain(reason: Reason, locale: Locale): string {
  const template = Object.hasOwn(reasonSentences, reason.code) ? reasonSentences[reason.code] : unknown;
  return capital(fill(template, locale, { ...aboutOf(reason), ...reason.params, ...amountsOf(reason) }));
}

/** Names of what the reason is about, for sentences that need one the engine did not put among its values. */
function aboutOf({ about }: Reason): Values {
  const named: Record<string, string> = {};
  for (const { kind, name } of about) named[kind.slice(kind.lastIndexOf("/") + 1).toLowerCase()] ??= name;
  const claim = named["persistentvolumeclaim"];
  return { ...named, ...(claim === undefined ? {} : { claim }) };
}

const MEBI = 1024 * 1024;

/** Amounts of a resource as manifests write them: the engine counts CPU in thousandths and memory in bytes. */
function amountsOf({ params }: Reason): Values {
  const { resource } = params;
  const written = (value: number): string => {
    if (resource === "cpu") return value % 1000 === 0 ? String(value / 1000) : `${value}m`;
    return resource === "memory" && value >= MEBI ? `${Math.round(value / MEBI)}Mi` : String(value);
  };
  return Object.fromEntries(["requested", "used", "allocatable"].flatMap((name) => (typeof params[name] === "number" ? [[name, written(params[name])]] : [])));
}

/** A refusal of the workbench, the grader, the manifest reader or the terminal, by its code. Never throws. */
export function explainCode(code: string, locale: Locale, values: Values = {}): string {
  const known = [limitSentences, manifestSentences].find((sentences) => Object.hasOwn(sentences, code))?.[code];
  return capital(fill(known ?? unknown, locale, { ...values, ...(known === undefined ? { code } : {}) }));
}

/** A field error of the API as a sentence: the rule's own when there is one, else what its kind of error means. */
export function explainFieldError(error: FieldError, locale: Locale): string {
  const own = Object.hasOwn(originSentences, error.origin) ? originSentences[error.origin] : undefined;
  const value = error.badValue === undefined || error.badValue === null ? "" : typeof error.badValue === "string" ? error.badValue : JSON.stringify(error.badValue);
  return capital(fill(own ?? fieldErrorSentences[error.code], locale, { path: error.path, detail: error.detail, value }));
}

/** What is looked at in an Event, of either API group. */
export interface ToldEvent {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly involvedObject?: { readonly name?: string | undefined } | undefined;
}

/** An Event as a sentence: a binding, a mount, a refusal, in the reader's language. Undefined for those that only say what was done. */
export function explainEvent({ reason = "", message = "", involvedObject }: ToldEvent, locale: Locale): string | undefined {
  const template = Object.hasOwn(eventSentences, reason) ? eventSentences[reason] : undefined;
  return template && capital(fill(template, locale, { name: involvedObject?.name ?? "", message: message.trim().replace(/\.$/, "") }));
}

/** What an answer of the API means as a whole. */
export function explainStatus(reason: StatusReason, locale: Locale): string {
  return fill(statusSentences[reason], locale, {});
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
