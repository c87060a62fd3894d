/** Versions of custom kinds that a webhook makes of one another. Upstream: apiextensions-apiserver/pkg/apiserver/conversion. */
import { ApiError } from "../../apimachinery/api-error";
import { partsOfKind, kindOf, type Json, type JsonObject, type KubeObject } from "../../apimachinery/meta";
import type { Convert } from "../../resources/apiextensions/custom-resource/index";
import { isObject, listAt, objectAt, textAt } from "../../resources/json-object";
import type { ApiServerSettings } from "../request";
import { postTo } from "../webhook-client";

/** How long a conversion may take, in seconds. */
const TIMEOUT = 30;
const GROUP = "apiextensions.k8s.io";

function refusal(message: string): ApiError {
  return new ApiError({ code: 500, reason: "InternalError", unnamed: true, message, causes: [] });
}

const gvk = (apiVersion: string, kind: string): string => `${apiVersion.includes("/") ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;

/** The objects an answer brings, or what is wrong with it. Upstream: getConvertedObjectsFromResponse. */
function objectsIn(answer: Json, version: string, uid: string): readonly Json[] | string {
  const review = isObject(answer) ? answer : {};
  const [apiVersion, kind] = [textAt(review, "apiVersion"), textAt(review, "kind")];
  if (version === "v1" && (apiVersion !== `${GROUP}/v1` || kind !== "ConversionReview")) return `expected webhook response of ${GROUP}/v1, Kind=ConversionReview, got ${gvk(apiVersion, kind)}`;
  if (!isObject(review["response"])) return "no response provided";
  const { response } = review as { readonly response: JsonObject };
  if (version === "v1" && textAt(response, "uid") !== uid) return `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(textAt(response, "uid"))}`;
  const result = objectAt(response, "result");
  if (textAt(result, "status") !== "Success") return textAt(result, "message") || `response.result.status was '${textAt(result, "status")}', not 'Success'`;
  return listAt(response, "convertedObjects") as readonly Json[];
}

/** What may not change about an object on the way. Upstream: validateConvertedObject. */
function altered(before: KubeObject, after: JsonObject): string | undefined {
  const metadata = objectAt(after, "metadata");
  const { name, namespace = "", uid = "" } = before.metadata;
  const pairs: readonly (readonly [string, string, string])[] = [["name", name, textAt(metadata, "name")], ["namespace", namespace, textAt(metadata, "namespace")], ["UID", uid, textAt(metadata, "uid")]];
  const found = pairs.find(([, own, other]) => own !== other);
  return found && `must have the same ${found[0]}: ${found[1]} != ${found[2]}`;
}

/** The object as it was converted, its metadata its own but for labels and annotations. Upstream: restoreObjectMeta. */
function restored(before: KubeObject, after: JsonObject): KubeObject {
  const { labels: _labels, annotations: _annotations, ...own } = before.metadata;
  const { labels, annotations } = objectAt(after, "metadata");
  return { ...after, metadata: { ...own, ...(isObject(labels) ? { labels } : {}), ...(isObject(annotations) ? { annotations } : {}) } } as unknown as KubeObject;
}

/**
 * How objects of a definition go from version to version; undefined where only their name changes.
 *
 * @simplified The objects of a list are converted one by one, and objects stay in the oldest version the definition says it
 * stores: an answer that a real webhook would be asked for once may be asked for more often, or although none is needed there.
 */
export function converterOf(crd: KubeObject, settings: ApiServerSettings): Convert | undefined {
  const given = objectAt(objectAt(crd as unknown as JsonObject, "spec"), "conversion");
  if (textAt(given, "strategy") !== "Webhook") return undefined;
  const webhook = objectAt(given, "webhook");
  const version = listAt(webhook, "conversionReviewVersions").find((one): one is string => one === "v1" || one === "v1beta1") ?? "v1";
  return (object, apiVersion) => {
    if (object.apiVersion === apiVersion) return object;
    const about = `conversion webhook for ${gvk(object.apiVersion, partsOfKind(kindOf(object)).kind)}`;
    const { uid = "" } = object.metadata;
    const review = { kind: "ConversionReview", apiVersion: `${GROUP}/${version}`, request: { uid, desiredAPIVersion: apiVersion, objects: [object as unknown as Json] } };
    const answer = postTo(objectAt(webhook, "clientConfig"), TIMEOUT, review, settings, true);
    if ("error" in answer) throw refusal(`${about} failed: ${answer.error}`);
    const objects = objectsIn(answer.document, version, uid);
    if (typeof objects === "string") throw refusal(`${about} failed: ${objects}`);
    const [made] = objects;
    if (objects.length !== 1 || !isObject(made)) throw refusal(`${about} returned ${objects.length} objects, expected 1`);
    if (textAt(made, "apiVersion") !== apiVersion) throw refusal(`${about} returned invalid object at index 0: invalid groupVersion (expected ${apiVersion}, received ${textAt(made, "apiVersion")})`);
    if (textAt(made, "kind") !== object.kind) throw refusal(`${about} returned invalid object at index 0: invalid kind (expected ${object.kind}, received ${textAt(made, "kind")})`);
    const problem = altered(object, made);
    if (problem !== undefined) throw refusal(`${about} returned invalid object: ${problem}`);
    if (!isObject(made["metadata"])) throw refusal(`${about} returned invalid metadata: missing metadata in converted object`);
    return restored(object, made);
  };
}
