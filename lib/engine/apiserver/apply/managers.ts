/** Who owns which field of an object. Upstream: apimachinery/pkg/util/managedfields. */
import { compareStrings } from "../../apimachinery/compare";
import type { JsonObject } from "../../apimachinery/meta";
import { fromFieldsV1, isEmpty, toFieldsV1, type FieldSet } from "./field-set";

/** One manager: a name, what it did, and the fields that are its own. */
export interface Manager {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly fields: FieldSet;
}

/** The same manager again, whatever it owns? Appliers are one over all versions. */
export function isSame(a: Omit<Manager, "fields" | "time">, b: Omit<Manager, "fields" | "time">): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource && (a.operation === "Apply" || a.apiVersion === b.apiVersion);
}

/** The managers an object names. Entries nobody can read are left out. */
export function readManagers(entries: readonly JsonObject[] | undefined): readonly Manager[] {
  return (entries ?? []).flatMap((entry): readonly Manager[] => {
    const { manager, operation, apiVersion, subresource, time } = entry;
    if (typeof manager !== "string" || (operation !== "Apply" && operation !== "Update")) return [];
    const text = (value: unknown): string => (typeof value === "string" ? value : "");
    return [{ manager, operation, apiVersion: text(apiVersion), subresource: text(subresource), time: text(time), fields: fromFieldsV1(entry["fieldsV1"]) }];
  });
}

/** As `metadata.managedFields`: appliers first, then by time and name. */
export function writeManagers(managers: readonly Manager[]): readonly JsonObject[] {
  return managers
    .filter(({ fields }) => !isEmpty(fields))
    .sort((a, b) => compareStrings(a.operation, b.operation) || compareStrings(a.time, b.time) || compareStrings(a.manager, b.manager) || compareStrings(a.apiVersion, b.apiVersion) || compareStrings(a.subresource, b.subresource))
    .map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
      manager,
      operation,
      apiVersion,
      time,
      fieldsType: "FieldsV1",
      fieldsV1: toFieldsV1(fields),
      ...(subresource === "" ? {} : { subresource }),
    }));
}
