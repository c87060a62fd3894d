/**
 * Kinds that are stored and listed, and that nothing here acts upon.
 *
 * @simplified Their fields are checked for their types only, and few are defaulted: a learner can create them and read them back, and sees no effect.
 */
import { compareStrings } from "../../apimachinery/compare";
import { kindId, type JsonObject, type KubeObject } from "../../apimachinery/meta";
import { normalize } from "../../openapi/normalize";
import { checkStructure } from "../../openapi/validate";
import { defaultMutatingBinding, defaultMutatingPolicy, validateMutatingBinding, validateMutatingPolicy } from "../admissionregistration/index";
import { age, column, count, createdAt, jsonOf } from "../cells";
import type { Column, ResourceDefinition, ResourceDeclaration } from "../define";
import { defineResource } from "../define";
import { Findings } from "../findings";
import { changed, changedEach, filled, has, listAt, numberAt, objectAt, objectsAt, textAt } from "../json-object";
import { validateMetadata } from "../meta-validation";
import { validateAttributesClass, validateStorageCapacity } from "./storage-rules";

type Plain = Partial<Pick<ResourceDeclaration<KubeObject>, "namespaced" | "shortNames" | "categories" | "subresources" | "applyDefaults" | "validate" | "rowOrder">>;

function plain(apiVersion: string, kind: string, plural: string, columns: readonly Column[], { namespaced = false, applyDefaults = (object) => object, ...rest }: Plain = {}): ResourceDefinition {
  return defineResource({
    kind: kindId(apiVersion, kind),
    plural,
    namespaced,
    checkShape: (object) => checkStructure(kindId(apiVersion, kind), object),
    applyDefaults: (object) => applyDefaults(normalize(kindId(apiVersion, kind), object)),
    validate: (object) => {
      const found = new Findings(kind.toLowerCase());
      validateMetadata(found, object);
      return found.errors;
    },
    ...rest,
    columns,
  });
}

const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");
const text = (name: string, from: (object: JsonObject) => JsonObject, key: string, otherwise = ""): Column => column(name, (object) => textAt(from(object), key) || otherwise);
const whole = (name: string, value: (object: JsonObject) => number | undefined): Column => ({ name, value: (object) => String(value(jsonOf(object)) ?? 0) });

const paramKind = column("ParamKind", (object) => {
  const kind = objectAt(spec(object), "paramKind");
  return textAt(kind, "kind") === "" ? "<unset>" : `${textAt(kind, "apiVersion")}/${textAt(kind, "kind")}`;
});
const paramRef = column("ParamRef", (object) => {
  const ref = objectAt(spec(object), "paramRef");
  if (!has(spec(object), "paramRef")) return "<unset>";
  return `${textAt(ref, "namespace") === "" ? "*" : textAt(ref, "namespace")}/${textAt(ref, "name") === "" ? "*" : textAt(ref, "name")}`;
});

function served(object: JsonObject): string {
  const service = objectAt(spec(object), "service");
  return has(spec(object), "service") ? `${textAt(service, "namespace")}/${textAt(service, "name")}` : "Local";
}

function conditionOf(object: JsonObject, type: string): JsonObject {
  return objectsAt(objectAt(object, "status"), "conditions").find((one) => textAt(one, "type") === type) ?? {};
}

function available(object: JsonObject): string {
  const condition = conditionOf(object, "Available");
  if (!has(condition, "type")) return "Unknown";
  return textAt(condition, "status") === "True" ? "True" : `${textAt(condition, "status")} (${textAt(condition, "reason")})`;
}

/** The object with a status, which in Go is there even when it says nothing, and with defaults of its spec. */
const withStatus = (defaults: (spec: JsonObject) => JsonObject = (given) => given) => (object: KubeObject): KubeObject =>
  changed(filled(jsonOf(object), { status: {} }), "spec", defaults) as unknown as KubeObject;

/** Upstream: kube-aggregator/pkg/apis/apiregistration/v1/defaults.go. */
const defaultApiService = withStatus((given) => changed(given, "service", (service) => filled(service, { port: 443 })));
/** Upstream: pkg/apis/flowcontrol/v1/defaults.go. */
const defaultFlowSchema = withStatus((given) => filled(given, { matchingPrecedence: 1000 }));

const QUEUING = { queues: 64, handSize: 8, queueLengthLimit: 50 };

/** Upstream: pkg/apis/flowcontrol/v1/defaults.go. */
const defaultPriorityLevel = withStatus((given) => {
  const exempt = changed(given, "exempt", (inner) => filled(inner, { nominalConcurrencyShares: 0, lendablePercent: 0 }));
  return changed(exempt, "limited", (inner) => {
    const queued = changed(inner, "limitResponse", (response) => changed(response, "queuing", (queuing) => filled(queuing, QUEUING)));
    return filled(queued, { nominalConcurrencyShares: 30, lendablePercent: 0 });
  });
});

function deviceRequest(request: JsonObject): JsonObject {
  const counted = filled(request, { allocationMode: "ExactCount" });
  const tolerant = changedEach(counted, "tolerations", (toleration) => filled(toleration, { operator: "Equal" }));
  return textAt(tolerant, "allocationMode") === "ExactCount" ? filled(tolerant, { count: 1 }) : tolerant;
}

/** What a claim of devices asks for, completed. Upstream: pkg/apis/resource/v1/defaults.go. */
const deviceClaim = (given: JsonObject): JsonObject =>
  changed(filled(given, { devices: {} }), "devices", (devices) => changedEach(devices, "requests", (request) => changed(changedEach(request, "firstAvailable", deviceRequest), "exactly", deviceRequest)));
const defaultClaim = (object: KubeObject): KubeObject => changed(filled(jsonOf(object), { status: {} }), "spec", deviceClaim) as unknown as KubeObject;
const defaultClaimTemplate = (object: KubeObject): KubeObject => changed(jsonOf(object), "spec", (given) => changed(filled(given, { metadata: {} }), "spec", deviceClaim)) as unknown as KubeObject;

/** Upstream: apiserver/pkg/util/apihelpers, FlowSchemaSequence. */
function byPrecedence(a: KubeObject, b: KubeObject): number {
  const precedence = (one: KubeObject): number => numberAt(spec(jsonOf(one)), "matchingPrecedence") ?? 0;
  return precedence(a) - precedence(b) || compareStrings(a.metadata.name, b.metadata.name);
}

const queuing = (object: JsonObject): JsonObject => objectAt(objectAt(objectAt(spec(object), "limited"), "limitResponse"), "queuing");
const orNone = (name: string, value: (object: JsonObject) => number | undefined): Column => ({ name, value: (object) => String(value(jsonOf(object)) ?? "<none>") });
const ADMISSION = "admissionregistration.k8s.io/v1";
const RESOURCE = "resource.k8s.io/v1";
const FLOW = "flowcontrol.apiserver.k8s.io/v1";

/** Every one of them. */
export const plainKinds: readonly ResourceDefinition[] = [
  plain("apiregistration.k8s.io/v1", "APIService", "apiservices", [column("Service", served), column("Available", available), age], { categories: ["api-extensions"], subresources: ["status"], applyDefaults: defaultApiService }),
  plain("networking.k8s.io/v1", "IPAddress", "ipaddresses", [
    column("ParentRef", (object) => {
      const ref = objectAt(spec(object), "parentRef");
      return [textAt(ref, "group"), textAt(ref, "resource"), textAt(ref, "namespace"), textAt(ref, "name")].filter((part) => part !== "").join("/");
    }),
  ], { shortNames: ["ip"] }),
  plain("networking.k8s.io/v1", "ServiceCIDR", "servicecidrs", [column("CIDRs", (object) => listAt(spec(object), "cidrs").map(String).join(",")), age], { subresources: ["status"] }),
  plain("storage.k8s.io/v1", "CSIStorageCapacity", "csistoragecapacities", [createdAt], { namespaced: true, validate: validateStorageCapacity }),
  plain("storage.k8s.io/v1", "VolumeAttributesClass", "volumeattributesclasses", [text("DriverName", (object) => object, "driverName"), age], { shortNames: ["vac"], validate: validateAttributesClass }),
  plain(ADMISSION, "MutatingAdmissionPolicy", "mutatingadmissionpolicies", [count("Mutations", (object) => listAt(spec(object), "mutations").length), paramKind, age], { categories: ["api-extensions"], applyDefaults: defaultMutatingPolicy, validate: validateMutatingPolicy }),
  plain(ADMISSION, "MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings", [text("PolicyName", spec, "policyName"), paramRef, age], { categories: ["api-extensions"], applyDefaults: defaultMutatingBinding, validate: validateMutatingBinding }),
  plain(RESOURCE, "DeviceClass", "deviceclasses", [age]),
  plain(RESOURCE, "ResourceClaim", "resourceclaims", [column("State", (object) => (has(objectAt(object, "status"), "allocation") ? "allocated" : "pending")), age], { namespaced: true, subresources: ["status"], applyDefaults: defaultClaim }),
  plain(RESOURCE, "ResourceClaimTemplate", "resourceclaimtemplates", [age], { namespaced: true, applyDefaults: defaultClaimTemplate }),
  plain(RESOURCE, "ResourceSlice", "resourceslices", [text("Node", spec, "nodeName"), text("Driver", spec, "driver"), column("Pool", (object) => textAt(objectAt(spec(object), "pool"), "name")), age]),
  plain(FLOW, "FlowSchema", "flowschemas", [
    column("PriorityLevel", (object) => textAt(objectAt(spec(object), "priorityLevelConfiguration"), "name")),
    whole("MatchingPrecedence", (object) => numberAt(spec(object), "matchingPrecedence")),
    column("DistinguisherMethod", (object) => textAt(objectAt(spec(object), "distinguisherMethod"), "type") || "<none>"),
    age,
    column("MissingPL", (object) => textAt(conditionOf(object, "Dangling"), "status") || "?"),
  ], { subresources: ["status"], applyDefaults: defaultFlowSchema, rowOrder: byPrecedence }),
  plain(FLOW, "PriorityLevelConfiguration", "prioritylevelconfigurations", [
    text("Type", spec, "type"),
    orNone("NominalConcurrencyShares", (object) => numberAt(objectAt(spec(object), "limited"), "nominalConcurrencyShares")),
    orNone("Queues", (object) => numberAt(queuing(object), "queues")),
    orNone("HandSize", (object) => numberAt(queuing(object), "handSize")),
    orNone("QueueLengthLimit", (object) => numberAt(queuing(object), "queueLengthLimit")),
    age,
  ], { subresources: ["status"], applyDefaults: defaultPriorityLevel }),
];
