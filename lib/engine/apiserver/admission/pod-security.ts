import { forbidden, invalid, type FieldError } from "../../apimachinery/api-error";
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, NAMESPACE, POD, POD_TEMPLATE, REPLICATION_CONTROLLER, REPLICA_SET, STATEFUL_SET } from "../../apimachinery/kinds";
import { deepEqual } from "../../apimachinery/compare";
import { partsOfKind, type JsonObject, type KindId, type KubeObject } from "../../apimachinery/meta";
import { objectAt } from "../../resources/json-object";
import { refIn, type ObjectStore } from "../../store/store";
import type { AdmissionPlugin, AdmissionRequest } from "../request";
import { podSecurityProblems, type PodSecurityLevel } from "./pod-security-checks";

const PREFIX = "pod-security.kubernetes.io/";
const LEVELS: readonly string[] = ["privileged", "baseline", "restricted"];
const MODES = ["enforce", "audit", "warn"] as const;
type Mode = (typeof MODES)[number];

/** Where the kinds that make pods keep the pod's spec. */
const TEMPLATES: ReadonlyMap<KindId, readonly string[]> = new Map(
  ([DEPLOYMENT, REPLICA_SET, STATEFUL_SET, DAEMON_SET, JOB, REPLICATION_CONTROLLER].map((kind) => [kind, ["spec", "template", "spec"]]) as [KindId, readonly string[]][]).concat([
    [CRON_JOB, ["spec", "jobTemplate", "spec", "template", "spec"]],
    [POD_TEMPLATE, ["template", "spec"]],
  ]),
);

/** What a mode asks for in a namespace; undefined when it asks for nothing. */
function policy(labels: Readonly<Record<string, string>>, mode: Mode): { readonly level: PodSecurityLevel; readonly version: string } | undefined {
  const level = labels[`${PREFIX}${mode}`];
  if (level !== "baseline" && level !== "restricted") return undefined;
  return { level, version: labels[`${PREFIX}${mode}-version`] ?? "latest" };
}

function labelsOf(store: ObjectStore, namespace: string): Readonly<Record<string, string>> | undefined {
  return store.get(refIn(NAMESPACE, { namespace: "", name: namespace }))?.metadata.labels;
}

function words(labels: Readonly<Record<string, string>>, mode: Mode, spec: JsonObject): string {
  const wanted = policy(labels, mode);
  if (wanted === undefined) return "";
  const problems = podSecurityProblems(wanted.level, spec);
  return problems === "" ? "" : `PodSecurity "${wanted.level}:${wanted.version}": ${problems}`;
}

function checkNamespace({ object, previous, ref }: AdmissionRequest): void {
  const labels = object?.metadata.labels ?? {};
  const errors: FieldError[] = [];
  for (const mode of MODES) {
    const [level, version] = [`${PREFIX}${mode}`, `${PREFIX}${mode}-version`];
    const changed = (key: string): boolean => labels[key] !== undefined && labels[key] !== previous?.metadata.labels?.[key];
    if (changed(level) && !LEVELS.includes(labels[level] ?? "")) {
      errors.push({ code: "invalid", path: `metadata.labels[${level}]`, badValue: labels[level] ?? "", detail: "must be one of privileged, baseline, restricted", origin: "pod-security.level" });
    }
    if (changed(version) && !/^(latest|v1\.(0|[1-9][0-9]*))$/.test(labels[version] ?? "")) {
      errors.push({ code: "invalid", path: `metadata.labels[${version}]`, badValue: labels[version] ?? "", detail: 'must be "latest" or "v1.x"', origin: "pod-security.version" });
    }
  }
  if (errors.length > 0) throw invalid({ group: "", plural: "namespaces", kind: "Namespace" }, ref.name, errors);
}

function specAt(object: KubeObject, path: readonly string[]): JsonObject {
  return path.reduce<JsonObject>((inner, key) => objectAt(inner, key), object as unknown as JsonObject);
}

/** An update that leaves everything alone that the standards look at is not looked at. */
function isOldNews({ operation, object, previous }: AdmissionRequest): boolean {
  if (operation !== "UPDATE" || !object || !previous) return false;
  const [now, before] = [specAt(object, ["spec"]), specAt(previous, ["spec"])];
  return now === before || deepEqual(now, before);
}

/**
 * Holds pods to the Pod Security Standard their namespace asks for. Upstream: k8s.io/pod-security-admission.
 *
 * @simplified every version of the standards is the latest; exemptions are not known; audit annotations are not kept.
 */
export const podSecurity: AdmissionPlugin = {
  name: "PodSecurity",
  judges: new Set([NAMESPACE, POD, ...TEMPLATES.keys()]),
  validate(request, { store }) {
    const { definition, operation, object, ref, subresource } = request;
    if (operation === "DELETE" || !object || (subresource !== "" && subresource !== "ephemeralcontainers")) return;
    if (definition.kind === NAMESPACE) {
      if (object.metadata.labels !== undefined) checkNamespace(request);
      return;
    }
    const isPod = definition.kind === POD;
    const template = isPod ? ["spec"] : TEMPLATES.get(definition.kind);
    if (template === undefined) return;
    const labels = labelsOf(store, ref.namespace);
    if (labels === undefined || !MODES.some((mode) => policy(labels, mode) !== undefined) || isOldNews(request)) return;
    const spec = specAt(object, template);
    const refusal = isPod ? words(labels, "enforce", spec) : "";
    const { group, kind } = partsOfKind(definition.kind);
    if (refusal !== "") throw forbidden({ group, plural: definition.plural, kind }, ref.name, `violates ${refusal}`);
    // Those who write what makes pods are warned of what their pods will meet.
    const enforced = isPod ? "" : words(labels, "enforce", spec);
    const warned = words(labels, "warn", spec);
    for (const text of new Set([enforced, warned])) if (text !== "") request.warn?.(`would violate ${text}`);
  },
};
