import { bytesOf, cpuMilli } from "../apimachinery/quantity";
import type { Container, ResourceRequirements } from "../resources/core/pod/pod";

/** What a container runs with, in the kernel's units: thousandths of a CPU and bytes; 0 is no limit. */
export interface ActualResources {
  readonly cpuRequest: number;
  readonly cpuLimit: number;
  readonly memoryRequest: number;
  readonly memoryLimit: number;
}

/** The amounts a container's specification asks for. */
export function amountsOf(resources: ResourceRequirements | undefined): ActualResources {
  const cpu = (text: string | undefined): number => (text === undefined ? 0 : cpuMilli(text));
  const memory = (text: string | undefined): number => (text === undefined ? 0 : bytesOf(text));
  const { requests, limits } = resources ?? {};
  return {
    cpuRequest: cpu(requests?.["cpu"] ?? limits?.["cpu"]),
    cpuLimit: cpu(limits?.["cpu"]),
    memoryRequest: memory(requests?.["memory"] ?? limits?.["memory"]),
    memoryLimit: memory(limits?.["memory"]),
  };
}

/** Does changing what a container runs with to what it asks for take a restart of it? Upstream: computePodResizeAction. */
export function resizeNeedsRestart(container: Container, actual: ActualResources | undefined): boolean {
  if (!actual || container.resizePolicy === undefined) return false;
  const restarts = (name: string): boolean => (container.resizePolicy ?? []).some((policy) => policy.resourceName === name && policy.restartPolicy === "RestartContainer");
  const wanted = amountsOf(container.resources);
  const cpu = wanted.cpuRequest !== actual.cpuRequest || wanted.cpuLimit !== actual.cpuLimit;
  const memory = wanted.memoryLimit !== actual.memoryLimit || wanted.memoryRequest !== actual.memoryRequest;
  return (cpu && restarts("cpu")) || (memory && restarts("memory"));
}
