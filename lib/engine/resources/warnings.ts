/** What clients are told of an accepted write. Upstream: the `WarningsOnCreate` and `WarningsOnUpdate` of each strategy. */
import { CRON_JOB, CUSTOM_RESOURCE_DEFINITION, DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, ENDPOINTS, INGRESS, JOB, NETWORK_POLICY, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, REPLICATION_CONTROLLER, REPLICA_SET, RUNTIME_CLASS, SERVICE, SERVICE_ACCOUNT, STATEFUL_SET, STORAGE_CLASS } from "../apimachinery/kinds";
import { deepEqual } from "../apimachinery/compare";
import type { Json, JsonObject, KindId, KubeObject } from "../apimachinery/meta";
import { oddAddress } from "../apimachinery/names";
import { versionsOf } from "./apiextensions/custom-resource/index";
import { unknownFormats } from "./apiextensions/structural/unknown-formats";
import { jsonOf, specOf } from "./cells";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "./json-object";
import { claimWarnings, nameWarnings, oldLabel, podWarnings, termWarnings } from "./core/pod-template/warnings";

type Teller = (object: KubeObject, previous: KubeObject | undefined) => readonly string[];

const POD_NAMES = "Pod names and hostnames";

/** What is wanted has changed, or is new. */
const isOther = (object: KubeObject, previous: KubeObject | undefined): boolean => previous === undefined || !deepEqual(specOf(previous), specOf(object));

function ofTemplate(path: string, isUsedInNames: boolean, more: (spec: JsonObject) => readonly string[] = () => []): Teller {
  return (object, previous) => {
    if (!isOther(object, previous)) return [];
    const holder = path.split(".").reduce<JsonObject>((inner, key) => objectAt(inner, key), jsonOf(object));
    const named = previous === undefined && isUsedInNames ? nameWarnings(object.metadata.name ?? "", POD_NAMES) : [];
    return [...named, ...more(specOf(object)), ...podWarnings(`${path}.`, objectAt(holder, "metadata"), objectAt(holder, "spec"))];
  };
}

function annotated(object: KubeObject, key: string, what: string): readonly string[] {
  return object.metadata.annotations?.[key] === undefined ? [] : [`metadata.annotations[${key}]: ${what}`];
}

const STORAGE_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
const OLD_CLASS = 'deprecated since v1.8; use "storageClassName" attribute instead';

/** Indexed Jobs so large that nobody can say any more which of their indexes are done. */
function largeJob(path: string, spec: JsonObject): readonly string[] {
  const isLarge = textAt(spec, "completionMode") === "Indexed" && (numberAt(spec, "completions") ?? 0) > 100_000 && (numberAt(spec, "parallelism") ?? 0) > 10_000;
  return isLarge ? [`${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`] : [];
}

/** Volumes of kinds that no longer work. */
const OLD_SOURCES: readonly (readonly [field: string, shown: string, what: string])[] = [
  ["cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"],
];

function ofVolume(object: KubeObject): readonly string[] {
  const spec = specOf(object);
  return [
    ...annotated(object, STORAGE_CLASS_ANNOTATION, OLD_CLASS),
    ...annotated(object, "volume.beta.kubernetes.io/mount-options", 'deprecated since v1.31; use "mountOptions" attribute instead'),
    ...(textAt(spec, "persistentVolumeReclaimPolicy") === "Recycle" ? ["spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning."] : []),
    ...objectsAt(objectAt(objectAt(spec, "nodeAffinity"), "required"), "nodeSelectorTerms").flatMap((term, i) => termWarnings(`spec.nodeAffinity.required.nodeSelectorTerms[${i}]`, term)),
    ...OLD_SOURCES.filter(([field]) => has(spec, field)).map(([, shown, what]) => `spec.${shown}: ${what}`),
  ];
}

const HINTS = "service.kubernetes.io/topology-aware-hints";

const odd = (path: string, values: readonly Json[]): readonly string[] => values.flatMap((value, i) => (typeof value === "string" ? oddAddress(`${path}[${i}]`, value) : []));

/** Upstream: `GetWarningsForService`. */
function ofService(object: KubeObject): readonly string[] {
  const spec = specOf(object);
  const [type, external] = [textAt(spec, "type"), listAt(spec, "externalIPs").length > 0];
  const isHeadless = type === "ClusterIP" && textAt(spec, "clusterIP") === "None";
  const ignored = (when: boolean, what: string): readonly string[] => (when ? [what] : []);
  return [
    ...ignored(object.metadata.annotations?.[HINTS] !== undefined, `annotation ${HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`),
    ...odd("spec.clusterIPs", listAt(spec, "clusterIPs")),
    ...ignored(isHeadless && textAt(spec, "loadBalancerIP") !== "", "spec.loadBalancerIP is ignored for headless services"),
    ...ignored(isHeadless && external, "spec.externalIPs is ignored for headless services"),
    ...ignored(isHeadless && textAt(spec, "sessionAffinity") === "ClientIP", "spec.SessionAffinity is ignored for headless services"),
    ...ignored(!isHeadless && external, "spec.externalIPs is deprecated and may no longer be implemented in some clusters"),
    ...odd("spec.externalIPs", listAt(spec, "externalIPs")),
    ...oddAddress("spec.loadBalancerIP", textAt(spec, "loadBalancerIP")),
    ...odd("spec.loadBalancerSourceRanges", listAt(spec, "loadBalancerSourceRanges")),
    ...ignored(type === "ExternalName" && external, 'spec.externalIPs is ignored when spec.type is "ExternalName"'),
    ...ignored(type !== "ExternalName" && textAt(spec, "externalName") !== "", 'spec.externalName is ignored when spec.type is not "ExternalName"'),
    ...ignored(textAt(spec, "trafficDistribution") === "PreferClose", 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'),
  ];
}

function ofSet(object: KubeObject, previous: KubeObject | undefined): readonly string[] {
  const spec = specOf(object);
  // Upstream spells the path of a claim in two ways.
  const claims = objectsAt(spec, "volumeClaimTemplates").flatMap((claim, i) => claimWarnings(`spec.volumeClaimTemplates[${i}]${previous === undefined ? "" : ".Spec"}`, objectAt(claim, "spec")));
  const history = (numberAt(spec, "revisionHistoryLimit") ?? 0) < 0 ? ["spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"] : [];
  return [...ofTemplate("spec.template", false)(object, previous), ...claims, ...history];
}

/** Controllers write addresses as they should be. */
const isControlled = (object: KubeObject, label: string): boolean => CONTROLLERS.includes(object.metadata.labels?.[label] ?? "");
const CONTROLLERS = ["endpoint-controller", "endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"];

function ofEndpoints(object: KubeObject): readonly string[] {
  if (isControlled(object, "endpoints.kubernetes.io/managed-by")) return [];
  return objectsAt(jsonOf(object), "subsets").flatMap((subset, i) => ["addresses", "notReadyAddresses"].flatMap((field) => objectsAt(subset, field).flatMap((address, j) => oddAddress(`subsets[${i}].${field}[${j}].ip`, textAt(address, "ip")))));
}

function ofSlice(object: KubeObject, previous: KubeObject | undefined): readonly string[] {
  const named = previous === undefined && textAt(jsonOf(object), "addressType") === "FQDN" ? ["spec.addressType: FQDN endpoints are deprecated"] : [];
  const isOdd = (endpoint: JsonObject, i: number): readonly string[] => odd(`endpoints[${i}].addresses`, listAt(endpoint, "addresses"));
  return isControlled(object, "endpointslice.kubernetes.io/managed-by") ? named : [...named, ...objectsAt(jsonOf(object), "endpoints").flatMap(isOdd)];
}

function ofNetworkPolicy(object: KubeObject): readonly string[] {
  const peers = ([["ingress", "from"], ["egress", "to"]] as const).flatMap(([side, peer]) => objectsAt(specOf(object), side).flatMap((rule, i) => objectsAt(rule, peer).map((one, j) => [`spec.${side}[${i}].${peer}[${j}].ipBlock`, objectAt(one, "ipBlock")] as const)));
  return peers.flatMap(([path, block]) => [...oddAddress(`${path}.cidr`, textAt(block, "cidr")), ...odd(`${path}.except`, listAt(block, "except"))]);
}

const MOUNTABLE = "kubernetes.io/enforce-mountable-secrets";

const TELLERS: Readonly<Record<KindId, Teller>> = {
  [CUSTOM_RESOURCE_DEFINITION]: (object, previous) =>
    isOther(object, previous) ? [...new Set(versionsOf(object).flatMap((version) => unknownFormats(objectAt(objectAt(version, "schema"), "openAPIV3Schema"))))].map((format) => `unrecognized format ${JSON.stringify(format)}`) : [],
  // Nobody is told of changes of pods: that would be asked too often.
  [POD]: (object, previous) => (previous === undefined ? [...nameWarnings(object.metadata.name ?? "", "the Pod's hostname"), ...podWarnings("", object.metadata as unknown as JsonObject, specOf(object))] : []),
  [DEPLOYMENT]: ofTemplate("spec.template", true),
  [REPLICA_SET]: ofTemplate("spec.template", true),
  [REPLICATION_CONTROLLER]: ofTemplate("spec.template", true),
  [STATEFUL_SET]: ofSet,
  [DAEMON_SET]: ofTemplate("spec.template", false),
  [JOB]: ofTemplate("spec.template", true, (spec) => largeJob("spec", spec)),
  [CRON_JOB]: ofTemplate("spec.jobTemplate.spec.template", true, (spec) => largeJob("spec.jobTemplate.spec", objectAt(objectAt(spec, "jobTemplate"), "spec"))),
  [PERSISTENT_VOLUME]: ofVolume,
  [PERSISTENT_VOLUME_CLAIM]: (object) => [...annotated(object, STORAGE_CLASS_ANNOTATION, OLD_CLASS), ...claimWarnings("spec", specOf(object))],
  [SERVICE]: ofService,
  [NODE]: (object) => [
    ...(has(specOf(object), "configSource") ? ["spec.configSource: the feature is removed"] : []),
    ...(textAt(specOf(object), "externalID") === "" ? [] : ["spec.externalID: this field is deprecated, and is unused by Kubernetes"]),
  ],
  [SERVICE_ACCOUNT]: (object, previous) => (previous?.metadata.annotations?.[MOUNTABLE] === undefined ? annotated(object, MOUNTABLE, "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets") : []),
  [ENDPOINTS]: ofEndpoints,
  [ENDPOINT_SLICE]: ofSlice,
  [NETWORK_POLICY]: ofNetworkPolicy,
  [STORAGE_CLASS]: (object) =>
    objectsAt(jsonOf(object), "allowedTopologies").flatMap((topology, i) =>
      objectsAt(topology, "matchLabelExpressions").flatMap((expression, j) => {
        const old = oldLabel(textAt(expression, "key"));
        return old === undefined ? [] : [`allowedTopologies[${i}].matchLabelExpressions[${j}]: ${old}`];
      }),
    ),
  [RUNTIME_CLASS]: (object) => Object.keys(objectAt(objectAt(jsonOf(object), "scheduling"), "nodeSelector")).flatMap((key) => (oldLabel(key) === undefined ? [] : [`scheduling.nodeSelector: ${oldLabel(key) ?? ""}`])),
  [INGRESS]: (object, previous) =>
    previous === undefined && has((object.metadata.annotations ?? {}) as JsonObject, "kubernetes.io/ingress.class") ? [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`] : [],
};

/** Everything to tell of a write. */
export function warningsOf(kind: KindId, object: KubeObject, previous: KubeObject | undefined): readonly string[] {
  return Object.hasOwn(TELLERS, kind) ? (TELLERS[kind]?.(object, previous) ?? []) : [];
}
