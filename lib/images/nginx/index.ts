import { curl } from "../base/network-commands";
import { shellPrograms } from "../base/shell-program";
import { defineRepository } from "../image";
import { webServer } from "../web-server";

const ROOT = "/usr/share/nginx/html";
const CONF = "/etc/nginx/conf.d/default.conf";

const program = webServer({
  name: "nginx",
  root: (files) => /^\s*root\s+([^;]+);/m.exec(files.read(CONF) ?? "")?.[1]?.trim() ?? ROOT,
  port: (files) => Number(/^\s*listen\s+(\d+)/m.exec(files.read(CONF) ?? "")?.[1] ?? 80),
  greeting: (process) => ["/docker-entrypoint.sh: Configuration complete; ready for start up", { stderr: `${process.timestamp} [notice] 1#1: nginx/1.29.4` }, { stderr: `${process.timestamp} [notice] 1#1: start worker processes` }],
  portTaken: (port) => [{ stderr: `nginx: [emerg] bind() to 0.0.0.0:${port} failed (98: Address already in use)` }],
  notFound: () => "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<center><h1>404 Not Found</h1></center>\n<hr><center>nginx/1.29.4</center>\n</body>\n</html>\n",
  foreground: (argv) => argv.join(" ").includes("daemon off;"),
});

/** nginx: serves /usr/share/nginx/html on port 80, or what conf.d/default.conf says. */
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
  programs: shellPrograms({ curl }, ["bash"], { nginx: program }),
  megabytes: tag.includes("alpine") ? 20 : 72,
  stopSignal: "SIGQUIT",
}));
