import { callerOf, clientOf } from "./caller";
import { ApiError, millis, parseDuration, type Cluster, type Json } from "@/lib/engine";
import { globalFlags, type Call, type Command, type Outcome } from "./command";
import { fail, Failure, failureText } from "./failure";
import { parseFlags, type FlagValues } from "./flags";
import { helpText, rootHelp } from "./help";
import type { Continuation, KubectlIO, Note, Run } from "./io";
import { readConfig, type KubeConfig } from "./kube-config";
import { suggestions } from "./suggest";
import { root } from "./verbs/index";
import { warningClient } from "./warnings";

/**
 * Runs a kubectl command line (without the word `kubectl`) until it ends or must wait for the cluster.
 * Never throws for what a student typed.
 */
export function startKubectl(argv: readonly string[], io: KubectlIO): Run {
  return perform(argv, io, undefined);
}

/** Goes on with a command that was waiting, after virtual time has passed. */
export function resumeKubectl(continuation: Continuation, io: KubectlIO): Run {
  return perform(continuation.argv, io, continuation);
}

/** Runs a command to its end, advancing the cluster in steps. What never ends by itself is cut after `atMost`, with exit code 130. */
export function runToCompletion(argv: readonly string[], io: KubectlIO & { readonly cluster: Cluster }, atMost = 600_000, step = 100): { readonly stdout: string; readonly stderr: string; readonly exitCode: number } {
  let run = startKubectl(argv, io);
  let { stdout, stderr } = run;
  const until = io.cluster.now + atMost;
  while (run.pending !== undefined && io.cluster.now < until) {
    io.cluster.advance(millis(step));
    run = resumeKubectl(run.pending, io);
    stdout += run.stdout;
    stderr += run.stderr;
  }
  return { stdout, stderr, exitCode: run.exitCode ?? 130 };
}

/** Words that may follow `line` (without `kubectl`): verbs and subverbs. Names of kinds and objects are the terminal's to add. */
export function completeKubectl(words: readonly string[]): readonly string[] {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? "";
  let command: Command = root;
  for (const word of before) {
    const next = childOf(command, word);
    if (next === undefined) return [];
    command = next;
  }
  return (command.children ?? []).map((child) => child.name).filter((name) => name.startsWith(typed));
}

interface Print {
  stdout: string;
  stderr: string;
  readonly notes: Note[];
}

function perform(argv: readonly string[], io: KubectlIO, continuation: Continuation | undefined): Run {
  const print: Print = { stdout: "", stderr: "", notes: [] };
  const outcome = guarded(print, () => dispatch(argv, io, print, continuation?.state));
  const { stdout, stderr, notes } = print;
  if (typeof outcome === "number") return { stdout, stderr, notes, exitCode: outcome };
  const pending: Continuation = { argv, state: outcome.state, endless: outcome.endless ?? false, ...(outcome.deadline === undefined ? {} : { deadline: outcome.deadline }) };
  return { stdout, stderr, notes, pending };
}

function guarded(print: Print, run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Failure) && !(error instanceof ApiError)) throw error;
    const text = failureText(error);
    print.stderr += text === "" || text.endsWith("\n") ? text : `${text}\n`;
    return error instanceof Failure ? error.exitCode : 1;
  }
}

function dispatch(argv: readonly string[], io: KubectlIO, print: Print, state: Json | undefined): Outcome {
  const found = findCommand(argv);
  const { command, path, rest } = found;
  if (command.run === undefined) return group(found, print);
  const own = command.flags ?? [];
  const flags = [...own, ...globalFlags.filter(({ name }) => !own.some((one) => one.name === name))];
  const parsed = parseFlags(rest, flags);
  if ("help" in parsed) {
    print.stdout += command === root ? rootHelp(root) : helpText(command, path);
    return 0;
  }
  if ("error" in parsed) throw new Failure(`error: ${parsed.error}\nSee '${path} --help' for usage.`);
  if (state === undefined) for (const { name, deprecated } of flags) if (deprecated !== undefined && parsed.values.given(name)) print.stderr += `Flag --${name} has been deprecated, ${deprecated}\n`;
  const call = callOf({ argv, io, print, command, path, parsed });
  if (state !== undefined && command.resume !== undefined) return command.resume(call, state);
  return command.run(call);
}

interface FoundCommand {
  readonly command: Command;
  readonly path: string;
  readonly rest: readonly string[];
}

/** Follows the words of the line down the tree of commands; flags may stand anywhere. */
function findCommand(argv: readonly string[]): FoundCommand {
  let command: Command = root;
  let path = "kubectl";
  const rest: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--") return { command, path, rest: [...rest, ...argv.slice(at)] };
    if (word.startsWith("-") && word !== "-") {
      rest.push(word);
      if (takesValue(word)) {
        at += 1;
        const value = argv[at];
        if (value !== undefined) rest.push(value);
      }
      continue;
    }
    const next = childOf(command, word);
    if (next === undefined) return { command, path, rest: [...rest, ...argv.slice(at)] };
    command = next;
    path = `${path} ${next.name}`;
  }
  return { command, path, rest };
}

/** Does a global flag written like this take the next word? */
function takesValue(word: string): boolean {
  if (word.includes("=")) return false;
  const known = globalFlags.find((candidate) => (word.startsWith("--") ? candidate.name === word.slice(2) : candidate.short === word.slice(1)));
  return known !== undefined && known.type !== "bool" && known.bare === undefined;
}

function childOf(command: Command, word: string): Command | undefined {
  return command.children?.find((child) => child.name === word || (child.aliases ?? []).includes(word));
}

function group({ command, path, rest }: FoundCommand, print: Print): Outcome {
  const parsed = parseFlags(rest, globalFlags);
  if ("error" in parsed) throw new Failure(`error: ${parsed.error}\nSee '${path} --help' for usage.`);
  if ("help" in parsed || parsed.words.length === 0) {
    const help = command === root ? rootHelp(root) : helpText(command, path);
    if ("help" in parsed || command === root || command.bare !== undefined) print.stdout += help;
    else print.stderr += help;
    return "help" in parsed || command === root || command.bare === "enough" ? 0 : 1;
  }
  if (command.bare === "enough") {
    print.stdout += helpText(command, path);
    return 0;
  }
  const word = parsed.words[0] ?? "";
  if (command === root) throw new Failure(`error: unknown command "${word}" for "kubectl"${suggestions(word, (root.children ?? []).map((child) => child.name))}`);
  throw new Failure(`error: unknown command "${rest.join(" ")}"\nSee '${path} -h' for help and examples`);
}

interface Parts {
  readonly argv: readonly string[];
  readonly io: KubectlIO;
  readonly print: Print;
  readonly command: Command;
  readonly path: string;
  readonly parsed: { readonly values: FlagValues; readonly words: readonly string[]; readonly dash: number };
}

/** Does the command need a server at all? */
function asksServer(path: string): boolean {
  return !/^kubectl (config|options|kustomize|completion|plugin|alpha)( |$)/.test(path);
}

const MANAGERS: ReadonlySet<string> = new Set(["annotate", "autoscale", "create", "edit", "expose", "label", "patch", "replace", "rollout", "run", "set", "taint"]);

/** Under whose name a command writes: `--field-manager`, the command's own, or just the program's. */
function managerOf(path: string, flags: FlagValues): string {
  const given = flags.given("field-manager") ? flags.text("field-manager") : "";
  if (given !== "") return given;
  const verb = path.split(" ")[1] ?? "";
  return verb === "apply" ? "kubectl-client-side-apply" : MANAGERS.has(verb) ? `kubectl-${verb}` : "kubectl";
}

function callOf({ argv, io, print, command, path, parsed }: Parts): Call {
  const flags = parsed.values;
  const kubeconfig = flags.text("kubeconfig");
  if (kubeconfig !== "" && io.files.read(kubeconfig) === undefined) fail(`stat ${kubeconfig}: no such file or directory`);
  const config: KubeConfig = readConfig(io);
  const contextName = flags.given("context") ? flags.text("context") : config.current;
  const context = config.contexts[contextName];
  if (flags.given("context") && context === undefined) throw new Failure(`Error in configuration: context was not found for specified context: ${contextName}`);
  if (!flags.given("context") && contextName !== "" && context === undefined && asksServer(path)) throw new Failure(`Error in configuration: context was not found for specified context: ${contextName}`);
  // A command's own flag of that name means something else.
  const global = (name: string): boolean => flags.given(name) && command.flags?.some((own) => own.name === name) !== true;
  if (global("cluster") && config.clusters[flags.text("cluster")] === undefined) fail(`no server found for cluster ${JSON.stringify(flags.text("cluster"))}`);
  const cluster = config.clusters[global("cluster") ? flags.text("cluster") : (context?.cluster ?? "")];
  if (cluster === undefined && asksServer(path) && !flags.given("server")) throw new Failure("The connection to the server localhost:8080 was refused - did you specify the right host or port?");
  if (global("user") && config.users[flags.text("user")] === undefined) fail(`auth info ${JSON.stringify(flags.text("user"))} does not exist`);
  if (!/^[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h)?$/.test(flags.text("request-timeout")) && parseDuration(flags.text("request-timeout")) === undefined) fail("Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)");
  if (flags.text("as") === "" && (flags.list("as-group").length > 0 || flags.text("as-uid") !== "")) fail(`requesting uid, groups or user-extra for ${context?.user ?? io.user} without impersonating a user`);
  const given = flags.text("namespace");
  return {
    io,
    client: warningClient(clientOf(io.cluster, callerOf(io.cluster, io.user, flags)), managerOf(path, flags), (text) => void (print.stderr += `Warning: ${text}\n`)),
    config,
    command,
    path,
    argv,
    flags,
    words: parsed.words,
    dash: parsed.dash,
    namespace: given !== "" ? given : (context?.namespace ?? "default"),
    namespaceGiven: given !== "",
    out: (text) => void (print.stdout += text),
    err: (text) => void (print.stderr += text),
    note: (code, params = {}) => void print.notes.push({ code, params }),
  };
}
