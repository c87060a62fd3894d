import { describe, expect, it } from "vitest";
import { ApiError } from "../../../apimachinery/api-error";
import { CONFIG_MAP, DEPLOYMENT } from "../../../apimachinery/kinds";
import { kindId, type Json, type JsonObject, type KubeObject } from "../../../apimachinery/meta";
import { createCluster, type Cluster } from "../../../cluster";
import { defineProgram, type Image, type ImageCatalog } from "../../../machine/behaviour";
import { encodeBase64 } from "../../../resources/core/secret/base64";
import { millis } from "../../../sim/clock";
import { deployment, machines } from "../../../testing/builders";

interface Review {
  readonly request: { readonly uid: string; readonly operation: string; readonly object: KubeObject | null; readonly userInfo: { readonly username: string } };
}

/** Adds a sidecar to pods at /inject, patches at /patch as an annotation says, refuses config maps called "no" at /judge, and says nothing sensible elsewhere. */
const hook = defineProgram<null>({
  start: () => ({ state: null, listen: [8443] }),
  onRequest(state, { path, body }) {
    const { request } = JSON.parse(body) as Review;
    const answer = (response: JsonObject): JsonObject => ({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: { uid: request.uid, ...response } });
    if (path === "/inject") {
      const has = ((request.object as unknown as { readonly spec: { readonly containers: readonly { readonly name: string }[] } }).spec.containers).some(({ name }) => name === "proxy");
      const patch = encodeBase64(JSON.stringify([{ op: "add", path: "/spec/containers/-", value: { name: "proxy", image: "proxy:1" } }]));
      return { state, response: { status: 200, body: JSON.stringify(answer(has ? { allowed: true } : { allowed: true, patchType: "JSONPatch", patch })) } };
    }
    if (path === "/patch") {
      const { patch = "", type = "JSONPatch" } = request.object?.metadata.annotations ?? {};
      return { state, response: { status: 200, body: JSON.stringify(answer({ allowed: true, ...(patch === "" ? {} : { patch: encodeBase64(patch) }), ...(type === "" ? {} : { patchType: type }) })) } };
    }
    if (path !== "/judge") return { state, response: { status: 404, body: "" } };
    const refused = request.object?.metadata.name === "no";
    return { state, response: { status: 200, body: JSON.stringify(answer(refused ? { allowed: false, status: { message: `not for ${request.userInfo.username}`, reason: "Forbidden", code: 403 } } : { allowed: true, warnings: ["watched"] })) } };
  },
});

const images: ImageCatalog = {
  pull(reference) {
    const image: Image = { reference, digest: "sha256:0", entrypoint: ["hook"], cmd: [], env: {}, workingDir: "/", user: 0, ports: [8443], files: {}, programs: { hook }, sizeBytes: 1, pullTime: millis(10) };
    return { image };
  },
};

function start(): Cluster {
  const cluster = createCluster({ seed: 1, kubernetesVersion: "1.36.2", nodes: machines(1), images });
  cluster.advance(millis(5000));
  return cluster;
}

const admin = (cluster: Cluster): ReturnType<Cluster["as"]> => cluster.as("kubernetes-admin");
const configMap = (name: string, data: JsonObject = {}, labels: JsonObject = {}): JsonObject => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default", labels }, data });

function refusal(run: () => unknown): ApiError["status"] {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
  throw new Error("accepted");
}

const CONFIG_MAPS: JsonObject = { resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["configmaps"] }] };

function policy(cluster: Cluster, spec: JsonObject, binding: JsonObject = { validationActions: ["Deny"] }): void {
  admin(cluster).create({ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicy", metadata: { name: "sizes" }, spec: { matchConstraints: CONFIG_MAPS, ...spec } });
  admin(cluster).create({ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicyBinding", metadata: { name: "everywhere" }, spec: { policyName: "sizes", ...binding } });
}

describe("policies in CEL", () => {
  it("deny in upstream's words", () => {
    const cluster = start();
    policy(cluster, { validations: [{ expression: "size(object.data) <= 1" }] });
    admin(cluster).create(configMap("small", { a: "1" }));
    expect(refusal(() => admin(cluster).create(configMap("large", { a: "1", b: "2" })))).toMatchObject({
      code: 422,
      reason: "Invalid",
      message: 'configmaps "large" is forbidden: ValidatingAdmissionPolicy \'sizes\' with binding \'everywhere\' denied request: failed expression: size(object.data) <= 1',
      details: { name: "large", kind: "configmaps", causes: [{ message: "ValidatingAdmissionPolicy 'sizes' with binding 'everywhere' denied request: failed expression: size(object.data) <= 1" }] },
    });
  });

  it("know variables, parameters, conditions, the namespace and who may do what", () => {
    const cluster = start();
    admin(cluster).create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "limits", namespace: "default", labels: { free: "yes" } }, data: { most: "2" } });
    policy(
      cluster,
      {
        paramKind: { apiVersion: "v1", kind: "ConfigMap" },
        matchConditions: [{ name: "bound", expression: "!('free' in object.metadata.?labels.orValue({}))" }],
        variables: [{ name: "count", expression: "size(object.?data.orValue({}))" }, { name: "most", expression: "int(params.data.most)" }],
        validations: [
          { expression: "variables.count <= variables.most", messageExpression: "'%d entries, %d allowed in %s'.format([variables.count, variables.most, namespaceObject.metadata.name])", reason: "Forbidden" },
          { expression: "request.userInfo.username == 'kubernetes-admin' || authorizer.group('').resource('secrets').namespace('default').check('get').allowed()", message: "only who may read secrets" },
        ],
      },
      { validationActions: ["Deny"], paramRef: { name: "limits", namespace: "default", parameterNotFoundAction: "Deny" } },
    );
    admin(cluster).create(configMap("free", { a: "", b: "", c: "" }, { free: "yes" }));
    expect(refusal(() => admin(cluster).create(configMap("x", { a: "", b: "", c: "" })))).toMatchObject({ code: 403, reason: "Forbidden", message: expect.stringContaining("denied request: 3 entries, 2 allowed in default") as unknown as string });
    expect(refusal(() => cluster.as("alice").create(configMap("x"))).message).toContain("denied request: only who may read secrets");
    admin(cluster).delete({ kind: CONFIG_MAP, namespace: "default", name: "limits" });
    expect(refusal(() => admin(cluster).create(configMap("x"))).message).toContain("failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction");
  });

  it("warn, tell of their own failures or pass them over", () => {
    const cluster = start();
    policy(cluster, { validations: [{ expression: "object.data.must == 'be'" }] }, { validationActions: ["Warn", "Audit"] });
    const warnings: string[] = [];
    admin(cluster).create(configMap("x", { other: "1" }), { warn: (text) => void warnings.push(text) });
    expect(warnings).toEqual(["Validation failed for ValidatingAdmissionPolicy 'sizes' with binding 'everywhere': expression 'object.data.must == 'be'' resulted in error: no such key: must"]);
    const kind = kindId("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy");
    admin(cluster).patch({ kind, namespace: "", name: "sizes" }, { type: "merge", body: { spec: { failurePolicy: "Ignore" } } });
    warnings.length = 0;
    admin(cluster).create(configMap("y"), { warn: (text) => void warnings.push(text) });
    expect(warnings).toEqual([]);
  });

  it("must be written well", () => {
    const cluster = start();
    const create = (spec: JsonObject): string => refusal(() => policy(cluster, spec)).message;
    expect(create({ validations: [{ expression: "object." }] })).toContain('spec.validations[0].expression: Invalid value: "object.": compilation failed: ERROR: <input>:1:8: Syntax error: no viable alternative at input \'.\'');
    expect(create({ validations: [{ expression: "params.x == 1" }] })).toContain("undeclared reference to 'params' (in container '')");
    expect(create({ validations: [{ expression: "variables.x" }] })).toContain("undefined field 'x'");
    expect(create({ validations: [{ expression: "1" }] })).toContain("must evaluate to bool");
    expect(create({})).toContain("spec.validations: Required value: validations or auditAnnotations must contain at least one item");
  });
});

describe("policies that alter", () => {
  const alter = (cluster: Cluster, mutations: readonly JsonObject[], more: JsonObject = {}): void => {
    admin(cluster).create({ apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingAdmissionPolicy", metadata: { name: "labels" }, spec: { matchConstraints: CONFIG_MAPS, reinvocationPolicy: "Never", mutations, ...more } });
    admin(cluster).create({ apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingAdmissionPolicyBinding", metadata: { name: "labels" }, spec: { policyName: "labels" } });
  };

  it("merge what they want, or patch it in", () => {
    const cluster = start();
    alter(
      cluster,
      [
        { patchType: "ApplyConfiguration", applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"seen": variables.who, "app.kubernetes.io/part-of": "shop"}}}' } },
        { patchType: "JSONPatch", jsonPatch: { expression: '[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("example.com/size"), value: string(size(object.data))}]' } },
      ],
      { variables: [{ name: "who", expression: "request.userInfo.username" }], matchConditions: [{ name: "new", expression: "request.operation == 'CREATE'" }] },
    );
    expect(admin(cluster).create<KubeObject>(configMap("x", { a: "1" }, { own: "1" })).metadata.labels).toEqual({ own: "1", seen: "kubernetes-admin", "app.kubernetes.io/part-of": "shop", "example.com/size": "1" });
  });

  it("may not make of an object what nobody can read, nor replace what has no parts", () => {
    const altered = (mutation: JsonObject): string => {
      const cluster = start();
      alter(cluster, [mutation], { matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps", "pods"] }] } });
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "x", namespace: "default" }, spec: { containers: [{ name: "c", image: "web" }] } };
      return refusal(() => admin(cluster).create(pod)).message.replace("pods \"x\" is forbidden: policy 'labels' with binding 'labels' denied request: ", "");
    };
    const patch = (expression: string): JsonObject => ({ patchType: "JSONPatch", jsonPatch: { expression } });
    const apply = (expression: string): JsonObject => ({ patchType: "ApplyConfiguration", applyConfiguration: { expression } });
    expect(altered(patch('[JSONPatch{op: "add", path: "/spec", value: "x"}]'))).toMatch(/^Internal error occurred: json: cannot unmarshal string into Go struct field Pod\.spec/);
    expect(altered(patch('[JSONPatch{op: "add", path: "/spec/colour", value: "x"}]'))).toBe('Internal error occurred: strict decoding error: unknown field "spec.colour"');
    expect(altered(patch('[JSONPatch{op: "remove", path: "/spec/colour"}]'))).toMatch(/^JSONPath: error in remove/);
    expect(altered(apply('Object{spec: Object.spec{colour: "x"}}'))).toBe("error applying patch: failed to convert patch object to typed object: .spec.colour: field not declared in schema");
    expect(altered(apply('Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: "a"}]}}'))).toBe("error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.tolerations");
    const cluster = start();
    alter(cluster, [patch('[JSONPatch{op: "test", path: "/data/a", value: "2"}, JSONPatch{op: "replace", path: "/data/a", value: "3"}]')]);
    expect(admin(cluster).create(configMap("x", { a: "1" }))).toMatchObject({ data: { a: "1" } });
  });

  it("stop what they cannot alter, and must be written well", () => {
    const cluster = start();
    expect(refusal(() => alter(cluster, [{ patchType: "ApplyConfiguration", applyConfiguration: { expression: "{'a': 1}" } }])).message).toContain("must evaluate to Object");
    expect(refusal(() => alter(cluster, [])).message).toContain("spec.mutations: Required value: mutations must contain at least one item");
    alter(cluster, [{ patchType: "JSONPatch", jsonPatch: { expression: '[JSONPatch{op: "remove", path: "/metadata/labels/" + object.data.which}]' } }]);
    expect(refusal(() => admin(cluster).create(configMap("x")))).toMatchObject({ code: 422, message: expect.stringContaining("policy 'labels' with binding 'labels' denied request: expression") as unknown as string });
  });
});

const webhook = (kind: "Validating" | "Mutating", path: string, resource: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: `${kind}WebhookConfiguration`,
  metadata: { name: "hooks" },
  webhooks: [{ name: "hook.example.com", clientConfig: { service: { name: "hook", namespace: "default", path } }, rules: [{ operations: ["CREATE"], ...resource }], sideEffects: "None", admissionReviewVersions: ["v1"], ...more }],
});
const OF_PODS: JsonObject = { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] };
const OF_MAPS: JsonObject = { apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] };

function withService(cluster: Cluster): Cluster {
  admin(cluster).create(deployment("hook", 1));
  admin(cluster).create({ apiVersion: "v1", kind: "Service", metadata: { name: "hook" }, spec: { selector: { app: "hook" }, ports: [{ port: 443, targetPort: 8443 }] } });
  cluster.advance(millis(15_000));
  return cluster;
}

describe("webhooks", () => {
  it("are answered by the pods behind their service", () => {
    const cluster = withService(start());
    admin(cluster).create(webhook("Validating", "/judge", OF_MAPS));
    const warnings: string[] = [];
    admin(cluster).create(configMap("yes"), { warn: (text) => void warnings.push(text) });
    expect(warnings).toEqual(["watched"]);
    expect(refusal(() => cluster.as("alice").create(configMap("no")))).toMatchObject({ code: 403, reason: "Forbidden", message: 'admission webhook "hook.example.com" denied the request: not for alice' });
  });

  it("alter pods of controllers, and what they add is looked at again", () => {
    const cluster = withService(start());
    admin(cluster).create(webhook("Mutating", "/inject", OF_PODS, { objectSelector: { matchLabels: { app: "web" } } }));
    admin(cluster).create(deployment("web", 2));
    cluster.advance(millis(10_000));
    const pods = admin(cluster).list<KubeObject & { readonly spec: { readonly containers: readonly { readonly name: string; readonly imagePullPolicy?: string; readonly volumeMounts?: readonly Json[] }[] } }>(kindId("v1", "Pod"), { labelSelector: "app=web" });
    expect(pods.map(({ spec }) => spec.containers.map(({ name }) => name))).toEqual([["c", "proxy"], ["c", "proxy"]]);
    expect(pods[0]?.spec.containers[1]).toMatchObject({ imagePullPolicy: "IfNotPresent", volumeMounts: [{ mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }] });
  });

  it("may not make of an object what nobody can read", () => {
    const cluster = withService(start());
    admin(cluster).create(webhook("Mutating", "/patch", OF_MAPS, { matchConditions: [{ name: "asked", expression: "'patch' in object.metadata.?annotations.orValue({})" }] }));
    const patched = (patch: unknown, type = "JSONPatch"): string => refusal(() => admin(cluster).create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "default", annotations: { patch: typeof patch === "string" ? patch : JSON.stringify(patch), type } } })).message;
    expect(patched([{ op: "add", path: "/data", value: "text" }])).toMatch(/^Internal error occurred: json: cannot unmarshal string into Go struct field ConfigMap\.data of type map\[string\]string/);
    expect(patched([{ op: "add", path: "/metadata", value: "text" }])).toMatch(/^Internal error occurred: json: cannot unmarshal string into Go struct field ConfigMap\.metadata/);
    expect(patched([{ op: "replace", path: "", value: [1] }])).toMatch(/^Internal error occurred: couldn't get version\/kind/);
    expect(patched([{ op: "replace", path: "/kind", value: "Secret" }])).toBe("Internal error occurred: converting (v1.Secret) to (core.ConfigMap): unknown conversion");
    expect(patched([{ op: "remove", path: "/nowhere" }])).toMatch(/^Internal error occurred: error in remove for path: '\/nowhere'/);
    expect(patched("{}")).toMatch(/^Internal error occurred: failed calling webhook "hook.example.com": received undecodable patch in webhook response/);
    expect(patched([], "")).toBe('Internal error occurred: failed calling webhook "hook.example.com": received invalid webhook response: webhook returned response.patch but not response.patchType');
    expect(patched([{ op: "test", path: "/kind", value: "x" }], "Other")).toBe('Internal error occurred: failed calling webhook "hook.example.com": unsupported patch type "Other"');
    const odd = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "odd", namespace: "default", annotations: { patch: JSON.stringify([{ op: "add", path: "/colour", value: "red" }]) } } };
    expect(admin(cluster).create(odd)).not.toHaveProperty("colour");
  });

  it("stop everything when nobody answers, unless they may be passed over", () => {
    const cluster = start();
    admin(cluster).create(webhook("Validating", "/judge", OF_MAPS));
    expect(refusal(() => admin(cluster).create(configMap("x")))).toMatchObject({ code: 500, reason: "InternalError", message: 'Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: Post "https://hook.default.svc:443/judge?timeout=10s": service "hook" not found' });
    admin(cluster).create({ apiVersion: "v1", kind: "Service", metadata: { name: "hook" }, spec: { selector: { app: "hook" }, ports: [{ port: 443, targetPort: 8443 }] } });
    cluster.advance(millis(1000));
    expect(refusal(() => admin(cluster).create(configMap("x"))).message).toContain('no endpoints available for service "hook"');
    const hooks = { kind: kindId("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"), namespace: "", name: "hooks" };
    admin(cluster).patch(hooks, { type: "json", ops: [{ op: "add", path: "/webhooks/0/matchConditions", value: [{ name: "named", expression: "object.metadata.name.startsWith('checked')" }] }] });
    admin(cluster).create(configMap("unchecked"));
    expect(refusal(() => admin(cluster).create(configMap("checked-1"))).code).toBe(500);
    admin(cluster).patch(hooks, { type: "json", ops: [{ op: "replace", path: "/webhooks/0/failurePolicy", value: "Ignore" }] });
    admin(cluster).create(configMap("checked-1"));
  });

  it("stay deterministic through forks", () => {
    const cluster = withService(start());
    admin(cluster).create(webhook("Mutating", "/inject", OF_PODS, { objectSelector: { matchLabels: { app: "web" } } }));
    const outcome = (one: Cluster): string => {
      one.as("kubernetes-admin").create(deployment("web", 3));
      one.advance(millis(20_000));
      return JSON.stringify(one.snapshot().store);
    };
    const copy = cluster.fork();
    expect(outcome(copy)).toBe(outcome(cluster));
    expect(admin(cluster).list(DEPLOYMENT)).toHaveLength(2);
  });
});
