import { defineProgram, fingerprint, millis, type AppRequest, type AppResponse, type Json, type ProcessView, type Program } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";

interface Session {
  readonly visits: number;
  /** Which server began it. */
  readonly born: string;
}

interface State {
  readonly ready: boolean;
  readonly sessions: Readonly<Record<string, Session>>;
}

/** What differs between one application server and another. */
interface Server {
  readonly title: string;
  readonly port: number;
  readonly startMs: number;
  readonly memoryBytes: number;
  readonly greeting: string;
  /** The variable that names the headless Service of its companions. */
  readonly companions: readonly string[];
}

const GROUP_PORT = 7800;
/** Most sessions held; the oldest make room. */
const MOST = 500;
const stateOf = (state: Json): State => state as unknown as State;
const kept = (state: State): Json => state as unknown as Json;

function others(server: Server, process: ProcessView): readonly string[] {
  const name = server.companions.map((variable) => process.env[variable]).find((value) => value !== undefined && value !== "");
  return name === undefined ? [] : process.resolve(name).addresses.filter((ip) => ip !== process.podIP);
}

function parsed(body: string): Readonly<Record<string, Session>> {
  try {
    const found: unknown = JSON.parse(body);
    return typeof found === "object" && found !== null ? (found as Readonly<Record<string, Session>>) : {};
  } catch {
    return {};
  }
}

/** What a companion already holds, for a server that joins. */
function learnt(server: Server, process: ProcessView): Readonly<Record<string, Session>> {
  for (const ip of others(server, process)) {
    const { response } = process.request({ protocol: "tcp", host: ip, port: GROUP_PORT, body: "sessions?", timeout: millis(1000) });
    if (response?.status === 0 && response.body.startsWith("{")) return parsed(response.body);
  }
  return {};
}

function page(server: Server, state: State, request: AppRequest, process: ProcessView): { readonly state: State; readonly response: AppResponse } {
  if (!state.ready) return { state, response: { status: 503, body: "" } };
  const given = /(?:^|;\s*)JSESSIONID=([\w.-]+)/.exec(request.headers["cookie"] ?? "")?.[1];
  const known = given !== undefined && Object.hasOwn(state.sessions, given) ? state.sessions[given] : undefined;
  const id = known && given !== undefined ? given : fingerprint(`${process.podName}:${process.now}:${process.random(1_000_000_000)}`).toUpperCase().slice(0, 32);
  const session: Session = { visits: (known?.visits ?? 0) + 1, born: known?.born ?? process.podName };
  const sessions = Object.fromEntries([...Object.entries(state.sessions).filter(([name]) => name !== id).slice(-(MOST - 1)), [id, session]]);
  for (const ip of others(server, process)) process.request({ protocol: "tcp", host: ip, port: GROUP_PORT, body: JSON.stringify({ [id]: session }), timeout: millis(1000) });
  const body = `<html><body><h1>${server.title}</h1>\n<p>Server: ${process.podName}</p>\n<p>Session: ${id}</p>\n<p>Begun by: ${session.born}</p>\n<p>Visits: ${session.visits}</p>\n</body></html>\n`;
  return { state: { ...state, sessions }, response: { status: 200, headers: { "content-type": "text/html", "x-served-by": process.podName, ...(known ? {} : { "set-cookie": `JSESSIONID=${id}; Path=/; HttpOnly` }) }, body } };
}

/**
 * An application server with its sessions in memory: each visitor has a cookie, and only the server that gave it knows it.
 *
 * A server that ends forgets them all. Told the name of its companions' headless Service, it tells them of every session, and learns
 * theirs when it starts; then any of them knows any visitor.
 *
 * @simplified Every path is one application that counts visits.
 */
function sessionServer(server: Server): Program {
  return defineProgram<Json>({
    start(process) {
      if (process.portTaken(server.port)) return { state: null, log: [{ stderr: `java.net.BindException: Address already in use (Bind failed) <null>:${server.port}` }], exit: { code: 1 } };
      return { state: kept({ ready: false, sessions: {} }), wakeAfter: { delay: millis(server.startMs), message: null }, usage: { cpuMilli: 500, memoryBytes: server.memoryBytes } };
    },
    onTimer(state, _message, process) {
      return { state: kept({ ready: true, sessions: { ...stateOf(state).sessions, ...learnt(server, process) } }), listen: [server.port, GROUP_PORT], log: [`${process.timestamp} INFO ${server.greeting.replace("{ms}", String(server.startMs))}`], usage: { cpuMilli: 5, memoryBytes: server.memoryBytes } };
    },
    onRequest(json, request, process) {
      const state = stateOf(json);
      if (request.port !== GROUP_PORT) {
        const done = page(server, state, request, process);
        return { state: kept(done.state), response: done.response, ...(request.protocol === "http" ? { log: [`${request.from.ip} - - [${process.timestamp}] "${request.method} ${request.path} HTTP/1.1" ${done.response.status} ${done.response.body.length}`] } : {}) };
      }
      if (request.body === "sessions?") return { state: json, response: { status: 0, body: JSON.stringify(state.sessions) } };
      const more = Object.entries(parsed(request.body));
      return { state: more.length === 0 ? json : kept({ ...state, sessions: Object.fromEntries([...Object.entries(state.sessions), ...more].slice(-MOST)) }), response: { status: 0, body: "" } };
    },
    onSignal: (state) => ({ state, log: ["Pausing ProtocolHandler and stopping"], exit: { code: 143 } }),
  });
}

const TOMCAT: Server = { title: "Apache Tomcat", port: 8080, startMs: 4_000, memoryBytes: 180_000_000, greeting: "[main] org.apache.catalina.startup.Catalina.start Server startup in [{ms}] milliseconds", companions: ["DNS_MEMBERSHIP_SERVICE_NAME"] };
const WILDFLY: Server = { title: "WildFly", port: 8080, startMs: 10_000, memoryBytes: 350_000_000, greeting: "[org.jboss.as] (Controller Boot Thread) WFLYSRV0025: WildFly 37.0.1.Final started in {ms}ms", companions: ["OPENSHIFT_DNS_PING_SERVICE_NAME", "JGROUPS_DNS_QUERY"] };
const WEBLOGIC: Server = { title: "WebLogic Server", port: 7001, startMs: 45_000, memoryBytes: 900_000_000, greeting: "<Notice> <WebLogicServer> <BEA-000365> <Server state changed to RUNNING.>", companions: ["CLUSTER_ADDRESS"] };

function repository(name: string, server: Server, commands: readonly string[], megabytes: number): Repository {
  const program = sessionServer(server);
  return defineRepository(name, () => ({ entrypoint: [commands[0] ?? ""], cmd: ["run"], ports: [server.port], programs: shellPrograms({}, ["bash", "java"], Object.fromEntries(commands.map((command) => [command, program]))), megabytes }));
}

/** Tomcat, JBoss and WebLogic, as a class about sessions needs them. */
export const sessions: readonly Repository[] = [
  repository("docker.io/library/tomcat", TOMCAT, ["catalina.sh"], 220),
  repository("quay.io/wildfly/wildfly", WILDFLY, ["standalone.sh"], 500),
  repository("docker.io/jboss/wildfly", WILDFLY, ["standalone.sh"], 480),
  repository("container-registry.oracle.com/middleware/weblogic", WEBLOGIC, ["createAndStartEmptyDomain.sh", "startWebLogic.sh"], 1_500),
];
