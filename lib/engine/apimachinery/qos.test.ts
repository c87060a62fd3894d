import { describe, expect, it } from "vitest";
import { asksAsWhole, podLimits, qosClass, resourceList, type ResourcePod } from "./qos";

describe("what a pod may use and how dear it is", () => {
  it("gains by overhead only where a limit is set and is not nought", () => {
    const pod: ResourcePod = { spec: { containers: [{ resources: { limits: { cpu: "0", memory: "1Mi" } } }], overhead: { cpu: "100m", memory: "1Mi", "ephemeral-storage": "1Gi" } } };
    expect(resourceList(podLimits(pod))).toEqual({ cpu: "0", memory: "2Mi" });
  });

  it("is told by the pod as a whole where that says anything", () => {
    const containers = [{ resources: { requests: { cpu: "1" } } }];
    expect(qosClass({ spec: { containers } })).toBe("Burstable");
    expect(qosClass({ spec: { containers, resources: {} } })).toBe("BestEffort");
    expect(qosClass({ spec: { containers, resources: { requests: { cpu: "1", memory: "1" }, limits: { cpu: "1", memory: "1" } } } })).toBe("Guaranteed");
  });

  it("asks as a whole for what a pod can set as a whole", () => {
    expect(asksAsWhole({ spec: { resources: { requests: { "hugepages-2Mi": "2Mi" } } } })).toBe(true);
    expect(asksAsWhole({ spec: { resources: { requests: { "example.com/gpu": "1" }, limits: { cpu: "1" } } } })).toBe(false);
  });
});
