import { defineProgram, millis } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository } from "../image";

/** CPU time of one request, and how often what was used is added up. */
const COST = 100;
const WINDOW = 5000;
const IDLE = { cpuMilli: 1, memoryBytes: 12_000_000 };

/** Requests since the last adding up; a wake-up is booked while there are any or the last window had some. */
type State = { readonly requests: number; readonly booked: boolean };

/**
 * The page that does sums: every request costs a tenth of a second of CPU, so load shows in `kubectl top` and moves an
 * autoscaler. Upstream: k8s.io/examples hpa-example.
 */
const page = defineProgram<State>({
  start: () => ({ state: { requests: 0, booked: false }, listen: [80], log: [{ stderr: "[core:notice] AH00094: Command line: 'apache2 -D FOREGROUND'" }], usage: IDLE }),
  onRequest(given: State) {
    const state = { requests: given.requests + 1, booked: true };
    return { state, response: { status: 200, headers: { "content-type": "text/html" }, body: "OK!" }, ...(given.booked ? {} : { wakeAfter: { delay: millis(WINDOW), message: null } }) };
  },
  onTimer(given: State) {
    const cpuMilli = Math.round((given.requests * COST * 1000) / WINDOW) + IDLE.cpuMilli;
    const usage = { ...IDLE, cpuMilli };
    if (given.requests === 0) return { state: { requests: 0, booked: false }, usage };
    return { state: { requests: 0, booked: true }, usage, wakeAfter: { delay: millis(WINDOW), message: null } };
  },
  onSignal: (state: State) => ({ state, exit: { code: 0 } }),
});

/** The image of the autoscaler's walkthrough. */
export const hpaExample = defineRepository("registry.k8s.io/hpa-example", () => ({ cmd: ["apache2-foreground"], ports: [80], programs: { ...shellPrograms({}), "apache2-foreground": page }, megabytes: 180 }));
