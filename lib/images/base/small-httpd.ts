import type { ProcessView, Program } from "@/lib/engine";
import { webServer } from "../web-server";

type Place = Pick<ProcessView, "argv" | "workingDir">;

function value({ argv }: Place, letter: string): string | undefined {
  const at = argv.findIndex((arg) => new RegExp(`^-[fiv]*${letter}`).test(arg));
  const glued = argv[at]?.replace(new RegExp(`^-[fiv]*${letter}`), "");
  return at < 0 ? undefined : glued === "" ? argv[at + 1] : glued;
}

const folder = (place: Place): string => {
  const given = value(place, "h") ?? place.workingDir;
  return given.startsWith("/") ? given : `${place.workingDir.replace(/\/$/, "")}/${given.replace(/^\.\/?/, "")}`;
};

/**
 * busybox's `httpd -f [-v] [-p [IP:]PORT] [-h FOLDER]`: serves the folder's files, without a word about it unless `-v`.
 *
 * @simplified Without `-f` it is gone at once instead of serving from the background; it runs no CGI and asks no passwords.
 */
export const smallHttpd: Program = webServer({
  name: "httpd",
  root: folder,
  port: (place) => Number(value(place, "p")?.split(":").at(-1) ?? 80),
  greeting: () => [],
  portTaken: () => [{ stderr: "httpd: bind: Address already in use" }],
  notFound: () => "<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\nThe requested URL was not found\n</BODY></HTML>\n",
  foreground: (argv) => argv.some((arg) => /^-[iv]*f/.test(arg)),
  accessLine: (request, response, { argv }) => (argv.some((arg) => /^-[fi]*v/.test(arg)) ? [{ stderr: `[::ffff:${request.from.ip}]:${request.from.port}: response:${response.status}` }] : []),
});
