import { defineProgram, type Image, type ImageCatalog, type Program } from "../../machine/behaviour";
import { reason } from "../../reason";
import { millis } from "../../sim/clock";

const web = defineProgram<null>({
  start: () => ({ state: null, listen: [80], log: ["listening"] }),
  onRequest: (state, request, process) => ({ state, log: [`${request.method} ${request.path}`], response: { status: 200, headers: { "x-served-by": process.podName }, body: "hello" } }),
});
/** Exits with its first argument after a tenth of a second. */
const crasher = defineProgram<null>({
  start: () => ({ state: null, wakeAfter: { delay: millis(100), message: null } }),
  onTimer: (state, _message, process) => ({ state, exit: { code: Number(process.argv[1] ?? "1") } }),
});
/** Listens after so many seconds. */
const slow = defineProgram<null>({
  start: (process) => ({ state: null, wakeAfter: { delay: millis(Number(process.argv[1] ?? "0") * 1000), message: null } }),
  onTimer: (state) => ({ state, listen: [80] }),
  onRequest: (state) => ({ state, response: { status: 200, body: "ok" } }),
});
const sleeper = defineProgram<null>({ start: () => ({ state: null }), onSignal: (state) => ({ state }) });
/** Prints its argument and its environment; ends with EXIT when that is set. */
const printer = defineProgram<null>({
  start: (process) => ({ state: null, log: [process.argv[1] ?? "", ...Object.entries(process.env).map(([name, value]) => `${name}=${value}`)], ...(process.env["EXIT"] === undefined ? {} : { exit: { code: Number(process.env["EXIT"]) } }) }),
});
/** Ends with 0 when its argument is a file. */
const exists = defineProgram<null>({ start: (process) => ({ state: null, exit: { code: process.files.stat(process.argv[1] ?? "") ? 0 : 1 } }) });
/** Answers 200 for paths that are files, 404 for others. */
const files = defineProgram<null>({ start: () => ({ state: null, listen: [80] }), onRequest: (state, request, process) => ({ state, response: { status: process.files.stat(request.path) ? 200 : 404, body: "" } }) });
const eater = defineProgram<null>({ start: () => ({ state: null, wakeAfter: { delay: millis(500), message: null } }), onTimer: (state) => ({ state, usage: { cpuMilli: 1, memoryBytes: 50_000_000 } }) });
/** Becomes as many processes as its argument says, after half a second. */
const forker = defineProgram<null>({ start: () => ({ state: null, wakeAfter: { delay: millis(500), message: null } }), onTimer: (state, _message, process) => ({ state, processes: Number(process.argv[1] ?? "1") }) });
/** Speaks gRPC on 80; well until somebody asks for `/sick`, and has one service besides itself. */
const health = defineProgram<string>({
  start: () => ({ state: "SERVING", listen: [80] }),
  onRequest: (state, request) => ({ state: request.path === "/sick" ? "NOT_SERVING" : state, response: { status: 200, body: "" } }),
  onHealthCheck: (state, { service }) => (service === "" || service === "readiness" ? (state === "SERVING" ? "SERVING" : "NOT_SERVING") : "unknown"),
});
const programs: Readonly<Record<string, Program>> = { web, crasher, slow, sleeper, printer, exists, eater, files, forker, health };

/** Images for tests: `web`, `crasher`, `slow`, `sleeper`, `printer`, `eater`, `forker`, `health`, any tag. */
export const testImages: ImageCatalog = {
  pull(reference) {
    const name = reference.split(":")[0] ?? "";
    if (!Object.hasOwn(programs, name)) {
      const full = `docker.io/library/${reference}`;
      return { error: reason("image.not-found"), message: `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found` };
    }
    const image: Image = {
      reference,
      digest: `sha256:${name.padEnd(64, "0")}`,
      entrypoint: [name],
      cmd: [],
      env: { PATH: "/bin" },
      workingDir: "/",
      user: 0,
      ports: [80],
      files: {},
      programs,
      sizeBytes: 1_000_000,
      pullTime: millis(1000),
    };
    return { image };
  },
};
