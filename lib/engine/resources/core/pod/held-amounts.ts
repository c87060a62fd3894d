/** What a pod holds while its amounts change in place. Upstream: component-helpers/resource. */
import { compareQuantities, quantityFrom } from "../../../apimachinery/quantity";
import type { Container, ContainerStatus, Pod, ResourceList } from "./pod";

type Statuses = readonly ContainerStatus[];

const statusesOf = ({ status }: Pod): Statuses => [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];

/** Do some of a pod's containers hold other amounts than they ask for? */
export function isChanging({ spec, status }: Pod): boolean {
  if (!status) return false;
  const { containerStatuses, initContainerStatuses } = status;
  if (containerStatuses) for (let i = 0; i < spec.containers.length; i += 1) if (holdsOther(spec.containers[i] as Container, containerStatuses, i)) return true;
  const { initContainers } = spec;
  if (initContainerStatuses && initContainers) for (let i = 0; i < initContainers.length; i += 1) if ((initContainers[i] as Container).restartPolicy === "Always" && holdsOther(initContainers[i] as Container, initContainerStatuses, i)) return true;
  return false;
}

/** `at`: where the container's status most likely is. */
function holdsOther({ name, resources }: Container, statuses: Statuses, at: number): boolean {
  const there = statuses[at];
  const own = there?.name === name ? there : statuses.find((status) => status.name === name);
  if (!own?.resources) return false;
  const asked = resources?.requests;
  return !sameList(asked, own.resources.requests) || !sameList(asked, own.allocatedResources ?? asked);
}

function sameList(a: ResourceList | undefined, b: ResourceList | undefined): boolean {
  if (a === b) return true;
  const names = Object.keys(a ?? {});
  return names.length === Object.keys(b ?? {}).length && names.every((name) => a?.[name] === b?.[name]);
}

/** The pod as if its containers asked for the most of what they ask for, have been promised and hold. A change that never can be made does not count. Upstream: determineContainerReqs. */
export function withHeldAmounts(pod: Pod): Pod {
  const statuses = statusesOf(pod);
  const hopeless = pod.status?.conditions?.find(({ type }) => type === "PodResizePending")?.reason === "Infeasible";
  const most = (container: Container): Container => {
    const own = statuses.find(({ name }) => name === container.name);
    if (!own?.resources) return container;
    const requests: Record<string, string> = {};
    for (const list of [hopeless ? undefined : container.resources?.requests, own.resources.requests, own.allocatedResources]) {
      for (const [name, value] of Object.entries(list ?? {})) if (requests[name] === undefined || compareQuantities(quantityFrom(value), quantityFrom(requests[name])) > 0) requests[name] = value;
    }
    return { ...container, resources: { ...container.resources, requests } };
  };
  const initContainers = pod.spec.initContainers?.map((one) => (one.restartPolicy === "Always" ? most(one) : one));
  return { ...pod, spec: { ...pod.spec, containers: pod.spec.containers.map(most), ...(initContainers ? { initContainers } : {}) } };
}
