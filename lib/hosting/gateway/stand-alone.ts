/** A cluster of its own behind a gateway of its own: what `npm run -s cluster` starts, and tests may import. */
import { randomBytes } from "node:crypto";
import type { Cluster } from "@/lib/engine";
import { createServerIdentity } from "./certificates";
import { controlAnswer } from "./control";
import { startGateway } from "./gateway";
import { kubeconfig } from "./kubeconfig";
import { LiveCluster, type Rate } from "./live-cluster";

/** How a stand-alone cluster is served. */
export interface StandAloneOptions {
  readonly cluster: Cluster;
  /** Any free port unless said. */
  readonly port?: number;
  /** HTTPS with a certificate authority of its own, and a token. Otherwise plain HTTP, open to this machine. */
  readonly https?: boolean;
  /** Virtual seconds a real second; 1 unless said. `off`: only the control API moves the clock. */
  readonly autoAdvance?: Rate;
  /** Milliseconds a client of a stream may take nothing before it is cut off; a minute unless said. */
  readonly patience?: number;
  /** Told of our own mistakes; standard error unless said. */
  readonly onError?: (error: unknown) => void;
}

/** A stand-alone cluster at work. */
export interface StandAlone {
  readonly url: string;
  /** The text of a kubeconfig. */
  readonly kubeconfig: string;
  readonly token: string;
  /** Where the control API begins. */
  readonly control: string;
  readonly live: LiveCluster;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const ADMIN = { name: "kubernetes-admin", uid: "admin", groups: ["system:masters", "system:authenticated"] };

/** Serves a cluster until it is closed. Rejects when the port is taken. */
export async function startCluster({ cluster, port = 0, https = false, autoAdvance = 1, patience, onError = console.error }: StandAloneOptions): Promise<StandAlone> {
  const identity = https ? createServerIdentity([HOST, "localhost", "::1"]) : undefined;
  const token = randomBytes(24).toString("base64url");
  const live = new LiveCluster(cluster, autoAdvance, onError);
  const tenant = {
    live,
    access: { token, user: ADMIN, open: !https, anonymous: true, accounts: true },
    control: (path: string, method: string, query: string, body: string) => controlAnswer(live, path, method, query, body),
  };
  try {
    const gateway = await startGateway({ port, host: HOST, ...(identity ? { identity } : {}), find: () => ({ tenant, prefix: "" }), ...(patience === undefined ? {} : { patience }), onError });
    const url = `${https ? "https" : "http"}://${HOST}:${gateway.port}`;
    return {
      url,
      token,
      control: `${url}/_timonel/v1/`,
      kubeconfig: kubeconfig({ name: "timonel", server: url, user: "admin", token, namespace: "default", ...(identity ? { authority: identity.authority } : {}) }),
      live,
      async close() {
        live.close();
        await gateway.close();
      },
    };
  } catch (error) {
    live.close();
    throw error;
  }
}
