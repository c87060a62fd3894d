import type { Json, ObjectKey } from "@/lib/engine";
import { usageFailure, type Call, type Command, type Outcome } from "../../command";
import { containerOf, podNamed } from "../../containers";
import { fail, Failure } from "../../failure";
import { flag } from "../../flags";

interface ExecState {
  readonly id: string;
  readonly out: number;
  readonly err: number;
}

const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash"]);

/** `kubectl exec`. Upstream: kubectl/pkg/cmd/exec. */
export const exec: Command = {
  name: "exec",
  summary: "Execute a command in a container",
  usage: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]",
  examples: [["The environment of a container", "kubectl exec web -- env"]],
  flags: [
    flag("text", "container,c", "Container of the pod"),
    flag("bool", "stdin,i", "Pass standard input on"),
    flag("bool", "tty,t", "Standard input is a terminal"),
    flag("bool", "quiet,q", "Only what the command prints"),
    flag("list", "filename,f", "File that names the pod"),
    flag("duration", "pod-running-timeout", "How long to wait for the pod", { default: "1m0s" }),
  ],
  run(call) {
    const [word] = call.words;
    if (word === undefined || call.dash === 0) fail("pod, type/name or --filename must be specified");
    if (call.dash < 0 && call.words.length > 1) usageFailure(call, "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead");
    const argv = call.dash < 0 ? [] : call.words.slice(call.dash);
    if (argv.length === 0) fail("you must specify at least one command for the container");
    const pod = podNamed(call, word);
    const phase = pod.status?.phase ?? "Pending";
    if (phase === "Succeeded" || phase === "Failed") fail(`cannot exec into a container in a completed pod; current phase is ${phase}`);
    if ((pod.spec.nodeName ?? "") === "") fail(`unable to upgrade connection: pod ${pod.metadata.name} does not have a host assigned`);
    const container = containerOf(call, pod, call.flags.text("container"));
    const input = call.flags.bool("stdin") ? call.io.stdin : undefined;
    if (argv.length === 1 && SHELLS.has(argv[0] ?? "") && input === undefined) call.note("kubectl.no-interactive-shell");
    return beginExec(call, { namespace: pod.metadata.namespace ?? "", name: pod.metadata.name }, container, argv, input);
  },
  resume: (call, state) => goOnExec(call, state),
};

/** Starts a command in a container and prints what it has printed already. @throws {Failure} when it cannot start. */
export function beginExec(call: Call, pod: ObjectKey, container: string, argv: readonly string[], stdin: string | undefined): Outcome {
  const started = call.io.cluster.exec(pod, container, argv, stdin);
  if ("error" in started) {
    if (started.error === "container not running") return fail(`Internal error occurred: unable to upgrade connection: container not found ("${container}")`);
    return fail(`Internal error occurred: error executing command in container: failed to exec in container: failed to start exec: ${started.error}: unknown`);
  }
  return look(call, { id: started.id, out: 0, err: 0 });
}

/** The next look at a command that runs in a container. */
export function goOnExec(call: Call, state: Json): Outcome {
  return look(call, state as unknown as ExecState);
}

function look(call: Call, state: ExecState): Outcome {
  const result = call.io.cluster.execResult(state.id);
  // The container is gone and the command with it.
  if (result === undefined) throw new Failure("command terminated with exit code 137", 137);
  const merged = call.flags.bool("tty");
  call.out(result.stdout.slice(state.out));
  if (merged) call.out(result.stderr.slice(state.err));
  else call.err(result.stderr.slice(state.err));
  if (!result.done) return { state: { id: state.id, out: result.stdout.length, err: result.stderr.length } };
  call.io.cluster.endExec(state.id);
  if (result.exitCode !== 0) throw new Failure(`command terminated with exit code ${result.exitCode}`, result.exitCode);
  return 0;
}
