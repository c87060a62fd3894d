import { EVENT, humanDuration, instantOf, type Column, type Instant, type KubeObject } from "@/lib/engine";
import { slashName, type Info, type ResourceType } from "../discovery";
import { alignRows } from "./tab-writer";

/** What a table shows besides the kind's own columns. */
export interface TableOptions {
  readonly wide?: boolean;
  readonly noHeaders?: boolean;
  /** Name and age only, as kubectl knows without the server's help. */
  readonly plain?: boolean;
  readonly showKind?: boolean;
  readonly withNamespace?: boolean;
  readonly showLabels?: boolean;
  readonly labelColumns?: readonly string[];
  /** Type of watch event, printed before everything else. */
  readonly event?: string;
}

/** Elapsed time in the AGE column. */
export function ageOf(text: string | null | undefined, now: Instant): string {
  const born = text === undefined || text === null ? undefined : instantOf(text);
  return born === undefined ? "<unknown>" : humanDuration(Math.floor((now - born) / 1000));
}

const plainColumns: readonly Column[] = [{ name: "AGE", value: (object, now) => ageOf(object.metadata.creationTimestamp, now) }];

function columnsOf(type: ResourceType, { wide = false, plain = false }: TableOptions): readonly Column[] {
  if (plain) return plainColumns;
  const all = type.definition.columns.length === 0 ? plainColumns : type.definition.columns;
  return all.filter((column) => (type.kind === EVENT || column.name.toUpperCase() !== "NAME") && (wide || column.wide !== true));
}

/** Events are told apart by what they say: their names only show in wide tables. */
function nameCells(type: ResourceType, options: TableOptions, name: string): readonly string[] {
  return type.kind === EVENT && options.showKind !== true ? [] : [name];
}

/** `ADDED`, `MODIFIED`, `DELETED`, all as wide as the widest. */
function eventCells(event: string | undefined): readonly string[] {
  return event === undefined ? [] : [event.padEnd(8)];
}

/** The line of headings. */
export function headerOf(type: ResourceType, options: TableOptions): readonly string[] {
  return [
    ...eventCells(options.event === undefined ? undefined : "EVENT"),
    ...(options.withNamespace === true ? ["NAMESPACE"] : []),
    ...nameCells(type, options, "NAME"),
    ...columnsOf(type, options).map((column) => column.name.toUpperCase()),
    ...(options.labelColumns ?? []).map((label) => label.slice(label.lastIndexOf("/") + 1).toUpperCase()),
    ...(options.showLabels === true ? ["LABELS"] : []),
  ];
}

/** The line of one object. */
export function rowOf(type: ResourceType, object: KubeObject, now: Instant, options: TableOptions): readonly string[] {
  const labels = object.metadata.labels ?? {};
  return [
    ...eventCells(options.event),
    ...(options.withNamespace === true ? [object.metadata.namespace ?? ""] : []),
    ...nameCells(type, options, options.showKind === true ? slashName(type, object.metadata.name) : object.metadata.name),
    ...columnsOf(type, options).map((column) => oneLine(column.value(object, now))),
    ...(options.labelColumns ?? []).map((label) => labels[label] ?? ""),
    ...(options.showLabels === true ? [labelsText(labels)] : []),
  ];
}

/** Only the first line of a cell is shown. Upstream: printers.TablePrinter. */
function oneLine(text: string): string {
  const end = text.search(/[\n\r\f]/);
  return end < 0 ? text : `${text.slice(0, end)}...`;
}

/** `a=b,c=d` in order of key, or `<none>`. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return keys.length === 0 ? "<none>" : keys.map((key) => `${key}=${labels?.[key] ?? ""}`).join(",");
}

/** Tables of a list of objects, one for each run of equal kinds, a blank line between. */
export function tables(infos: readonly Info[], now: Instant, options: TableOptions): string {
  const groups: Info[][] = [];
  for (const info of infos) {
    const last = groups.at(-1);
    if (last?.[0]?.type.kind === info.type.kind) last.push(info);
    else groups.push([info]);
  }
  return groups
    .map((group) => {
      const type = (group[0] as Info).type;
      const shown = { ...options, withNamespace: options.withNamespace === true && type.namespaced };
      const rows = group.map(({ object }) => rowOf(type, object, now, shown));
      return alignRows(options.noHeaders === true ? rows : [headerOf(type, shown), ...rows]).text;
    })
    .join("\n");
}
