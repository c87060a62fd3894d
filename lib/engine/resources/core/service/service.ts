import type { Condition } from "../../../apimachinery/conditions";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";

/** A port of a Service: `port` is the Service's, `targetPort` the container's (number or name), `nodePort` the machines'. */
export interface ServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

/** `status.loadBalancer` of Services and Ingresses. */
export interface LoadBalancerStatus {
  readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string; readonly ipMode?: string; readonly ports?: readonly JsonObject[] }[];
}

/** v1/Service. */
export interface Service extends KubeObject {
  readonly spec: {
    readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly ServicePort[];
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly externalIPs?: readonly string[];
    readonly externalName?: string;
    readonly sessionAffinity?: "None" | "ClientIP";
    readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
    readonly externalTrafficPolicy?: "Cluster" | "Local";
    readonly internalTrafficPolicy?: "Cluster" | "Local";
    readonly healthCheckNodePort?: number;
    readonly publishNotReadyAddresses?: boolean;
    readonly loadBalancerIP?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly loadBalancerClass?: string;
    readonly allocateLoadBalancerNodePorts?: boolean;
    readonly ipFamilies?: readonly string[];
    readonly ipFamilyPolicy?: string;
    readonly trafficDistribution?: string;
  };
  readonly status?: { readonly loadBalancer?: LoadBalancerStatus; readonly conditions?: readonly Condition[] };
}
