import { describe, expect, it } from "vitest";
import { DEPLOYMENT, NODE, POD, REPLICA_SET, VALIDATING_ADMISSION_POLICY_BINDING } from "../apimachinery/kinds";
import { createCluster, type Cluster } from "../cluster";
import { testImages } from "../kubelet/testing/images";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";

const SPEC = { containers: [{ name: "app", image: "web:1" }] };

function cluster(): Cluster {
  return createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "1", memory: "1Gi" }], images: testImages });
}

function run(c: Cluster, name: string, spec: object = {}): void {
  c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { ...SPEC, ...spec } });
  c.advance(seconds(10));
}

/** Lets no pod be deleted, until {@link allow}. */
function forbid(c: Cluster): void {
  const rule = { apiGroups: [""], apiVersions: ["*"], operations: ["DELETE"], resources: ["pods"] };
  c.as("admin").create({ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicy", metadata: { name: "no" }, spec: { failurePolicy: "Fail", matchConstraints: { resourceRules: [rule] }, validations: [{ expression: "false" }] } });
  c.as("admin").create({ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicyBinding", metadata: { name: "no" }, spec: { policyName: "no", validationActions: ["Deny"] } });
}

const allow = (c: Cluster) => c.as("admin").delete({ kind: VALIDATING_ADMISSION_POLICY_BINDING, namespace: "", name: "no" });
const pods = (c: Cluster) => c.as("admin").list<Pod>(POD, { namespace: "default" });

describe("a deletion the API refuses", () => {
  it("keeps a kubelet waiting, which asks again", () => {
    const c = cluster();
    run(c, "web");
    c.as("admin").delete({ kind: POD, namespace: "default", name: "web" });
    forbid(c);
    c.advance(seconds(100));
    expect(pods(c)[0]?.metadata.deletionTimestamp).toBeDefined();
    allow(c);
    c.advance(seconds(61));
    expect(pods(c)).toEqual([]);
  });

  it("keeps the garbage collector waiting, which asks again", () => {
    const c = cluster();
    c.as("admin").create({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "default" }, spec: { selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: SPEC } } });
    c.advance(seconds(10));
    forbid(c);
    c.as("admin").delete({ kind: DEPLOYMENT, namespace: "default", name: "web" });
    c.advance(seconds(100));
    expect(pods(c)).toHaveLength(1);
    expect(c.as("admin").list(REPLICA_SET, { namespace: "default" })).toEqual([]);
    allow(c);
    c.advance(seconds(200));
    expect(pods(c)).toEqual([]);
  });

  it("leaves a pod on a node it does not tolerate", () => {
    const c = cluster();
    run(c, "web");
    forbid(c);
    const node = c.as("admin").get<Node>(NODE, { namespace: "", name: "node-1" }) as Node;
    c.as("admin").update<Node>({ ...node, spec: { ...node.spec, taints: [{ key: "gone", effect: "NoExecute" }] } });
    c.advance(seconds(60));
    expect(pods(c)[0]?.status?.phase).toBe("Running");
    expect(pods(c)[0]?.metadata.deletionTimestamp).toBeUndefined();
  });

  it("leaves a pod of lower priority where another one wants to be", () => {
    const c = cluster();
    const asks = (cpu: string) => ({ containers: [{ name: "app", image: "web:1", resources: { requests: { cpu } } }] });
    c.as("admin").create({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "high" }, value: 1000 });
    run(c, "low", asks("800m"));
    forbid(c);
    run(c, "high", { priorityClassName: "high", ...asks("800m") });
    c.advance(seconds(60));
    expect(pods(c).map(({ metadata, status }) => [metadata.name, status?.phase])).toEqual([["high", "Pending"], ["low", "Running"]]);
  });
});
