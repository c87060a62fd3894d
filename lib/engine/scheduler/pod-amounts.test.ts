import { describe, expect, it } from "vitest";
import type { Pod } from "../resources/core/pod/pod";
import { amountsOf } from "./pod-amounts";

const podOf = (spec: object, status: object = {}): Pod => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default", uid: "p", creationTimestamp: "" }, spec, status }) as unknown as Pod;
const container = (requests: object, name = "c") => ({ name, image: "i", resources: { requests } });

describe("what a pod asks for", () => {
  it("is that of the pod as a whole once it is on a node, while a newcomer is scored by its containers", () => {
    const { asked, assumedCpu, assumedMemory, wanted } = amountsOf(podOf({ containers: [container({}), container({ memory: "1Mi" }, "d")], resources: { requests: { cpu: "2" } } }));
    expect([asked.cpu, assumedCpu, wanted.cpu]).toEqual([2000, 2000, 200]);
    expect([asked.memory, assumedMemory, wanted.memory]).toEqual([1 << 20, 1 << 20, (1 << 20) + 200 * (1 << 20)]);
  });

  it("is taken to be a little where neither the pod nor a container says", () => {
    expect(amountsOf(podOf({ containers: [container({})], resources: { requests: { cpu: "2" } } }))).toMatchObject({ assumedCpu: 2000, assumedMemory: 200 * (1 << 20) });
  });

  it("is the most of asked for, promised and held while it changes in place, of containers and sidecars", () => {
    const status = { containerStatuses: [{ name: "c", allocatedResources: { cpu: "1500m" }, resources: { requests: { cpu: "2", memory: "1Mi" } } }], initContainerStatuses: [{ name: "side", resources: { requests: { cpu: "1" } } }, { name: "first", resources: { requests: { cpu: "9" } } }] };
    const spec = { containers: [container({ cpu: "1", memory: "2Mi" })], initContainers: [{ ...container({ cpu: "500m" }, "side"), restartPolicy: "Always" }, container({ cpu: "1" }, "first")] };
    expect(amountsOf(podOf(spec, status)).asked).toMatchObject({ cpu: 3000, memory: 2 << 20 });
  });

  it("does not count a change that can never be made", () => {
    const status = { containerStatuses: [{ name: "c", resources: { requests: { cpu: "1" } } }], conditions: [{ type: "PodResizePending", status: "True", reason: "Infeasible" }] };
    expect(amountsOf(podOf({ containers: [container({ cpu: "64" })] }, status)).asked.cpu).toBe(1000);
  });

  it("leaves out names that are no resource of anybody's", () => {
    expect([...amountsOf(podOf({ containers: [container({ storage: "1", pods: "1", "example.com/gpu": "2", "hugepages-2Mi": "4Mi" })] })).asked.scalar.keys()].sort((a, b) => (a < b ? -1 : 1))).toEqual(["example.com/gpu", "hugepages-2Mi"]);
  });
});
