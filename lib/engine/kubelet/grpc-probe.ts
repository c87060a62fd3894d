import type { Reached } from "../machine/wire";
import type { Probe } from "../resources/core/pod/pod";

/** Names of gRPC's codes, as its errors print them. */
const CODES: Readonly<Record<number, string>> = { 1: "Canceled", 2: "Unknown", 5: "NotFound", 7: "PermissionDenied", 8: "ResourceExhausted", 13: "Internal", 14: "Unavailable", 16: "Unauthenticated" };
const UNIMPLEMENTED = 12;

/** Why a health check by gRPC failed; undefined when the service is well. Upstream: pkg/probe/grpc. */
export function grpcFailure(trace: Reached, address: string, probe: Probe): string | undefined {
  const seconds = probe.timeoutSeconds ?? 1;
  // The client keeps on trying to connect until its time is over, whatever the first try came to.
  if (trace.outcome !== "delivered" || !trace.response) return `timeout: failed to connect service ${JSON.stringify(address)} within ${seconds}s: context deadline exceeded`;
  if (trace.latency > seconds * 1000) return `timeout: health rpc did not complete within ${seconds}s`;
  const { status, body } = trace.response;
  if (status === UNIMPLEMENTED) return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${body}`;
  if (status !== 0) return `error: health rpc probe failed: rpc error: code = ${CODES[status] ?? `Code(${status})`} desc = ${body}`;
  return body === "SERVING" ? undefined : `service unhealthy (responded with ${JSON.stringify(body)})`;
}
