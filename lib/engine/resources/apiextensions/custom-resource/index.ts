/** Kinds that CustomResourceDefinitions bring. Upstream: apiextensions-apiserver/pkg/{apiserver,registry/customresource}. */
import type { FieldError } from "../../../apimachinery/api-error";
import { NAMESPACE } from "../../../apimachinery/kinds";
import { kindId, type Json, type JsonObject, type KindId, type KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { jsonOf } from "../../cells";
import { defineResource, type CustomKind, type ResourceDefinition, type ScalePaths, type Subresource } from "../../define";
import { Findings } from "../../findings";
import { isObject, objectAt, objectsAt, textAt } from "../../json-object";
import { validateMetadata } from "../../meta-validation";
import type { CustomResourceDefinition } from "../customresourcedefinition/index";
import { checkAgainst } from "../structural/check";
import { checkRules } from "../structural/rules";
import { duplicateItems, embeddedProblems, prune, withDefaults } from "../structural/shape";
import { columnsOf } from "./columns";

type Version = CustomResourceDefinition["spec"]["versions"][number];

const segments = (path: string): readonly string[] => path.split(".").filter((part) => part !== "");

function scaleOf(version: Version): ScalePaths | undefined {
  const scale = version.subresources?.scale;
  if (!scale) return undefined;
  return { spec: segments(scale.specReplicasPath), status: segments(scale.statusReplicasPath), ...(scale.labelSelectorPath ? { selector: segments(scale.labelSelectorPath) } : {}) };
}

/** The value a path of field names leads to. */
export function valueAt(object: unknown, path: readonly string[]): Json | undefined {
  let value: unknown = object;
  for (const part of path) {
    if (!isObject(value)) return undefined;
    value = value[part];
  }
  return value as Json | undefined;
}

function subresourcesOf(version: Version): readonly Subresource[] {
  return [...(version.subresources?.status ? (["status"] as const) : []), ...(version.subresources?.scale ? (["scale"] as const) : [])];
}

const SKIPPED: FieldError = {
  code: "invalid",
  path: "<nil>",
  badValue: null,
  detail: "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
  origin: "schema.skipped-rules",
};
const BLOCKING: ReadonlySet<FieldError["code"]> = new Set(["not-supported", "required", "too-long", "too-many", "type-invalid"]);

/** Metadata has the same shape everywhere: what Namespaces have is what custom kinds have. */
function metadataShape(object: JsonObject): readonly FieldError[] {
  const { metadata } = object;
  if (metadata === undefined) return [];
  return checkStructure(NAMESPACE, { apiVersion: "v1", kind: "Namespace", metadata }).map((problem) => ({ ...problem, detail: problem.detail.replace("Go struct field Namespace.metadata.", "Go struct field ObjectMeta.") }));
}

function scaleProblems(scale: ScalePaths | undefined, object: JsonObject): readonly FieldError[] {
  const check = (path: readonly string[]): readonly FieldError[] => {
    const value = valueAt(object, path);
    const at = `.${path.join(".")}`;
    if (typeof value !== "number") return [];
    if (value < 0) return [{ code: "invalid", path: at, badValue: value, detail: "should be a non-negative integer", origin: "scale.negative" }];
    return value > 2147483647 ? [{ code: "invalid", path: at, badValue: value, detail: "should be less than or equal to 2147483647", origin: "scale.large" }] : [];
  };
  return scale === undefined ? [] : [...check(scale.spec), ...check(scale.status)];
}

function validate(schema: JsonObject, scale: ScalePaths | undefined): ResourceDefinition["validate"] {
  return (object, previous) => {
    const found = new Findings("custom-resource");
    validateMetadata(found, object);
    const document = jsonOf(object);
    const before = previous === undefined ? undefined : jsonOf(previous);
    const errors = [...found.errors, ...checkAgainst(schema, document, before), ...scaleProblems(scale, document), ...embeddedProblems(schema, document), ...duplicateItems(schema, document)];
    if (errors.some(({ code }) => BLOCKING.has(code))) return [...errors, SKIPPED];
    return [...errors, ...checkRules(schema, document, before)];
  };
}

/** The object as its schema wants it: metadata tidy, unknown fields gone, defaults filled in. */
function shaped(schema: JsonObject, object: KubeObject): KubeObject {
  const { metadata } = normalize(NAMESPACE, { apiVersion: "v1", kind: "Namespace", metadata: object.metadata } as KubeObject);
  const { value } = prune(schema, jsonOf(object));
  const filled = withDefaults(schema, value) as JsonObject;
  return (metadata === object.metadata && filled === jsonOf(object) ? object : { ...filled, metadata }) as unknown as KubeObject;
}

/** Makes another version of an object. @throws {ApiError} when it cannot */
export type Convert = (object: KubeObject, apiVersion: string) => KubeObject;

/** Another version of an object says the same under another name. Upstream: conversion strategy None. */
const renamed: Convert = (object, apiVersion) => (object.apiVersion === apiVersion ? object : { ...object, apiVersion });

function isTrue(crd: CustomResourceDefinition, type: string): boolean {
  return (crd.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === "True");
}

/** The version objects are kept in: the oldest that may still hold some, so that none has to be moved. */
function storageVersion({ spec, status }: CustomResourceDefinition): string {
  const known = spec.versions.map(({ name }) => name);
  return (status?.storedVersions ?? []).find((name) => known.includes(name)) ?? spec.versions.find(({ storage }) => storage)?.name ?? "v1";
}

function definitionOf(crd: CustomResourceDefinition, version: Version, convert: Convert | undefined): ResourceDefinition {
  const { group, names, scope } = crd.spec;
  const schema = version.schema?.openAPIV3Schema ?? {};
  const scale = scaleOf(version);
  const hasStatus = version.subresources?.status !== undefined;
  const kind = kindId(`${group}/${version.name}`, names.kind);
  const stored = storageVersion(crd);
  const seen = new WeakMap<KubeObject, KubeObject>();
  const custom: CustomKind = {
    definedBy: crd.metadata.name,
    storedAs: kindId(`${group}/${stored}`, names.kind),
    served: version.served,
    terminating: crd.metadata.deletionTimestamp !== undefined,
    schema,
    selectable: objectsAt(version as unknown as JsonObject, "selectableFields").map((field) => textAt(field, "jsonPath").replace(/^\./, "")),
    ...(scale === undefined ? {} : { scale }),
    ...(version.deprecated === true ? { warning: version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated` } : {}),
    ...(convert ? { convert } : {}),
    fromStorage(object) {
      // What a webhook says now is not what it may say next time.
      if (convert) return shaped(schema, convert(object, `${group}/${version.name}`));
      const known = seen.get(object);
      if (known) return known;
      const shown = shaped(schema, renamed(object, `${group}/${version.name}`));
      seen.set(object, shown);
      return shown;
    },
    toStorage: (object) => (convert ?? renamed)(object, `${group}/${stored}`),
  };
  return defineResource({
    kind,
    plural: names.plural,
    singular: names.singular,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === "Namespaced",
    subresources: subresourcesOf(version),
    checkShape: (object) => [...metadataShape(object), ...prune(schema, object).unknown.map((path): FieldError => ({ code: "unknown-field", path, detail: `unknown field "${path}"`, origin: "schema.unknown-field" }))],
    applyDefaults: (object) => shaped(schema, object),
    prepare: (object, previous) => (previous === undefined && hasStatus ? withoutStatus(object) : object),
    validate: validate(schema, scale),
    columns: columnsOf(version as unknown as JsonObject),
    custom,
  });
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = jsonOf(object);
  return rest as unknown as KubeObject;
}

/** Kinds of definitions already read. A memory of answers: it changes none. */
const known = new WeakMap<KubeObject, readonly ResourceDefinition[]>();

/** The kinds a definition brings, one a version; none before it is established. Without `convert`, versions differ by their name alone. */
export function kindsOf(object: KubeObject, convert?: Convert): readonly ResourceDefinition[] {
  const found = convert === undefined ? known.get(object) : undefined;
  if (found) return found;
  const crd = object as CustomResourceDefinition;
  const made = isTrue(crd, "Established") ? crd.spec.versions.map((version) => definitionOf(crd, version, convert)) : [];
  if (convert === undefined) known.set(object, made);
  return made;
}

/** Names a definition claims and that another holds: what upstream's naming controller looks at. */
export function namesOf(object: KubeObject): { readonly group: string; readonly plural: string; readonly singular: string; readonly kind: string; readonly listKind: string; readonly shortNames: readonly string[] } {
  const spec = objectAt(jsonOf(object), "spec");
  const names = objectAt(spec, "names");
  const short = names["shortNames"];
  return { group: textAt(spec, "group"), plural: textAt(names, "plural"), singular: textAt(names, "singular"), kind: textAt(names, "kind"), listKind: textAt(names, "listKind"), shortNames: Array.isArray(short) ? (short as readonly string[]) : [] };
}

/** Every version a definition writes down, served or not. */
export function versionsOf(object: KubeObject): readonly JsonObject[] {
  return objectsAt(objectAt(jsonOf(object), "spec"), "versions");
}

/** The kind objects of a definition are kept under. */
export function storedKindOf(object: KubeObject): KindId {
  const crd = object as CustomResourceDefinition;
  return kindId(`${crd.spec.group}/${storageVersion(crd)}`, crd.spec.names.kind);
}
