import { defineProgram, type AppRequest, type AppResponse, type ProcessView } from "@/lib/engine";
import { curl } from "../base/curl/index";
import { shellPrograms } from "../base/shell-program";
import { defineRepository } from "../image";

const UPLOADS = "/var/www/html/wp-content/uploads";

/** WordPress's own words for a database it cannot reach. */
const NO_DATABASE = "<!DOCTYPE html>\n<html><body><h1>Error establishing a database connection</h1></body></html>\n";

/**
 * WordPress as a class needs it: pages come from the database, uploads are files of its own folder.
 *
 * `POST /wp-admin/upload?name=F` stores the body as an upload; `GET /wp-content/uploads/F` gives it back.
 * Every answer says in `x-served-by` which pod gave it. Without its database it answers 500.
 */
const program = defineProgram<null>({
  start(process) {
    if (process.portTaken(80)) return { state: null, log: [{ stderr: "(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:80" }], exit: { code: 1 } };
    if (process.files.stat(UPLOADS) === undefined) process.files.makeDirectory(UPLOADS, true);
    return {
      state: null,
      log: [{ stderr: "WordPress not found in /var/www/html - copying now..." }, { stderr: "Complete! WordPress has been successfully copied to /var/www/html" }, { stderr: `[${process.timestamp}] [mpm_prefork:notice] [pid 1] AH00163: Apache/2.4.66 (Debian) PHP/8.3 configured -- resuming normal operations` }],
      listen: [80],
      usage: { cpuMilli: 5, memoryBytes: 60_000_000 },
    };
  },
  onRequest(state, request, process) {
    const answer = respond(request, process);
    const response: AppResponse = { ...answer, headers: { "content-type": "text/html", ...answer.headers, "x-served-by": process.podName } };
    return { state, log: [`${request.from.ip} - - [${process.timestamp}] "${request.method} ${request.path} HTTP/1.1" ${response.status} ${response.body.length}`], response };
  },
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

function respond(request: AppRequest, process: ProcessView): AppResponse {
  const [path = "/", query = ""] = request.path.split("?");
  // Uploads are plain files: the web server gives them without asking the database.
  if (request.method !== "POST" && path.startsWith("/wp-content/uploads/")) return download(path.slice("/wp-content/uploads/".length), process);
  const database = process.env["WORDPRESS_DB_HOST"];
  const [host = "", port = "3306"] = (database ?? "").split(":");
  const asked = database === undefined || host === "" ? undefined : process.request({ protocol: "mysql", host, port: Number(port), body: "SELECT 1", headers: { user: process.env["WORDPRESS_DB_USER"] ?? "root", password: process.env["WORDPRESS_DB_PASSWORD"] ?? "" } });
  if (asked?.response?.status !== 0) return { status: 500, body: NO_DATABASE };
  if (request.method === "POST" && path === "/wp-admin/upload") return upload(query, request.body, process);
  if (path === "/" || path === "/index.php") return { status: 200, body: `<html><body><h1>WordPress</h1><ul>${(process.files.list(UPLOADS) ?? []).map((name) => `<li>${name}</li>`).join("")}</ul></body></html>\n` };
  if (path === "/wp-login.php" || path === "/wp-admin/") return { status: 200, body: "<html><body><form>Log In</form></body></html>\n" };
  return { status: 404, body: "<html><body><h1>Page not found</h1></body></html>\n" };
}

function download(name: string, process: ProcessView): AppResponse {
  const body = name.includes("..") ? undefined : process.files.read(`${UPLOADS}/${name}`);
  return body === undefined ? { status: 404, body: "<html><body><h1>Not Found</h1></body></html>\n" } : { status: 200, headers: { "content-type": "application/octet-stream" }, body };
}

function upload(query: string, body: string, process: ProcessView): AppResponse {
  const name = /(?:^|&)name=([A-Za-z0-9._-]{1,100})(?:&|$)/.exec(query)?.[1];
  if (name === undefined || name.startsWith(".")) return { status: 400, body: "A file name is needed: ?name=file.pdf\n" };
  const problem = process.files.write(`${UPLOADS}/${name}`, body);
  if (problem === undefined) return { status: 201, body: `/wp-content/uploads/${name}\n` };
  return { status: problem === "ENOSPC" ? 507 : 500, body: "The uploaded file could not be moved to wp-content/uploads.\n" };
}

/** The wordpress image with Apache and PHP. */
export const wordpress = defineRepository("docker.io/library/wordpress", () => ({
  entrypoint: ["docker-entrypoint.sh"],
  cmd: ["apache2-foreground"],
  workingDir: "/var/www/html",
  ports: [80],
  files: { "/var/www/html/index.php": "<?php require __DIR__ . '/wp-blog-header.php';\n", [`${UPLOADS}/`]: "" },
  programs: shellPrograms({ curl }, ["bash", "php"], { "docker-entrypoint.sh": program, "apache2-foreground": program }),
  megabytes: 240,
  base: "php-apache",
  stopSignal: "SIGWINCH",
}));
