/** `df`, `mount`, `free`: what a container has of its machine. */
import type { MountLine, ProcessView } from "@/lib/engine";
import type { ProcessCommand } from "./process-commands";

const KIB = 1024;
/** The disk of a machine, as `df` shows it where images and folders are. */
const DISK_KIB = 98_831_908;
const USED_KIB = 12_402_112;
/** @simplified Machines have 8 GiB as far as `free` knows. */
const MEMORY_KIB = 8_388_608;

interface FileSystemLine {
  readonly device: string;
  readonly kind: string;
  readonly sizeKib: number;
  readonly usedKib: number;
  readonly path: string;
  readonly options: string;
}

function lineOf({ path, kind, readOnly, usedBytes, sizeBytes }: MountLine, process: ProcessView): FileSystemLine {
  const used = Math.ceil(usedBytes / KIB);
  const options = readOnly ? "ro,relatime" : "rw,relatime";
  const memory = Math.trunc((process.limits?.memoryBytes ?? MEMORY_KIB * KIB) / KIB);
  if (kind === "memory") return { device: "tmpfs", kind: "tmpfs", sizeKib: sizeBytes === undefined ? memory : Math.trunc(sizeBytes / KIB), usedKib: used, path, options: `${options},size=${sizeBytes === undefined ? memory : Math.trunc(sizeBytes / KIB)}k` };
  if (kind === "share") return { device: "nfs:/", kind: "nfs4", sizeKib: DISK_KIB, usedKib: used, path, options };
  if (kind === "block") return { device: "/dev/sdb", kind: "ext4", sizeKib: sizeBytes === undefined ? DISK_KIB : Math.trunc(sizeBytes / KIB), usedKib: used, path, options };
  return { device: "/dev/sda1", kind: "ext4", sizeKib: DISK_KIB, usedKib: USED_KIB + used, path, options };
}

function fileSystems(process: ProcessView): readonly FileSystemLine[] {
  return [
    { device: "overlay", kind: "overlay", sizeKib: DISK_KIB, usedKib: USED_KIB, path: "/", options: "rw,relatime" },
    { device: "tmpfs", kind: "tmpfs", sizeKib: 65_536, usedKib: 0, path: "/dev", options: "rw,nosuid,size=65536k,mode=755" },
    { device: "shm", kind: "tmpfs", sizeKib: 65_536, usedKib: 0, path: "/dev/shm", options: "rw,nosuid,nodev,noexec,relatime,size=65536k" },
    ...(process.mounts?.() ?? []).map((mount) => lineOf(mount, process)),
  ];
}

function human(kib: number): string {
  let value = kib;
  const units = ["K", "M", "G", "T"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return kib === 0 ? "0" : `${value.toFixed(1)}${units[unit] ?? ""}`;
}

const holds = (folder: string, path: string): boolean => folder === "/" || path === folder || path.startsWith(`${folder}/`);

/** `df [-h] [-k] [PATH…]`; a path shows what it is on. */
const df: ProcessCommand = ({ argv, cwd }, process) => {
  const flags = argv.slice(1).filter((arg) => arg.startsWith("-")).join("");
  const paths = argv.slice(1).filter((arg) => !arg.startsWith("-"));
  const all = fileSystems(process);
  const errors: string[] = [];
  const shown = paths.length === 0 ? all : paths.flatMap((path) => {
    const whole = (path.startsWith("/") ? path : `${cwd === "/" ? "" : cwd}/${path}`).replace(/(.)\/+$/, "$1");
    if (process.files.stat(whole) === undefined) {
      errors.push(`df: ${path}: can't find mount point`);
      return [];
    }
    return [...all].filter((line) => holds(line.path, whole)).sort((a, b) => b.path.length - a.path.length).slice(0, 1);
  });
  const size = (kib: number): string => (flags.includes("h") ? human(kib) : String(kib));
  const row = (line: FileSystemLine): string => {
    const free = Math.max(0, line.sizeKib - line.usedKib);
    return `${line.device.padEnd(20)} ${size(line.sizeKib).padStart(9)} ${size(line.usedKib).padStart(9)} ${size(free).padStart(9)} ${`${line.sizeKib === 0 ? 0 : Math.ceil((line.usedKib * 100) / line.sizeKib)}%`.padStart(4)} ${line.path}`;
  };
  const head = `Filesystem           ${flags.includes("h") ? "     Size" : "1K-blocks"}      Used Available Use% Mounted on`;
  return { takes: 0, result: { status: errors.length === 0 ? 0 : 1, stdout: shown.length === 0 ? "" : `${[head, ...shown.map(row)].join("\n")}\n`, ...(errors.length === 0 ? {} : { stderr: `${errors.join("\n")}\n` }) } };
};

/** `mount`; mounting something is not allowed in a container. */
const mount: ProcessCommand = ({ argv }, process) => {
  if (argv.slice(1).some((arg) => !arg.startsWith("-"))) return { takes: 0, result: { status: 1, stderr: "mount: permission denied (are you root?)\n" } };
  return { takes: 0, result: { status: 0, stdout: fileSystems(process).map(({ device, path, kind, options }) => `${device} on ${path} type ${kind} (${options})\n`).join("") } };
};

/** `free [-b|-k|-m|-g|-h]`: the machine's memory, not the container's limit, which is what surprises people. */
const free: ProcessCommand = ({ argv }, process) => {
  const flags = argv.slice(1).join("");
  const used = Math.ceil(process.processes().reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) / KIB) + 900_000;
  const show = (kib: number): string => (flags.includes("h") ? human(kib) : String(flags.includes("b") ? kib * KIB : flags.includes("m") ? Math.trunc(kib / KIB) : flags.includes("g") ? Math.trunc(kib / KIB / KIB) : kib)).padStart(12);
  const row = [MEMORY_KIB, used, MEMORY_KIB - used - 1_200_000, 1_024, 1_200_000, MEMORY_KIB - used].map(show).join("");
  return { takes: 0, result: { status: 0, stdout: `              total        used        free      shared  buff/cache   available\nMem:    ${row}\nSwap:   ${[0, 0, 0].map(show).join("")}\n` } };
};

/** Commands about disks and memory, by name. */
export const systemCommands: Readonly<Record<string, ProcessCommand>> = { df, mount, free };
