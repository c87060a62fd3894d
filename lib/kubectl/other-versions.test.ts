import { describe, expect, it } from "vitest";
import { HORIZONTAL_POD_AUTOSCALER, type KubeObject } from "@/lib/engine";
import { testBench, type TestBench } from "./testing/bench";

const V1 = `apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 5
  targetCPUUtilizationPercentage: 70
`;

const stored = (bench: TestBench): unknown => bench.cluster.as("x").get<KubeObject>(HORIZONTAL_POD_AUTOSCALER, { namespace: "default", name: "web" });

describe("a kind in a version nothing is stored in", () => {
  it("is applied, shown and changed as it is written", () => {
    const bench = testBench({ "hpa.yaml": V1 });
    expect(bench.run("apply -f hpa.yaml")).toMatchObject({ exitCode: 0, stdout: "horizontalpodautoscaler.autoscaling/web created\n" });
    expect(stored(bench)).toMatchObject({ apiVersion: "autoscaling/v2", spec: { metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }] } });
    bench.files.set("hpa.yaml", V1.replace("70", "50").replace("minReplicas: 2", "minReplicas: 3"));
    expect(bench.run("apply -f hpa.yaml").stdout).toBe("horizontalpodautoscaler.autoscaling/web configured\n");
    expect(bench.run("get hpa.v1.autoscaling web -o jsonpath={.apiVersion}:{.spec.targetCPUUtilizationPercentage}:{.spec.minReplicas}").stdout).toBe("autoscaling/v1:50:3");
    expect(bench.run("apply -f hpa.yaml").stdout).toBe("horizontalpodautoscaler.autoscaling/web unchanged\n");
    expect(bench.run("get hpa.v1.autoscaling").stdout.split("\n")[0]).toMatch(/^NAME +REFERENCE +TARGETS/);
    expect(bench.run("delete -f hpa.yaml").stdout).toBe('horizontalpodautoscaler.autoscaling "web" deleted from default namespace\n');
    expect(stored(bench)).toBeUndefined();
  });

  it("is not what is meant when no version is named", () => {
    const bench = testBench({ "hpa.yaml": V1 });
    bench.run("apply -f hpa.yaml");
    expect(bench.run("get hpa web -o jsonpath={.apiVersion}").stdout).toBe("autoscaling/v2");
    expect(bench.run("get all -o name").stdout.match(/horizontalpodautoscaler/g)).toHaveLength(1);
    expect(bench.run("api-resources --api-group=autoscaling").stdout.match(/HorizontalPodAutoscaler/g)).toHaveLength(1);
    expect(bench.run("api-versions").stdout).toContain("autoscaling/v1\nautoscaling/v2\n");
  });

  it("has fields of its own", () => {
    const bench = testBench({});
    const fields = bench.run("explain hpa.spec --api-version=autoscaling/v1").stdout;
    expect(fields).toContain("targetCPUUtilizationPercentage\t<integer>");
    expect(fields).not.toContain("metrics");
    expect(bench.run("explain hpa --api-version=autoscaling/v1").stdout).toContain("spec\t<HorizontalPodAutoscalerSpec>");
    expect(bench.run("get events.v1.events.k8s.io").exitCode).toBe(0);
  });
});
