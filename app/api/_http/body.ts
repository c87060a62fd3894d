import { NextRequest } from "next/server";
import { bodyTooLarge, notJson, wrongMediaType } from "./refusals";

/**
 * The request's JSON, read in pieces and given up as soon as it is over `limitBytes`: a declared length is not believed, and
 * nothing larger than the limit is ever held. An empty body is an empty object.
 */
export async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (Number(request.headers.get("content-length")) > limitBytes) throw bodyTooLarge(limitBytes);
  const bytes = await readLimited(request, limitBytes);
  if (bytes.length === 0) return {};
  // A form of another site cannot send this type without asking first: one more lock against forged requests.
  if (!/^application\/json\b/i.test(type)) throw wrongMediaType();
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw notJson();
  }
}

/** The same request, with its body already read and known to be small. For handlers that read bodies themselves. */
export async function limited(request: Request, limitBytes: number): Promise<Request> {
  if (request.method === "GET" || request.method === "HEAD") return request;
  const { url, method, headers } = request;
  return new NextRequest(url, { method, headers, body: Buffer.from(await readLimited(request, limitBytes)) });
}

async function readLimited(request: Request, limitBytes: number): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces);
    length += value.byteLength;
    if (length > limitBytes) {
      await reader.cancel();
      throw bodyTooLarge(limitBytes);
    }
    pieces.push(value);
  }
}
