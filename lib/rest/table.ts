/** Tables: what `kubectl get` prints. Upstream: pkg/printers, apiserver/pkg/registry/rest/table.go. */
import type { Column, Instant, Json, JsonObject, KubeObject, ResourceDefinition } from "@/lib/engine";
import { objectText, partialText, type ListMeta } from "./encode";

/** What a row carries besides its cells. */
export type IncludeObject = "None" | "Metadata" | "Object";

/** Columns whose cells upstream fills with numbers although it declares text. */
const NUMBERS = new Set(["Data", "Up-to-date", "Available", "Revision", "Count", "MatchingPrecedence", "NominalConcurrencyShares", "Queues", "HandSize", "QueueLengthLimit"]);
/** Columns that are declared to be something else than text, or a name. Upstream: pkg/printers/internalversion. */
const TYPES: Readonly<Record<string, string>> = {
  "Created At": "date", Suspend: "boolean", AttachRequired: "boolean", PodInfoOnMount: "boolean", StorageCapacity: "boolean", RequiresRepublish: "boolean",
  Attached: "boolean", "Global-Default": "boolean", Active: "integer", "Allowed Disruptions": "integer",
};
const NAMES = new Set(["Name", "Attacher"]);

const NAME: Json = { name: "Name", type: "string", format: "name", description: "The object's name, unique in its namespace.", priority: 0 };

function typeOf(column: Column): string {
  return column.type ?? TYPES[column.name] ?? "string";
}

function headOf(column: Column): Json {
  return { name: column.name, type: typeOf(column), format: NAMES.has(column.name) ? "name" : "", description: "", priority: column.wide === true ? 1 : 0 };
}

/** The columns of a kind. Kinds without a printer of their own show when they were made. */
export function columnsOf(definition: ResourceDefinition): readonly Json[] {
  if (definition.columns.length === 0) return [NAME, { name: "Created At", type: "date", format: "", description: "", priority: 0 }];
  return [...(definition.nameCell === false ? [] : [NAME]), ...definition.columns.map(headOf)];
}

function cell(column: Column, object: KubeObject, now: Instant): Json {
  if (column.cell) return column.cell(object, now);
  const text = column.value(object, now);
  const type = typeOf(column);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return (type === "integer" || NUMBERS.has(column.name)) && /^-?\d+$/.test(text) ? Number(text) : text;
}

function cellsOf(definition: ResourceDefinition, object: KubeObject, now: Instant): readonly Json[] {
  if (definition.columns.length === 0) return [object.metadata.name, object.metadata.creationTimestamp];
  const { nameCell } = definition;
  const cells = definition.columns.map((column) => cell(column, object, now));
  return nameCell === false ? cells : [nameCell === undefined ? object.metadata.name : nameCell(object), ...cells];
}

function rowText(definition: ResourceDefinition, object: KubeObject, now: Instant, include: IncludeObject): string {
  const cells = JSON.stringify(cellsOf(definition, object, now));
  if (include === "None") return `{"cells":${cells}}`;
  return `{"cells":${cells},"object":${include === "Object" ? objectText(object) : partialText(object)}}`;
}

/** A table of objects. Later events of a watch go without their column definitions. */
export function tableText(definition: ResourceDefinition, objects: readonly KubeObject[], meta: ListMeta | JsonObject, now: Instant, include: IncludeObject, withColumns = true): string {
  const { rowOrder } = definition;
  const rows = rowOrder && objects.length > 1 ? [...objects].sort((a, b) => rowOrder(a, b)) : objects;
  const columns = withColumns ? JSON.stringify(columnsOf(definition)) : "null";
  return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(meta)},"columnDefinitions":${columns},"rows":[${rows.map((object) => rowText(definition, object, now, include)).join(",")}]}`;
}
