import { timestamp, type Cluster, type Json, type Origin } from "@/lib/engine";
import { curl, dig, host, nc, nslookup, ping, wget, type Caller, type NetworkCommand } from "@/lib/images";
import type { CommandResult } from "@/lib/shell";
import type { Disk } from "../disk";
import { absolutePath } from "../disk";
import type { Job, TerminalProgram } from "../terminal";

/** Ends a command whose answer was known when it began. */
export const finish: TerminalProgram = {
  name: "finish",
  start: () => ({ result: { status: 127 } }),
  resume: (job: Job) => ({ result: job.state as unknown as CommandResult }),
};

/** The student's own machine as the network commands see it: on the company network, with its DNS. */
function desk(cluster: Cluster, from: Origin, disk: Disk): Caller {
  const server = cluster.world.host("dns-empresa")?.ip ?? "192.168.1.3";
  return {
    get timestamp() {
      return timestamp(cluster.now);
    },
    request: (request) => cluster.send(from, request),
    resolve: (name) => cluster.resolve(from, name),
    query: (name, type, asked) => cluster.query(from, name, type, asked),
    files: {
      read: (path) => (path === "/etc/resolv.conf" ? `nameserver ${server}\n` : disk.read(path)),
      stat(path) {
        const found = disk.fs.stat(absolutePath(path));
        return found && { type: found.type === "directory" ? "directory" : "file", size: found.size, modified: 0, mode: found.mode };
      },
      write(path, content) {
        disk.write(path, content);
        return undefined;
      },
    },
  };
}

/** curl, wget, nslookup, dig, host, ping and nc of the student's machine: the same programs as in the images. */
export function networkPrograms(cluster: Cluster, from: Origin, disk: Disk): readonly TerminalProgram[] {
  const caller = desk(cluster, from, disk);
  const commands: Readonly<Record<string, NetworkCommand>> = { curl, wget, nslookup, dig, host, ping: ping(false), nc };
  return Object.entries(commands).map(([name, run]): TerminalProgram => ({
    name,
    start(command) {
      const { result, takes } = run(command, caller);
      return takes <= 0 ? { result } : { job: { program: "finish", state: result as unknown as Json, at: cluster.now + takes, endless: false } };
    },
  }));
}
