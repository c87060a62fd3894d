/** The rules of a pod's containers. Upstream: `validateContainers`. */
import type { Json, JsonObject } from "../../../apimachinery/meta";
import { configMapKeyErrors, dns1123LabelErrors, dns1123SubdomainErrors, portNameErrors, portNumberErrors, qualifiedNameErrors, relaxedEnvVarNameErrors } from "../../../apimachinery/names";
import { compareQuantities, quantityFrom, quantitySign } from "../../../apimachinery/quantity";
import type { Findings } from "../../findings";
import { has, isObject, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { localPath } from "./validate-volumes";
import { validateHandler, validateProbe } from "./validate-probes";

const ENV_FIELDS = ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];
const ENV_RESOURCES = ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];
const SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

function fieldRef(found: Findings, path: string, ref: JsonObject): void {
  const field = textAt(ref, "fieldPath");
  if (textAt(ref, "apiVersion") === "") found.required(`${path}.apiVersion`);
  else if (field === "") found.required(`${path}.fieldPath`);
  else if (!/^metadata\.(labels|annotations)\['.*'\]$/.test(field) && !ENV_FIELDS.includes(field)) {
    if (/^(metadata\.(labels|annotations)|status\.phase|spec\.restartPolicy|spec\.schedulerName|spec\.hostNetwork|status\.nominatedNodeName)$/.test(field)) {
      found.notSupported(`${path}.fieldPath`, field, ENV_FIELDS);
    } else found.invalid(`${path}.fieldPath`, field, `error converting fieldPath: field label not supported: ${field}`);
  }
}

function keyRef(found: Findings, path: string, ref: JsonObject): void {
  found.names(`${path}.name`, textAt(ref, "name"), dns1123SubdomainErrors(textAt(ref, "name")));
  if (textAt(ref, "key") === "") found.required(`${path}.key`);
  else found.names(`${path}.key`, textAt(ref, "key"), configMapKeyErrors(textAt(ref, "key")));
}

function valueFrom(found: Findings, path: string, env: JsonObject): void {
  const source = objectAt(env, "valueFrom");
  const kinds = SOURCES.filter((kind) => has(source, kind));
  if (has(source, "fieldRef")) fieldRef(found, `${path}.fieldRef`, objectAt(source, "fieldRef"));
  const resource = textAt(objectAt(source, "resourceFieldRef"), "resource");
  if (has(source, "resourceFieldRef")) {
    if (resource === "") found.required(`${path}.resourceFieldRef.resource`);
    else if (!ENV_RESOURCES.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) found.notSupported(`${path}.resourceFieldRef.resource`, resource, ENV_RESOURCES);
  }
  for (const kind of ["configMapKeyRef", "secretKeyRef"]) if (has(source, kind)) keyRef(found, `${path}.${kind}`, objectAt(source, kind));
  if (kinds.length === 0) found.invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
  else if (textAt(env, "value") !== "") found.invalid(path, "", "may not be specified when `value` is not empty");
  else if (kinds.length > 1) found.invalid(path, "", "may not have more than one field specified at a time");
}

function validateEnv(found: Findings, container: string, spec: JsonObject): void {
  objectsAt(spec, "env").forEach((env, i) => {
    const at = `${container}.env[${i}]`;
    const name = textAt(env, "name");
    if (name === "") found.required(`${at}.name`);
    else found.names(`${at}.name`, name, relaxedEnvVarNameErrors(name));
    if (has(env, "valueFrom")) valueFrom(found, `${at}.valueFrom`, env);
  });
  objectsAt(spec, "envFrom").forEach((source, i) => {
    const path = `${container}.envFrom`;
    const at = `${path}[${i}]`;
    const kinds = ["configMapRef", "secretRef"].filter((kind) => has(source, kind));
    for (const kind of kinds) {
      const name = textAt(objectAt(source, kind), "name");
      if (name === "") found.required(`${at}.${kind}.name`);
      else found.names(`${at}.${kind}.name`, name, dns1123SubdomainErrors(name));
    }
    if (kinds.length === 0) found.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
    else if (kinds.length > 1) found.invalid(path, "", "may not have more than one field specified at a time");
  });
}

function validatePorts(found: Findings, container: string, ports: readonly JsonObject[]): void {
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = `${container}.ports[${i}]`;
    const name = textAt(port, "name");
    if (name !== "") {
      const wrong = portNameErrors(name);
      found.names(`${at}.name`, name, wrong);
      if (wrong.length === 0 && names.has(name)) found.duplicate(`${at}.name`, name);
      names.add(name);
    }
    const number = numberAt(port, "containerPort") ?? 0;
    if (number === 0) found.required(`${at}.containerPort`);
    else for (const message of portNumberErrors(number)) found.invalid(`${at}.containerPort`, number, message);
    const host = numberAt(port, "hostPort") ?? 0;
    if (host !== 0) for (const message of portNumberErrors(host)) found.invalid(`${at}.hostPort`, host, message);
    found.oneOf(`${at}.protocol`, textAt(port, "protocol"), ["SCTP", "TCP", "UDP"]);
  });
}

function validateMounts(found: Findings, container: string, mounts: readonly JsonObject[], volumes: ReadonlySet<string>, privileged: boolean): void {
  const paths = new Set<string>();
  mounts.forEach((mount, i) => {
    const at = `${container}.volumeMounts[${i}]`;
    const name = textAt(mount, "name");
    if (name === "") found.required(`${at}.name`);
    if (!volumes.has(name)) found.notFound(`${at}.name`, name, "mounted-volume-exists");
    const path = textAt(mount, "mountPath");
    if (path === "") found.required(`${at}.mountPath`);
    if (paths.has(path)) found.invalid(`${at}.mountPath`, path, "must be unique");
    paths.add(path);
    if (textAt(mount, "mountPropagation") === "Bidirectional" && !privileged) {
      found.forbidden(`${container}.volumeMounts.mountPropagation`, "Bidirectional mount propagation is available only to privileged containers");
    }
    if (textAt(mount, "subPath") !== "") localPath(found, `${container}.volumeMounts.subPath`, textAt(mount, "subPath"));
    if (textAt(mount, "subPathExpr") !== "") {
      if (textAt(mount, "mountPropagation") === "Bidirectional" && !privileged) {
      found.forbidden(`${container}.volumeMounts.mountPropagation`, "Bidirectional mount propagation is available only to privileged containers");
    }
    if (textAt(mount, "subPath") !== "") found.invalid(`${container}.volumeMounts.subPathExpr`, textAt(mount, "subPathExpr"), "subPathExpr and subPath are mutually exclusive");
      localPath(found, `${container}.volumeMounts.subPathExpr`, textAt(mount, "subPathExpr"));
    }
  });
}

const isExtended = (name: string): boolean => name.includes("/") && !name.split("/")[0]?.endsWith("kubernetes.io");
const STANDARD = ["cpu", "memory", "ephemeral-storage"];

/** The name of a resource a container can ask for. */
export function validateResourceName(found: Findings, path: string, name: string): void {
  found.names(path, name, qualifiedNameErrors(name));
  if (name.includes("/") || STANDARD.includes(name) || name.startsWith("hugepages-")) return;
  found.invalid(path, name, "must be a standard resource type or fully qualified");
  found.invalid(path, name, "must be a standard resource for containers");
}

/** Requests and limits of a container or a whole pod. */
export function validateResources(found: Findings, path: string, resources: JsonObject): void {
  const [limits, requests] = [objectAt(resources, "limits"), objectAt(resources, "requests")];
  for (const [side, list] of [["limits", limits], ["requests", requests]] as const) {
    for (const name of Object.keys(list)) {
      const at = `${path}.${side}[${name}]`;
      validateResourceName(found, at, name);
      const amount = quantityFrom(list[name]);
      if (quantitySign(amount) < 0) found.invalid(at, String(list[name]), "must be greater than or equal to 0");
      if (isExtended(name) && amount.unscaled !== 0n && amount.scale < 0 && /[munk.]/.test(String(list[name]))) found.invalid(at, String(list[name]), "must be an integer");
    }
  }
  for (const name of Object.keys(requests)) {
    const exact = isExtended(name) || name.startsWith("hugepages-");
    if (!has(limits, name)) {
      if (exact) found.required(`${path}.limits`, "Limit must be set for non overcommitable resources");
      continue;
    }
    const order = compareQuantities(quantityFrom(requests[name]), quantityFrom(limits[name]));
    const limit = `${name} limit of ${String(limits[name])}`;
    if (exact && order !== 0) found.invalid(`${path}.requests`, String(requests[name]), `must be equal to ${limit}`);
    else if (order > 0) found.invalid(`${path}.requests`, String(requests[name]), `must be less than or equal to ${limit}`, "requests-within-limits");
  }
  const all = [...Object.keys(limits), ...Object.keys(requests)];
  if (all.some((name) => name.startsWith("hugepages-")) && !all.includes("cpu") && !all.includes("memory")) found.forbidden(path, "HugePages require cpu or memory");
}

/** User and group numbers of a security context. */
export function validateIds(found: Findings, path: string, context: JsonObject): void {
  for (const key of ["runAsUser", "runAsGroup", "fsGroup"]) {
    const id = numberAt(context, key);
    if (id !== undefined && (id < 0 || id > 2147483647)) found.invalid(`${path}.${key}`, id, "must be between 0 and 2147483647, inclusive");
  }
}

function security(found: Findings, path: string, context: JsonObject): void {
  validateIds(found, path, context);
  if (context["allowPrivilegeEscalation"] !== false) return;
  if (context["privileged"] === true) found.invalid(path, context as Json, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
  if (listAt(objectAt(context, "capabilities"), "add").includes("CAP_SYS_ADMIN")) found.invalid(path, context as Json, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
}

function validateContainer(found: Findings, at: string, container: JsonObject, volumes: ReadonlySet<string>): void {
  const image = textAt(container, "image");
  if (image === "") found.required(`${at}.image`);
  else if (image !== image.trim()) found.invalid(`${at}.image`, image, "must not have leading or trailing whitespace");
  found.oneOf(`${at}.terminationMessagePolicy`, textAt(container, "terminationMessagePolicy"), ["File", "FallbackToLogsOnError"]);
  validatePorts(found, at, objectsAt(container, "ports"));
  validateEnv(found, at, container);
  validateMounts(found, at, objectsAt(container, "volumeMounts"), volumes, objectAt(container, "securityContext")["privileged"] === true);
  found.oneOf(`${at}.imagePullPolicy`, textAt(container, "imagePullPolicy"), ["Always", "IfNotPresent", "Never"]);
  validateResources(found, `${at}.resources`, objectAt(container, "resources"));
  security(found, `${at}.securityContext`, objectAt(container, "securityContext"));
}

function hooks(found: Findings, at: string, container: JsonObject): void {
  const lifecycle = objectAt(container, "lifecycle");
  for (const hook of ["postStart", "preStop"]) if (has(lifecycle, hook)) validateHandler(found, `${at}.lifecycle.${hook}`, objectAt(lifecycle, hook));
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) if (isObject(container[probe])) validateProbe(found, at, probe, objectAt(container, probe));
}

function containerName(found: Findings, at: string, container: JsonObject, names: Set<string>): void {
  const name = textAt(container, "name");
  if (name === "") found.required(`${at}.name`);
  else found.names(`${at}.name`, name, dns1123LabelErrors(name));
  if (name !== "" && names.has(name)) found.duplicate(`${at}.name`, name);
  names.add(name);
}

/** Two containers of a pod cannot have the same port of the node. */
function hostPortConflicts(found: Findings, path: string, containers: readonly JsonObject[], taken: Set<string>): void {
  containers.forEach((container, i) =>
    objectsAt(container, "ports").forEach((port, j) => {
      const number = numberAt(port, "hostPort") ?? 0;
      if (number === 0) return;
      const key = `${textAt(port, "protocol")}/${textAt(port, "hostIP")}/${number}`;
      if (taken.has(key)) found.duplicate(`${path}[${i}].ports[${j}].hostPort`, key);
      taken.add(key);
    }),
  );
}

/** On the host's network a port cannot have two numbers. */
function sameHostPorts(found: Findings, path: string, containers: readonly JsonObject[]): void {
  containers.forEach((container, i) =>
    objectsAt(container, "ports").forEach((port, j) => {
      const host = numberAt(port, "hostPort");
      if (host !== undefined && host !== numberAt(port, "containerPort")) found.invalid(`${path}[${i}].ports[${j}].hostPort`, host, "must match `containerPort` when `hostNetwork` is true");
    }),
  );
}

/** The containers of a pod's spec, init containers first in name only. */
export function validateContainers(found: Findings, path: string, spec: JsonObject, volumes: ReadonlySet<string>): void {
  const containers = objectsAt(spec, "containers");
  if (containers.length === 0) found.required(`${path}.containers`);
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = `${path}.containers[${i}]`;
    containerName(found, at, container, names);
    validateContainer(found, at, container, volumes);
    hooks(found, at, container);
    if (has(container, "restartPolicy") && !["Always", "Never", "OnFailure"].includes(textAt(container, "restartPolicy"))) found.notSupported(`${at}.restartPolicy`, textAt(container, "restartPolicy"), ["Always", "Never", "OnFailure"]);
  });
  hostPortConflicts(found, `${path}.containers`, containers, new Set());
  if (spec["hostNetwork"] === true) sameHostPorts(found, `${path}.containers`, containers);
  objectsAt(spec, "initContainers").forEach((container, i) => {
    const at = `${path}.initContainers[${i}]`;
    containerName(found, at, container, names);
    validateContainer(found, at, container, volumes);
    const sidecar = textAt(container, "restartPolicy") === "Always";
    if (sidecar) hooks(found, at, container);
    else for (const field of ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]) if (has(container, field)) found.forbidden(`${at}.${field}`, "may not be set for init containers without restartPolicy=Always");
  });
}
