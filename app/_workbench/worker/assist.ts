import { ApiError, explainField, kindOf, partsOfKind, resourceFor, resources, type Cluster, type FieldError, type JsonObject, type KindId } from "@/lib/engine";
import { explainCode, explainFieldError } from "@/lib/explain";
import { parseManifests, type JsonObject as ManifestObject, type ParsedDocument } from "@/lib/manifest";
import type { Locale } from "@/lib/text";
import { placeIn, type YamlPlace } from "./yaml-place";
import type { OpenBench } from "./open-bench";
import type { Diagnosis, Place, Suggestion } from "./protocol";

const MOST_PEEKED = 60_000;

/** What is wrong in a file: first as YAML, then as the API server of a copy of this cluster would see it. */
export function diagnose(open: OpenBench, path: string, text: string): readonly Diagnosis[] {
  if (!/\.(ya?ml|json)$/.test(path)) return [];
  const { documents, problems } = parseManifests(text);
  const found = problems.map(({ code, severity, params, line, column }): Diagnosis => ({
    line, column, endLine: line, endColumn: column + 1, severity, message: explainCode(code, open.locale, params), upstream: typeof params["upstream"] === "string" ? params["upstream"] : "",
  }));
  const copy = open.bench.cluster.fork();
  return [...found, ...documents.flatMap((document) => refusals(copy, document, open.locale))];
}

function refusals(copy: Cluster, document: ParsedDocument<ManifestObject>, locale: Locale): readonly Diagnosis[] {
  try {
    write(copy, document.value);
    return [];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { causes, message } = error.status;
    if (causes.length === 0) return [{ ...document.positionOf("kind"), severity: "error", message, upstream: "" }];
    return causes.map((cause: FieldError): Diagnosis => ({ ...document.positionOf(cause.path), severity: "error", message: `${cause.path}: ${explainFieldError(cause, locale)}`, upstream: cause.detail }));
  }
}

/** Writes as `kubectl apply` would: creates, or changes what is there. */
function write(copy: Cluster, value: JsonObject): void {
  const admin = copy.as("kubernetes-admin");
  const kind = kindOf(value as unknown as { readonly apiVersion: string; readonly kind: string });
  const { namespace = "default", name } = (value["metadata"] ?? {}) as { readonly namespace?: string; readonly name?: string };
  const key = { namespace: resourceFor(kind)?.namespaced === false ? "" : namespace, name: name ?? "" };
  if (name !== undefined && resourceFor(kind) && admin.get(kind, key)) admin.patch({ kind, ...key }, { type: "strategic", body: value });
  else admin.create(key.namespace === "" ? value : { ...value, metadata: { ...(value["metadata"] as JsonObject | undefined), namespace: key.namespace } });
}

/** The kind of the document a place is in, when the API of this cluster has it. */
function kindAt({ apiVersion, kind }: YamlPlace): KindId | undefined {
  const found = resources.find((definition) => {
    const parts = partsOfKind(definition.kind);
    return parts.kind === kind && (apiVersion === "" || parts.apiVersion === apiVersion);
  });
  return found?.kind;
}

/** Words that fit where the cursor is: fields of the kind, values of a field, names of objects there are. */
export function completeField(open: OpenBench, { text, line, column }: Place): readonly Suggestion[] {
  const place = placeIn(text, line, column);
  const kind = kindAt(place);
  if (place.at === "value") return valuesFor(open.bench.cluster, place, kind);
  if (!kind) return rootFields(place);
  const here = explainField(kind, place.path);
  if ("error" in here) return [];
  return here.fields
    .filter(({ name }) => !place.siblings.includes(name) && !(place.path.length === 0 && name === "status"))
    .map((field): Suggestion => ({ label: field.name, insert: insertion(field.name, field.type, place.indent), detail: `${field.type}${field.required ? " ·  *" : ""}`, documentation: field.description, kind: "field" }));
}

function rootFields({ path, siblings }: YamlPlace): readonly Suggestion[] {
  if (path.length > 0) return [];
  return ["apiVersion", "kind", "metadata", "spec"].filter((name) => !siblings.includes(name)).map((name) => ({ label: name, insert: name === "metadata" || name === "spec" ? `${name}:\n  ` : `${name}: `, detail: "", documentation: "", kind: "field" }));
}

function insertion(name: string, type: string, indent: number): string {
  const deeper = " ".repeat(indent + 2);
  if (type.startsWith("[]")) return `${name}:\n${deeper}- `;
  if (type === "Object" || /^[A-Z]/.test(type) || type.startsWith("map")) return `${name}:\n${deeper}`;
  return `${name}: `;
}

function valuesFor(cluster: Cluster, place: YamlPlace, kind: KindId | undefined): readonly Suggestion[] {
  const field = place.path.at(-1) ?? "";
  const value = (label: string, detail = ""): Suggestion => ({ label, insert: label, detail, documentation: "", kind: "value" });
  if (place.path.length === 1 && field === "kind") return resources.map((definition) => value(partsOfKind(definition.kind).kind, partsOfKind(definition.kind).apiVersion));
  if (place.path.length === 1 && field === "apiVersion") {
    const fitting = resources.filter((definition) => place.kind === "" || partsOfKind(definition.kind).kind === place.kind);
    return [...new Set(fitting.map((definition) => partsOfKind(definition.kind).apiVersion))].map((label) => value(label));
  }
  const explained = kind ? explainField(kind, place.path) : undefined;
  if (explained && !("error" in explained)) {
    if (explained.values.length > 0) return explained.values.filter((label) => label !== "").map((label) => value(label));
    if (explained.type === "boolean") return [value("true"), value("false")];
  }
  const named = REFERENCES[field];
  if (named === undefined) return [];
  return resources.filter(({ plural }) => plural === named).flatMap((definition) => cluster.as("kubernetes-admin").list(definition.kind).map(({ metadata }) => value(metadata.name, named)));
}

/** Fields that name another object, by the plural of its kind. */
const REFERENCES: { readonly [field: string]: string } = {
  claimName: "persistentvolumeclaims",
  storageClassName: "storageclasses",
  serviceName: "services",
  ingressClassName: "ingressclasses",
  configMapName: "configmaps",
  secretName: "secrets",
  namespace: "namespaces",
  nodeName: "nodes",
  serviceAccountName: "serviceaccounts",
};

/** What a field is, as the API explains it. */
export function hover(_open: OpenBench, { text, line, column }: Place): string {
  const place = placeIn(text, line, column, true);
  const kind = kindAt(place);
  if (!kind || place.path.length === 0) return "";
  const explained = explainField(kind, place.path);
  if ("error" in explained) return "";
  const values = explained.values.filter((value) => value !== "");
  return [`**${place.path.join(".")}** \`${explained.type}\``, explained.description, values.length > 0 ? values.map((value) => `\`${value}\``).join(" · ") : ""].filter((part) => part !== "").join("\n\n");
}

/** What a terminal line prints in a copy of this bench: it leaves no trace here. */
export function peek({ bench }: OpenBench, line: string): string {
  const effect = bench.fork().apply({ type: "run", line });
  const text = `${effect.output?.stdout ?? ""}${effect.output?.stderr ?? ""}`;
  return text.length > MOST_PEEKED ? `${text.slice(0, MOST_PEEKED)}\n…` : text;
}
