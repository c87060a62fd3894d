import { instantOf, type Instant, type JsonObject, type KubeObject } from "@/lib/engine";
import { ageOf, labelsText } from "../output/table";
import { aligned, describeLayout, widthOf } from "../output/tab-writer";

/** What is being described is written here, with tabs between columns; read once, aligned. Levels are two blanks each. */
export class Paper {
  private text = "";

  /** A line at a level. Tabs separate cells. */
  line(level: number, content: string): void {
    this.text += `${"  ".repeat(level)}${content}\n`;
  }

  /** Text that is not to be aligned with anything. */
  raw(content: string): void {
    this.text += content;
  }

  /** Everything written, aligned. */
  read(): string {
    return aligned(this.text, describeLayout);
  }

  /** Everything written, tabs and all. */
  plain(): string {
    return this.text;
  }

  /** `Labels:` and its like, a line each. */
  labels(title: string, labels: Readonly<Record<string, string>> | undefined): void {
    const keys = sortedKeys(labels);
    if (keys.length === 0) this.line(0, `${title}:\t<none>`);
    keys.forEach((key, i) => this.line(0, `${i === 0 ? `${title}:` : ""}\t${key}=${labels?.[key] ?? ""}`));
  }

  /** `Annotations:`; what apply keeps for itself is left out, long values go on lines of their own. */
  annotations(title: string, annotations: Readonly<Record<string, string>> | undefined): void {
    const keys = sortedKeys(annotations).filter((key) => key !== "kubectl.kubernetes.io/last-applied-configuration");
    if (keys.length === 0) this.line(0, `${title}:\t<none>`);
    keys.forEach((key, i) => {
      const head = i === 0 ? `${title}:` : "";
      const value = (annotations?.[key] ?? "").replace(/\n$/, "");
      if (widthOf(value) + widthOf(key) + 2 <= LONGEST && !value.includes("\n")) return this.line(0, `${head}\t${key}: ${value}`);
      this.line(0, `${head}\t${key}:`);
      for (const part of value.split("\n")) this.line(0, `\t  ${shorten(part)}`);
    });
  }
}

const LONGEST = 140;

function shorten(text: string): string {
  return text.length > LONGEST - 2 ? `${text.slice(0, LONGEST - 2)}...` : text;
}

/** The keys of a map in order. */
export function sortedKeys(map: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return Object.keys(map ?? {}).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

const DAYS = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A time of the API as describe writes it: `Thu, 01 Jan 2026 00:00:00 +0000`. */
export function longTime(text: string | null | undefined): string {
  const instant = text === undefined || text === null ? undefined : instantOf(text);
  if (instant === undefined || text === undefined || text === null) return "<unset>";
  const day = Math.floor(instant / 86_400_000);
  const weekday = DAYS[((day % 7) + 7) % 7] ?? "";
  return `${weekday}, ${text.slice(8, 10)} ${MONTHS[Number(text.slice(5, 7)) - 1] ?? ""} ${text.slice(0, 4)} ${text.slice(11, 19)} +0000`;
}

/** How long ago, as in `Terminating (lasts 5s)`. */
export function since(text: string | undefined, now: Instant): string {
  return ageOf(text, now);
}

/** `Kind/name` of the controller, if any. */
export function controllerText(object: KubeObject): string | undefined {
  const owner = object.metadata.ownerReferences?.find((reference) => reference.controller === true);
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`;
}

/** A text, or `<none>` when it is empty. */
export function orNone(text: string | undefined): string {
  return text === undefined || text === "" ? "<none>" : text;
}

/** `[a b]`, as Go prints a list. */
export function listText(values: readonly unknown[] | undefined): string {
  return `[${(values ?? []).join(" ")}]`;
}

/** Labels on one line. */
export const oneLineLabels = labelsText;

/** A JSON object for sure. */
export function objectOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
