/** The rules of a pod's containers. Upstream: `validateContainers`, `validateInitContainers`, `validateEphemeralContainers`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, portNameErrors, portNumberErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { validateEnv } from "./validate-env";
import { validateMounts, type KnownVolumes } from "./validate-mounts";
import { validateCare } from "./validate-probes";
import { validateResources } from "./validate-resources";
import { validateContainerSecurity } from "./validate-security";

const POLICIES = ["Always", "Never", "OnFailure"];
const SIDECAR_ONLY = "may not be set for init containers without restartPolicy=Always";
/** What a container that is only looked in through may say. */
const GUEST_FIELDS = new Set(
  "name image command args workingDir envFrom env volumeMounts volumeDevices terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty targetContainerName resources".split(" "),
);

/** What the rules of one container need to know of its pod. */
interface Around {
  readonly volumes: KnownVolumes;
  readonly claims: readonly string[];
  readonly grace: number | undefined;
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
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
      if (wrong.length === 0) names.add(name);
    }
    const number = numberAt(port, "containerPort") ?? 0;
    if (number === 0) found.required(`${at}.containerPort`);
    else for (const message of portNumberErrors(number)) found.invalid(`${at}.containerPort`, number, message);
    const host = numberAt(port, "hostPort") ?? 0;
    if (host !== 0) for (const message of portNumberErrors(host)) found.invalid(`${at}.hostPort`, host, message);
    found.oneOf(`${at}.protocol`, textAt(port, "protocol"), ["SCTP", "TCP", "UDP"]);
  });
}

function resizePolicy(found: Findings, path: string, policies: readonly JsonObject[], restartPolicy: string): void {
  const seen = new Set<string>();
  policies.forEach((policy, i) => {
    const [resource, action] = [textAt(policy, "resourceName"), textAt(policy, "restartPolicy")];
    if (seen.has(resource)) found.duplicate(`${path}[${i}]`, resource);
    seen.add(resource);
    found.oneOf(path, resource, ["cpu", "memory"]);
    found.oneOf(path, action, ["NotRequired", "RestartContainer"]);
    if (restartPolicy === "Never" && action !== "NotRequired") found.invalid(path, action, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
  });
}

function validateCommon(found: Findings, at: string, container: JsonObject, around: Around): void {
  const name = textAt(container, "name");
  if (name === "") found.required(`${at}.name`);
  else found.names(`${at}.name`, name, dns1123LabelErrors(name));
  if (textAt(container, "image") === "") found.required(`${at}.image`);
  found.oneOf(`${at}.terminationMessagePolicy`, textAt(container, "terminationMessagePolicy"), ["File", "FallbackToLogsOnError"]);
  validatePorts(found, at, objectsAt(container, "ports"));
  validateEnv(found, at, container);
  validateMounts(found, at, container, around.volumes);
  found.oneOf(`${at}.imagePullPolicy`, textAt(container, "imagePullPolicy"), ["Always", "IfNotPresent", "Never"]);
  validateResources(found, `${at}.resources`, objectAt(container, "resources"), around.claims);
  resizePolicy(found, `${at}.resizePolicy`, objectsAt(container, "resizePolicy"), around.restartPolicy);
  validateContainerSecurity(found, `${at}.securityContext`, objectAt(container, "securityContext"), around.hostUsers);
}

/** When a container of its own mind starts again. */
function restarting(found: Findings, at: string, container: JsonObject): void {
  const rules = objectsAt(container, "restartPolicyRules");
  const policy = textAt(container, "restartPolicy");
  if (!has(container, "restartPolicy")) {
    if (rules.length > 0) found.required(`${at}.restartPolicy`, "must specify restartPolicy when restart rules are used");
  } else if (!POLICIES.includes(policy)) found.notSupported(`${at}.restartPolicy`, policy, POLICIES);
  if (rules.length > 20) found.tooMany(`${at}.restartPolicyRules`, rules.length, 20);
  rules.forEach((rule, i) => {
    const path = `${at}.restartPolicyRules[${i}]`;
    const action = textAt(rule, "action");
    if (!["Restart", "RestartAllContainers"].includes(action)) found.notSupported(`${path}.action`, action, ["Restart", "RestartAllContainers"]);
    if (!has(rule, "exitCodes")) {
      found.required(`${path}.exitCodes`, "must be specified");
      return;
    }
    const codes = objectAt(rule, "exitCodes");
    const operator = textAt(codes, "operator");
    if (!["In", "NotIn"].includes(operator)) found.notSupported(`${path}.exitCodes.operator`, operator, ["In", "NotIn"]);
    if (listAt(codes, "values").length > 255) found.tooMany(`${path}.exitCodes.values`, listAt(codes, "values").length, 255);
  });
}

/** Two containers of a pod cannot have the same port of the node. */
function hostPortConflicts(found: Findings, path: string, containers: readonly JsonObject[]): void {
  const taken = new Set<string>();
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

function ordinary(found: Findings, path: string, containers: readonly JsonObject[], around: Around): void {
  if (containers.length === 0) found.required(path);
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    const name = textAt(container, "name");
    validateCommon(found, at, container, around);
    if (names.has(name)) found.duplicate(`${at}.name`, name);
    names.add(name);
    validateCare(found, at, container, around.grace);
    restarting(found, at, container);
  });
  hostPortConflicts(found, path, containers);
}

function initial(found: Findings, path: string, containers: readonly JsonObject[], others: readonly JsonObject[], around: Around): void {
  const names = new Set(others.map((container) => textAt(container, "name")));
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    const name = textAt(container, "name");
    validateCommon(found, at, container, around);
    restarting(found, at, container);
    if (names.has(name)) found.duplicate(`${at}.name`, name);
    else if (name !== "") names.add(name);
    // They run one after another, so only a container's own ports can conflict; upstream gives them all the first place.
    hostPortConflicts(found, path, [container]);
    if (textAt(container, "restartPolicy") === "Always") {
      validateCare(found, at, container, around.grace);
      return;
    }
    for (const field of ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]) if (has(container, field)) found.forbidden(`${at}.${field}`, SIDECAR_ONLY);
    objectsAt(container, "resizePolicy").forEach((policy, j) => {
      if (textAt(policy, "restartPolicy") === "RestartContainer") found.invalid(`${at}.resizePolicy[${j}].restartPolicy`, "RestartContainer", "must not be set to 'RestartContainer' for non-sidecar initContainers");
    });
  });
}

const isSet = (value: JsonObject[string]): boolean =>
  value !== undefined && value !== null && value !== "" && value !== false && value !== 0;

function guests(found: Findings, path: string, spec: JsonObject, around: Around): void {
  const others = [...objectsAt(spec, "containers"), ...objectsAt(spec, "initContainers")].map((container) => textAt(container, "name"));
  const names = new Set(others);
  objectsAt(spec, "ephemeralContainers").forEach((container, i) => {
    const at = `${path}[${i}]`;
    const [name, target] = [textAt(container, "name"), textAt(container, "targetContainerName")];
    validateCommon(found, at, container, around);
    validateImageSpaces(found, at, container);
    if (names.has(name)) found.duplicate(`${at}.name`, name);
    names.add(name);
    if (target !== "" && !others.includes(target)) found.notFound(`${at}.targetContainerName`, target);
    for (const field of Object.keys(container)) {
      const asks = field === "resources" ? Object.keys(objectAt(container, field)).length > 0 : !GUEST_FIELDS.has(field) && isSet(container[field]);
      if (asks) found.forbidden(`${at}.${field}`, "cannot be set for an Ephemeral Container");
    }
    objectsAt(container, "volumeMounts").forEach((mount, j) => {
      for (const field of ["subPath", "subPathExpr"]) if (textAt(mount, field) !== "") found.forbidden(`${at}.volumeMounts[${j}].${field}`, "cannot be set for an Ephemeral Container");
    });
  });
}

/** Templates may have spaces around an image, pods may not. */
export function validateImageSpaces(found: Findings, at: string, container: JsonObject): void {
  const image = textAt(container, "image");
  if (image !== image.trim()) found.invalid(`${at}.image`, image, "must not have leading or trailing whitespace");
}

/** All containers of a pod's spec. */
export function validateContainers(found: Findings, path: string, spec: JsonObject, volumes: KnownVolumes): void {
  const around: Around = {
    volumes,
    claims: objectsAt(spec, "resourceClaims").map((claim) => textAt(claim, "name")).filter((name) => name !== ""),
    grace: numberAt(spec, "terminationGracePeriodSeconds"),
    restartPolicy: textAt(spec, "restartPolicy"),
    hostUsers: spec["hostUsers"] !== false,
  };
  const containers = objectsAt(spec, "containers");
  ordinary(found, `${path}.containers`, containers, around);
  initial(found, `${path}.initContainers`, objectsAt(spec, "initContainers"), containers, around);
  guests(found, `${path}.ephemeralContainers`, spec, around);
}

/** On the host's network a port cannot have two numbers. In a template, one may still be missing. */
export function validateHostNetwork(found: Findings, path: string, spec: JsonObject, isPod: boolean): void {
  if (spec["hostNetwork"] !== true) return;
  objectsAt(spec, "containers").forEach((container, i) =>
    objectsAt(container, "ports").forEach((port, j) => {
      const [host, own] = [numberAt(port, "hostPort") ?? 0, numberAt(port, "containerPort") ?? 0];
      if ((isPod || host !== 0) && host !== own) found.invalid(`${path}.containers[${i}].ports[${j}].hostPort`, host, "must match `containerPort` when `hostNetwork` is true");
    }),
  );
}
