/** Names by which resources speak of one another: they follow when a name changes. Upstream: kustomize's name reference configuration. */
import type { Json, JsonObject } from "@/lib/engine";
import { objectOf } from "../describers/paper";
import { changedAt, kindOf, nameOf, type Resource } from "./resource";

/** Where pods keep names of a kind. */
const POD_REFERENCES: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ["volumes.*.configMap.name", "volumes.*.projected.sources.*.configMap.name", "containers.*.env.*.valueFrom.configMapKeyRef.name", "containers.*.envFrom.*.configMapRef.name", "initContainers.*.env.*.valueFrom.configMapKeyRef.name", "initContainers.*.envFrom.*.configMapRef.name"],
  Secret: ["volumes.*.secret.secretName", "volumes.*.projected.sources.*.secret.name", "containers.*.env.*.valueFrom.secretKeyRef.name", "containers.*.envFrom.*.secretRef.name", "initContainers.*.env.*.valueFrom.secretKeyRef.name", "initContainers.*.envFrom.*.secretRef.name", "imagePullSecrets.*.name"],
  ServiceAccount: ["serviceAccountName"],
  PersistentVolumeClaim: ["volumes.*.persistentVolumeClaim.claimName"],
  PriorityClass: ["priorityClassName"],
};

/** Where other objects keep names of a kind: the object's kind and the path. */
const REFERENCES: Readonly<Record<string, readonly (readonly [kind: string, path: string])[]>> = {
  Service: [["Ingress", "spec.defaultBackend.service.name"], ["Ingress", "spec.rules.*.http.paths.*.backend.service.name"], ["StatefulSet", "spec.serviceName"]],
  Secret: [["Ingress", "spec.tls.*.secretName"], ["ServiceAccount", "secrets.*.name"], ["ServiceAccount", "imagePullSecrets.*.name"]],
  PersistentVolume: [["PersistentVolumeClaim", "spec.volumeName"]],
  StorageClass: [["PersistentVolumeClaim", "spec.storageClassName"], ["PersistentVolume", "spec.storageClassName"], ["StatefulSet", "spec.volumeClaimTemplates.*.spec.storageClassName"]],
};

/** Paths under which a pod's spec may stand. */
export const POD_SPECS: Readonly<Record<string, string>> = {
  Pod: "spec",
  Deployment: "spec.template.spec",
  ReplicaSet: "spec.template.spec",
  DaemonSet: "spec.template.spec",
  StatefulSet: "spec.template.spec",
  ReplicationController: "spec.template.spec",
  Job: "spec.template.spec",
  CronJob: "spec.jobTemplate.spec.template.spec",
};

type Renames = ReadonlyMap<string, string>;

function renamed(object: JsonObject, path: string, kind: string, renames: Renames): JsonObject {
  const change = (inner: Json): Json => (typeof inner === "string" ? (renames.get(`${kind}/${inner}`) ?? inner) : inner);
  return changedAt(object, path.split("."), change) as JsonObject;
}

/** References that say the kind themselves: what a binding binds, what an autoscaler scales. */
function spoken(object: JsonObject, renames: Renames): JsonObject {
  const change = (inner: Json): Json => {
    const reference = objectOf(inner);
    const name = renames.get(`${String(reference["kind"])}/${String(reference["name"])}`);
    return name === undefined ? inner : { ...reference, name };
  };
  const paths = kindOf(object).endsWith("RoleBinding") ? ["roleRef", "subjects.*"] : kindOf(object) === "HorizontalPodAutoscaler" ? ["spec.scaleTargetRef"] : [];
  return paths.reduce((all, path) => changedAt(all, path.split("."), change) as JsonObject, object);
}

/** Every resource with the names it mentions brought up to date; `before` are the resources under their old names, in the same order. */
export function withReferences(before: readonly Resource[], after: readonly Resource[]): readonly Resource[] {
  const renames = new Map(before.flatMap(({ object }, i) => {
    const name = nameOf(after[i]?.object ?? {});
    return name === nameOf(object) ? [] : [[`${kindOf(object)}/${nameOf(object)}`, name] as const];
  }));
  if (renames.size === 0) return after;
  return after.map((resource) => {
    let object = spoken(resource.object, renames);
    const pods = POD_SPECS[kindOf(object)];
    for (const [kind, paths] of Object.entries(POD_REFERENCES)) if (pods !== undefined) for (const path of paths) object = renamed(object, `${pods}.${path}`, kind, renames);
    for (const [kind, places] of Object.entries(REFERENCES)) for (const [owner, path] of places) if (owner === kindOf(object)) object = renamed(object, path, kind, renames);
    return { ...resource, object };
  });
}
