import { shellPrograms } from "../base/shell-program";
import { defineRepository } from "../image";
import { webServer } from "../web-server";

const ROOT = "/usr/local/apache2/htdocs";

const program = webServer({
  name: "Apache",
  root: () => ROOT,
  port: (files) => Number(/^\s*Listen\s+(\d+)/m.exec(files.read("/usr/local/apache2/conf/httpd.conf") ?? "")?.[1] ?? 80),
  greeting: (process) => [{ stderr: `[${process.timestamp}] [mpm_event:notice] [pid 1] AH00489: Apache/2.4.66 (Unix) configured -- resuming normal operations` }, { stderr: `[${process.timestamp}] [core:notice] [pid 1] AH00094: Command line: 'httpd -D FOREGROUND'` }],
  portTaken: (port) => [{ stderr: `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${port}` }, { stderr: "no listening sockets available, shutting down" }],
  notFound: () => '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n',
  foreground: (argv) => argv.some((arg) => arg.includes("foreground") || arg === "FOREGROUND" || arg.includes("-DFOREGROUND")),
});

/** Apache httpd: serves /usr/local/apache2/htdocs on port 80. */
export const httpd = defineRepository("docker.io/library/httpd", (tag) => ({
  cmd: ["httpd-foreground"],
  ports: [80],
  workingDir: "/usr/local/apache2",
  files: { [`${ROOT}/index.html`]: "<html><body><h1>It works!</h1></body></html>\n", "/usr/local/apache2/conf/httpd.conf": "Listen 80\n", "/usr/local/apache2/logs/": "" },
  programs: shellPrograms({}, ["bash"], { httpd: program, "httpd-foreground": program, apachectl: program }),
  megabytes: tag.includes("alpine") ? 25 : 61,
  stopSignal: "SIGWINCH",
}));
