/** What clients are told of an accepted write. Upstream: the `WarningsOnCreate` and `WarningsOnUpdate` of each strategy. */
import { CRON_JOB, CUSTOM_RESOURCE_DEFINITION, DAEMON_SET, DEPLOYMENT, INGRESS, JOB, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, REPLICATION_CONTROLLER, REPLICA_SET, STATEFUL_SET } from "../apimachinery/kinds";
import { deepEqual } from "../apimachinery/compare";
import type { JsonObject, KindId, KubeObject } from "../apimachinery/meta";
import { versionsOf } from "./apiextensions/custom-resource/index";
import { unknownFormats } from "./apiextensions/structural/unknown-formats";
import { jsonOf, specOf } from "./cells";
import { has, objectAt, textAt } from "./json-object";
import { fractionWarnings, nameWarnings, podWarnings } from "./core/pod-template/warnings";

type Teller = (object: KubeObject, isNew: boolean) => readonly string[];

const POD_NAMES = "Pod names and hostnames";

function ofTemplate(path: string, isUsedInNames: boolean): Teller {
  return (object, isNew) => {
    const holder = path.split(".").reduce<JsonObject>((inner, key) => objectAt(inner, key), jsonOf(object));
    const named = isNew && isUsedInNames ? nameWarnings(object.metadata.name ?? "", POD_NAMES) : [];
    return [...named, ...podWarnings(`${path}.`, objectAt(holder, "metadata"), objectAt(holder, "spec"))];
  };
}

function annotated(object: KubeObject, key: string, what: string): readonly string[] {
  return object.metadata.annotations?.[key] === undefined ? [] : [`metadata.annotations[${key}]: ${what}`];
}

const STORAGE_CLASS = "volume.beta.kubernetes.io/storage-class";
const OLD_CLASS = 'deprecated since v1.8; use "storageClassName" attribute instead';

const TELLERS: Readonly<Record<KindId, Teller>> = {
  [CUSTOM_RESOURCE_DEFINITION]: (object) => [...new Set(versionsOf(object).flatMap((version) => unknownFormats(objectAt(objectAt(version, "schema"), "openAPIV3Schema"))))].map((format) => `unrecognized format ${JSON.stringify(format)}`),
  [POD]: (object, isNew) => [...(isNew ? nameWarnings(object.metadata.name ?? "", "the Pod's hostname") : []), ...podWarnings("", object.metadata as unknown as JsonObject, specOf(object))],
  [DEPLOYMENT]: ofTemplate("spec.template", true),
  [REPLICA_SET]: ofTemplate("spec.template", true),
  [REPLICATION_CONTROLLER]: ofTemplate("spec.template", true),
  [STATEFUL_SET]: ofTemplate("spec.template", false),
  [DAEMON_SET]: ofTemplate("spec.template", false),
  [JOB]: ofTemplate("spec.template", true),
  [CRON_JOB]: ofTemplate("spec.jobTemplate.spec.template", true),
  [PERSISTENT_VOLUME]: (object) => [
    ...annotated(object, STORAGE_CLASS, OLD_CLASS),
    ...annotated(object, "volume.beta.kubernetes.io/mount-options", 'deprecated since v1.31; use "mountOptions" attribute instead'),
    ...(textAt(specOf(object), "persistentVolumeReclaimPolicy") === "Recycle" ? ["spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning."] : []),
    ...fractionWarnings("spec.capacity", objectAt(specOf(object), "capacity")),
  ],
  [PERSISTENT_VOLUME_CLAIM]: (object) => [...annotated(object, STORAGE_CLASS, OLD_CLASS), ...fractionWarnings("spec.resources.requests", objectAt(objectAt(specOf(object), "resources"), "requests"))],
  [INGRESS]: (object, isNew) =>
    isNew && has((object.metadata.annotations ?? {}) as JsonObject, "kubernetes.io/ingress.class") ? [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`] : [],
};

/** Everything to tell of a write: nothing while what is wanted stays as it was. */
export function warningsOf(kind: KindId, object: KubeObject, previous: KubeObject | undefined): readonly string[] {
  if (!Object.hasOwn(TELLERS, kind) || (previous !== undefined && deepEqual(specOf(previous), specOf(object)))) return [];
  return TELLERS[kind]?.(object, previous === undefined) ?? [];
}
