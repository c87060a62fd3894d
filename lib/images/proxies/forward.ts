import { millis, type AppRequest, type AppResponse, type ProcessView } from "@/lib/engine";

/** `host:port`, with the port a protocol is known by. */
export function placeOf(text: string, port = 80): { readonly host: string; readonly port: number } {
  const [, host = "", given] = /^(?:\w+:\/\/)?([^:/]+)(?::(\d{1,5}))?/.exec(text.trim()) ?? [];
  return { host, port: given === undefined ? port : Number(given) };
}

/** Passes a request on, as a proxy does: 502 when nobody takes it, 504 when nobody answers. */
export function forward(process: ProcessView, request: AppRequest, to: { readonly host: string; readonly port: number }, path = request.path): AppResponse {
  const { host: name, ...headers } = request.headers;
  const passed = { ...headers, "x-forwarded-for": headers["x-forwarded-for"] === undefined ? request.from.ip : `${headers["x-forwarded-for"]}, ${request.from.ip}` };
  const trace = process.request({ protocol: "http", host: to.host, port: to.port, method: request.method, path, headers: passed, body: request.body, timeout: millis(60_000), ...(name === undefined ? {} : { hostHeader: name }) });
  if (trace.response) return { ...trace.response, took: trace.latency };
  return { status: trace.outcome === "timed-out" ? 504 : 502, headers: { "content-type": "text/html" }, body: trace.outcome === "timed-out" ? "<h1>504 Gateway Time-out</h1>\n" : "<h1>502 Bad Gateway</h1>\n", took: trace.latency };
}
