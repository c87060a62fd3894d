/** The structure of every built-in kind: which fields there are and of what type. Read lazily from compact generated text. */
import type { KindId } from "../apimachinery/meta";
import { kindId, partsOfKind } from "../apimachinery/meta";
import { admission } from "./generated/admission.generated";
import { apps } from "./generated/apps.generated";
import { autoscaling } from "./generated/autoscaling.generated";
import { batch } from "./generated/batch.generated";
import { certificates } from "./generated/certificates.generated";
import { coordination } from "./generated/coordination.generated";
import { core } from "./generated/core.generated";
import { discovery } from "./generated/discovery.generated";
import { extensions } from "./generated/extensions.generated";
import { networking } from "./generated/networking.generated";
import { node } from "./generated/node.generated";
import { policy } from "./generated/policy.generated";
import { rbac } from "./generated/rbac.generated";
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

/** The fields of a type, by name. */
export type TypeSchema = ReadonlyMap<string, FieldSchema>;

/** Kinds that are not Kubernetes' own but come with the course's clusters. */
const custom: Readonly<Record<string, string>> = {
  // Go has two structs of the name EndpointPort: this is the one of slices.
  DiscoveryV1EndpointPort: "appProtocol:s name:s port:i protocol:s",
  AutoscalingV1HorizontalPodAutoscaler: "apiVersion:s kind:s metadata:ObjectMeta spec:AutoscalingV1HorizontalPodAutoscalerSpec status:AutoscalingV1HorizontalPodAutoscalerStatus",
  AutoscalingV1HorizontalPodAutoscalerSpec: "maxReplicas!:i minReplicas:i scaleTargetRef!:CrossVersionObjectReference targetCPUUtilizationPercentage:i",
  AutoscalingV1HorizontalPodAutoscalerStatus: "currentCPUUtilizationPercentage:i currentReplicas!:i desiredReplicas!:i lastScaleTime:t observedGeneration:l",
  EventsV1Event: "action:s apiVersion:s deprecatedCount:i deprecatedFirstTimestamp:t deprecatedLastTimestamp:t deprecatedSource:EventSource eventTime!:t kind:s metadata:ObjectMeta note:s reason:s regarding:ObjectReference related:ObjectReference reportingController:s reportingInstance:s series:EventSeries type:s",
  IPAddressPool: "apiVersion:s kind:s metadata:ObjectMeta spec!:IPAddressPoolSpec status:j",
  IPAddressPoolSpec: "addresses!:[]s autoAssign:b avoidBuggyIPs:b serviceAllocation:j",
  L2Advertisement: "apiVersion:s kind:s metadata:ObjectMeta spec:L2AdvertisementSpec status:j",
  L2AdvertisementSpec: "interfaces:[]s ipAddressPoolSelectors:[]LabelSelector ipAddressPools:[]s nodeSelectors:[]LabelSelector",
};

const sources: readonly Readonly<Record<string, string>>[] = [core, apps, batch, networking, discovery, storage, coordination, rbac, policy, autoscaling, scheduling, node, certificates, extensions, admission, custom];

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
  const source = sources.find((group) => Object.hasOwn(group, name));
  if (source === undefined) return undefined;
  const schema = parseFields(source[name] ?? "");
  parsed.set(name, schema);
  return schema;
}

/** The name of a kind's type, if its structure is known. */
export function schemaNameOf(kind: KindId): string | undefined {
  const name = OTHER_VERSIONS.get(kind) ?? partsOfKind(kind).kind;
  return typeSchema(name) === undefined ? undefined : name;
}

/** Versions of a kind that differ from the stored one. */
const OTHER_VERSIONS: ReadonlyMap<KindId, string> = new Map([
  [kindId("autoscaling/v1", "HorizontalPodAutoscaler"), "AutoscalingV1HorizontalPodAutoscaler"],
  [kindId("events.k8s.io/v1", "Event"), "EventsV1Event"],
]);

/** What our names of types have before Go's, where Go has several of a name. */
const PACKAGE = /^(AutoscalingV1|DiscoveryV1|EventsV1)(?=[A-Z])/;

const NAMES: Readonly<Record<Scalar, string>> = { s: "string", i: "integer", l: "integer", f: "number", b: "boolean", t: "string", q: "Quantity", y: "string", x: "IntOrString", j: "Object" };

/** A type as `kubectl explain` prints it: `<[]Container>`, `<map[string]string>`, without the angle brackets. */
export function typeText(type: FieldType): string {
  switch (type.type) {
    case "scalar":
      return NAMES[type.scalar];
    case "object":
      return type.name.replace(PACKAGE, "");
    case "list":
      return `[]${typeText(type.of)}`;
    case "map":
      return `map[string]${typeText(type.of)}`;
  }
}
