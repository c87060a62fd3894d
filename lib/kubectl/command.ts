import type { Client, Json } from "@/lib/engine";
import type { KubeConfig } from "./kube-config";
import { fail, Failure } from "./failure";
import { flag, type Flag, type FlagValues } from "./flags";
import type { KubectlIO, Note } from "./io";

/** What one command line asked for, and where it may print. */
export interface Call {
  readonly io: KubectlIO;
  /** Acting as the user, or as the one `--as` names. */
  readonly client: Client;
  readonly config: KubeConfig;
  readonly command: Command;
  /** `kubectl rollout status`. */
  readonly path: string;
  readonly argv: readonly string[];
  readonly flags: FlagValues;
  readonly words: readonly string[];
  /** How many words stood before `--`, or -1. */
  readonly dash: number;
  /** The namespace of `-n`, else of the context. */
  readonly namespace: string;
  /** Was `-n` given? */
  readonly namespaceGiven: boolean;
  out(text: string): void;
  err(text: string): void;
  note(code: string, params?: Note["params"]): void;
}

/** A command that goes on later: `state` comes back to `resume` once virtual time has passed. */
export interface Waiting {
  readonly state: Json;
  /** It ends only when interrupted. */
  readonly endless?: boolean;
  readonly deadline?: number;
}

/** How a command ended: its exit code, or what it waits for. */
export type Outcome = number | Waiting;

/** A command, or a group of them. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for lists of commands. */
  readonly summary: string;
  /** What follows the command's name in a usage line. */
  readonly usage?: string;
  /** Lines of `--help` before the flags. */
  readonly about?: string;
  readonly examples?: readonly (readonly [comment: string, line: string])[];
  readonly flags?: readonly Flag[];
  readonly children?: readonly Command[];
  /** Where a group of commands puts its help when none of them is named, and whether that is all it was asked for. */
  readonly bare?: "out" | "enough";
  /** Absent for groups. @throws {Failure} */
  run?(call: Call): Outcome;
  /** Goes on after {@link Waiting}. @throws {Failure} */
  resume?(call: Call, state: Json): Outcome;
}

/** Flags every command has. Upstream: genericclioptions.ConfigFlags. */
export const globalFlags: readonly Flag[] = [
  flag("text", "as", "User to act as"),
  flag("repeated", "as-group", "Group to act as; may be given again"),
  flag("text", "as-uid", "UID to act as"),
  flag("repeated", "as-user-extra", "Extra of the user to act as, KEY=VALUE; may be given again"),
  flag("text", "cache-dir", "Folder of the discovery cache"),
  flag("text", "certificate-authority", "File of the certificate authority"),
  flag("text", "client-certificate", "File of the client certificate"),
  flag("text", "client-key", "File of the client key"),
  flag("text", "cluster", "Cluster of the kubeconfig to use"),
  flag("text", "context", "Context of the kubeconfig to use"),
  flag("bool", "disable-compression", "Ask for answers that are not compressed"),
  flag("bool", "insecure-skip-tls-verify", "Do not verify the server's certificate"),
  flag("text", "kubeconfig", "The kubeconfig file to use"),
  flag("text", "kuberc", "File of preferences, or off"),
  flag("duration", "log-flush-frequency", "How often the log is written out", { default: "5s" }),
  flag("bool", "match-server-version", "Require equal versions of client and server"),
  flag("text", "namespace,n", "Namespace of this request"),
  flag("text", "password", "Password of basic authentication"),
  flag("text", "profile", "What to measure of the program", { default: "none" }),
  flag("text", "profile-output", "File for what was measured", { default: "profile.pprof" }),
  flag("text", "request-timeout", "How long to wait for one answer of the server", { default: "0" }),
  flag("text", "server,s", "Address of the API server"),
  flag("text", "tls-server-name", "Name to expect in the server's certificate"),
  flag("text", "token", "Bearer token"),
  flag("text", "user", "User of the kubeconfig to act as"),
  flag("text", "username", "User of basic authentication"),
  flag("int", "v,v", "Level of detail of the log", { default: "0" }),
  flag("text", "vmodule", "Level of the log by file"),
  flag("bool", "warnings-as-errors", "Fail when the server warns"),
];

/** `error: …` followed by where to find help. Upstream: cmdutil.UsageErrorf. */
export function usageFailure(call: Pick<Call, "path">, message: string, hint = "for help and examples"): never {
  throw new Failure(`error: ${message}\nSee '${call.path} -h' ${hint}`);
}

/** Refuses when flags that must be given are not. Upstream: cobra's required flags. */
export function requireFlags(call: Call, ...names: readonly string[]): void {
  const missing = names.filter((name) => !call.flags.given(name));
  if (missing.length > 0) fail(`required flag(s) ${missing.map((name) => `"${name}"`).join(", ")} not set`);
}
