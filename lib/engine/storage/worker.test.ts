import { describe, expect, it } from "vitest";
import { PERSISTENT_VOLUME_CLAIM, POD, VALIDATING_ADMISSION_POLICY_BINDING } from "../apimachinery/kinds";
import { createCluster, type Cluster } from "../cluster";
import { testImages } from "../kubelet/testing/images";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../resources/core/pod/pod";
import { VOLUME_SNAPSHOT_CONTENT } from "../resources/snapshot/definitions";
import { seconds } from "../sim/clock";

function cluster(): Cluster {
  return createCluster({
    seed: 1,
    kubernetesVersion: "v1.36.2",
    nodes: [{ name: "node-1", cpu: "4", memory: "8Gi" }],
    images: testImages,
    storage: [{ name: "disk", provisioner: "block.csi.example.com", kind: "block", default: true }],
  });
}

/** Refuses every new object of a resource. */
function forbid(c: Cluster, group: string, resource: string): void {
  const rule = { apiGroups: [group], apiVersions: ["*"], operations: ["CREATE"], resources: [resource] };
  c.as("admin").create({ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicy", metadata: { name: "no" }, spec: { failurePolicy: "Fail", matchConstraints: { resourceRules: [rule] }, validations: [{ expression: "false" }] } });
  c.as("admin").create({ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicyBinding", metadata: { name: "no" }, spec: { policyName: "no", validationActions: ["Deny"] } });
}

function claim(c: Cluster): void {
  c.as("admin").create({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", namespace: "default" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } });
}

const phase = (c: Cluster): string | undefined => c.as("admin").get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace: "default", name: "data" })?.status?.phase;

/** The definition of a snapshot kind by somebody with other ideas of it. */
function define(c: Cluster, kind: string, plural: string, scope: string): void {
  const versions = [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } } }];
  c.as("admin").create({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.snapshot.storage.k8s.io`, annotations: { "api-approved.kubernetes.io": "https://example.com" } },
    spec: { group: "snapshot.storage.k8s.io", names: { kind, plural, singular: kind.toLowerCase() }, scope, versions },
  });
}

describe("what the API refuses the storage", () => {
  it("is tried again until it is let through", () => {
    const c = cluster();
    forbid(c, "", "persistentvolumes");
    claim(c);
    c.advance(seconds(30));
    expect(phase(c)).toBe("Pending");
    c.as("admin").delete({ kind: VALIDATING_ADMISSION_POLICY_BINDING, namespace: "", name: "no" });
    c.advance(seconds(60));
    expect(phase(c)).toBe("Bound");
  });

  it("attaches a disk once a policy is gone", () => {
    const c = cluster();
    forbid(c, "storage.k8s.io", "volumeattachments");
    claim(c);
    c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "default" }, spec: { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }], containers: [{ name: "web", image: "web:1", volumeMounts: [{ name: "v", mountPath: "/data" }] }] } });
    c.advance(seconds(30));
    const running = () => c.as("admin").get<Pod>(POD, { namespace: "default", name: "web" })?.status?.phase;
    expect(running()).toBe("Pending");
    c.as("admin").delete({ kind: VALIDATING_ADMISSION_POLICY_BINDING, namespace: "", name: "no" });
    c.advance(seconds(120));
    expect(running()).toBe("Running");
  });
});

describe("snapshots of somebody else's definition", () => {
  it("are passed over, whatever they say", () => {
    const c = cluster();
    claim(c);
    define(c, "VolumeSnapshot", "volumesnapshots", "Namespaced");
    define(c, "VolumeSnapshotContent", "volumesnapshotcontents", "Cluster");
    c.advance(seconds(5));
    const bad = [{}, { spec: null }, { spec: 1 }, { spec: { source: null } }, { spec: { source: {}, volumeSnapshotRef: null } }, { spec: { source: { snapshotHandle: 7, volumeSnapshotContentName: 7 }, volumeSnapshotRef: {} }, status: null }, { spec: { source: { persistentVolumeClaimName: "data" }, volumeSnapshotRef: [] }, status: 3 }];
    bad.forEach((body, i) => {
      c.as("admin").create({ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshot", metadata: { name: `s-${i}`, namespace: "default" }, ...body });
      c.as("admin").create({ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshotContent", metadata: { name: `c-${i}`, finalizers: ["example.com/stays"] }, ...body });
      c.as("admin").delete({ kind: VOLUME_SNAPSHOT_CONTENT, namespace: "", name: `c-${i}` });
    });
    expect(() => c.advance(seconds(60))).not.toThrow();
  });
});
