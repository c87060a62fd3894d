import { podLimits, podRequests, qosClass, resourceList, type ResourcePod } from "@/lib/engine/apimachinery/qos";
import { compare, type Adapter } from "./adapter";

/** `api/pod-qos-resources`. */
export const podQosResources: Adapter = ({ input, expected }) => {
  const pod = input.pod as ResourcePod;
  return compare({ qosClass: qosClass(pod), requests: resourceList(podRequests(pod)), limits: resourceList(podLimits(pod)) }, expected);
};
