import type { Json, Millis, Origin, OutboundRequest } from "@/lib/engine";

/** Something the sysadmin does outside the cluster: a DNS record, the hand-made balancer. */
export type WorldChange =
  | { readonly do: "set-dns"; readonly name: string; readonly address: string | null }
  | {
      readonly do: "set-balancer";
      readonly host: string;
      readonly port: number;
      readonly backends: readonly { readonly ip: string; readonly port: number }[];
      readonly healthCheck?: { readonly port: number; readonly path?: string };
    };

/** What a client of the API asked for. */
export interface ApiRequest {
  readonly type: "request";
  readonly method: string;
  /** With the query, percent-encoded. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** The client by its own name, as in `User-Agent`: it manages the fields it sets. */
  readonly agent?: string;
  /** In whose name; the student's own unless said. */
  readonly user?: { readonly name: string; readonly groups: readonly string[] };
}

/**
 * Everything a student can do to a workbench. Nothing else changes it.
 *
 * `run` is a terminal line; it takes the virtual time the command needs (a rollout status waits
 * for the rollout). A command that never ends (`-w`, `logs -f`) stays in the foreground, prints as
 * time advances, and ends with `interrupt` or with the next `run`. `request` is what a client of the API asked for,
 * such as a student's own kubectl; `path` carries the query.
 */
export type Input =
  | { readonly type: "save-file"; readonly path: string; readonly text: string }
  | { readonly type: "delete-file"; readonly path: string }
  | { readonly type: "run"; readonly line: string }
  | { readonly type: "interrupt" }
  | ApiRequest
  | { readonly type: "advance"; readonly millis: Millis }
  | { readonly type: "respond"; readonly question: string; readonly value: Json }
  | { readonly type: "machine"; readonly name: string; readonly do: "power-off" | "power-on" | "disconnect" | "reconnect" }
  | { readonly type: "send"; readonly from: Origin; readonly request: OutboundRequest }
  | { readonly type: "world"; readonly change: WorldChange };

/** What is submitted: not a result but a deed. The server does it again and sees for itself. */
export interface Answer {
  readonly exercise: string;
  /** The variant the student was given. */
  readonly seed: number;
  readonly inputs: readonly Input[];
}

/** How much a student's cluster takes. */
export const clusterLimits = { pods: 1000, objects: 5000 } as const;

/** Limits of an answer; one over any of them is refused whole, with a clear message. */
export const answerLimits = {
  inputs: 2000,
  bytes: 256 * 1024,
  virtualHours: 200,
  line: 4096,
  file: 256 * 1024,
} as const;
