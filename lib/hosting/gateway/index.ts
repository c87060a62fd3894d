/** Clusters on the network. */
export { startCluster, type StandAlone, type StandAloneOptions } from "./stand-alone";
export { startGateway, type Gateway, type GatewayOptions, type Tenant } from "./gateway";
export { LiveCluster, type Rate } from "./live-cluster";
export { createServerIdentity, type Identity, type ServerIdentity } from "./certificates";
export { kubeconfig } from "./kubeconfig";
