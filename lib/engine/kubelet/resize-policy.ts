import { bytesOf, cpuMilli } from "../apimachinery/quantity";
import type { Container, Pod, ResourceRequirements } from "../resources/core/pod/pod";

/** What a container runs with, in the kernel's units: thousandths of a CPU and bytes; 0 is no limit. */
export interface ActualResources {
  readonly cpuRequest: number;
  readonly cpuLimit: number;
  readonly memoryRequest: number;
  readonly memoryLimit: number;
}

/** Less than this the kernel does not tell apart: shares of a CPU, and its limit. Upstream: cm.MinShares and cm.MinMilliCPULimit. */
const LEAST_CPU = { request: 2, limit: 10 } as const;

/** The amounts a container's specification asks for; of a pod that has limits as a whole, one without its own has the pod's. */
export function amountsOf(resources: ResourceRequirements | undefined, whole?: ResourceRequirements): ActualResources {
  if (whole !== undefined || resources === undefined) return readAmounts(resources, whole);
  let known = amounts.get(resources);
  if (!known) amounts.set(resources, (known = readAmounts(resources, undefined)));
  return known;
}

/** Read once for all pods of a template, which share them. */
const amounts = new WeakMap<ResourceRequirements, ActualResources>();

function readAmounts(resources: ResourceRequirements | undefined, whole: ResourceRequirements | undefined): ActualResources {
  const cpu = (text: string | undefined): number => (text === undefined ? 0 : cpuMilli(text));
  const memory = (text: string | undefined): number => (text === undefined ? 0 : bytesOf(text));
  const { requests, limits } = resources ?? {};
  return {
    cpuRequest: cpu(requests?.["cpu"] ?? limits?.["cpu"]),
    cpuLimit: cpu(limits?.["cpu"] ?? whole?.limits?.["cpu"]),
    memoryRequest: memory(requests?.["memory"] ?? limits?.["memory"]),
    memoryLimit: memory(limits?.["memory"] ?? whole?.limits?.["memory"]),
  };
}

/** Does changing what a container runs with to what it asks for take a restart of it? Upstream: computePodResizeAction. */
export function resizeNeedsRestart(pod: Pod, container: Container, actual: ActualResources | undefined): boolean {
  if (!actual || container.resizePolicy === undefined) return false;
  const restarts = (name: string): boolean => (container.resizePolicy ?? []).some((policy) => policy.resourceName === name && policy.restartPolicy === "RestartContainer");
  const wanted = amountsOf(container.resources, pod.spec.resources);
  const differ = (a: number, b: number, least: number): boolean => a !== b && Math.max(a, b) > least;
  const cpu = differ(wanted.cpuRequest, actual.cpuRequest, LEAST_CPU.request) || differ(wanted.cpuLimit, actual.cpuLimit, LEAST_CPU.limit);
  const memory = wanted.memoryLimit !== actual.memoryLimit || wanted.memoryRequest !== actual.memoryRequest;
  return (cpu && restarts("cpu")) || (memory && restarts("memory"));
}
