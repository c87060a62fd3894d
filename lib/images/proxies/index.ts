import { defineProgram, type ProcessView } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import { forward, placeOf } from "./forward";

const CONF = "/usr/local/etc/haproxy/haproxy.cfg";

interface Front {
  readonly port: number;
  readonly backend: string;
}

interface Backend {
  readonly balance: string;
  readonly servers: readonly string[];
}

/** haproxy.cfg as it matters: which port leads to which servers. */
function configuration(text: string): { readonly fronts: readonly Front[]; readonly backends: Readonly<Record<string, Backend>> } {
  const fronts: Front[] = [];
  const backends: Record<string, Backend> = {};
  let section = "";
  let name = "";
  let port = 0;
  for (const raw of text.split("\n")) {
    const words = raw.replace(/#.*$/, "").trim().split(/\s+/);
    const [first = "", second = ""] = words;
    if (["frontend", "backend", "listen", "global", "defaults"].includes(first)) {
      section = first;
      name = second;
      port = 0;
    } else if (first === "bind") {
      port = Number(/:(\d+)/.exec(second)?.[1] ?? 0);
      if (section === "listen") fronts.push({ port, backend: name });
    } else if (first === "default_backend" && section === "frontend") fronts.push({ port, backend: second });
    else if (first === "server" || first === "balance") {
      const old = backends[name] ?? { balance: "roundrobin", servers: [] };
      backends[name] = first === "balance" ? { ...old, balance: second } : { ...old, servers: [...old.servers, words[2] ?? ""] };
    }
  }
  return { fronts, backends };
}

const readConf = (process: ProcessView) => configuration(process.files.read(CONF) ?? "");

/** HAProxy: each front hands its requests to its servers in turn, leaving out those that do not answer. */
const haproxy = defineProgram<number>({
  start(process) {
    if (process.files.read(CONF) === undefined) return { state: 0, log: [{ stderr: `[ALERT]    (1) : config : Cannot open configuration file/directory ${CONF} : No such file or directory` }], exit: { code: 1 } };
    const { fronts, backends } = readConf(process);
    const unknown = Object.values(backends).flatMap(({ servers }) => servers).map((server) => placeOf(server).host).find((host) => process.resolve(host).addresses.length === 0);
    if (unknown !== undefined) return { state: 0, log: [{ stderr: `[ALERT]    (1) : config : [${CONF}] : 'server' : could not resolve address '${unknown}'.` }, { stderr: "[ALERT]    (1) : config : Failed to initialize server(s) addr." }], exit: { code: 1 } };
    const taken = fronts.find(({ port }) => process.portTaken(port));
    if (taken) return { state: 0, log: [{ stderr: `[ALERT]    (1) : Starting frontend: cannot bind socket (Address already in use) [0.0.0.0:${taken.port}]` }], exit: { code: 1 } };
    return { state: 0, listen: fronts.map(({ port }) => port), log: [{ stderr: "[NOTICE]   (1) : New worker (8) forked" }, { stderr: "[NOTICE]   (1) : Loading success." }], usage: { cpuMilli: 1, memoryBytes: 20_000_000 } };
  },
  onRequest(turn, request, process) {
    const { fronts, backends } = readConf(process);
    const servers = backends[fronts.find(({ port }) => port === request.port)?.backend ?? ""]?.servers ?? [];
    for (let i = 0; i < servers.length; i += 1) {
      const response = forward(process, request, placeOf(servers[(turn + i) % servers.length] ?? ""));
      if (response.status !== 502) return { state: (turn + i + 1) % servers.length, response };
    }
    return { state: turn, response: { status: 503, headers: { "content-type": "text/html" }, body: "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n" } };
  },
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

/** Proxies that are told by a file whom to pass requests to. */
export const proxies: readonly Repository[] = [defineRepository("docker.io/library/haproxy", () => ({ entrypoint: ["docker-entrypoint.sh"], cmd: ["haproxy", "-f", CONF], ports: [80], user: 99, programs: shellPrograms({}, ["bash"], { "docker-entrypoint.sh": haproxy, haproxy }), megabytes: 45 }))];
