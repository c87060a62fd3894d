import { defineProgram, type AppRequest, type AppResponse, type Output, type ProcessView, type Program } from "@/lib/engine";

/** What differs between one web server and another. */
export interface WebServer {
  readonly name: string;
  /** Where its pages are. */
  readonly root: (process: ProcessView) => string;
  readonly port: (process: ProcessView) => number;
  /** Printed when it starts. */
  readonly greeting: (process: ProcessView) => readonly Output[];
  /** Printed, with exit code 1, when its port is taken. */
  readonly portTaken: (port: number) => readonly Output[];
  readonly notFound: (path: string) => string;
  /** Does this command line keep it in the foreground? In the background its container ends at once, with 0. */
  readonly foreground: (argv: readonly string[]) => boolean;
  /** What it prints about a request; a line of the common log format unless said. */
  readonly accessLine?: (request: AppRequest, response: AppResponse, process: ProcessView) => readonly Output[];
  /** Answers itself what is not a file; undefined leaves it to the files. */
  readonly own?: (request: AppRequest, process: ProcessView) => AppResponse | undefined;
}

/** A web server: serves files, writes an access log, ends well on SIGTERM. */
export function webServer(server: WebServer): Program {
  return defineProgram<null>({
    start(process) {
      const once = oneShot(server, process);
      if (once) return { state: null, log: once.log, exit: { code: once.code } };
      const port = server.port(process);
      if (process.portTaken(port)) return { state: null, log: server.portTaken(port), exit: { code: 1 } };
      if (!server.foreground(process.argv)) return { state: null, exit: { code: 0 } };
      return { state: null, log: server.greeting(process), listen: [port], usage: { cpuMilli: 1, memoryBytes: 8_000_000 } };
    },
    onRequest(state, request, process) {
      const response = server.own?.(request, process) ?? serveFile(server, request, process);
      return { state, log: (server.accessLine ?? accessLine)(request, response, process), response };
    },
    onSignal: (state) => ({ state, exit: { code: 0 } }),
  });
}

/** The common log format. */
function accessLine(request: AppRequest, response: AppResponse, process: ProcessView): readonly Output[] {
  return [`${request.headers["x-forwarded-for"] ?? request.from.ip} - - [${process.timestamp}] "${request.method} ${request.path} HTTP/1.1" ${response.status} ${response.body.length} "-" "-"`];
}

/** `-t`, `-v`, `-s reload`: says its piece and ends. */
function oneShot(server: WebServer, process: ProcessView): { readonly log: readonly Output[]; readonly code: number } | undefined {
  const flag = process.argv[1];
  if (flag === "-v" && process.argv.length === 2) return { log: [{ stderr: `${server.name} version: ${server.name}/${process.env["VERSION"] ?? "1.29.4"}` }], code: 0 };
  if (flag === "-t") return { log: [{ stderr: `${server.name}: configuration file test is successful` }], code: 0 };
  return flag === "-s" ? { log: [], code: 0 } : undefined;
}

function serveFile(server: WebServer, request: AppRequest, process: ProcessView): AppResponse {
  const asked = (request.path.split("?")[0] ?? "/").split("/").filter((part) => part !== "" && part !== "." && part !== "..").join("/");
  const base = `${server.root(process)}/${asked}`.replace(/\/$/, "");
  const path = process.files.stat(base)?.type === "directory" ? `${base}/index.html` : base;
  const body = process.files.read(path);
  const headers = { server: server.name, "content-type": /\.(txt|log)$/.test(path) ? "text/plain" : "text/html" };
  if (body === undefined) return { status: 404, headers, body: server.notFound(request.path) };
  if (request.method !== "HEAD") return { status: 200, headers, body };
  return { status: 200, headers: { ...headers, "content-length": String(process.files.stat(path)?.size ?? 0) }, body: "" };
}
