/** `apk`, `apt`, `dnf`: installing what an image lacks. */
import type { ProcessView } from "@/lib/engine";
import type { NetworkCommand, Waited } from "./network-command";
import type { ProcessCommand } from "./process-commands";

interface Manager {
  readonly mirror: string;
  /** Said when the mirror cannot be found. */
  readonly unreachable: (names: readonly string[]) => string;
  readonly installed: (name: string) => string;
  readonly status: number;
}

/** What packages bring, whatever the system calls them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  curl: ["curl"], wget: ["wget"], jq: ["jq"], "bind-tools": ["dig", "host", "nslookup"], dnsutils: ["dig", "host", "nslookup"], "bind-utils": ["dig", "host", "nslookup"], "bind9-dnsutils": ["dig", "host", "nslookup"], "bind9-host": ["host"],
  iproute2: ["ip", "ss"], iproute: ["ip", "ss"], "iputils-ping": ["ping"], iputils: ["ping"], "net-tools": ["ifconfig", "netstat"], netcat: ["nc"], "netcat-openbsd": ["nc"], "netcat-traditional": ["nc"], "nmap-ncat": ["nc"], telnet: ["telnet"], traceroute: ["traceroute"],
  procps: [], "procps-ng": [], "redis-tools": ["redis-cli"], redis: ["redis-cli"], "postgresql-client": ["psql", "pg_isready", "pg_dump"], postgresql: ["psql", "pg_isready", "pg_dump"], "mariadb-client": ["mariadb", "mysql", "mariadb-dump", "mysqldump", "mariadb-admin", "mysqladmin"], "mysql-client": ["mariadb", "mysql", "mariadb-dump", "mysqldump", "mariadb-admin", "mysqladmin"], "default-mysql-client": ["mariadb", "mysql", "mariadb-dump", "mysqldump", "mariadb-admin", "mysqladmin"], mariadb: ["mariadb", "mysql", "mariadb-dump", "mysqldump", "mariadb-admin", "mysqladmin"],
  bash: ["bash"], "ca-certificates": [], tar: [], gzip: [],
};

/** Where a package leaves the program it brings. */
export const installedPath = (name: string): string => `/usr/bin/${name}`;

const MANAGERS: Readonly<Record<"apk" | "apt" | "dnf", Manager>> = {
  apk: {
    mirror: "dl-cdn.alpinelinux.org",
    unreachable: (names) => `WARNING: fetching https://dl-cdn.alpinelinux.org/alpine/v3.22/main: DNS: transient error (try again later)\nWARNING: fetching https://dl-cdn.alpinelinux.org/alpine/v3.22/community: DNS: transient error (try again later)\nERROR: unable to select packages:\n${names.map((name) => `  ${name} (no such package):\n    required by: world[${name}]\n`).join("")}`,
    installed: (name) => `(1/1) Installing ${name}\n`,
    status: 1,
  },
  apt: {
    mirror: "deb.debian.org",
    unreachable: (names) => names.map((name) => `E: Unable to locate package ${name}\n`).join(""),
    installed: (name) => `Setting up ${name} ...\n`,
    status: 100,
  },
  dnf: {
    mirror: "mirrors.fedoraproject.org",
    unreachable: () => ">>> Curl error (6): Could not resolve hostname for https://mirrors.fedoraproject.org/ [Could not resolve host: mirrors.fedoraproject.org]\nFailed to download metadata for repository \"fedora\"\n",
    installed: (name) => `Installed:\n  ${name}\n\nComplete!\n`,
    status: 1,
  },
};

/** Nobody on the network, or a mirror that answers? */
function reachable(process: ProcessView, mirror: string): boolean {
  return process.resolve(mirror).addresses.length > 0 && process.request({ protocol: "http", host: mirror, port: 80, path: "/" }).response !== undefined;
}

function install(kind: "apk" | "apt" | "dnf", names: readonly string[], process: ProcessView): Waited {
  const manager = MANAGERS[kind];
  if (!reachable(process, manager.mirror)) return { takes: 5_000, result: { status: manager.status, stderr: manager.unreachable(names) } };
  const unknown = names.filter((name) => !Object.hasOwn(PACKAGES, name));
  if (unknown.length > 0) return { takes: 1_000, result: { status: manager.status, stderr: kind === "apt" ? unknown.map((name) => `E: Unable to locate package ${name}\n`).join("") : kind === "dnf" ? `No match for argument: ${unknown[0] ?? ""}\nError: Unable to find a match: ${unknown.join(" ")}\n` : `ERROR: unable to select packages:\n${unknown.map((name) => `  ${name} (no such package):\n    required by: world[${name}]\n`).join("")}` } };
  for (const program of names.flatMap((name) => PACKAGES[name] ?? [])) {
    process.files.makeDirectory("/usr/bin", true);
    const problem = process.files.write(installedPath(program), "");
    if (problem !== undefined) return { takes: 1_000, result: { status: manager.status, stderr: kind === "apk" ? "ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied\n" : "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n" } };
  }
  return { takes: 3_000 * names.length, result: { status: 0, stdout: `${names.map(manager.installed).join("")}${kind === "apk" ? "OK: 12 MiB in 20 packages\n" : ""}` } };
}

const wordsOf = (argv: readonly string[]): readonly string[] => argv.slice(1).filter((word) => !word.startsWith("-"));

function manager(kind: "apk" | "apt" | "dnf", verb: string): ProcessCommand {
  return ({ argv }, process) => {
    const [action = "", ...names] = wordsOf(argv);
    if (action === verb && names.length > 0) return install(kind, names, process);
    if (["update", "makecache", "upgrade"].includes(action)) {
      const up = reachable(process, MANAGERS[kind].mirror);
      if (kind === "apk") return { takes: 2_000, result: up ? { status: 0, stdout: "OK: 25000 distinct packages available\n" } : { status: 2, stderr: "WARNING: fetching https://dl-cdn.alpinelinux.org/alpine/v3.22/main: DNS: transient error (try again later)\n2 unavailable, 0 stale; 14 distinct packages available\n" } };
      if (kind === "apt") return { takes: up ? 2_000 : 5_000, result: up ? { status: 0, stdout: "Reading package lists... Done\n" } : { status: 0, stdout: "Reading package lists... Done\n", stderr: "W: Failed to fetch http://deb.debian.org/debian/dists/trixie/InRelease  Temporary failure resolving 'deb.debian.org'\nW: Some index files failed to download. They have been ignored, or old ones used instead.\n" } };
      return { takes: 2_000, result: up ? { status: 0, stdout: "Metadata cache created.\n" } : { status: 1, stderr: MANAGERS.dnf.unreachable([]) } };
    }
    return { takes: 0, result: { status: 1, stderr: kind === "apt" ? `E: Invalid operation ${action}\n` : kind === "apk" ? `ERROR: '${action}' is not an apk command. See 'apk --help'.\n` : `Unknown argument "${action}" for command "dnf". Add "--help" for more information about the arguments.\n` } };
  };
}

/** The package managers of each family of images. */
export const packageManagers: Readonly<Record<"alpine" | "debian" | "fedora", Readonly<Record<string, NetworkCommand | ProcessCommand>>>> = {
  alpine: { apk: manager("apk", "add") },
  debian: { apt: manager("apt", "install"), "apt-get": manager("apt", "install") },
  fedora: { dnf: manager("dnf", "install"), yum: manager("dnf", "install"), microdnf: manager("dnf", "install") },
};
