/** Why a file operation was refused. */
export type FileError = "ENOENT" | "EACCES" | "EIO" | "EISDIR" | "ENOTDIR" | "EEXIST" | "ENOTEMPTY" | "EROFS" | "ENOSPC" | "EINVAL" | "EPERM" | "ENOTSUP" | "ELOOP";

/** What `stat` tells of a path. Times are milliseconds since 1970. */
export interface FileStat {
  readonly type: "file" | "directory" | "symlink" | "device";
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  /** Size in bytes. */
  readonly size: number;
  readonly owner: string;
  readonly group: string;
  readonly mtime: number;
}

/**
 * The files a shell sees. Paths are absolute and normal (no `.`, `..`, double or final slashes). Every change takes effect
 * at once; a refusal is answered, not thrown. `undefined` from a change means it was done.
 */
export interface FileSystem {
  /** Follows symbolic links; undefined when there is nothing there. */
  stat(path: string): FileStat | undefined;
  /** As `stat`, without following the last link. */
  lstat(path: string): FileStat | undefined;
  readFile(path: string): { readonly text: string } | { readonly error: FileError };
  /** Creates or replaces (or, with `append`, extends) a file. */
  writeFile(path: string, text: string, append: boolean): FileError | undefined;
  /** Names in a directory, in any order, without `.` and `..`. */
  list(path: string): readonly string[] | undefined;
  makeDirectory(path: string): FileError | undefined;
  /** Removes a file, a link or an empty directory. */
  remove(path: string): FileError | undefined;
  rename(from: string, to: string): FileError | undefined;
  setMode(path: string, mode: number): FileError | undefined;
  /** Makes the file, or makes it new; or one that was changed at that moment. */
  touch(path: string, at?: number): FileError | undefined;
  /** Makes a file of so many zero bytes, as far as there is room; without this, they are written out. */
  fill?(path: string, bytes: number): FileError | undefined;
  /** Writes out what waits in memory. */
  sync?(): void;
  link?(target: string, path: string): FileError | undefined;
  readLink?(path: string): string | undefined;
}

/** A program started from a shell that the shell does not know itself. */
export interface HostCommand {
  /** Names the command in {@link resume} and {@link feed}. Unique within one shell. */
  readonly id: number;
  readonly argv: readonly string[];
  /** Everything on standard input; undefined when that is the terminal. */
  readonly stdin: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The shell has been replaced by it (`exec`): signals to the process are now its own. */
  readonly isExec: boolean;
}

/** How a program ended. */
export interface CommandResult {
  readonly status: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** What a pure command sees. */
export interface CommandIo {
  readonly fs: FileSystem;
  /** Whole standard input. */
  readonly stdin: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly identity: Identity;
  /** Milliseconds since 1970, virtual. */
  readonly now: number;
  /** Runs a command line to its end, as `awk`'s pipes and `find -exec` need. What would have to wait ends at once. Absent when shells are nested too deeply. */
  readonly shell?: (line: string, stdin: string) => { readonly status: number; readonly stdout: string; readonly stderr: string };
}

/** Who and where the shell is, for `id`, `hostname`, `uname` and their like. */
export interface Identity {
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
  readonly hostname: string;
  readonly kernel: string;
}

/** A text or file command: a function of its input that never waits. */
export interface Command {
  readonly name: string;
  /** Does it read standard input when called so? Commands that do are run when their input has ended. */
  readsStdin?(args: readonly string[]): boolean;
  /** May it end before its input does (`head`)? Asked with what has arrived. */
  hasEnough?(args: readonly string[], stdin: string): boolean;
  /** Does it go on for ever when called so (`tail -f`)? Then it is the host's, if the host knows it. */
  isEndless?(args: readonly string[]): boolean;
  /** May it be run on each batch of whole lines as they arrive? True only if the pieces' outputs join up to the whole's. */
  isLinewise?(args: readonly string[]): boolean;
  run(args: readonly string[], io: CommandIo): CommandResult;
}

/** Everything outside a shell. All functions must be deterministic given the state of the world behind them. */
export interface ShellHost {
  readonly fs: FileSystem;
  readonly identity: Identity;
  /** The text and file commands installed here, by name. */
  readonly commands: ReadonlyMap<string, Command>;
  /** Whose words its commands complain in; as they come unless said. */
  readonly tools?: "busybox" | "coreutils";
  now(): number;
  /** Is there a program of this name (for `command -v`, `which`, and absolute paths)? */
  knows(name: string): boolean;
  /** Starts a program: its result, `"later"` (see {@link resume}), or undefined when there is no such program. */
  run(command: HostCommand): CommandResult | "later" | undefined;
}

/** Ready-made identity for tests and for images that say nothing else. */
export const rootIdentity: Identity = { user: "root", uid: 0, gid: 0, hostname: "localhost", kernel: "6.8.0" };
