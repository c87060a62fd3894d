import { defineProgram, millis, type ProcessView, type Program } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";

/** Runs until it is told to stop, and does nothing else that can be seen. */
const idle: Program = defineProgram<null>({ start: () => ({ state: null }), onSignal: (state) => ({ state, exit: { code: 0 } }) });

/** Tells who answered and who asked: the server of every load-balancing lesson. */
function whoami(port: number): Program {
  return defineProgram<null>({
    start: (process) => ({ state: null, listen: [Number(process.env["WHOAMI_PORT_NUMBER"] ?? port)], log: ["Starting up"] }),
    onRequest: (state, request, process) => ({
      state,
      response: {
        status: 200,
        headers: { "content-type": "text/plain" },
        body: request.path === "/clientip" ? `${request.from.ip}:${request.from.port}` : request.path === "/hostname" ? process.hostname : `Hostname: ${process.hostname}\nIP: ${process.podIP}\nRemoteAddr: ${request.from.ip}:${request.from.port}\n${request.method} ${request.path} HTTP/1.1\nHost: ${request.headers["host"] ?? ""}\n${request.headers["x-forwarded-for"] === undefined ? "" : `X-Forwarded-For: ${request.headers["x-forwarded-for"]}\n`}`,
      },
    }),
    onSignal: (state) => ({ state, exit: { code: 0 } }),
  });
}

const flag = (process: ProcessView, name: string, fallback: string): string => {
  const at = process.argv.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  return at < 0 ? fallback : (process.argv[at]?.split("=")[1] ?? process.argv[at + 1] ?? fallback);
};

/** `agnhost grpc-health-checking`: well for `--delay-unhealthy-sec`, and as its two pages make it. Other words make it tell who answered. */
function agnhost(): Program {
  const teller = whoami(8080);
  const checks = (process: ProcessView): boolean => process.argv.includes("grpc-health-checking");
  return defineProgram<string | null>({
    start(process) {
      if (!checks(process)) return { ...teller.start(process), state: null };
      const [grpc, http, delay] = [flag(process, "--port", "5000"), flag(process, "--http-port", "8080"), Number(flag(process, "--delay-unhealthy-sec", "-1"))];
      const log = [`Http server starting to listen on :${http}`, `gRPC server starting to listen on :${grpc}`].map((stderr) => ({ stderr: `${process.timestamp} ${stderr}` }));
      return { state: "SERVING", listen: [Number(grpc), Number(http)], log, ...(delay < 0 ? {} : { wakeAfter: { delay: millis(delay * 1000), message: null } }) };
    },
    onTimer: () => ({ state: "NOT_SERVING" }),
    onRequest(state, request, process) {
      if (!checks(process)) return { ...teller.onRequest?.(null, request, process), state: null };
      if (request.path === "/make-not-serving") return { state: "NOT_SERVING", response: { status: 200, body: "" } };
      if (request.path === "/make-serving") return { state: "SERVING", response: { status: 200, body: "" } };
      return { state, response: { status: 404, body: "404 page not found\n" } };
    },
    onHealthCheck(state, { port, service }, process) {
      if (!checks(process) || port !== Number(flag(process, "--port", "5000"))) return undefined;
      if (service !== flag(process, "--service", "")) return "unknown";
      return state === "SERVING" ? "SERVING" : "NOT_SERVING";
    },
    onSignal: (state) => ({ state, exit: { code: 0 } }),
  });
}

/** Listens on its known ports and answers 200, for images whose inside no lesson looks at. */
function listener(ports: readonly number[]): Program {
  return defineProgram<null>({
    start: () => ({ state: null, listen: ports, log: ["started"] }),
    onRequest: (state) => ({ state, response: { status: 200, body: "" } }),
    onHealthCheck: () => "SERVING",
    onSignal: (state) => ({ state, exit: { code: 0 } }),
  });
}

function program(name: string, command: string, run: Program, ports: readonly number[], megabytes: number, shell = false): Repository {
  return defineRepository(name, () => ({ entrypoint: [command], ports, programs: { ...(shell ? shellPrograms({}) : {}), [command]: run }, megabytes }));
}

/** Small servers, and the parts of a cluster that the engine acts for: their pods only have to run. */
export const plain: readonly Repository[] = [
  program("docker.io/traefik/whoami", "whoami", whoami(80), [80], 4),
  program("registry.k8s.io/e2e-test-images/agnhost", "agnhost", agnhost(), [8080], 55, true),
  program("docker.io/hashicorp/http-echo", "http-echo", whoami(5678), [5678], 5),
  program("registry.k8s.io/echoserver", "echoserver", whoami(8080), [8080], 40),
  program("registry.k8s.io/pause", "pause", idle, [], 1),
  program("registry.k8s.io/ingress-nginx/controller", "nginx-ingress-controller", listener([80, 443, 10254]), [80, 443], 110, true),
  program("quay.io/metallb/controller", "controller", listener([7472]), [7472], 28),
  program("quay.io/metallb/speaker", "speaker", listener([7472]), [7472], 48),
  program("registry.k8s.io/coredns/coredns", "coredns", listener([53, 8080, 8181]), [53], 22),
  program("registry.k8s.io/kube-proxy", "kube-proxy", idle, [], 36),
  program("docker.io/library/rabbitmq", "rabbitmq-server", listener([5672]), [5672], 90, true),
  program("docker.io/library/eclipse-mosquitto", "mosquitto", listener([1883]), [1883], 6, true),
  program("docker.io/library/traefik", "traefik", listener([80]), [80], 75),
  program("docker.io/library/phpmyadmin", "apache2-foreground", listener([80]), [80], 200, true),
];
