/** Exec and attach over WebSocket. Upstream: the v5.channel.k8s.io protocol of k8s.io/apimachinery remotecommand. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { failure, type ExecCall } from "@/lib/rest";
import { heartbeat } from "./heartbeat";
import type { LiveCluster } from "./live-cluster";
import { bytesOf, textOf } from "./raw-bytes";
import { openShellTerminal, type ShellTerminal } from "./shell-terminal";
import { runTar, tarCall } from "./tar";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const CLOSE = 255;

/** Best first; v4 and before cannot say that standard input has ended. */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const MOST_INPUT = 16 * 1024 * 1024;

const server = new WebSocketServer({
  noServer: true,
  maxPayload: MOST_INPUT,
  handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
});

/** A session's way to its client. */
interface Wire {
  send(channel: number, content: string | Buffer): void;
  finish(status: object): void;
  fail(message: string): void;
}

const SUCCESS = { metadata: {}, status: "Success" };

/** The status of a command that ended. */
export function exitStatus(code: number): object {
  if (code === 0) return SUCCESS;
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}

function wireOf(socket: WebSocket): Wire {
  const send = (channel: number, content: Buffer): void => {
    if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.from([channel]), content]), { binary: true });
  };
  const finish = (status: object): void => {
    send(STATUS, Buffer.from(JSON.stringify(status)));
    socket.close(1000);
  };
  return {
    send: (channel, content) => (content.length === 0 ? undefined : send(channel, typeof content === "string" ? bytesOf(content) : content)),
    finish,
    fail: (message) => finish(failure(500, "InternalError", `Internal error occurred: ${message}`)),
  };
}

/** What a kind of session does with its client's input. */
interface Session {
  input(data: Buffer): void;
  inputEnded(): void;
  close(): void;
}

/** Takes a connection over for a command or for the output of a container's main process. */
export function serveExec(live: LiveCluster, call: ExecCall, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  server.handleUpgrade(request, socket, head, (client) => {
    const wire = wireOf(client);
    const session = call.attach ? attached(live, call, wire) : isInteractive(call) ? interactive(live, call, wire) : command(live, call, wire);
    heartbeat(client);
    const unend = live.onEnd(() => client.close(1001));
    client.on("message", (data: Buffer) => {
      if (data[0] === STDIN) session.input(data.subarray(1));
      else if (data[0] === CLOSE && data[1] === STDIN) session.inputEnded();
    });
    client.on("close", () => {
      unend();
      session.close();
    });
    client.on("error", () => client.terminate());
  });
}

const SHELLS = new Set(["sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash"]);

function isInteractive({ command, stdin, tty }: ExecCall): boolean {
  return stdin && tty && command.length === 1 && SHELLS.has(command[0] ?? "");
}

/** Why a command did not start, as the kubelet words it. */
export function startProblem(error: string, container: string): string {
  if (error === "container not running") return `unable to upgrade connection: container not found (${JSON.stringify(container)})`;
  return `error executing command in container: failed to exec in container: failed to start exec: ${error}: unknown`;
}

/** A command with its output. With standard input it starts once that has been given in full. */
function command(live: LiveCluster, call: ExecCall, wire: Wire): Session {
  const given: Buffer[] = [];
  let size = 0;
  let running: { readonly id: string; out: number; err: number } | undefined;
  let over = false;
  const look = (): void => {
    if (!running || over) return;
    const result = live.execResult(running.id);
    if (result === undefined) return end(() => wire.finish(exitStatus(137)));
    const newline = (text: string): string => (call.tty ? text.replace(/\r?\n/g, "\r\n") : text);
    if (call.stdout) wire.send(STDOUT, newline(result.stdout.slice(running.out)));
    if (call.stderr || call.tty) wire.send(call.tty ? STDOUT : STDERR, newline(result.stderr.slice(running.err)));
    running.out = result.stdout.length;
    running.err = result.stderr.length;
    if (result.done) end(() => wire.finish(exitStatus(result.exitCode)));
  };
  const unlisten = live.onChange(look);
  const end = (last: () => void): void => {
    if (over) return;
    over = true;
    unlisten();
    if (running) live.endExec(running.id);
    last();
  };
  const start = (): void => {
    if (running || over) return;
    const tar = tarCall(call.command);
    const files = tar && live.files(call);
    if (tar && files) {
      const { stdout, stderr, code } = runTar(files, tar, Buffer.concat(given));
      // Complaints first: kubectl stops listening at the end of the archive.
      if (call.stderr) wire.send(STDERR, stderr);
      wire.send(STDOUT, stdout);
      live.touch();
      return end(() => wire.finish(exitStatus(code)));
    }
    const started = live.exec(call, call.command, call.stdin ? textOf(Buffer.concat(given)) : undefined);
    if ("error" in started) return end(() => wire.fail(startProblem(started.error, call.container)));
    running = { id: started.id, out: 0, err: 0 };
    look();
  };
  if (!call.stdin) start();
  return {
    input(data) {
      size += data.length;
      if (size > MOST_INPUT) return end(() => wire.fail("too much standard input"));
      given.push(data);
      // A terminal has no end of input but this key.
      if (call.tty && data.includes(4)) start();
    },
    inputEnded: start,
    close: () => end(() => undefined),
  };
}

/** A shell at a terminal: lines in, output back, until `exit`. */
function interactive(live: LiveCluster, call: ExecCall, wire: Wire): Session {
  let over = false;
  const end = (code: number): void => {
    if (over) return;
    over = true;
    unlisten();
    wire.finish(exitStatus(code));
  };
  const terminal: ShellTerminal = openShellTerminal(live, call, (text) => wire.send(STDOUT, text), end);
  const unlisten = live.onChange(() => terminal.look());
  return {
    input: (data) => terminal.type(data.toString("utf8")),
    inputEnded: () => end(0),
    close() {
      over = true;
      unlisten();
      terminal.close();
    },
  };
}

/** The output of a container's main process from now on. */
function attached(live: LiveCluster, call: ExecCall, wire: Wire): Session {
  const log = call.output;
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    unlisten();
    wire.finish(SUCCESS);
  };
  const look = (): void => {
    if (over || !log) return;
    const text = log.next();
    wire.send(STDOUT, call.tty ? text.replace(/\r?\n/g, "\r\n") : text);
    if (log.ended) end();
  };
  const unlisten = live.onChange(look);
  look();
  return {
    input: () => undefined,
    inputEnded: () => undefined,
    close() {
      over = true;
      unlisten();
    },
  };
}
