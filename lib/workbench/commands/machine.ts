import { NETFILTER_TOOLS, type Cluster, type Json } from "@/lib/engine";
import type { CommandResult } from "@/lib/shell";
import type { TerminalProgram } from "../terminal";

/** A connection that nobody answers is given up after this long, as Linux does. */
const NO_ANSWER = 127_000;

function run(cluster: Cluster, argv: readonly string[]): { readonly result: CommandResult; readonly takes: number } {
  const words = argv.slice(1).filter((word) => !word.startsWith("-") || argv.indexOf(word) > 1);
  const [target = "", ...command] = words;
  const host = target.slice(target.lastIndexOf("@") + 1);
  const machine = cluster.addresses.find(({ name, ip, internalIP }) => host === name || host === ip || host === internalIP);
  if (host === "") return { result: { status: 255, stderr: "usage: ssh [user@]machine command\n" }, takes: 0 };
  if (!machine) return { result: { status: 255, stderr: `ssh: Could not resolve hostname ${host}: Name or service not known\n` }, takes: 0 };
  const record = cluster.machines.list().find(({ name }) => name === machine.name);
  if (record && !(record.powered && record.connected)) return { result: { status: 255, stderr: `ssh: connect to host ${host} port 22: Connection timed out\n` }, takes: NO_ANSWER };
  const [tool = "", ...rest] = command[0] === "sudo" ? command.slice(1) : command;
  if (tool === "") return { result: { status: 1, stderr: "ssh: give the command to run, as in: ssh node-1 sudo iptables-save -t nat\n" }, takes: 0 };
  if (!NETFILTER_TOOLS.includes(tool)) return { result: { status: 127, stderr: `bash: line 1: ${tool}: command not found\n` }, takes: 0 };
  return { result: cluster.netfilter(machine.name, [tool, ...rest]), takes: 0 };
}

/**
 * `ssh MACHINE [sudo] iptables-save|iptables|nft|ipvsadm …`: a look at the kernel of one of the cluster's machines.
 *
 * @simplified No session opens and no key is asked for: one command at a time, and only those that show what kube-proxy wrote.
 */
export function sshProgram(cluster: Cluster): TerminalProgram {
  return {
    name: "ssh",
    start(command) {
      const { result, takes } = run(cluster, command.argv);
      return takes <= 0 ? { result } : { job: { program: "finish", state: result as unknown as Json, at: cluster.now + takes, endless: false } };
    },
  };
}
