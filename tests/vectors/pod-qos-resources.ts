import { podLimits, podRequests, qosClass, resourceList, type ResourcePod } from "@/lib/engine/apimachinery/qos";
import { asGoReads, compare, type Adapter } from "./adapter";

/** `api/pod-qos-resources`. */
export const podQosResources: Adapter = ({ input, expected }) => {
  const pod: ResourcePod = { spec: {}, ...asGoReads(input.pod as Partial<ResourcePod> | undefined) };
  return compare({ qosClass: qosClass(pod), requests: resourceList(podRequests(pod)), limits: resourceList(podLimits(pod)) }, expected);
};
