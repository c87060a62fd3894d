import type { ObjectRef } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { AppRequest, AppResponse } from "../machine/behaviour";
import type { Reason } from "../reason";

/** An address behind a proxy. */
export interface Upstream {
  readonly ip: string;
  readonly port: number;
}

/** What a reverse proxy decides for one request. */
export type Routing =
  | {
      readonly to: Upstream;
      readonly by: ObjectRef;
      readonly because: Reason;
      /** The path and headers as the backend gets them, where the proxy changes them. */
      readonly path?: string;
      readonly host?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** What the proxy does to the answer. */
      readonly finish?: (answer: AppResponse) => AppResponse;
    }
  | { readonly answer: AppResponse; readonly by?: ObjectRef; readonly because: Reason };

/** What a decision may ask: the cluster, and chance. */
export interface RoutingParts {
  readonly client: Client;
  readonly below: (n: number) => number;
}

/** A request as it reached the proxy: over TLS or not. */
export type ProxiedRequest = AppRequest & { readonly secure: boolean };
