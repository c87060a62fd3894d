import { describe, expect, test } from "vitest";
import { ApiError } from "../apimachinery/api-error";
import { kindId } from "../apimachinery/meta";
import type { PodDisruptionBudget } from "../resources/policy/poddisruptionbudget/index";
import type { Pod } from "../resources/core/pod/pod";
import { millis, seconds } from "../sim/clock";
import { play, podsIn, scriptedCluster, settleAllReady } from "../testing/scripted";

const labels = { app: "web" };
const web = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "default" }, spec: { replicas: 3, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "nginx" }] } } } };
const PDB = kindId("policy/v1", "PodDisruptionBudget");

function started(spec: object) {
  const cluster = scriptedCluster();
  cluster.as("admin").create(web);
  settleAllReady(cluster);
  cluster.as("admin").create({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "web", namespace: "default" }, spec: { selector: { matchLabels: labels }, ...spec } });
  cluster.advance(millis(0));
  const budget = () => cluster.as("test").get<PodDisruptionBudget>(PDB, { namespace: "default", name: "web" });
  const evict = (pod: Pod | undefined): ApiError | undefined => {
    try {
      cluster.as("admin").evict({ namespace: "default", name: pod?.metadata.name ?? "" });
      return undefined;
    } catch (error) {
      return error as ApiError;
    }
  };
  return { cluster, budget, evict };
}

describe("an eviction", () => {
  test("spends the budget before the controller has looked, and says on the pod why it goes", () => {
    const { cluster, budget, evict } = started({ maxUnavailable: 1 });
    const [first, second] = podsIn(cluster);
    expect(budget()?.status).toMatchObject({ expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 });
    expect(evict(first)).toBeUndefined();
    expect(budget()?.status).toMatchObject({ disruptionsAllowed: 0, conditions: [{ type: "DisruptionAllowed", status: "False", reason: "InsufficientPods" }] });
    expect(Object.keys(budget()?.status?.disruptedPods ?? {})).toEqual([first?.metadata.name]);
    const refused = evict(second);
    expect(refused?.status).toMatchObject({ code: 429, reason: "TooManyRequests", message: "Cannot evict pod as it would violate the pod's disruption budget.", details: { causes: [{ reason: "DisruptionBudget", message: "The disruption budget web does not allow evicting pods currently" }] } });
    expect(podsIn(cluster).find(({ metadata }) => metadata.uid === first?.metadata.uid)?.status?.conditions).toContainEqual(expect.objectContaining({ type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI", message: "Eviction API: evicting" }));
    cluster.advance(seconds(1));
    settleAllReady(cluster);
    expect(budget()?.status).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 1 });
    expect(budget()?.status?.disruptedPods).toBeUndefined();
  });

  test("lets a pod that serves nobody go when the budget says so", () => {
    for (const [policy, goes] of [["IfHealthyBudget", false], ["AlwaysAllow", true]] as const) {
      const { cluster, evict } = started({ minAvailable: 3, unhealthyPodEvictionPolicy: policy });
      const [sick] = podsIn(cluster);
      if (sick) play(cluster, sick, "unready");
      cluster.advance(millis(0));
      expect(evict(sick) === undefined).toBe(goes);
    }
  });

  test("is refused when two budgets cover a pod", () => {
    const { cluster, evict } = started({ minAvailable: 1 });
    cluster.as("admin").create({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "other", namespace: "default" }, spec: { selector: {}, minAvailable: 1 } });
    cluster.advance(millis(0));
    expect(evict(podsIn(cluster)[0])?.status).toMatchObject({ code: 500, message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support." });
  });
});
