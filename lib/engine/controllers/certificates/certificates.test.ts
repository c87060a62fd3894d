import { describe, expect, it } from "vitest";
import { CERTIFICATE_SIGNING_REQUEST } from "../../apimachinery/kinds";
import type { KubeObject } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";
import { seconds } from "../../sim/clock";
import { scriptedCluster } from "../../testing/scripted";

interface Request extends KubeObject {
  readonly spec: { readonly username?: string };
  readonly status?: { readonly certificate?: string };
}

const key = { namespace: "", name: "ana" };

describe("certificate signing", () => {
  it("signs what was approved, in the name of who asked, and clears it away after an hour", () => {
    const cluster = scriptedCluster();
    const student = cluster.as("ana");
    const asked = student.create<Request>({ apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest", metadata: { name: "ana" }, spec: { request: btoa("-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n"), signerName: "kubernetes.io/kube-apiserver-client", usages: ["client auth"], username: "root" } });
    expect(asked.spec.username).toBe("ana");
    cluster.advance(seconds(5));
    expect(student.get<Request>(CERTIFICATE_SIGNING_REQUEST, key)?.status?.certificate).toBeUndefined();
    const stamp = timestamp(cluster.now);
    const approved = { type: "Approved", status: "True", reason: "KubectlApprove", message: "fine", lastUpdateTime: stamp, lastTransitionTime: stamp };
    cluster.as("admin").update({ ...asked, status: { conditions: [approved] } } as Request, { subresource: "approval" });
    cluster.advance(seconds(1));
    expect(student.get<Request>(CERTIFICATE_SIGNING_REQUEST, key)?.status?.certificate).toMatch(/^[A-Za-z0-9+/]+=*$/);
    cluster.advance(seconds(3600));
    expect(student.get(CERTIFICATE_SIGNING_REQUEST, key)).toBeUndefined();
  });
});
