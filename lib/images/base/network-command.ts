import type { PacketTrace, ProcessView } from "@/lib/engine";
import type { CommandResult, HostCommand } from "@/lib/shell";

/** A command that asks the network: its result, and how long the process waits for it. */
export interface Waited {
  readonly result: CommandResult;
  readonly takes: number;
}

/** What such a command needs around it: a container's process has it, and so has the student's own machine. */
export type Caller = Pick<ProcessView, "request" | "resolve" | "query" | "timestamp"> & { readonly files: Pick<ProcessView["files"], "read" | "stat" | "write"> };

/** A program a shell starts that reaches outside its container. */
export type NetworkCommand = (command: HostCommand, process: Caller) => Waited;

/** The address a client says it connects to: as written, or what the name led to. */
export function connectedTo(trace: PacketTrace, host: string): string {
  if (/^\d+(\.\d+){3}$/.test(host)) return host;
  if (host === "localhost") return "127.0.0.1";
  return trace.hops.find(({ stage }) => stage !== "dns")?.before.destination.ip ?? trace.hops.at(-1)?.before.destination.ip ?? host;
}
