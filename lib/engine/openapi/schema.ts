/** The structure of every built-in kind: which fields there are and of what type. Read lazily from compact generated text. */
import { compareStrings } from "../apimachinery/compare";
import type { KindId } from "../apimachinery/meta";
import { kindId, partsOfKind } from "../apimachinery/meta";
import { admission } from "./generated/admission.generated";
import { apiregistration } from "./generated/apiregistration.generated";
import { apps } from "./generated/apps.generated";
import { autoscaling } from "./generated/autoscaling.generated";
import { batch } from "./generated/batch.generated";
import { certificates } from "./generated/certificates.generated";
import { coordination } from "./generated/coordination.generated";
import { core } from "./generated/core.generated";
import { discovery } from "./generated/discovery.generated";
import { extensions } from "./generated/extensions.generated";
import { flowcontrol } from "./generated/flowcontrol.generated";
import { networking } from "./generated/networking.generated";
import { node } from "./generated/node.generated";
import { policy } from "./generated/policy.generated";
import { rbac } from "./generated/rbac.generated";
import { resource } from "./generated/resource.generated";
import { scheduling } from "./generated/scheduling.generated";
import { storage } from "./generated/storage.generated";

/** Scalar types: text, 32- and 64-bit whole numbers, number, truth, time, quantity, bytes (base64), number-or-text, anything. */
export type Scalar = "s" | "i" | "l" | "f" | "b" | "t" | "q" | "y" | "x" | "j";

/** The type of a field. */
export type FieldType =
  | { readonly type: "scalar"; readonly scalar: Scalar }
  | { readonly type: "object"; readonly name: string }
  | { readonly type: "list" | "map"; readonly of: FieldType };

/** A field of a type. */
export interface FieldSchema {
  readonly name: string;
  readonly required: boolean;
  readonly type: FieldType;
}

/** The fields of a type by name, in the order Go's struct has them. */
export type TypeSchema = ReadonlyMap<string, FieldSchema>;

/** Kinds that are not Kubernetes' own but come with the course's clusters. */
const custom: Readonly<Record<string, string>> = {
  // Go has two structs of the name EndpointPort: this is the one of slices.
  DiscoveryV1EndpointPort: "name:s protocol:s port:i appProtocol:s",
  AutoscalingV1HorizontalPodAutoscaler: "kind:s apiVersion:s metadata:ObjectMeta spec:AutoscalingV1HorizontalPodAutoscalerSpec status:AutoscalingV1HorizontalPodAutoscalerStatus",
  AutoscalingV1HorizontalPodAutoscalerSpec: "scaleTargetRef!:CrossVersionObjectReference minReplicas:i maxReplicas!:i targetCPUUtilizationPercentage:i",
  AutoscalingV1HorizontalPodAutoscalerStatus: "observedGeneration:l lastScaleTime:t currentReplicas!:i desiredReplicas!:i currentCPUUtilizationPercentage:i",
  EventsV1Event: "kind:s apiVersion:s metadata:ObjectMeta eventTime!:t series:EventSeries reportingController:s reportingInstance:s action:s reason:s regarding:ObjectReference related:ObjectReference note:s type:s deprecatedSource:EventSource deprecatedFirstTimestamp:t deprecatedLastTimestamp:t deprecatedCount:i",
  IPAddressPool: "kind:s apiVersion:s metadata:ObjectMeta spec!:IPAddressPoolSpec status:j",
  IPAddressPoolSpec: "addresses!:[]s autoAssign:b avoidBuggyIPs:b serviceAllocation:j",
  L2Advertisement: "kind:s apiVersion:s metadata:ObjectMeta spec:L2AdvertisementSpec status:j",
  L2AdvertisementSpec: "interfaces:[]s ipAddressPoolSelectors:[]LabelSelector ipAddressPools:[]s nodeSelectors:[]LabelSelector",
};

/** Where the types come from: the name of Go's package as OpenAPI writes it, and what it holds. */
const sources: readonly (readonly [where: string, types: Readonly<Record<string, string>>])[] = [
  ["io.k8s.api.core.v1", core],
  ["io.k8s.api.apps.v1", apps],
  ["io.k8s.api.batch.v1", batch],
  ["io.k8s.api.networking.v1", networking],
  ["io.k8s.api.discovery.v1", discovery],
  ["io.k8s.api.storage.v1", storage],
  ["io.k8s.api.coordination.v1", coordination],
  ["io.k8s.api.rbac.v1", rbac],
  ["io.k8s.api.policy.v1", policy],
  ["io.k8s.api.autoscaling.v2", autoscaling],
  ["io.k8s.api.scheduling.v1", scheduling],
  ["io.k8s.api.node.v1", node],
  ["io.k8s.api.certificates.v1", certificates],
  ["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1", extensions],
  ["io.k8s.api.admissionregistration.v1", admission],
  ["io.k8s.api.resource.v1", resource],
  ["io.k8s.api.flowcontrol.v1", flowcontrol],
  ["io.k8s.kube-aggregator.pkg.apis.apiregistration.v1", apiregistration],
  ["io.metallb.v1beta1", custom],
];

/** Parsed types. A cache of constants: filling it changes no answer. */
const parsed = new Map<string, TypeSchema>();

function parseType(code: string): FieldType {
  if (code.startsWith("[]")) return { type: "list", of: parseType(code.slice(2)) };
  if (code.startsWith("{}")) return { type: "map", of: parseType(code.slice(2)) };
  return code.length === 1 ? { type: "scalar", scalar: code as Scalar } : { type: "object", name: code };
}

function parseFields(text: string): TypeSchema {
  const fields = new Map<string, FieldSchema>();
  for (const field of text.split(" ")) {
    const colon = field.indexOf(":");
    if (colon < 0) continue;
    const required = field[colon - 1] === "!";
    const name = field.slice(0, required ? colon - 1 : colon);
    fields.set(name, { name, required, type: parseType(field.slice(colon + 1)) });
  }
  return fields;
}

/** The fields of a type by its name (`PodSpec`); undefined when there is none. */
export function typeSchema(name: string): TypeSchema | undefined {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const source = sources.find(([, types]) => Object.hasOwn(types, name));
  if (source === undefined) return undefined;
  const schema = parseFields(source[1][name] ?? "");
  parsed.set(name, schema);
  return schema;
}

/** The fields of a type in order of name, as documents about it list them. */
export function fieldsByName(name: string): readonly FieldSchema[] {
  return [...(typeSchema(name)?.values() ?? [])].sort((a, b) => compareStrings(a.name, b.name));
}

/** The name of a kind's type, if its structure is known. */
export function schemaNameOf(kind: KindId): string | undefined {
  const name = OTHER_VERSIONS.get(kind) ?? partsOfKind(kind).kind;
  return typeSchema(name) === undefined ? undefined : name;
}

/** Versions of a kind that differ from the stored one, and a kind that has the name of something else's part. */
const OTHER_VERSIONS: ReadonlyMap<KindId, string> = new Map([
  [kindId("resource.k8s.io/v1", "ResourceClaim"), "ResourceV1ResourceClaim"],
  [kindId("autoscaling/v1", "HorizontalPodAutoscaler"), "AutoscalingV1HorizontalPodAutoscaler"],
  [kindId("events.k8s.io/v1", "Event"), "EventsV1Event"],
]);

/** What our names of types have before Go's, where Go has several of a name. */
const PACKAGE = /^(ApiregistrationV1|AutoscalingV1|DiscoveryV1|EventsV1|FlowcontrolV1|ResourceV1)(?=[A-Z])/;

const META = new Set(["ObjectMeta", "OwnerReference", "ManagedFieldsEntry", "LabelSelector", "LabelSelectorRequirement", "Condition"]);

/** The whole name of a type, as OpenAPI documents write it: `io.k8s.api.core.v1.PodSpec`. */
export function publishedName(name: string): string {
  if (META.has(name)) return `io.k8s.apimachinery.pkg.apis.meta.v1.${name}`;
  const own = PACKAGE.exec(name)?.[0];
  if (own === "ApiregistrationV1") return `io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.${name.slice(own.length)}`;
  if (own !== undefined) return `io.k8s.api.${own.slice(0, -2).toLowerCase()}.v1.${name.slice(own.length)}`;
  return `${sources.find(([, types]) => Object.hasOwn(types, name))?.[0] ?? "io.k8s.api"}.${name}`;
}

const NAMES: Readonly<Record<Scalar, string>> = { s: "string", i: "integer", l: "integer", f: "number", b: "boolean", t: "string", q: "Quantity", y: "string", x: "IntOrString", j: "Object" };

/** The name Go has for a type, without its package. */
export function goTypeName(name: string): string {
  return name.replace(PACKAGE, "");
}

/** A type as `kubectl explain` prints it: `<[]Container>`, `<map[string]string>`, without the angle brackets. */
export function typeText(type: FieldType): string {
  switch (type.type) {
    case "scalar":
      return NAMES[type.scalar];
    case "object":
      return goTypeName(type.name);
    case "list":
      return `[]${typeText(type.of)}`;
    case "map":
      return `map[string]${typeText(type.of)}`;
  }
}
