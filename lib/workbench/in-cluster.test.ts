import { describe, expect, it } from "vitest";
import { seconds, type JsonObject } from "@/lib/engine";
import { openWorkbench } from "./index";

const shell = { containers: [{ name: "c", image: "curlimages/curl", command: ["sleep", "9999"] }] };
const objects: readonly JsonObject[] = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "reader", namespace: "default" } },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "pods", namespace: "default" }, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }, { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] }] },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name: "pods", namespace: "default" }, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "pods" }, subjects: [{ kind: "ServiceAccount", name: "reader", namespace: "default" }] },
  { apiVersion: "v1", kind: "Pod", metadata: { name: "box", namespace: "default" }, spec: { serviceAccountName: "reader", ...shell } },
];
const SECRETS = "/var/run/secrets/kubernetes.io/serviceaccount";
const ASK = `curl -s --cacert ${SECRETS}/ca.crt -H "Authorization: Bearer $(cat ${SECRETS}/token)"`;

function inPod(source: string) {
  const { cluster } = openWorkbench({ fixture: "three-nodes", seed: 1, objects });
  const begun = cluster.exec({ namespace: "default", name: "box" }, "c", ["sh", "-c", source]);
  if (!("id" in begun)) throw new Error(begun.error);
  for (let i = 0; i < 30 && cluster.execResult(begun.id)?.done !== true; i += 1) cluster.advance(seconds(1));
  const { stdout = "", stderr = "", exitCode } = cluster.execResult(begun.id) ?? {};
  return { stdout, stderr, exitCode, cluster };
}

describe("the API from inside a pod", () => {
  it("knows a pod by the token it has, and lets it do what its account may", () => {
    const listed = inPod(`${ASK} https://kubernetes.default.svc/api/v1/namespaces/default/pods`);
    expect((JSON.parse(listed.stdout) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name)).toEqual(["box"]);
    // People read it: one member a line.
    expect(listed.stdout.split("\n")[1]).toBe('  "kind": "PodList",');
    expect(JSON.parse(inPod(`${ASK} https://kubernetes.default.svc/api/v1/namespaces/default/secrets`).stdout)).toMatchObject({ code: 403, message: 'secrets is forbidden: User "system:serviceaccount:default:reader" cannot list resource "secrets" in API group "" in the namespace "default"' });
    const { cluster } = inPod(`${ASK} -H 'Content-Type: application/json' -d '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"mine"},"data":{"a":"b"}}' https://kubernetes.default.svc/api/v1/namespaces/default/configmaps`);
    expect(cluster.as("admin").get("v1/ConfigMap" as never, { namespace: "default", name: "mine" })).toMatchObject({ data: { a: "b" } });
  });

  it("takes whoever shows nothing for a stranger, and a wrong token for nobody", () => {
    expect(JSON.parse(inPod("curl -sk https://kubernetes/api/v1/pods").stdout)).toMatchObject({ code: 403, message: 'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope' });
    expect(JSON.parse(inPod("curl -sk -H 'Authorization: Bearer nonsense' https://kubernetes/api").stdout)).toMatchObject({ code: 401 });
    expect(JSON.parse(inPod("curl -sk https://kubernetes/version").stdout)).toMatchObject({ major: "1", minor: "36" });
    expect(inPod("curl -sk https://kubernetes/healthz").stdout).toBe("ok");
  });

  it("shows a certificate of the cluster's own authority, and speaks nothing but TLS", () => {
    expect(inPod("curl -sS https://kubernetes/version")).toMatchObject({ exitCode: 60, stderr: expect.stringContaining("unable to get local issuer certificate") as string });
    expect(inPod(`curl -sS --cacert ${SECRETS}/ca.crt https://kubernetes.default.svc.cluster.local/version`).exitCode).toBe(0);
    expect(inPod(`curl -sS --cacert ${SECRETS}/ca.crt --resolve other:443:10.96.0.1 https://other/version`)).toMatchObject({ exitCode: 60, stderr: expect.stringContaining("no alternative certificate subject name matches target host name 'other'") as string });
    expect(inPod("curl -s http://kubernetes:443").stdout).toBe("Client sent an HTTP request to an HTTPS server.\n");
  });

  it("is there for forks, and for clusters restored", () => {
    const { cluster } = openWorkbench({ fixture: "three-nodes", seed: 1, objects });
    const trace = cluster.fork().send({ node: cluster.addresses[0]?.name ?? "" }, { protocol: "http", host: "10.96.0.1", port: 443, path: "/livez", tls: { insecure: true } });
    expect(trace.response).toMatchObject({ status: 200, body: "ok" });
  });
});
