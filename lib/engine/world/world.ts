/** A host of the company network: a laptop, the sysadmin's balancer, a DNS server. */
export interface WorldHost {
  readonly name: string;
  readonly ip: string;
  readonly gateway?: string;
  /** Folders it exports over NFS, with all in them. */
  readonly exports?: readonly string[];
}

/** A subnet and the router's leg in it. Nodes' addresses belong to one too. */
export interface Subnet {
  readonly cidr: string;
  readonly name: string;
}

/** A balancer somebody configured by hand: a listener and its backends, taken in turn; dead ones are skipped when it checks health. */
export interface HandMadeBalancer {
  readonly host: string;
  readonly port: number;
  readonly backends: readonly { readonly ip: string; readonly port: number }[];
  /** Asks each backend's health before sending: a TCP connect, or HTTP when a path is given. */
  readonly healthCheck?: { readonly port: number; readonly path?: string };
}

/** What ails the wire between two machines or hosts, both ways. */
export interface LinkCondition {
  /** Nothing passes. */
  readonly cut?: boolean;
  /** Added to each trip, in milliseconds. */
  readonly latency?: number;
  /** Share of packets lost, in percent. */
  readonly loss?: number;
}

/**
 * The world outside the cluster: where requests come from and what the sysadmin owns.
 *
 * All of it is data of the cluster's options and then of its state: lessons change it (a new
 * DNS record, another backend) by inputs.
 */
export interface WorldOptions {
  readonly subnets?: readonly Subnet[];
  readonly hosts?: readonly WorldHost[];
  /** Zone records of the company DNS: name → address. */
  readonly dns?: Readonly<Record<string, string>>;
  readonly balancers?: readonly HandMadeBalancer[];
  /** A cloud that answers Services of type LoadBalancer: addresses it may hand out, or none. */
  readonly cloud?: { readonly addresses: string; readonly healthChecks?: boolean };
}
