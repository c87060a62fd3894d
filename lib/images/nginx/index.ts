import { defineProgram, Memory, type AppRequest, type AppResponse, type FileSystem, type Json, type ProcessView } from "@/lib/engine";
import { accessLogged, type AccessLog } from "../access-log";
import { curl } from "../base/curl/index";
import { shellPrograms } from "../base/shell-program";
import { defineRepository } from "../image";
import { forward, placeOf } from "../proxies/forward";
import { webServer } from "../web-server";

const ROOT = "/usr/share/nginx/html";
const FOLDER = "/etc/nginx/conf.d";
const CONF = `${FOLDER}/default.conf`;
const LOG = "/var/log/nginx/access.log";
const MOST_LOCATIONS = 100;

/** `location PATH { … }` that hands requests on, or answers by itself. */
interface Location {
  readonly path: string;
  readonly exact: boolean;
  readonly upstream?: string;
  readonly answer?: { readonly status: number; readonly body: string };
}

/** The first file of conf.d that says something. */
function settings(files: FileSystem): { readonly path: string; readonly text: string } {
  const name = (files.list(FOLDER) ?? []).find((one) => one.endsWith(".conf"));
  const path = name === undefined ? CONF : `${FOLDER}/${name}`;
  return { path, text: files.read(path) ?? "" };
}

/** What a text of settings says, read once for all servers that have the same. */
interface Said {
  readonly port: number;
  readonly root: string;
  readonly log: string | undefined;
  readonly proxies: boolean;
}

const read = new Memory<Said>(100);

function saidBy(text: string): Said {
  return read.of(text, () => ({
    port: Number(/^\s*listen\s+(?:[\d.]+:)?(\d+)/m.exec(text)?.[1] ?? 80),
    root: /^\s*root\s+([^;]+);/m.exec(text)?.[1]?.trim() ?? ROOT,
    log: /^\s*access_log\s+(\/[^\s;]+)/m.exec(text)?.[1],
    proxies: /proxy_pass/.test(text),
  }));
}

const clean = (text: string): string => text.replace(/#.*$/gm, "");

function locations(text: string): readonly Location[] {
  return [...clean(text).matchAll(/location\s+(=\s+|\^~\s+)?(\/[^\s{]*)\s*\{([^{}]*)\}/g)].slice(0, MOST_LOCATIONS).map((match): Location => {
    const body = match[3] ?? "";
    const upstream = /proxy_pass\s+([^;]+);/.exec(body)?.[1]?.trim();
    const answer = /return\s+(\d{3})(?:\s+(?:"([^"]*)"|'([^']*)'|([^;\s]+)))?\s*;/.exec(body);
    return { path: match[2] ?? "/", exact: (match[1] ?? "").startsWith("="), ...(upstream === undefined ? {} : { upstream }), ...(answer ? { answer: { status: Number(answer[1]), body: (answer[2] ?? answer[3] ?? answer[4] ?? "").replaceAll("\\n", "\n") } } : {}) };
  });
}

/** The servers an upstream is made of, or the one place it names. */
function serversOf(text: string, name: string): readonly string[] {
  const block = new RegExp(`upstream\\s+${name.replace(/[^\w-]/g, ".")}\\s*\\{([^}]*)\\}`).exec(clean(text))?.[1];
  return block === undefined ? [name] : [...block.matchAll(/server\s+([^\s;]+)/g)].map((match) => match[1] ?? "");
}

const hostOf = (upstream: string): string => /^https?:\/\/([^/]+)/.exec(upstream)?.[1] ?? upstream;

/** A name nobody knows keeps nginx from starting: it asks for every name once, before it serves anything. */
function unknownHost(process: ProcessView): string | undefined {
  const { path, text } = settings(process.files);
  if (!saidBy(text).proxies) return undefined;
  const names = locations(text).flatMap(({ upstream }) => (upstream === undefined || upstream.includes("$") ? [] : serversOf(text, hostOf(upstream))));
  const missing = names.map((name) => placeOf(name).host).find((host) => process.resolve(host).addresses.length === 0);
  if (missing === undefined) return undefined;
  const line = text.split("\n").findIndex((one) => one.includes(missing)) + 1;
  return `host not found in upstream "${missing}" in ${path}:${line}`;
}

function handedOn(request: AppRequest, process: ProcessView): AppResponse | undefined {
  const { text } = settings(process.files);
  const path = request.path.split("?")[0] ?? "/";
  const found = locations(text).filter((one) => (one.exact ? path === one.path : path.startsWith(one.path))).sort((a, b) => Number(b.exact) - Number(a.exact) || b.path.length - a.path.length)[0];
  if (found?.answer) return { status: found.answer.status, headers: { server: "nginx", ...(found.answer.status >= 300 && found.answer.status < 400 ? { location: found.answer.body } : { "content-type": "text/plain" }) }, body: found.answer.status >= 300 && found.answer.status < 400 ? "" : found.answer.body };
  if (found?.upstream === undefined) return undefined;
  const below = /^https?:\/\/[^/]+(\/.*)$/.exec(found.upstream)?.[1];
  const asked = below === undefined ? request.path : below + request.path.slice(found.path.length);
  const servers = serversOf(text, hostOf(found.upstream));
  let response: AppResponse = { status: 502, body: "" };
  // A server that cannot be reached is left out, and the next one asked.
  for (let i = 0, first = servers.length > 1 ? process.random(servers.length) : 0; i < servers.length; i += 1) {
    response = forward(process, request, placeOf(servers[(first + i) % servers.length] ?? ""), asked);
    if (response.status !== 502) return response;
  }
  return response;
}

/** The image's log leads to standard output, unless a volume hides it or the settings name another file. */
function accessLog(process: ProcessView): AccessLog | undefined {
  const named = saidBy(settings(process.files).text).log;
  if (named !== undefined && named !== LOG) return named.startsWith("/dev/") ? undefined : { path: named };
  const hidden = process.mounts?.().some(({ path }) => path === LOG || LOG.startsWith(`${path}/`)) === true;
  return hidden ? { path: LOG } : undefined;
}

const server = webServer({
  name: "nginx",
  root: ({ files }) => saidBy(settings(files).text).root,
  port: ({ files }) => saidBy(settings(files).text).port,
  greeting: (process) => ["/docker-entrypoint.sh: Configuration complete; ready for start up", { stderr: `${process.timestamp} [notice] 1#1: nginx/1.29.4` }, { stderr: `${process.timestamp} [notice] 1#1: start worker processes` }],
  portTaken: (port) => [{ stderr: `nginx: [emerg] bind() to 0.0.0.0:${port} failed (98: Address already in use)` }],
  notFound: () => "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<center><h1>404 Not Found</h1></center>\n<hr><center>nginx/1.29.4</center>\n</body>\n</html>\n",
  foreground: (argv) => argv.join(" ").includes("daemon off;"),
  own: handedOn,
});

const program = accessLogged(
  defineProgram<Json>({
    ...server,
    start(process) {
      const missing = unknownHost(process);
      return missing === undefined ? server.start(process) : { state: null, log: [{ stderr: `${process.timestamp} [emerg] 1#1: ${missing}` }, { stderr: `nginx: [emerg] ${missing}` }], exit: { code: 1 } };
    },
  }),
  accessLog,
);

/** nginx: serves /usr/share/nginx/html on port 80, or what conf.d says; hands on to others what `proxy_pass` says. */
export const nginx = defineRepository("docker.io/library/nginx", (tag) => ({
  entrypoint: [],
  cmd: ["nginx", "-g", "daemon off;"],
  env: { NGINX_VERSION: /^\d+\.\d+/.exec(tag)?.[0] ?? "1.29" },
  ports: [80],
  files: {
    [`${ROOT}/index.html`]: "<!DOCTYPE html>\n<html>\n<head><title>Welcome to nginx!</title></head>\n<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n",
    [CONF]: `server {\n    listen 80;\n    root ${ROOT};\n}\n`,
    "/var/log/nginx/": "",
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101:nginx:/nonexistent:/bin/false\n",
  },
  programs: shellPrograms({ curl }, ["bash"], { nginx: program }, tag.includes("alpine") ? { tools: "busybox" } : {}),
  megabytes: tag.includes("alpine") ? 20 : 72,
  stopSignal: "SIGQUIT",
}));
