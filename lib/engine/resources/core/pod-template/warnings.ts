/** What a client is told of a pod that is accepted all the same. Upstream: `GetWarningsForPod`, pkg/api/pod/warnings.go. */
import type { JsonObject } from "../../../apimachinery/meta";
import { compareStrings } from "../../../apimachinery/compare";
import { dns1123LabelErrors, oddAddress, validateLabelValue } from "../../../apimachinery/names";
import { formatQuantity, quantityFrom, quantityMilli } from "../../../apimachinery/quantity";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";

/** Node labels that have other names now. */
const OLD_LABELS: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  "app.kubernetes.io/created-by": "deprecated since v1.9",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
  "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
};

/** What to say of a label of nodes that has another name now. */
export function oldLabel(key: string): string | undefined {
  return Object.hasOwn(OLD_LABELS, key) ? OLD_LABELS[key] : undefined;
}

const OLD_ANNOTATIONS: Readonly<Record<string, string>> = {
  "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
  "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
  "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
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

/** A term that nodes are selected by. Of a mere preference values may be no label's: that is told, too. */
export function termWarnings(path: string, term: JsonObject, isPreference = false): readonly string[] {
  return objectsAt(term, "matchExpressions").flatMap((expression, i) => {
    const [at, key] = [`${path}.matchExpressions[${i}]`, textAt(expression, "key")];
    const old = oldLabel(key);
    const odd = isPreference ? listAt(expression, "values").flatMap((value, j) => (typeof value === "string" ? validateLabelValue(value).map((wrong) => `${at}.values[${j}]: ${value} is invalid, ${wrong}`) : [])) : [];
    return [...(old === undefined ? [] : [`${at}.key: ${key} is ${old}`]), ...odd];
  });
}

const HARD = "requiredDuringSchedulingIgnoredDuringExecution";
const SOFT = "preferredDuringSchedulingIgnoredDuringExecution";

function nodeAffinityWarnings(path: string, affinity: JsonObject): readonly string[] {
  return [
    ...objectsAt(objectAt(affinity, HARD), "nodeSelectorTerms").flatMap((term, i) => termWarnings(`${path}.${HARD}.nodeSelectorTerms[${i}]`, term)),
    ...objectsAt(affinity, SOFT).flatMap((term, i) => termWarnings(`${path}.${SOFT}[${i}].preference`, objectAt(term, "preference"), true)),
  ];
}

function podAffinityWarnings(path: string, affinity: JsonObject): readonly string[] {
  const bare = (at: string, term: JsonObject): readonly string[] => (has(term, "labelSelector") ? [] : [`${at}.labelSelector: ${NO_SELECTOR}`]);
  return ["podAffinity", "podAntiAffinity"].flatMap((kind) => [
    ...objectsAt(objectAt(affinity, kind), HARD).flatMap((term, i) => bare(`${path}.${kind}.${HARD}[${i}]`, term)),
    ...objectsAt(objectAt(affinity, kind), SOFT).flatMap((term, i) => bare(`${path}.${kind}.${SOFT}[${i}].podAffinityTerm`, objectAt(term, "podAffinityTerm"))),
  ]);
}

function spreadWarnings(path: string, constraint: JsonObject): readonly string[] {
  const old = OLD_LABELS[textAt(constraint, "topologyKey")];
  return [...(old === undefined ? [] : [`${path}.topologyKey: ${textAt(constraint, "topologyKey")} is ${old}`]), ...(has(constraint, "labelSelector") ? [] : [`${path}.labelSelector: ${NO_SELECTOR}`])];
}

/** Bytes come whole. Told of the resources named. */
export function fractionWarnings(path: string, quantities: JsonObject, names: readonly string[]): readonly string[] {
  return names.filter((name) => has(quantities, name) && quantityMilli(quantityFrom(quantities[name])) % 1000n !== 0n).map((name) => `${path}[${name}]: fractional byte value ${JSON.stringify(formatQuantity(quantityFrom(quantities[name])))} is invalid, must be an integer`);
}

/** What is odd about a claim whose spec stands at `path`. Upstream: `GetWarningsForPersistentVolumeClaimSpec`. */
export function claimWarnings(path: string, spec: JsonObject): readonly string[] {
  return ["requests", "limits"].flatMap((side) => fractionWarnings(`${path}.resources.${side}`, objectAt(objectAt(spec, "resources"), side), ["storage"]));
}

function volumeWarnings(path: string, volume: JsonObject): readonly string[] {
  const old = Object.keys(OLD_VOLUMES).filter((kind) => has(volume, kind)).map((kind) => `${path}.${kind === "storageos" ? "storageOS" : kind}: ${OLD_VOLUMES[kind] ?? ""}`);
  return [...old, ...claimWarnings(`${path}.ephemeral.volumeClaimTemplate.spec`, objectAt(objectAt(objectAt(volume, "ephemeral"), "volumeClaimTemplate"), "spec"))];
}

/** Paths that hide one another, each with the first it meets. */
function overlaps(paths: readonly string[], message: string): readonly string[] {
  const seen: string[] = [];
  return paths.flatMap((given) => {
    const path = given.replace(/\/+$/, "");
    const other = path === "" ? undefined : seen.find((item) => item !== "" && (`${item}/`.startsWith(path) || `${path}/`.startsWith(item)));
    if (!seen.includes(path)) seen.push(path);
    return other === undefined ? [] : [`${message}: ${JSON.stringify(path)} with ${JSON.stringify(other)}`];
  });
}

const pathsOf = (source: JsonObject): readonly string[] => objectsAt(source, "items").map((item) => textAt(item, "path"));

function sourcePaths(name: string, source: JsonObject): readonly [paths: readonly string[], message: string] | undefined {
  const of = (kind: string): JsonObject => objectAt(source, kind);
  const called = (what: string): string => `volume ${name} (Projected ${what}): overlapping paths`;
  if (has(of("configMap"), "items")) return [pathsOf(of("configMap")), called(`ConfigMap ${JSON.stringify(textAt(of("configMap"), "name"))}`)];
  if (has(of("secret"), "items")) return [pathsOf(of("secret")), called(`Secret ${JSON.stringify(textAt(of("secret"), "name"))}`)];
  if (has(of("downwardAPI"), "items")) return [pathsOf(of("downwardAPI")), called("DownwardAPI")];
  return has(source, "serviceAccountToken") ? [[textAt(of("serviceAccountToken"), "path")], called("ServiceAccountToken")] : undefined;
}

function projectedOverlaps(name: string, sources: readonly JsonObject[]): readonly string[] {
  // Where a source names no paths, those of the one before are looked at again, as upstream does.
  let last: readonly [readonly string[], string] = [[], ""];
  const all = new Set<string>();
  return sources.flatMap((source) => {
    if (Object.keys(source).length === 0) return [`volume ${name} (Projected) has no sources provided`];
    last = sourcePaths(name, source) ?? last;
    const [paths, message] = last;
    const found = [...overlaps(paths, message), ...overlaps([...new Set(paths), ...all].sort(compareStrings), message)];
    for (const path of paths) all.add(path);
    return found;
  });
}

function overlapWarnings(volume: JsonObject): readonly string[] {
  const name = JSON.stringify(textAt(volume, "name"));
  const of = (kind: string): JsonObject => objectAt(volume, kind);
  return [
    ...overlaps(pathsOf(of("configMap")), `volume ${name} (ConfigMap ${JSON.stringify(textAt(of("configMap"), "name"))}): overlapping paths`),
    ...overlaps(pathsOf(of("secret")), `volume ${name} (Secret ${JSON.stringify(textAt(of("secret"), "secretName"))}): overlapping paths`),
    ...overlaps(pathsOf(of("downwardAPI")), `volume ${name} (DownwardAPI): overlapping paths`),
    ...projectedOverlaps(name, objectsAt(of("projected"), "sources")),
  ];
}

function repeatedWarnings(path: string, items: readonly JsonObject[], field: string): readonly string[] {
  const values = items.map((item) => textAt(item, field));
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [`${path}[${i}].${field}: duplicate ${field} ${JSON.stringify(value)}`] : []));
}

function environmentWarnings(path: string, container: JsonObject): readonly string[] {
  const seen = new Set<string>();
  return objectsAt(container, "env").flatMap((variable, i) => {
    const [name, value] = [textAt(variable, "name"), textAt(variable, "value")];
    const self = `$(${name})`;
    // What adds to its former self hides nothing.
    const hides = seen.has(name) && (has(variable, "valueFrom") || value === self || !value.includes(self));
    seen.add(name);
    return hides ? [`${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`] : [];
  });
}

interface Port {
  readonly at: string;
  readonly hostIP: string;
  readonly hostPort: number;
}

/** How two uses of one port get along, if they do not. */
function clash(a: Port, b: Port): string | undefined {
  if (a.hostIP === b.hostIP && a.hostPort === b.hostPort) return "duplicate";
  if (a.hostPort === 0 || b.hostPort === 0) return "overlapping";
  return a.hostPort === b.hostPort && (a.hostIP === "") !== (b.hostIP === "") ? "dangerously ambiguous" : undefined;
}

/** The same port twice, in one container or in two. */
function portWarnings(path: string, container: JsonObject, known: Map<string, Port[]>): readonly string[] {
  return objectsAt(container, "ports").flatMap((port, i) => {
    const [number, protocol] = [numberAt(port, "containerPort") ?? 0, textAt(port, "protocol")];
    const one: Port = { at: `${path}.ports[${i}]`, hostIP: textAt(port, "hostIP"), hostPort: numberAt(port, "hostPort") ?? 0 };
    const others = known.get(`${number}/${protocol}`) ?? [];
    known.set(`${number}/${protocol}`, [...others, one]);
    const clashes = others.flatMap((other) => {
      const how = clash(one, other);
      return how === undefined ? [] : [`${one.at}: ${how} port definition with ${other.at}`];
    });
    const aimless = one.hostIP !== "" && one.hostPort === 0 ? [`${one.at}: hostIP set without hostPort: {Name:${textAt(port, "name")} HostPort:0 ContainerPort:${number} Protocol:${protocol} HostIP:${one.hostIP}}`] : [];
    return [...aimless, ...clashes];
  });
}

const BYTES = ["memory", "ephemeral-storage"];
const SECCOMP = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_OF = "container.seccomp.security.alpha.kubernetes.io/";
const ARMOUR_OF = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_GONE = 'non-functional in v1.27+; use the "seccompProfile" field instead';

interface Whole {
  /** Where the annotations stand, and what they are. */
  readonly path: string;
  readonly annotations: JsonObject;
  readonly armoured: boolean;
}

function containerWarnings(at: string, container: JsonObject, { path, annotations, armoured }: Whole): readonly string[] {
  const [name, secured, resources] = [textAt(container, "name"), objectAt(container, "securityContext"), objectAt(container, "resources")];
  const told = (key: string, detail: string): readonly string[] => (has(annotations, key) ? [`${path}[${key}]: ${detail}`] : []);
  return [
    ...(has(secured, "seccompProfile") ? [] : told(SECCOMP_OF + name, SECCOMP_GONE)),
    ...(armoured || has(secured, "appArmorProfile") ? [] : told(ARMOUR_OF + name, 'deprecated since v1.30; use the "appArmorProfile" field instead')),
    ...BYTES.flatMap((bytes) => ["limits", "requests"].flatMap((side) => fractionWarnings(`${at}.resources.${side}`, objectAt(resources, side), [bytes]))),
    ...environmentWarnings(at, container),
  ];
}

/** All of a pod or a pod template whose metadata and spec stand under `prefix` (`spec.template.` or nothing). */
export function podWarnings(prefix: string, metadata: JsonObject, spec: JsonObject): readonly string[] {
  const path = `${prefix}spec`;
  const secured = objectAt(spec, "securityContext");
  const whole: Whole = { path: `${prefix}metadata.annotations`, annotations: objectAt(metadata, "annotations"), armoured: has(secured, "appArmorProfile") };
  const containers = ["initContainers", "containers", "ephemeralContainers"].flatMap((list) => objectsAt(spec, list).map((container, i) => [`${path}.${list}[${i}]`, container] as const));
  const secrets = objectsAt(spec, "imagePullSecrets");
  const known = new Map<string, Port[]>();
  return [
    ...Object.keys(objectAt(spec, "nodeSelector")).filter((key) => oldLabel(key) !== undefined).map((key) => `${path}.nodeSelector[${key}]: ${oldLabel(key) ?? ""}`),
    ...nodeAffinityWarnings(`${path}.affinity.nodeAffinity`, objectAt(objectAt(spec, "affinity"), "nodeAffinity")),
    ...objectsAt(spec, "topologySpreadConstraints").flatMap((constraint, i) => spreadWarnings(`${path}.topologySpreadConstraints[${i}]`, constraint)),
    ...Object.keys(OLD_ANNOTATIONS).filter((key) => has(whole.annotations, key)).map((key) => `${whole.path}[${key}]: ${OLD_ANNOTATIONS[key] ?? ""}`),
    ...objectsAt(spec, "volumes").flatMap((volume, i) => volumeWarnings(`${path}.volumes[${i}]`, volume)),
    ...objectsAt(spec, "volumes").flatMap(overlapWarnings),
    ...repeatedWarnings(`${path}.hostAliases`, objectsAt(spec, "hostAliases"), "ip"),
    ...objectsAt(spec, "hostAliases").flatMap((alias, i) => oddAddress(`${path}.hostAliases[${i}].ip`, textAt(alias, "ip"))),
    ...repeatedWarnings(`${path}.imagePullSecrets`, secrets, "name"),
    ...secrets.flatMap((secret, i) => (textAt(secret, "name") === "" ? [`${path}.imagePullSecrets[${i}].name: invalid empty name ""`] : [])),
    ...fractionWarnings(`${path}.overhead`, objectAt(spec, "overhead"), BYTES),
    ...(has(secured, "seccompProfile") || !has(whole.annotations, SECCOMP) ? [] : [`${whole.path}[${SECCOMP}]: ${SECCOMP_GONE}`]),
    ...containers.flatMap(([at, container]) => containerWarnings(at, container, whole)),
    ...containers.flatMap(([at, container]) => portWarnings(at, container, known)),
    ...((numberAt(spec, "terminationGracePeriodSeconds") ?? 0) < 0 ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`] : []),
    ...podAffinityWarnings(`${path}.affinity`, objectAt(spec, "affinity")),
  ];
}

/** Names that become hostnames should be labels. */
export function nameWarnings(name: string, use: string): readonly string[] {
  const reasons = dns1123LabelErrors(name);
  return name === "" || reasons.length === 0 ? [] : [`metadata.name: this is used in ${use}, which can result in surprising behavior; a DNS label is recommended: [${reasons.join(" ")}]`];
}
