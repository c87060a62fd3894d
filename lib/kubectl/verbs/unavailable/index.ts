import { usageFailure, type Call, type Command } from "../../command";
import { podNamed } from "../../containers";
import { optionsHelp } from "../../help";
import { fail, Failure } from "../../failure";
import { flag } from "../../flags";

/** Ends with a clear message, after whatever real kubectl would have refused first. */
function refuse(call: Call, code: string, message: string): never {
  call.note(code);
  return fail(message);
}

/** `kubectl port-forward`: there is no machine of the student's to forward to. */
export const portForward: Command = {
  name: "port-forward",
  summary: "Forward one or more local ports to a pod",
  usage: "TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
  flags: [flag("list", "address", "Addresses to listen on", { default: "localhost" }), flag("duration", "pod-running-timeout", "How long to wait for the pod", { default: "1m0s" })],
  run(call) {
    if (call.words.length < 2) usageFailure(call, "TYPE/NAME and list of ports are required for port-forward");
    podNamed(call, call.words[0] ?? "");
    return refuse(call, "kubectl.no-port-forward", "ports cannot be forwarded from this terminal; send the request from a pod with kubectl exec or kubectl run");
  },
};

/** `kubectl attach`. */
export const attach: Command = {
  name: "attach",
  summary: "Attach to a running container",
  usage: "(POD | TYPE/NAME) -c CONTAINER [options]",
  flags: [flag("text", "container,c", "Container of the pod"), flag("text", "detach-keys", "Keys that leave the container running", { default: "ctrl-p,ctrl-q" }), flag("duration", "pod-running-timeout", "How long to wait for the pod", { default: "1m0s" }), flag("bool", "quiet,q", "Only what the container prints"), flag("bool", "stdin,i", "Pass standard input on"), flag("bool", "tty,t", "Standard input is a terminal")],
  run(call) {
    if (call.words.length === 0) usageFailure(call, "at least 1 argument is required for attach");
    podNamed(call, call.words[0] ?? "");
    return refuse(call, "kubectl.no-interactive-shell", "there is no keyboard to attach; use kubectl logs -f or kubectl exec");
  },
};

/** `kubectl options`. */
export const options: Command = {
  name: "options",
  summary: "Print the list of flags inherited by all commands",
  run(call) {
    call.out(optionsHelp());
    return 0;
  },
};

/** Verbs that make no sense where there is no machine of the student's. */
export const others: readonly Command[] = [
  {
    name: "alpha",
    summary: "Commands for features in alpha",
    run(call) {
      call.err("No alpha commands are available in this version of kubectl\n");
      return 0;
    },
  },
  { name: "completion", summary: "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)", usage: "SHELL", run: (call) => (call.words.length === 0 ? usageFailure(call, "Shell not specified.") : fail("completion is built into this terminal: press Tab")) },
  { name: "plugin", summary: "Provides utilities for interacting with plugins", children: [{ name: "list", flags: [flag("bool", "name-only", "Names without folders")], summary: "List all visible plugin executables on a user's PATH", run: () => fail("unable to find any kubectl plugins in your PATH") }] },
  {
    name: "proxy",
    summary: "Run a proxy to the Kubernetes API server",
    flags: [
      flag("text", "accept-hosts", "Hosts that may ask", { default: "^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$" }),
      flag("text", "accept-paths", "Paths that may be asked for", { default: "^.*" }),
      flag("text", "address", "Address to listen on", { default: "127.0.0.1" }),
      flag("text", "api-prefix", "Prefix of the API", { default: "/" }),
      flag("bool", "append-server-path", "Append the path of the server's address"),
      flag("bool", "disable-filter", "Let everything through"),
      flag("duration", "keepalive", "How long an idle connection is kept", { default: "0s" }),
      flag("int", "port,p", "Port", { default: "8001" }),
      flag("text", "reject-methods", "Methods that are refused", { default: "^$" }),
      flag("text", "reject-paths", "Paths that are refused", { default: "^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach" }),
      flag("text", "unix-socket,u", "Socket to listen on"),
      flag("text", "www,w", "Folder to serve as well"),
      flag("text", "www-prefix,P", "Where that folder is served", { default: "/static/" }),
    ],
    run(call) {
      call.note("kubectl.no-port-forward");
      throw new Failure("error: this terminal cannot open ports");
    },
  },
];
