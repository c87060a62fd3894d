import type { Json, JsonObject, KubeObject } from "../apimachinery/meta";
import { listAt, objectAt, objectsAt, textAt, isObject, has } from "../resources/json-object";
import { pod as podResource } from "../resources/core/pod/index";
import type { Pod } from "../resources/core/pod/pod";

/** Volumes whose content comes from the API, by their source. */
const REMOTE = ["configMap", "secret", "csi", "glusterfs", "persistentVolumeClaim", "ephemeral", "azureFile"];

/** The kinds of containers a pod has, by field. */
const LISTS = ["initContainers", "containers", "ephemeralContainers"];

/** Does a volume stand for an object of the API? */
function volumeRefers(volume: JsonObject): boolean {
  if (REMOTE.some((source) => has(volume, source))) return true;
  return objectsAt(objectAt(volume, "projected"), "sources").some((source) => !has(source, "downwardAPI"));
}

/** Does a container read an object of the API? */
function containerRefers(container: JsonObject): boolean {
  if (listAt(container, "envFrom").length > 0) return true;
  return objectsAt(container, "env").some((variable) => has(objectAt(variable, "valueFrom"), "secretKeyRef") || has(objectAt(variable, "valueFrom"), "configMapKeyRef"));
}

/** Does a pod need an object of the API to run? Upstream: podutil.HasAPIObjectReference. */
function refers(spec: JsonObject): boolean {
  if (textAt(spec, "serviceAccountName") !== "" || listAt(spec, "imagePullSecrets").length > 0 || listAt(spec, "resourceClaims").length > 0) return true;
  return objectsAt(spec, "volumes").some(volumeRefers) || LISTS.some((list) => objectsAt(spec, list).some(containerRefers));
}

/** A manifest as it was read, before the kubelet completes it: of the shape of a named pod. */
export interface Manifest {
  readonly metadata: JsonObject & { readonly name: string };
  readonly spec: JsonObject;
}

/** What a document says of a pod; undefined when it is not one, or has no name. Fields nobody knows are passed over. */
export function manifestOf(value: Json | undefined): Manifest | undefined {
  if (!isObject(value) || value["kind"] !== "Pod" || value["apiVersion"] !== "v1") return undefined;
  if (podResource.checkShape(value).some(({ code }) => code !== "unknown-field")) return undefined;
  const metadata = objectAt(value, "metadata");
  const name = textAt(metadata, "name");
  return name === "" ? undefined : { metadata: { ...metadata, name }, spec: objectAt(value, "spec") };
}

/** The pod with its defaults, when it is a valid one that needs nothing of the API. Upstream: pkg/kubelet/config tryDecodeSinglePod. */
export function completePod(object: JsonObject): Pod | undefined {
  const complete = podResource.applyDefaults(object as unknown as KubeObject);
  if (podResource.validate(complete, undefined).length > 0) return undefined;
  return refers(objectAt(object, "spec")) ? undefined : (complete as Pod);
}
