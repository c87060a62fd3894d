import type { ProcessView } from "@/lib/engine";
import { accessLogged, rotationIn, type AccessLog } from "../access-log";
import { shellPrograms } from "../base/shell-program";
import { defineRepository } from "../image";
import { webServer } from "../web-server";

const SERVER = "/usr/local/apache2";
const CONF = `${SERVER}/conf/httpd.conf`;
const MOST_FILES = 50;

/** What `-c` and `-C` add, the settings file, and the files it includes, in the order the server reads them. */
function settings(process: Pick<ProcessView, "argv" | "files">): string {
  const { argv, files } = process;
  const given = argv.flatMap((arg, i) => (arg === "-c" || arg === "-C" ? [argv[i + 1] ?? ""] : []));
  const main = files.read(CONF) ?? "";
  const included = [...main.matchAll(/^\s*Include(?:Optional)?\s+"?([^\s"]+)"?/gim)].slice(0, MOST_FILES).flatMap(([, path = ""]) => {
    const whole = path.startsWith("/") ? path : `${SERVER}/${path}`;
    const folder = whole.slice(0, whole.lastIndexOf("/"));
    return (whole.endsWith("*.conf") ? (files.list(folder) ?? []).filter((name) => name.endsWith(".conf")).map((name) => `${folder}/${name}`) : [whole]).map((one) => files.read(one) ?? "");
  });
  return [main, ...included, ...given].join("\n");
}

/** The last directive counts, as when one is repeated. */
function directive(text: string, name: string): string | undefined {
  return [...text.matchAll(new RegExp(`^\\s*${name}\\s+("(?:[^"\\\\]|\\\\.)*"|\\S+)`, "gim"))].at(-1)?.[1]?.replace(/^"|"$/g, "");
}

function accessLog(process: ProcessView): AccessLog | undefined {
  const target = directive(settings(process), "(?:CustomLog|TransferLog)");
  if (target === undefined || /^\/(proc\/self\/fd|dev\/std)/.test(target)) return undefined;
  if (target.startsWith("|")) return rotationIn(target);
  return { path: target.startsWith("/") ? target : `${SERVER}/${target}` };
}

const program = accessLogged(
  webServer({
    name: "Apache",
    root: ({ files }) => directive(settings({ argv: [], files }), "DocumentRoot") ?? `${SERVER}/htdocs`,
    port: ({ files }) => Number(/(\d+)$/.exec(directive(settings({ argv: [], files }), "Listen") ?? "")?.[1] ?? 80),
    greeting: (process) => [{ stderr: `[${process.timestamp}] [mpm_event:notice] [pid 1] AH00489: Apache/2.4.66 (Unix) configured -- resuming normal operations` }, { stderr: `[${process.timestamp}] [core:notice] [pid 1] AH00094: Command line: 'httpd -D FOREGROUND'` }],
    portTaken: (port) => [{ stderr: `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${port}` }, { stderr: "no listening sockets available, shutting down" }],
    notFound: () => '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n',
    foreground: (argv) => argv.some((arg) => arg.includes("foreground") || arg === "FOREGROUND" || arg.includes("-DFOREGROUND")),
  }),
  accessLog,
);

/** Apache httpd: serves /usr/local/apache2/htdocs on port 80, and logs where `CustomLog` says, through `rotatelogs` too. */
export const httpd = defineRepository("docker.io/library/httpd", (tag) => ({
  cmd: ["httpd-foreground"],
  ports: [80],
  workingDir: SERVER,
  files: { [`${SERVER}/htdocs/index.html`]: "<html><body><h1>It works!</h1></body></html>\n", [CONF]: "Listen 80\n", [`${SERVER}/logs/`]: "", [`${SERVER}/conf/extra/`]: "" },
  programs: shellPrograms({}, ["bash"], { httpd: program, "httpd-foreground": program, apachectl: program }, tag.includes("alpine") ? { tools: "busybox" } : {}),
  megabytes: tag.includes("alpine") ? 25 : 61,
  stopSignal: "SIGWINCH",
}));
