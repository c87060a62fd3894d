/**
 * Writes `lib/engine/openapi/generated` from the typed API of `@kubernetes/client-node` (release 1.36).
 *
 * Run by hand when the Kubernetes version changes: unpack that package anywhere and say
 * `npx tsx scripts/generate-openapi.ts FOLDER`. The package is not a dependency: what it says is committed.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

/** Files in the order they claim types: what several groups use belongs to the first. */
const groups: Readonly<Record<string, readonly string[]>> = {
  core: "V1Pod V1PodTemplate V1Service V1ConfigMap V1Secret V1Namespace V1Node V1PersistentVolume V1PersistentVolumeClaim V1ServiceAccount CoreV1Event V1ReplicationController V1ResourceQuota V1LimitRange V1Endpoints V1Binding V1ComponentStatus".split(" "),
  apps: ["V1Deployment", "V1ReplicaSet", "V1StatefulSet", "V1DaemonSet", "V1ControllerRevision"],
  batch: ["V1Job", "V1CronJob"],
  networking: ["V1Ingress", "V1IngressClass", "V1NetworkPolicy", "V1IPAddress", "V1ServiceCIDR"],
  discovery: ["V1EndpointSlice"],
  storage: ["V1StorageClass", "V1VolumeAttachment", "V1CSINode", "V1CSIDriver", "V1CSIStorageCapacity", "V1VolumeAttributesClass"],
  coordination: ["V1Lease"],
  rbac: ["V1Role", "V1RoleBinding", "V1ClusterRole", "V1ClusterRoleBinding"],
  policy: ["V1PodDisruptionBudget"],
  autoscaling: ["V1Scale", "V2HorizontalPodAutoscaler"],
  scheduling: ["V1PriorityClass"],
  node: ["V1RuntimeClass"],
  certificates: ["V1CertificateSigningRequest"],
  extensions: ["V1CustomResourceDefinition"],
  admission: ["V1ValidatingWebhookConfiguration", "V1MutatingWebhookConfiguration", "V1ValidatingAdmissionPolicy", "V1ValidatingAdmissionPolicyBinding", "V1MutatingAdmissionPolicy", "V1MutatingAdmissionPolicyBinding"],
  resource: ["V1DeviceClass", "ResourceV1ResourceClaim", "V1ResourceClaimTemplate", "V1ResourceSlice"],
  flowcontrol: ["V1FlowSchema", "V1PriorityLevelConfiguration"],
  apiregistration: ["V1APIService"],
};

const QUANTITY_MAPS = new Set("limits requests capacity allocatable hard used overhead allocatedResources resources default defaultRequest max min maxLimitRequestRatio podFixed consumedCapacity".split(" "));
const QUANTITIES = new Set(["sizeLimit", "divisor", "maximumVolumeSize", "averageValue", "tolerance"]);
const QUANTITY_FIELDS = new Set(
  "V2MetricTarget.value V2MetricValueStatus.value V1DeviceCapacity.value V1Counter.value V1CSIStorageCapacity.capacity V1CapacityRequestPolicy.default V1CapacityRequestPolicy.validValues V1CapacityRequestPolicyRange.min V1CapacityRequestPolicyRange.max V1CapacityRequestPolicyRange.step".split(" "),
);
const BYTES = new Set(["V1Secret.data", "V1ConfigMap.binaryData", "V1CertificateSigningRequestSpec.request", "V1CertificateSigningRequestStatus.certificate", "AdmissionregistrationV1WebhookClientConfig.caBundle", "ApiextensionsV1WebhookClientConfig.caBundle", "V1APIServiceSpec.caBundle"]);

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("Usage: npx tsx scripts/generate-openapi.ts FOLDER-OF-@kubernetes/client-node\n");
  process.exit(2);
}
const models = join(folder, "dist/gen/models");

/** Names that Go has in several of these packages keep theirs in front. */
const bare = (type: string): string => type.replace(/^(CoreV1|RbacV1|StorageV1|AdmissionregistrationV1|ApiextensionsV1|V[0-9]+)(?=[A-Z])/, "");

/** The code of a type: s text, i int32, l int64, f number, b boolean, t time, q quantity, y bytes, x number-or-text, j anything; `[]` a list, `{}` a map. */
function code(owner: string, { baseName, type, format }: Attribute): string {
  const list = /^Array<(.*)>$/.exec(type);
  if (list !== null) return `[]${code(owner, { baseName, type: list[1] ?? "", format })}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map !== null) return `{}${code(`${owner}/map`, { baseName, type: map[1] ?? "", format })}`;
  if (type === "string") {
    if (BYTES.has(`${owner.replace("/map", "")}.${baseName}`)) return "y";
    return QUANTITIES.has(baseName) || QUANTITY_FIELDS.has(`${owner}.${baseName}`) || (owner.endsWith("/map") && QUANTITY_MAPS.has(baseName)) ? "q" : "s";
  }
  if (type === "number") return format === "int64" ? "l" : format === "int32" ? "i" : "f";
  if (type === "boolean") return "b";
  if (type === "Date" || type === "V1MicroTime") return "t";
  if (type === "IntOrString") return "x";
  return type === "any" || type === "object" ? "j" : bare(type);
}

const written = new Set<string>();

/** Fields of every type as the committed files list them: in the order of Go's structs, which the package does not know. */
const orders = new Map<string, readonly string[]>();
for (const group of Object.keys(groups)) {
  const file = new URL(`../lib/engine/openapi/generated/${group}.generated.ts`, import.meta.url);
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  for (const [, name = "", fields = ""] of text.matchAll(/^ {2}(\w+): "(.*)",$/gm)) orders.set(name, fields.split(" ").map(fieldName));
}

function fieldName(field: string): string {
  return field.replace(/!?:.*/, "");
}

/** Fields in their committed order; those that are new come last, to be moved by hand to where types.go has them. */
function asBefore(type: string, fields: readonly string[]): readonly string[] {
  const order = orders.get(type) ?? [];
  const place = (field: string): number => (order.includes(fieldName(field)) ? order.indexOf(fieldName(field)) : order.length);
  return [...fields].sort((a, b) => place(a) - place(b));
}

async function walk(type: string, into: Map<string, string>): Promise<void> {
  if (written.has(type)) return;
  written.add(type);
  const module_ = (await import(pathToFileURL(join(models, `${type}.js`)).href)) as Record<string, { readonly attributeTypeMap: readonly Attribute[] }>;
  const declaration = readFileSync(join(models, `${type}.d.ts`), "utf8");
  const attributes = module_[type]?.attributeTypeMap ?? [];
  const fields = attributes.map((attribute) => {
    const required = declaration.includes(`    '${attribute.baseName}': `);
    return `${attribute.baseName}${required ? "!" : ""}:${code(type, attribute)}`;
  });
  into.set(bare(type), asBefore(bare(type), fields).join(" "));
  for (const { type: inner } of attributes) {
    for (const [name] of inner.matchAll(/\b(?:CoreV1|RbacV1|StorageV1|AdmissionregistrationV1|ApiextensionsV1|ApiregistrationV1|FlowcontrolV1|ResourceV1|V[0-9]+)[A-Z]\w*/g)) if (name !== "V1MicroTime") await walk(name, into);
  }
}

for (const [group, kinds] of Object.entries(groups)) {
  const types = new Map<string, string>();
  for (const kind of kinds) await walk(kind, types);
  const lines = [...types].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, fields]) => `  ${name}: ${JSON.stringify(fields)},`);
  const head = `/** Generated by scripts/generate-openapi.ts from the Kubernetes 1.36 API. Do not edit. */\n\n/** Fields of every type the ${group} group brings, as the codes of ../schema.ts. */\n`;
  writeFileSync(new URL(`../lib/engine/openapi/generated/${group}.generated.ts`, import.meta.url), `${head}export const ${group}: Readonly<Record<string, string>> = {\n${lines.join("\n")}\n};\n`);
  process.stdout.write(`${group} ${types.size} types\n`);
}
