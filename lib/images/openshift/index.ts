import { defineProgram } from "@/lib/engine";
import { defineRepository } from "../image";

/** The router's pod only has to run and be well: the engine's network acts for its HAProxy. */
const router = defineProgram<null>({
  start: (process) => (process.portTaken(80) ? { state: null, log: [{ stderr: "[ALERT] (1) : Binding [/var/lib/haproxy/conf/haproxy.config] for frontend public: cannot bind socket (Address already in use) for [0.0.0.0:80]" }], exit: { code: 1 } } : { state: null, listen: [80, 443, 1936], log: [`${process.timestamp} I1 template.go:560] "msg"="starting router" "logger"="router"`], usage: { cpuMilli: 2, memoryBytes: 40_000_000 } }),
  onRequest: (state) => ({ state, response: { status: 200, body: "ok" } }),
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

/** The image of OpenShift's router. */
export const openShiftRouter = defineRepository("quay.io/openshift/origin-haproxy-router", () => ({ entrypoint: ["/usr/bin/openshift-router"], ports: [80, 443, 1936], programs: { "/usr/bin/openshift-router": router, "openshift-router": router }, megabytes: 130 }));
