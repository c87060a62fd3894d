import type { Cluster, Json, UserInfo } from "@/lib/engine";

/** The disk kubectl sees. Paths are relative to the home folder, as {@link readPath} tidies them. */
export interface KubectlFiles {
  read(path: string): string | undefined;
  list(): readonly string[];
  /** Absent where nothing may be written: `cp` from a pod and `config set-context` are refused then. */
  write?(path: string, text: string): void;
}

/** Everything a command may touch. There is nothing else: no platform, no clock but the cluster's. */
export interface KubectlIO {
  readonly cluster: Cluster;
  /** Who the student is to the API server. */
  readonly user: string;
  /** Namespace of the context, when the disk holds no `.kube/config` that says otherwise. */
  readonly namespace: string;
  readonly files: KubectlFiles;
  /** The folder the paths of the disk begin in, as messages name it. */
  readonly home?: string;
  readonly stdin?: string;
  /** Address of the API server as `config view` and `cluster-info` show it. */
  readonly server?: string;
  /** Asks the API server for a path as that user, as any HTTP client would. Absent where nobody answers HTTP. */
  ask?(path: string, user: UserInfo): { readonly code: number; readonly body: string };
  /** Opens an editor on a text; `undefined` when the student gave up. Absent where there is none. */
  edit?(text: string): string | undefined | EditorFailure;
}

/** An editor that ended badly, or could not be started at all. */
export interface EditorFailure {
  readonly editor: string;
  readonly missing?: boolean;
}

/** Something kubectl cannot do here, or that a beginner should be told; `lib/explain` has the sentence. */
export interface Note {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** A command that waits for the cluster: JSON, so that it survives snapshots and forks. Give it to `resumeKubectl`. */
export interface Continuation {
  readonly argv: readonly string[];
  readonly state: Json;
  /** True for what ends only when interrupted: `get -w`, `logs -f`. */
  readonly endless: boolean;
  /** Instant after which it stops waiting, if it has a `--timeout`. */
  readonly deadline?: number;
}

/** What a command printed, and whether it is over (`exitCode`) or waits for time to pass (`pending`). */
export type Run =
  | { readonly stdout: string; readonly stderr: string; readonly exitCode: number; readonly pending?: undefined; readonly notes: readonly Note[] }
  | { readonly stdout: string; readonly stderr: string; readonly exitCode?: undefined; readonly pending: Continuation; readonly notes: readonly Note[] };

/** A path as the disk knows it: without `./`, `~/`, doubled slashes or a slash at the end; `..` goes up. */
export function tidyPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.replace(/^~(\/|$)/, "").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** The text of a file, by any spelling of its path; undefined when there is none. */
export function readPath(files: KubectlFiles, path: string): string | undefined {
  return files.read(path) ?? files.read(tidyPath(path));
}

/** Files inside a folder and its folders, in order; undefined when there is no such folder. */
export function filesUnder(files: KubectlFiles, folder: string): readonly string[] | undefined {
  const prefix = tidyPath(folder);
  const inside = files.list().filter((path) => prefix === "" || tidyPath(path).startsWith(`${prefix}/`));
  return inside.length === 0 ? undefined : [...inside].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Files directly inside a folder, in order of name; undefined when there is no such folder. */
export function filesIn(files: KubectlFiles, folder: string): readonly string[] | undefined {
  const prefix = tidyPath(folder);
  const inside = files.list().filter((path) => prefix === "" || tidyPath(path).startsWith(`${prefix}/`));
  if (inside.length === 0) return prefix === "" ? [] : undefined;
  const rest = inside.filter((path) => !tidyPath(path).slice(prefix === "" ? 0 : prefix.length + 1).includes("/"));
  return [...rest].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
