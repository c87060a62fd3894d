/** The Kubernetes API over a wire, without the wire: requests in, answers and streams out. */
export { asJsonBody } from "./body";
export { handle } from "./handle";
export { inClusterDoor } from "./in-cluster";
export { ANONYMOUS, inOwnName, tokenVerdict } from "./identity";
export type { ExecCall, RestAnswer, RestRequest, UserInfo } from "./message";
export { openApiV2Answer } from "./openapi-v2";
export { onlyReads } from "./only-reads";
export type { Frame, LogStream, WatchStream } from "./stream";
export { failure, refuse, Refusal } from "./status";
