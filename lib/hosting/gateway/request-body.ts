import type { IncomingMessage } from "node:http";

/** Most bytes of a request body. Upstream: 3 MiB. */
export const MAX_BODY = 3 * 1024 * 1024;

/** Reads a body, as text unless it is protobuf. `undefined` when it is too large or the client went away. */
export async function readBody(request: IncomingMessage): Promise<string | Uint8Array | undefined> {
  const declared = Number(request.headers["content-length"] ?? "0");
  if (declared > MAX_BODY) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  return (request.headers["content-type"] ?? "").startsWith("application/vnd.kubernetes.protobuf") ? whole : whole.toString("utf8");
}
