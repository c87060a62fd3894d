import { defineProgram, millis } from "@/lib/engine";
import { defineRepository } from "../image";

/** Looks at every kubelet once this long, and knows nothing before its first look. */
const RESOLUTION = millis(15_000);

function portOf(argv: readonly string[]): number {
  const flag = argv.find((word) => word.startsWith("--secure-port="));
  return Number(flag?.slice("--secure-port=".length) ?? 443);
}

/** `1121 15:04:05.000000`, as klog heads its lines. */
function klog(timestamp: string, text: string): { readonly stderr: string } {
  return { stderr: `I${timestamp.slice(5, 7)}${timestamp.slice(8, 10)} ${timestamp.slice(11, 19)}.000000       1 ${text}` };
}

/**
 * Serves `metrics.k8s.io`: the engine answers for it while this pod is ready behind the Service its APIService names.
 * Ready once it has looked at the kubelets. Upstream: sigs.k8s.io/metrics-server.
 */
const server = defineProgram<{ readonly scraped: boolean }>({
  start: (process) => ({
    state: { scraped: false },
    listen: [portOf(process.argv)],
    wakeAfter: { delay: RESOLUTION, message: null },
    log: [klog(process.timestamp, "serving.go:380] Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)"), klog(process.timestamp, `secure_serving.go:211] Serving securely on [::]:${portOf(process.argv)}`)],
    usage: { cpuMilli: 3, memoryBytes: 20_000_000 },
  }),
  onTimer: () => ({ state: { scraped: true } }),
  onRequest(state, request) {
    if (request.path.startsWith("/readyz") && !state.scraped) return { state, response: { status: 500, body: "[+]ping ok\n[-]metric-storage-ready failed: no metrics to serve\nreadyz check failed\n" } };
    const known = /^\/(livez|readyz|healthz)/.test(request.path);
    return { state, response: { status: known ? 200 : 403, body: known ? "ok" : "" } };
  },
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

/** The metrics-server image. */
export const metricsServer = defineRepository("registry.k8s.io/metrics-server/metrics-server", () => ({ entrypoint: ["/metrics-server"], user: 65534, ports: [10250], programs: { "/metrics-server": server, "metrics-server": server }, megabytes: 22 }));
