import type { Redirection } from "./syntax-tree";
import type { Code, NodeId } from "./syntax-tree";

/** A variable: its value, and whether programs see it. */
export interface Variable {
  v: string;
  x?: boolean;
  r?: boolean;
  /** An array: its elements by key; `v` is that of key 0. */
  list?: Readonly<Record<string, string>>;
  /** Its keys are words. */
  assoc?: boolean;
  /** What it is given is worked out first. */
  int?: boolean;
}

/** Where a file descriptor leads. */
export type Descriptor =
  | { readonly k: "terminal"; readonly fd: 1 | 2 }
  | { readonly k: "input" }
  | { readonly k: "null" }
  | { readonly k: "pipe"; readonly id: number; readonly end: "r" | "w" }
  | { readonly k: "file"; readonly id: number };

/** An open file: one offset for everyone who inherited it. */
export interface OpenFile {
  path: string;
  at: number;
  append: boolean;
}

/** Output of a finished command substitution. */
export interface Substituted {
  readonly text: string;
  readonly status: number;
  /** The newlines taken off its end. */
  readonly cut?: string;
}

/** One entry of a process's stack: something begun and not ended. `c`: its status is a condition, so `set -e` looks away. */
export type Frame = { c?: boolean } & (
  | { k: "seq"; n: NodeId; i: number; erred?: boolean }
  | { k: "andor"; n: NodeId; i: number }
  | { k: "not" }
  | { k: "cmd"; n: NodeId; subs: Substituted[] }
  | { k: "redir"; n: NodeId; subs: Substituted[] }
  | { k: "subst"; pid: number; pipe: number }
  | { k: "children"; pids: number[]; pipeline: boolean }
  | { k: "if"; n: NodeId; i: number }
  | { k: "loop"; n: NodeId; phase: "cond" | "test" | "body" | "next"; last?: number }
  | { k: "for"; n: NodeId; i: number; items: string[] | null; subs: Substituted[] }
  | { k: "case" | "test" | "let"; n: NodeId; subs: Substituted[] }
  | { k: "restore"; fds: Record<string, Descriptor> }
  | { k: "tidy"; paths: string[] }
  | { k: "timed"; at: number }
  | { k: "env"; saved: Record<string, Variable | null> }
  | { k: "call"; args: string[]; name?: string; locals: Record<string, Variable | null> }
  | { k: "source"; args: string[] | null }
  | { k: "text"; argv: string[]; stdin: string; ran: boolean; status: number }
  | { k: "host"; id: number; argv: string[]; isExec: boolean; started: boolean; stdin: string }
  | { k: "sleep"; id: number; millis: number | null }
  | { k: "read"; args: string[] }
  | { k: "wait"; pids: number[] | null }
  | { k: "timeout"; id: number; pid: number; millis: number | null; signal: string; kill?: number | null; late: boolean; keepsStatus: boolean }
  | { k: "again"; argv: string[] }
  | { k: "each"; argvs: string[][]; i: number; worst: number }
  | { k: "trap"; status: number }
  | { k: "exit"; status: number }
);

/** A process: the shell itself, a part of a pipeline, a subshell, a background job. */
export interface Process {
  pid: number;
  parent: number;
  /** `$$`: the same in subshells. */
  shellPid: number;
  stack: Frame[];
  /** `$?` */
  status: number;
  vars: Record<string, Variable>;
  functions: Record<string, NodeId>;
  name: string;
  args: string[];
  cwd: string;
  fds: Record<string, Descriptor>;
  traps: Record<string, string>;
  options: { e?: boolean; u?: boolean; x?: boolean; f?: boolean; pipefail?: boolean; C?: boolean };
  /** Inherited: this process runs where `set -e` looks away. */
  lenient: boolean;
  /** The last status was part of a condition or an inversion: `set -e` does not act on it. */
  forgiven: boolean;
  signals: string[];
  lastJob: number;
  umask: number;
  /** Does it read what only bash knows? */
  bash?: boolean;
  /** Limits that `ulimit` set, by letter. */
  limits?: Readonly<Record<string, string>>;
  /** The line of the script it is at; the first when absent. */
  line?: number;
  /** Texts that stand for commands in a terminal, by name. */
  aliases?: Readonly<Record<string, string>>;
  /** What `shopt` has switched on. */
  shopts?: readonly string[];
  getopt: number;
  done: boolean;
  interactive: boolean;
}

/** A whole shell, running or not, as JSON. */
export interface ShellState {
  readonly format: 1;
  code: Code;
  processes: Process[];
  pipes: Record<string, string>;
  files: Record<string, OpenFile>;
  /** What has been typed and not yet read, and whether more may come. */
  input: { text: string; open: boolean };
  /** Results that arrived for commands under way. */
  results: Record<string, { status: number; stdout: string; stderr: string; ended: boolean }>;
  /** Exit statuses of finished background jobs that nobody waited for. */
  jobs: Record<string, number>;
  nextId: number;
  mainPid: number;
  exit: number | null;
  /** How many shells it runs inside of: a command of one ran another. */
  nesting?: number;
}

/** How a shell begins. */
export interface ShellOptions {
  /** Script text, as for `sh -c`. */
  readonly source?: string;
  /** A program and its arguments instead (`["sh", "-c", …]`, `["sh", "/file"]`, `["sleep", "3"]`). */
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** `$0` and `$1…` */
  readonly name?: string;
  /** Is it a bash, whatever it is called? One called `bash` is. */
  readonly bash?: boolean;
  readonly args?: readonly string[];
  /** `$$`. Process 1 ignores signals it has no trap for, as in a container. */
  readonly pid?: number;
  /** Standard input given beforehand; without it the input is at its end, unless `interactive`. */
  readonly stdin?: string;
  /** A terminal: input may still come, and errors do not end the shell. */
  readonly interactive?: boolean;
}

/** A redirection ready to be applied. */
export interface ReadyRedirection {
  readonly op: Redirection["op"];
  readonly fd: number;
  readonly target: string;
}
