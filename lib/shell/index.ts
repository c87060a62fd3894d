/** A small POSIX sh whose state is JSON: it can be stopped inside a `sleep`, stored, copied and resumed. Knows no cluster. */
export { type Command, type CommandIo, type CommandResult, type FileError, type FileStat, type FileSystem, type HostCommand, type Identity, rootIdentity, type ShellHost } from "./host";
export { signalName } from "./builtins/jobs";
export { type OutputChunk } from "./machine";
export { type FileTree, makeFileTree, memoryFileSystem } from "./memory-files";
export { baseOf, joinPath, parentOf, resolvePath } from "./path";
export { matchPattern } from "./pattern";
export { parse, type ParseResult } from "./parser";
export { enter, feed, isIncomplete, type Pending, resume, signal, startShell, step, type StepResult, typeInput } from "./shell";
export { HARMLESS } from "./signals";
export type { ShellOptions, ShellState } from "./state";
export { allCommands, commandsNamed } from "./commands/index";
export { reasonOf } from "./commands/files";
export { sha1 } from "./commands/digests";
