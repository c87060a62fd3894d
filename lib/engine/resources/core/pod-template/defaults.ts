/** What the API server fills into every pod, wherever it is written. Upstream: `pkg/apis/core/v1/defaults.go`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { changed, changedEach, filled, has, numberAt, objectAt, textAt } from "../../json-object";

/** What is a reference to an image at all: lower-case names with an optional registry, tag and digest. */
const REFERENCE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

/** Does an image reference name a moving tag, so that it is pulled every time? What is no reference is not. */
export function pullsAlways(image: string): boolean {
  if (image.includes("@") || !REFERENCE.test(image)) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === "latest";
}

const HTTP_GET = { path: "/", scheme: "HTTP" };
const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

function handler(object: JsonObject): JsonObject {
  const http = changed(object, "httpGet", (get) => filled(get, HTTP_GET));
  return changed(http, "grpc", (grpc) => filled(grpc, { service: "" }));
}

const probe = (object: JsonObject): JsonObject => filled(handler(object), PROBE);
const fieldRef = (object: JsonObject): JsonObject => changed(object, "fieldRef", (ref) => filled(ref, { apiVersion: "v1" }));
const resourceRef = (object: JsonObject): JsonObject => changed(object, "resourceFieldRef", (ref) => filled(ref, { divisor: "0" }));
const fileKeyRef = (object: JsonObject): JsonObject => changed(object, "fileKeyRef", (ref) => filled(ref, { optional: false }));

/** A field behind a gate that is closed: the API server drops it. */
function withoutStopSignal(container: JsonObject): JsonObject {
  const hooks = objectAt(container, "lifecycle");
  if (!has(hooks, "stopSignal")) return container;
  const { stopSignal: _signal, ...rest } = hooks;
  const { lifecycle: _lifecycle, ...bare } = container;
  return Object.keys(rest).length === 0 ? bare : { ...container, lifecycle: rest };
}

/** A container with everything it lacks. */
export function defaultContainer(container: JsonObject): JsonObject {
  let result = changedEach(container, "ports", (port) => filled(port, { protocol: "TCP" }));
  result = changedEach(result, "env", (env) => changed(env, "valueFrom", (source) => fileKeyRef(resourceRef(fieldRef(source)))));
  for (const kind of ["livenessProbe", "readinessProbe", "startupProbe"]) result = changed(result, kind, probe);
  result = withoutStopSignal(changed(result, "lifecycle", (hooks) => changed(changed(hooks, "postStart", handler), "preStop", handler)));
  return filled(result, {
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullsAlways(textAt(container, "image")) ? "Always" : "IfNotPresent",
  });
}

const MODE = { defaultMode: 420 };

/** Sources behind gates that are closed: the API server drops them. */
const UNBORN = ["podCertificate", "clusterTrustBundle"];

function projection(given: JsonObject): JsonObject {
  const source = UNBORN.some((kind) => has(given, kind)) ? Object.fromEntries(Object.entries(given).filter(([kind]) => !UNBORN.includes(kind))) : given;
  const token = changed(source, "serviceAccountToken", (inner) => filled(inner, { expirationSeconds: 3600 }));
  return changed(token, "downwardAPI", downwardItems);
}

function downwardItems(source: JsonObject): JsonObject {
  return changedEach(source, "items", (item) => resourceRef(fieldRef(item)));
}

/** A volume with everything it lacks; one without any source is an empty directory. */
export function defaultVolume(volume: JsonObject): JsonObject {
  if (!Object.keys(volume).some((key) => key !== "name" && has(volume, key))) return { ...volume, emptyDir: {} };
  let result = volume;
  for (const kind of ["secret", "configMap"]) result = changed(result, kind, (source) => filled(source, MODE));
  result = changed(result, "downwardAPI", (source) => filled(downwardItems(source), MODE));
  result = changed(result, "projected", (source) => filled(changedEach(source, "sources", projection), MODE));
  result = changed(result, "image", (source) => filled(source, { pullPolicy: pullsAlways(textAt(source, "reference")) ? "Always" : "IfNotPresent" }));
  result = changed(result, "hostPath", (source) => filled(source, { type: "" }));
  result = changed(result, "iscsi", (source) => filled(source, { iscsiInterface: "default" }));
  result = changed(result, "rbd", (source) => filled(source, { pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" }));
  result = changed(result, "scaleIO", (source) => filled(source, { storageMode: "ThinProvisioned", fsType: "xfs" }));
  result = changed(result, "azureDisk", (source) => filled(source, { cachingMode: "ReadWrite", fsType: "ext4", readOnly: false, kind: "Shared" }));
  return changed(result, "ephemeral", (source) => changed(source, "volumeClaimTemplate", (claim) => changed(filled(claim, { metadata: {} }), "spec", (spec) => filled(spec, { volumeMode: "Filesystem" }))));
}

/** On the host's network a container's port is the host's. Only for pods themselves, not for templates. */
export function hostPorts(container: JsonObject): JsonObject {
  return changedEach(container, "ports", (port) => (has(port, "hostPort") ? port : { ...port, hostPort: port["containerPort"] }));
}

const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

/** What Go writes of a preference even when there is nothing in it. */
function defaultAffinity(affinity: JsonObject): JsonObject {
  let result = changed(affinity, "nodeAffinity", (given) => changedEach(given, PREFERRED, (term) => filled(term, { preference: {} })));
  for (const kind of ["podAffinity", "podAntiAffinity"]) result = changed(result, kind, (given) => changedEach(given, PREFERRED, (term) => filled(term, { podAffinityTerm: { topologyKey: "" } })));
  return result;
}

/** A pod's spec with everything it lacks. */
export function defaultPodSpec(spec: JsonObject): JsonObject {
  let result = spec;
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    result = changedEach(result, list, defaultContainer);
  }
  result = changedEach(result, "volumes", defaultVolume);
  result = changed(result, "affinity", defaultAffinity);
  result = changed(result, "securityContext", (context) => changedEach(context, "sysctls", (sysctl) => filled(sysctl, { value: "" })));
  const account = textAt(spec, "serviceAccountName") === "" ? textAt(spec, "serviceAccount") : textAt(spec, "serviceAccountName");
  if (account !== "" && (spec["serviceAccountName"] !== account || spec["serviceAccount"] !== account)) {
    result = { ...result, serviceAccountName: account, serviceAccount: account };
  }
  // Less than no grace is a second of it.
  if ((numberAt(spec, "terminationGracePeriodSeconds") ?? 0) < 0) result = { ...result, terminationGracePeriodSeconds: 1 };
  return filled(result, { dnsPolicy: "ClusterFirst", restartPolicy: "Always", securityContext: {}, terminationGracePeriodSeconds: 30, schedulerName: "default-scheduler" });
}

/** A pod template with everything it lacks. */
export function defaultPodTemplate(template: JsonObject): JsonObject {
  return changed(filled(template, { metadata: {}, spec: {} }), "spec", defaultPodSpec);
}

/** What is limited but not requested is requested at its limit. Only for pods themselves, not for templates. */
export function requestsFromLimits(container: JsonObject): JsonObject {
  return changed(container, "resources", (resources) => {
    const limits = objectAt(resources, "limits");
    const requests = objectAt(resources, "requests");
    const missing = Object.keys(limits).filter((name) => !has(requests, name));
    return missing.length === 0 ? resources : { ...resources, requests: { ...limits, ...requests } };
  });
}
