import type { KubeObject, JsonObject } from "../../../apimachinery/meta";
import type { LoadBalancerStatus } from "../../core/service/service";

/** Where an Ingress sends a request: a Service by name and port. */
export interface IngressBackend {
  readonly service?: { readonly name: string; readonly port?: { readonly name?: string; readonly number?: number } };
  readonly resource?: JsonObject;
}

/** networking.k8s.io/v1/Ingress. */
export interface Ingress extends KubeObject {
  readonly spec: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: IngressBackend;
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: { readonly paths: readonly { readonly path?: string; readonly pathType?: "Exact" | "Prefix" | "ImplementationSpecific"; readonly backend: IngressBackend }[] };
    }[];
  };
  readonly status?: { readonly loadBalancer?: LoadBalancerStatus };
}

/** networking.k8s.io/v1/IngressClass. */
export interface IngressClass extends KubeObject {
  readonly spec: { readonly controller?: string; readonly parameters?: JsonObject };
}
