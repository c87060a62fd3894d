import { describe, expect, it } from "vitest";
import { fieldErrorText } from "../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../apimachinery/meta";
import { kindId } from "../apimachinery/meta";
import { resourceFor } from "./index";

const meta = { name: "x", namespace: "default", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };

function definitionOf(apiVersion: string, kind: string): NonNullable<ReturnType<typeof resourceFor>> {
  const definition = resourceFor(kindId(apiVersion, kind));
  if (definition === undefined) throw new Error(`no ${kind}`);
  return definition;
}

/** What is said of a new object, or of a changed one. */
function said(apiVersion: string, kind: string, rest: JsonObject, before?: JsonObject): readonly string[] {
  const definition = definitionOf(apiVersion, kind);
  const made = (fields: JsonObject): KubeObject => definition.applyDefaults({ apiVersion, kind, metadata: meta, ...fields } as unknown as KubeObject);
  return definition.validate(made(rest), before === undefined ? undefined : made(before)).map(fieldErrorText);
}

const pod = (spec: JsonObject, annotations: JsonObject = {}): JsonObject => ({ metadata: { ...meta, annotations }, spec: { containers: [{ name: "c", image: "i" }], ...spec } });

describe("pods", () => {
  it("keep the grace they were made with", () => {
    const [first] = said("v1", "Pod", pod({ terminationGracePeriodSeconds: 5 }), pod({}));
    expect(first).toMatch(/^spec: Forbidden: pod updates may not change fields other than /);
  });

  it("may prefer nodes by values no label has", () => {
    const term = { matchExpressions: [{ key: "k", operator: "In", values: ["a b"] }] };
    const preferred = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term }] } };
    const required = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } };
    expect(said("v1", "Pod", pod({ affinity: preferred }))).toEqual([]);
    expect(said("v1", "Pod", pod({ affinity: required }))).toHaveLength(1);
  });

  it("tolerate in the old annotation by the rules of the field", () => {
    const key = "scheduler.alpha.kubernetes.io/tolerations";
    expect(said("v1", "Pod", pod({}, { [key]: '[{"operator":"Equal"}]' }))[0]).toMatch(/^metadata\.annotations\.scheduler\.alpha\.kubernetes\.io\/tolerations\[0\]\.operator: Invalid value: "Equal"/);
    expect(said("v1", "Pod", pod({}, { [key]: "[{]" }))).toEqual([`metadata.annotations: Invalid value: "${key}": invalid character ']' looking for beginning of object key string`]);
  });

  it("for Windows share none of the host's namespaces", () => {
    expect(said("v1", "Pod", pod({ os: { name: "windows" }, hostPID: true }))).toEqual(["spec.hostPID: Forbidden: cannot be set for a windows pod"]);
    expect(said("v1", "Pod", pod({ os: { name: "" } }))).toEqual(["spec.os.name: Required value: cannot be empty"]);
  });

  it("are resized in CPU and memory only, and never freed of what they ask for", () => {
    const { resize } = definitionOf("v1", "Pod").strategies ?? {};
    const made = (requests: JsonObject, policy = "NotRequired"): KubeObject =>
      definitionOf("v1", "Pod").applyDefaults({ apiVersion: "v1", kind: "Pod", metadata: meta, spec: { containers: [{ name: "c", image: "i", resizePolicy: [{ resourceName: "cpu", restartPolicy: policy }], resources: { requests } }] } } as unknown as KubeObject);
    const verdict = (now: KubeObject, before: KubeObject): readonly string[] => (resize?.validate(now, before) ?? []).map(fieldErrorText);
    expect(verdict(made({ cpu: "2", memory: "1Gi" }), made({ cpu: "1", memory: "1Gi" }))).toEqual([]);
    expect(verdict(made({ memory: "1Gi" }), made({ cpu: "1", memory: "1Gi" }))).toEqual(["spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed"]);
    expect(verdict(made({ cpu: "1", "ephemeral-storage": "1Gi" }), made({ cpu: "1" }))).toEqual(["spec: Forbidden: only cpu and memory resources are mutable"]);
    expect(verdict(made({ cpu: "1" }, "RestartContainer"), made({ cpu: "1" }))).toEqual(["spec: Forbidden: only cpu and memory resources are mutable"]);
  });

  it("take in guests whose ports and probes are refused like any container's mistakes", () => {
    const { ephemeralcontainers: strategy } = definitionOf("v1", "Pod").strategies ?? {};
    const made = (guests: readonly JsonObject[]): KubeObject => definitionOf("v1", "Pod").applyDefaults({ apiVersion: "v1", kind: "Pod", metadata: meta, spec: { containers: [{ name: "c", image: "i" }], ephemeralContainers: guests } } as unknown as KubeObject);
    const verdict = (now: readonly JsonObject[], before: readonly JsonObject[] = []): readonly string[] => (strategy?.validate(made(now), made(before)) ?? []).map(fieldErrorText);
    expect(verdict([{ name: "D", image: "i" }])[0]).toMatch(/^spec\.ephemeralContainers\[0\]\.name: Invalid value: "D"/);
    expect(verdict([{ name: "d", image: "i", ports: [{ containerPort: 80 }] }])).toEqual(["spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container"]);
    expect(verdict([], [{ name: "d", image: "i" }])).toEqual(['spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be removed\n']);
    expect(verdict([{ name: "d", image: "j" }], [{ name: "d", image: "i" }])[0]).toContain('may not be changed\n@@ -1,6 +1,6 @@\n {\n  "Name": "d",\n- "Image": "i",\n+ "Image": "j",');
  });
});

describe("amounts", () => {
  it("of a volume are whole numbers in a refusal", () => {
    const volume = { spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "-1Ki" }, hostPath: { path: "/a" } } };
    expect(said("v1", "PersistentVolume", volume)).toEqual(["spec.capacity[storage]: Invalid value: -1024: must be a valid resource quantity", 'spec.capacity[storage]: Invalid value: "-1Ki": must be greater than zero']);
  });

  it("have names also where a claim is limited, and one default where they cannot be promised twice", () => {
    const limits = (limit: JsonObject): readonly string[] => said("v1", "LimitRange", { spec: { limits: [limit] } });
    expect(limits({ type: "PersistentVolumeClaim", max: { storage: "1", foo: "1" } })).toEqual(['spec.limits[0].max[foo]: Invalid value: "foo": must be a standard resource type or fully qualified']);
    expect(limits({ type: "Container", default: { "a.b/c": "2" }, defaultRequest: { "a.b/c": "1" } })).toEqual(['spec.limits[0].defaultRequest[a.b/c]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in a.b/c']);
  });
});

describe("workloads", () => {
  it("name their strategy as the server keeps it", () => {
    const spec = { selector: { matchLabels: { a: "b" } }, template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } } };
    expect(said("apps/v1", "Deployment", { spec: { ...spec, strategy: { type: "x" } } })).toEqual(['spec.strategy: Unsupported value: {"Type":"x","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"']);
    const before = { spec, status: { replicas: 1, collisionCount: 2 } };
    expect(said("apps/v1", "StatefulSet", { spec, status: { replicas: 1, currentReplicas: 2 } }, before)).toEqual(["status.currentReplicas: Invalid value: 2: cannot be greater than status.replicas", "status.collisionCount: Invalid value: 0: cannot be decremented"]);
  });

  it("keep their revisions as they are", () => {
    expect(said("apps/v1", "ControllerRevision", { revision: -1 })).toEqual(["data: Required value: data is mandatory", "revision: Invalid value: -1: must be greater than or equal to 0"]);
    expect(said("apps/v1", "ControllerRevision", { revision: 1, data: { a: 1 } }, { revision: 1, data: { a: 2 } })).toEqual(['data: Invalid value: {"a":1}: field is immutable']);
  });

  it("leave a Job's selector to the server, and bound what is counted by index", () => {
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } };
    expect(said("batch/v1", "CronJob", { spec: { schedule: "* * * * *", jobTemplate: { spec: { template, selector: { matchLabels: { a: "b" } } } } } })).toEqual(['spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated']);
    const large = { completionMode: "Indexed", completions: 200000, parallelism: 20000, backoffLimitPerIndex: 1, template };
    const words = "when completions are above 100000 and used with backoff limit per index";
    expect(said("batch/v1", "CronJob", { spec: { schedule: "* * * * *", jobTemplate: { spec: large } } })).toEqual([
      "spec.jobTemplate.spec.maxFailedIndexes: Required value: must be specified when completions is above 100000",
      `spec.jobTemplate.spec.parallelism: Invalid value: 20000: must be less than or equal to 10000 ${words}`,
    ]);
  });
});

describe("kinds of the API server itself", () => {
  const hook = (fields: JsonObject): readonly string[] =>
    said("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", { webhooks: [{ name: "a.b.c", clientConfig: { url: "https://a" }, sideEffects: "None", admissionReviewVersions: ["v1"], ...fields }] });

  it("are told where webhooks are called, and how", () => {
    expect(hook({})).toEqual([]);
    expect(hook({ timeoutSeconds: 31, failurePolicy: "Maybe", admissionReviewVersions: ["v2"] })).toEqual([
      'webhooks[0].failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"',
      "webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds",
      'webhooks[0].admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
    ]);
    expect(hook({ clientConfig: { url: "http://u@/?q#f" } })).toEqual([
      `webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
      'webhooks[0].clientConfig.url: Invalid value: "": host must be provided; desired format: https://host[/path]',
      'webhooks[0].clientConfig.url: Invalid value: "u": user information is not permitted in the URL',
      'webhooks[0].clientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
      'webhooks[0].clientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
    ]);
    expect(hook({ clientConfig: { service: { name: "s", path: "a//", port: 0 } } })).toEqual([
      "webhooks[0].clientConfig.service.namespace: Required value: service namespace is required",
      "webhooks[0].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive",
      `webhooks[0].clientConfig.service.path: Invalid value: "a//": must start with a '/'`,
      'webhooks[0].clientConfig.service.path: Invalid value: "a//": segment[0] may not be empty',
      'webhooks[0].clientConfig.service.path: Invalid value: "a//": segment[1] may not be empty',
    ]);
    expect(hook({ rules: [{ operations: ["CREATE"], apiGroups: ["*"], apiVersions: ["*"], resources: ["pods/*", "pods/log", "*", "pods"] }] })).toEqual([
      `webhooks[0].rules[0].resources[1]: Invalid value: "pods/log": if 'pods/*' is present, must not specify pods/log`,
      `webhooks[0].rules[0].resources: Invalid value: ["pods/*","pods/log","*","pods"]: if '*' is present, must not specify other resources without subresources`,
    ]);
  });

  it("attach volumes once and for all", () => {
    const spec = { attacher: "a", nodeName: "n", source: { persistentVolumeName: "v" } };
    expect(said("storage.k8s.io/v1", "VolumeAttachment", { spec: { ...spec, nodeName: "m" } }, { spec })).toEqual([
      'spec: Invalid value: {"Attacher":"a","Source":{"PersistentVolumeName":"v","InlineVolumeSpec":null},"NodeName":"m"}: field is immutable',
    ]);
    expect(said("storage.k8s.io/v1", "VolumeAttachment", { spec: { ...spec, source: {} } })).toEqual(["spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName"]);
  });

  it("ask for certificates from somebody", () => {
    const request = btoa("-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n");
    expect(said("certificates.k8s.io/v1", "CertificateSigningRequest", { spec: { request, signerName: "example/x", usages: ["any", "any"] } })).toEqual([
      'spec.usages[1]: Duplicate value: "any"',
      'spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots',
    ]);
    expect(said("certificates.k8s.io/v1", "CertificateSigningRequest", { spec: { request: "eA==", signerName: "a.b/c", usages: ["any"] } })).toEqual(['spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST']);
  });

  it("have classes of volume attributes with attributes", () => {
    expect(said("storage.k8s.io/v1", "VolumeAttributesClass", { driverName: "d" })).toEqual(["parameters: Required value: must contain at least one key/value pair"]);
    expect(said("storage.k8s.io/v1", "VolumeAttributesClass", { driverName: "d", parameters: { a: "1" } }, { driverName: "d", parameters: { a: "2" } })).toEqual(["parameters: Forbidden: updates to parameters are forbidden."]);
  });
});

describe("what is told", () => {
  const event = (fields: JsonObject): readonly string[] => said("v1", "Event", { involvedObject: { namespace: "default" }, ...fields });

  it("is told where it happened", () => {
    expect(event({})).toEqual([]);
    expect(event({ involvedObject: { namespace: "other" } })).toEqual(['involvedObject.namespace: Invalid value: "other": does not match event.namespace']);
  });

  it("is told by somebody, if it is told in the new way", () => {
    const eventTime = "2026-01-01T00:00:00.000000Z";
    expect(event({ eventTime, reportingComponent: "a.b/c", reportingInstance: "i", action: "Go", reason: "Why" })).toEqual([]);
    expect(event({ eventTime, reportingComponent: "a.b/c", action: "x".repeat(129), reason: "Why" })).toEqual(["reportingInstance: Required value", 'action: Invalid value: "": can have at most 128 characters']);
  });

  it("is told of balancers that there are", () => {
    const service = (type: string, ingress: readonly JsonObject[]): JsonObject => ({ spec: { type, ports: [{ port: 80, targetPort: 80, protocol: "TCP" }] }, status: { loadBalancer: { ingress } } });
    expect(said("v1", "Service", service("ClusterIP", [{ ip: "1.2.3.4" }]), service("ClusterIP", []))).toEqual(["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"]);
    expect(said("v1", "Service", service("LoadBalancer", [{ hostname: "1.2.3.4" }]), service("LoadBalancer", []))).toEqual(['status.loadBalancer.ingress[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address']);
  });
});
