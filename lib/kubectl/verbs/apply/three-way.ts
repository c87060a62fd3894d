import { ApiError, mergePatch, strategicMergePatch, threeWayMergePatch, threeWayStrategicPatch, type Json, type JsonObject, type KubeObject } from "@/lib/engine";
import { parseYaml, toCompactJson, type Json as ManifestJson } from "@/lib/manifest";
import type { Call } from "../../command";
import { isStrategic, kindText, resourceText, type Wanted } from "../../discovery";
import { doing, fail } from "../../failure";
import { dryRunOf, writeOptionsOf } from "../../writing";

/** Where `kubectl apply` keeps what it was last given. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** A document with the annotation that says what was applied: itself, without that annotation. */
export function annotated(body: JsonObject): JsonObject {
  const metadata = (body["metadata"] ?? {}) as JsonObject;
  const annotations = { ...((metadata["annotations"] ?? {}) as JsonObject) };
  delete (annotations as Record<string, Json>)[LAST_APPLIED];
  const plain = { ...body, metadata: { ...metadata, annotations } };
  const text = `${toCompactJson(JSON.parse(JSON.stringify(plain)) as ManifestJson)}\n`;
  return { ...plain, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

/** Creates an object or changes it to what the manifest says, removing what the last manifest said and this one does not. */
export function applyOne(call: Call, wanted: Wanted): { readonly object: KubeObject; readonly verb: string } {
  const { type, ref, source } = wanted;
  const prefix = ((wanted.body["metadata"] ?? {}) as JsonObject)["generateName"];
  if (ref.name === "" && typeof prefix === "string" && prefix !== "") fail(`from ${prefix}: cannot use generate name with apply`);
  if (ref.name === "") {
    fail(`error when retrieving current configuration of:\nResource: "${resourceText(type)}", GroupVersionKind: "${kindText(type)}"\nName: "", Namespace: "${ref.namespace}"\nfrom server for: "${source}": resource name may not be empty`);
  }
  const modified = call.flags.bool("server-side") ? wanted.body : annotated(wanted.body);
  const look = (): KubeObject | undefined => call.client.get<KubeObject>(ref.kind, ref);
  const live = call.flags.bool("server-side") ? undefined : doing(`error when retrieving current configuration of:\nResource: "${resourceText(type)}", GroupVersionKind: "${kindText(type)}"\nName: "${ref.name}", Namespace: "${ref.namespace}"\nfrom server for: "${source}"`, look);
  const dryRun = dryRunOf(call);
  if (call.flags.bool("server-side")) {
    const manager = call.flags.given("field-manager") ? call.flags.text("field-manager") : "kubectl";
    const patch = { type: "apply", body: modified, fieldManager: manager, force: call.flags.bool("force-conflicts") } as const;
    const apply = (): KubeObject => unconflicted(() => call.client.patch<KubeObject>(ref, patch, writeOptionsOf(call)));
    const applied = dryRun === "client" ? (modified as unknown as KubeObject) : apply();
    const object = dryRun === "none" && takesOver(call, ref, applied, manager) ? apply() : applied;
    return { object, verb: "serverside-applied" };
  }
  if (!live) {
    if (dryRun === "client") return { object: modified as unknown as KubeObject, verb: "created" };
    return { object: doing(`error when creating "${source}"`, () => call.client.create<KubeObject>(modified, writeOptionsOf(call))), verb: "created" };
  }
  return change(call, wanted, modified, live);
}

type Managed = NonNullable<KubeObject["metadata"]["managedFields"]>[number];

function owns({ operation, subresource = "", fieldsV1 }: Managed): boolean {
  const annotations = ((fieldsV1 as unknown as JsonObject | undefined)?.["f:metadata"] as JsonObject | undefined)?.["f:annotations"] as JsonObject | undefined;
  return operation === "Update" && subresource === "" && annotations?.[`f:${LAST_APPLIED}`] !== undefined;
}

/** The fields of both. */
function joined(a: JsonObject, b: JsonObject): JsonObject {
  return Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, joined((a[key] ?? {}) as JsonObject, (b[key] ?? {}) as JsonObject)]));
}

/** What was applied from here before now belongs to whoever applies on the server. Upstream: client-go/util/csaupgrade. */
function takesOver(call: Call, ref: Wanted["ref"], object: KubeObject, manager: string): boolean {
  const managed = object.metadata.managedFields ?? [];
  const before = managed.filter((entry) => owns(entry) || (entry.operation === "Update" && (entry.subresource ?? "") === "" && entry.manager === "kubectl-client-side-apply"));
  const own = managed.find((entry) => entry.operation === "Apply" && entry.manager === manager && (entry.subresource ?? "") === "");
  if (before.length === 0 || own === undefined) return false;
  const annotation = { "f:metadata": { "f:annotations": { [`f:${LAST_APPLIED}`]: {} } } };
  const fields = before.reduce((all, { fieldsV1 }) => joined(all, (fieldsV1 ?? {}) as unknown as JsonObject), joined((own.fieldsV1 ?? {}) as unknown as JsonObject, annotation));
  const rest = managed.filter((entry) => !before.includes(entry)).map((entry) => (entry === own ? { ...own, fieldsV1: fields } : entry));
  const ops = [{ op: "replace", path: "/metadata/managedFields", value: rest }, { op: "replace", path: "/metadata/resourceVersion", value: object.metadata.resourceVersion ?? "" }] as unknown as readonly Json[];
  call.client.patch<KubeObject>(ref, { type: "json", ops }, writeOptionsOf(call));
  return true;
}

/** Says what can be done where others manage the same fields. */
function unconflicted<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.reason !== "Conflict") throw error;
    return fail(`${error.status.message}\n${CONFLICT}`);
  }
}

const CONFLICT = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

function change(call: Call, { type, ref, source }: Wanted, modified: JsonObject, live: KubeObject): { readonly object: KubeObject; readonly verb: string } {
  const saved = live.metadata.annotations?.[LAST_APPLIED];
  if (saved === undefined) {
    call.err(
      `Warning: resource ${type.plural}/${ref.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    );
  }
  const before = savedConfig(saved);
  const document = live as unknown as JsonObject;
  const strategic = isStrategic(type);
  const body = strategic ? threeWayStrategicPatch(before, modified, document, type.kind) : threeWayMergePatch(before, modified, document);
  if (Object.keys(body).length === 0) return { object: live, verb: "unchanged" };
  if (dryRunOf(call) === "client") {
    const patched = strategic ? strategicMergePatch(document as Json, body as Json, type.kind) : mergePatch(document as Json, body as Json);
    return { object: patched as unknown as KubeObject, verb: "configured" };
  }
  const doingIt = `error when applying patch:\n${toCompactJson(JSON.parse(JSON.stringify(body)) as ManifestJson)}\nto:\nResource: "${resourceText(type)}", GroupVersionKind: "${kindText(type)}"\nName: "${ref.name}", Namespace: "${ref.namespace}"\nfor: "${source}": error when patching "${source}"`;
  const object = doing(doingIt, () => call.client.patch<KubeObject>(ref, { type: strategic ? "strategic" : "merge", body }, writeOptionsOf(call)));
  return { object, verb: object.metadata.resourceVersion === live.metadata.resourceVersion && dryRunOf(call) === "none" ? "unchanged" : "configured" };
}

/** What was applied last, or an empty object when nothing readable is kept. */
export function savedConfig(text: string | undefined): JsonObject {
  const value = text === undefined ? undefined : parseYaml(text).documents[0]?.value;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
