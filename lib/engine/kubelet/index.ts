/** The kubelets' door: one component for all machines. */
export { kubelets } from "./kubelet";
export type { KubeletParts, MachineAddresses, PodNetwork } from "./kubelet-pod";
