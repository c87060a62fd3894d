import { defineProgram, encodeBase64, type AppResponse, type Json, type JsonObject, type ProcessView, type Program } from "@/lib/engine";
import { injectionPatch, wantsProxy } from "./injection";

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function inject(body: string, process: ProcessView, tag: string): AppResponse {
  const review = parsed(body);
  const request = isObject(review) && isObject(review["request"]) ? review["request"] : undefined;
  if (!request) return { status: 400, body: "no body found" };
  const pod = request["object"];
  const revision = process.env["REVISION"] ?? "default";
  const name = revision === "default" ? "istiod" : `istiod-${revision}`;
  const injector = { proxyImage: `docker.io/istio/proxyv2:${tag}`, revision, authority: `${name}.${process.env["POD_NAMESPACE"] ?? "istio-system"}.svc:15012`, native: process.env["ENABLE_NATIVE_SIDECARS"] !== "false" };
  const patch = isObject(pod) && wantsProxy(pod) ? { patchType: "JSONPatch", patch: encodeBase64(JSON.stringify(injectionPatch(pod, injector))) } : {};
  const answer = { kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", response: { uid: request["uid"] ?? "", allowed: true, ...patch } };
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(answer) };
}

/**
 * istiod: answers the injection webhook on 15017 and signs the proxies' certificates on 15012. What it tells proxies, the engine's
 * network does. Upstream: istio pilot/cmd/pilot-discovery.
 */
export function istiod(tag: string): Program {
  return defineProgram<null>({
    start: (process) => ({
      state: null,
      listen: [8080, 15010, 15012, 15014, 15017],
      log: [`${process.timestamp}\tinfo\tinitializing Istiod admin server`, `${process.timestamp}\tinfo\tUse self-signed certificate as the CA certificate`, `${process.timestamp}\tinfo\tAll caches have been synced up in 50ms, marking server ready`],
      usage: { cpuMilli: 5, memoryBytes: 60_000_000 },
    }),
    onRequest(state, request, process) {
      if (request.port === 15017 && request.path.startsWith("/inject")) return { state, log: [`${process.timestamp}\tinfo\tSidecar injection request`], response: inject(request.body, process, tag) };
      return { state, response: { status: 200, body: "" } };
    },
    onSignal: (state) => ({ state, exit: { code: 0 } }),
  });
}
