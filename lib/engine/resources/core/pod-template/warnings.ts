/** What a client is told of a pod that is accepted all the same. Upstream: `GetWarningsForPod`, pkg/api/pod/warnings.go. */
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors } from "../../../apimachinery/names";
import { quantityFrom, quantityMilli } from "../../../apimachinery/quantity";
import { has, numberAt, objectAt, objectsAt, textAt } from "../../json-object";

/** Node labels that have other names now. */
const OLD_LABELS: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** Kinds of volume that no longer work, or soon will not. */
const OLD_VOLUMES: Readonly<Record<string, string>> = {
  photonPersistentDisk: "deprecated in v1.11, non-functional in v1.16+",
  gitRepo: "deprecated in v1.11, and disabled by default in v1.33+",
  scaleIO: "deprecated in v1.16, non-functional in v1.22+",
  flocker: "deprecated in v1.22, non-functional in v1.25+",
  storageos: "deprecated in v1.22, non-functional in v1.25+",
  quobyte: "deprecated in v1.22, non-functional in v1.25+",
  glusterfs: "deprecated in v1.25, non-functional in v1.26+",
  cephfs: "deprecated in v1.28, non-functional in v1.31+",
  rbd: "deprecated in v1.28, non-functional in v1.31+",
};

const NO_SELECTOR = "a null labelSelector results in matching no pod";

function termWarnings(path: string, term: JsonObject): readonly string[] {
  return objectsAt(term, "matchExpressions").flatMap((expression, i) => {
    const old = OLD_LABELS[textAt(expression, "key")];
    return old === undefined ? [] : [`${path}.matchExpressions[${i}].key: ${textAt(expression, "key")} is ${old}`];
  });
}

function affinityWarnings(path: string, affinity: JsonObject): readonly string[] {
  const node = objectAt(affinity, "nodeAffinity");
  const hard = "requiredDuringSchedulingIgnoredDuringExecution";
  const soft = "preferredDuringSchedulingIgnoredDuringExecution";
  const pods = ["podAffinity", "podAntiAffinity"].flatMap((kind) => {
    const terms = objectAt(affinity, kind);
    const bare = (at: string, term: JsonObject): readonly string[] => (has(term, "labelSelector") ? [] : [`${at}.labelSelector: ${NO_SELECTOR}`]);
    return [
      ...objectsAt(terms, hard).flatMap((term, i) => bare(`${path}.${kind}.${hard}[${i}]`, term)),
      ...objectsAt(terms, soft).flatMap((term, i) => bare(`${path}.${kind}.${soft}[${i}].podAffinityTerm`, objectAt(term, "podAffinityTerm"))),
    ];
  });
  return [
    ...objectsAt(objectAt(node, hard), "nodeSelectorTerms").flatMap((term, i) => termWarnings(`${path}.nodeAffinity.${hard}.nodeSelectorTerms[${i}]`, term)),
    ...objectsAt(node, soft).flatMap((term, i) => termWarnings(`${path}.nodeAffinity.${soft}[${i}].preference`, objectAt(term, "preference"))),
    ...pods,
  ];
}

function spreadWarnings(path: string, constraint: JsonObject): readonly string[] {
  const old = OLD_LABELS[textAt(constraint, "topologyKey")];
  return [...(old === undefined ? [] : [`${path}.topologyKey: ${textAt(constraint, "topologyKey")} is ${old}`]), ...(has(constraint, "labelSelector") ? [] : [`${path}.labelSelector: ${NO_SELECTOR}`])];
}

/** Bytes come whole. */
export function fractionWarnings(path: string, quantities: JsonObject): readonly string[] {
  const bytes = Object.keys(quantities).filter((name) => name === "memory" || name === "storage" || name === "ephemeral-storage" || name.startsWith("hugepages-"));
  return bytes.filter((name) => quantityMilli(quantityFrom(quantities[name])) % 1000n !== 0n).map((name) => `${path}[${name}]: fractional byte value ${JSON.stringify(quantities[name])} is invalid, must be an integer`);
}

function volumeWarnings(path: string, volume: JsonObject): readonly string[] {
  const old = Object.keys(OLD_VOLUMES).filter((kind) => has(volume, kind)).map((kind) => `${path}.${kind === "storageos" ? "storageOS" : kind}: ${OLD_VOLUMES[kind] ?? ""}`);
  const empty = objectsAt(objectAt(volume, "projected"), "sources").filter((source) => Object.keys(source).length === 0);
  const claim = objectAt(objectAt(objectAt(volume, "ephemeral"), "volumeClaimTemplate"), "spec");
  return [
    ...old,
    ...empty.map(() => `volume ${JSON.stringify(textAt(volume, "name"))} (Projected) has no sources provided`),
    ...fractionWarnings(`${path}.ephemeral.volumeClaimTemplate.spec.resources.requests`, objectAt(objectAt(claim, "resources"), "requests")),
  ];
}

function environmentWarnings(path: string, container: JsonObject): readonly string[] {
  const seen = new Set<string>();
  return objectsAt(container, "env").flatMap((variable, i) => {
    const name = textAt(variable, "name");
    // What refers to its former self hides nothing.
    const again = seen.has(name) && !textAt(variable, "value").includes(`$(${name})`);
    seen.add(name);
    return again ? [`${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`] : [];
  });
}

/** The same port twice, in one container or in two. */
function portWarnings(path: string, containers: readonly JsonObject[]): readonly string[] {
  const seen = new Map<string, string>();
  return containers.flatMap((container, i) =>
    objectsAt(container, "ports").flatMap((port, j) => {
      const key = `${numberAt(port, "containerPort") ?? 0}/${textAt(port, "protocol")}/${numberAt(port, "hostPort") ?? 0}/${textAt(port, "hostIP")}`;
      const at = `${path}.containers[${i}].ports[${j}]`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, at);
      return first === undefined ? [] : [`${at}: duplicate port definition with ${first}`];
    }),
  );
}

function annotationWarnings(path: string, annotations: JsonObject, spec: JsonObject): readonly string[] {
  const [secured, seccomp, armour] = [objectAt(spec, "securityContext"), "seccomp.security.alpha.kubernetes.io/pod", "container.apparmor.security.beta.kubernetes.io/"];
  return Object.keys(annotations).flatMap((key) => {
    const old = key.startsWith("container.seccomp.security.alpha.kubernetes.io/") || (key === seccomp && !has(secured, "seccompProfile"));
    if (old) return [`${path}[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`];
    return key.startsWith(armour) ? [`${path}[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`] : [];
  });
}

/** All of a pod or a pod template whose metadata and spec stand under `prefix` (`spec.template.` or nothing). */
export function podWarnings(prefix: string, metadata: JsonObject, spec: JsonObject): readonly string[] {
  const path = `${prefix}spec`;
  const containers = ["initContainers", "containers"].flatMap((list) =>
    objectsAt(spec, list).flatMap((container, i) => {
      const [at, resources] = [`${path}.${list}[${i}]`, objectAt(container, "resources")];
      return [
        ...fractionWarnings(`${at}.resources.limits`, objectAt(resources, "limits")),
        ...fractionWarnings(`${at}.resources.requests`, objectAt(resources, "requests")),
        ...environmentWarnings(at, container),
      ];
    }),
  );
  return [
    ...Object.keys(objectAt(spec, "nodeSelector")).filter((key) => Object.hasOwn(OLD_LABELS, key)).map((key) => `${path}.nodeSelector[${key}]: ${OLD_LABELS[key] ?? ""}`),
    ...affinityWarnings(`${path}.affinity`, objectAt(spec, "affinity")),
    ...objectsAt(spec, "topologySpreadConstraints").flatMap((constraint, i) => spreadWarnings(`${path}.topologySpreadConstraints[${i}]`, constraint)),
    ...annotationWarnings(`${prefix}metadata.annotations`, objectAt(metadata, "annotations"), spec),
    ...objectsAt(spec, "volumes").flatMap((volume, i) => volumeWarnings(`${path}.volumes[${i}]`, volume)),
    ...containers,
    ...portWarnings(path, objectsAt(spec, "containers")),
    ...fractionWarnings(`${path}.overhead`, objectAt(spec, "overhead")),
    ...((numberAt(spec, "terminationGracePeriodSeconds") ?? 0) < 0 ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`] : []),
  ];
}

/** Names that become hostnames should be labels. */
export function nameWarnings(name: string, use: string): readonly string[] {
  const reasons = dns1123LabelErrors(name);
  return name === "" || reasons.length === 0 ? [] : [`metadata.name: this is used in ${use}, which can result in surprising behavior; a DNS label is recommended: [${reasons.join(" ")}]`];
}
