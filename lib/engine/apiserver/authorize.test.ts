import { describe, expect, it } from "vitest";
import { ApiError } from "../apimachinery/api-error";
import { CLUSTER_ROLE, CLUSTER_ROLE_BINDING, DEPLOYMENT, POD, PRIORITY_CLASS } from "../apimachinery/kinds";
import type { JsonObject } from "../apimachinery/meta";
import { guardedClient } from "../client/guarded";
import { scriptedCluster } from "../testing/scripted";
import { impersonate, isAllowed, rulesFor, userInfo } from "./authorize";

const GROUP = "rbac.authorization.k8s.io";
const role = (name: string, ...rules: JsonObject[]): JsonObject => ({ apiVersion: `${GROUP}/v1`, kind: "Role", metadata: { name, namespace: "default" }, rules });
const bound = (name: string, kind: string, to: string, user: string): JsonObject => ({
  apiVersion: `${GROUP}/v1`,
  kind: "RoleBinding",
  metadata: { name, namespace: "default" },
  roleRef: { apiGroup: GROUP, kind, name: to },
  subjects: [{ apiGroup: GROUP, kind: "User", name: user }],
});
const cluster = scriptedCluster([], [
  role("reader", { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }, { apiGroups: [""], resources: ["configmaps"], resourceNames: ["mine"], verbs: ["get"] }),
  role("granter", { apiGroups: [GROUP], resources: ["roles", "rolebindings"], verbs: ["create"] }),
  bound("jane-reads", "Role", "reader", "jane"),
  bound("jane-grants", "Role", "granter", "jane"),
  bound("vera-views", "ClusterRole", "view", "vera"),
]);
const admin = cluster.as("kubernetes-admin");
const jane = userInfo("jane");
const refusalOf = (act: () => unknown): string => {
  try {
    act();
    return "nothing";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status.message;
  }
};

describe("authorisation", () => {
  it("lets a role's subjects do what its rules say, in its namespace and nowhere else", () => {
    expect(isAllowed(admin, jane, { verb: "list", resource: "pods", namespace: "default" })).toBe(true);
    expect(isAllowed(admin, jane, { verb: "list", resource: "pods", namespace: "kube-system" })).toBe(false);
    expect(isAllowed(admin, jane, { verb: "delete", resource: "pods", namespace: "default" })).toBe(false);
    expect(isAllowed(admin, jane, { verb: "get", resource: "pods", subresource: "log", namespace: "default" })).toBe(false);
  });

  it("holds a rule with names to those names", () => {
    expect(isAllowed(admin, jane, { verb: "get", resource: "configmaps", namespace: "default", name: "mine" })).toBe(true);
    expect(isAllowed(admin, jane, { verb: "get", resource: "configmaps", namespace: "default", name: "other" })).toBe(false);
  });

  it("knows the roles every cluster has, and who is bound to them", () => {
    const vera = userInfo("vera");
    expect(isAllowed(admin, vera, { verb: "watch", group: "apps", resource: "deployments", namespace: "default" })).toBe(true);
    expect(isAllowed(admin, vera, { verb: "get", resource: "secrets", namespace: "default" })).toBe(false);
    expect(isAllowed(admin, jane, { verb: "get", path: "/healthz" })).toBe(true);
    expect(isAllowed(admin, jane, { verb: "get", path: "/metrics" })).toBe(false);
    expect(admin.get(CLUSTER_ROLE, { namespace: "", name: "cluster-admin" })?.metadata.labels).toEqual({ "kubernetes.io/bootstrapping": "rbac-defaults" });
    expect(admin.list(CLUSTER_ROLE_BINDING).some(({ metadata }) => metadata.name === "system:controller:replicaset-controller")).toBe(true);
    expect(admin.list(PRIORITY_CLASS).map(({ metadata }) => metadata.name)).toEqual(["system-cluster-critical", "system-node-critical"]);
  });

  it("refuses in the words of the API server", () => {
    const client = guardedClient(cluster.as("jane"), jane);
    expect(refusalOf(() => client.list(DEPLOYMENT, { namespace: "default" }))).toBe('deployments.apps is forbidden: User "jane" cannot list resource "deployments" in API group "apps" in the namespace "default"');
    expect(refusalOf(() => client.delete({ kind: POD, namespace: "default", name: "x" }))).toBe('pods "x" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "default"');
    expect(refusalOf(() => client.list(CLUSTER_ROLE))).toBe(`clusterroles.${GROUP} is forbidden: User "jane" cannot list resource "clusterroles" in API group "${GROUP}" at the cluster scope`);
  });

  it("lets nobody grant what they do not hold", () => {
    const client = guardedClient(cluster.as("jane"), jane);
    const refusal = refusalOf(() => client.create(role("esc", { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] })));
    expect(refusal).toBe(`roles.${GROUP} "esc" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}`);
    expect(refusalOf(() => client.create(bound("m", "Role", "nosuch", "jane")))).toBe(`rolebindings.${GROUP} "nosuch" not found`);
    expect(refusalOf(() => client.create(role("fine", { apiGroups: [""], resources: ["pods"], verbs: ["get"] })))).toBe("nothing");
  });

  it("aggregates cluster roles by label as soon as one fits", () => {
    admin.create({ apiVersion: `${GROUP}/v1`, kind: "ClusterRole", metadata: { name: "whole" }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { into: "whole" } }] }, rules: [] });
    admin.create({ apiVersion: `${GROUP}/v1`, kind: "ClusterRole", metadata: { name: "part", labels: { into: "whole" } }, rules: [{ apiGroups: ["batch"], resources: ["jobs"], verbs: ["get"] }] });
    admin.create(bound("otto-whole", "ClusterRole", "whole", "otto"));
    expect(isAllowed(admin, userInfo("otto"), { verb: "get", group: "batch", resource: "jobs", namespace: "default" })).toBe(true);
  });

  it("lets masters act as anybody, and others as nobody", () => {
    expect(impersonate(admin, userInfo("kubernetes-admin"), "jane", ["dev"])).toEqual({ name: "jane", groups: ["dev", "system:authenticated"] });
    expect(refusalOf(() => impersonate(admin, jane, "kubernetes-admin"))).toBe('users "kubernetes-admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope');
    expect(rulesFor(admin, userInfo("system:anonymous"), "")).toHaveLength(1);
  });
});
