/** What goes in and out of the API over a wire, without the wire. */
import type { Json, JsonObject, ObjectKey, UserInfo } from "@/lib/engine";
import type { LogStream, WatchStream } from "./stream";

export type { UserInfo };

/** A request as it arrived. `path` is still percent-encoded; header names are lower-case, and a header that came more than once has a value a line. */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or the bytes of a protobuf body. */
  readonly body: string | Uint8Array;
  /** Who asks, as the gateway recognised them; `Impersonate-` headers may still make somebody else of them. */
  readonly user: UserInfo;
  /** What stands before every path of this cluster, such as `/c/abc123`; `path` is without it. */
  readonly prefix?: string;
}

/** A command to run in a container, with the streams the client wants. `attach` joins the main process instead. */
export interface ExecCall {
  readonly pod: ObjectKey;
  readonly container: string;
  readonly command: readonly string[];
  readonly attach: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
  /** What the main process prints from now on, for `attach`. */
  readonly output: LogStream | undefined;
}

/** What the API says: a body, a stream to pump, or a connection to take over. */
export type RestAnswer =
  | { readonly type: "body"; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly type: "watch"; readonly headers: Readonly<Record<string, string>>; readonly watch: WatchStream; readonly timeoutSeconds: number | undefined }
  | { readonly type: "log"; readonly headers: Readonly<Record<string, string>>; readonly log: LogStream }
  | { readonly type: "exec"; readonly call: ExecCall }
  | { readonly type: "port-forward"; readonly pod: ObjectKey };

/** A body of JSON. */
export function jsonAnswer(value: Json | JsonObject, status = 200, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  return textAnswer(`${JSON.stringify(value)}\n`, status, { "Content-Type": "application/json", ...headers });
}

/** A body already written. */
export function textAnswer(body: string, status = 200, headers: Readonly<Record<string, string>> = { "Content-Type": "text/plain; charset=utf-8" }): RestAnswer {
  return { type: "body", status, headers, body };
}
