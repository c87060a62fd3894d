/** The same failures in busybox's words and in those of coreutils. */

/** Commands of busybox that say `can't open 'FILE'`. */
const OPENERS = "cat|tail|md5sum|sha1sum|sha256sum|sha512sum|uniq|more|less";

const BUSYBOX: readonly (readonly [RegExp, string])[] = [[new RegExp(`^(${OPENERS}): ([^':\\n]+): (No such file or directory|Permission denied)$`, "gm"), "$1: can't open '$2': $3"], [/^cat: ([^':\n]+): Is a directory$/gm, "cat: read error: Is a directory"],
  [/^sed: -e expression #1, char \d+: unterminated (?:`s' command|`y' command|address regex)$/gm, "sed: unmatched '/'"],
  [/^sed: -e expression #1, char \d+: unknown command: `([^\n]*)'$/gm, "sed: unsupported command $1"],
  [/^sed: -e expression #1, char \d+: unknown option to `s'$/gm, "sed: bad option in substitution expression"],
  [/^sed: -e expression #1, char \d+: unexpected `,'$/gm, "sed: no address after comma"],
  [/^sed: -e expression #1, char \d+: /gm, "sed: "],
  [/^sed: can't find label for jump to `([^\n]*)'$/gm, "sed: can't find label for jump to '$1'"],
  [/^sed: can't read ([^\n:]+): /gm, "sed: $1: "],
  [/^((?:grep|head|tail|fold|cut|shuf|split): )invalid (?:number of lines|number of bytes|number of columns|line count|context length argument|max count|field value): '([^\n]*)'$/gm, "$1invalid number '$2'"],
  [/^(?:diff: )?Try '\w+ --help' for more information\.\n/gm, ""],
  [/^cut: you must specify a list of bytes, characters, or fields$/gm, "cut: expected a list of bytes, characters, or fields"],
  [/^expr: non-integer argument$/gm, "expr: non-numeric argument"],
  [/^id: '([^'\n]*)': no such user$/gm, "id: unknown user $1"],
  [/^((?:cp|mv): )(?:cannot|can't) (?:create regular file|create) '([^'\n]*)': /gm, "$1can't create '$2': "],
  [/^grep: ([^\n:]+): invalid context length argument$/gm, "grep: invalid number '$1'"],
];

const COREUTILS: readonly (readonly [RegExp, string])[] = [
  [/^ls: ([^\n:]+): No such file or directory$/gm, "ls: cannot access '$1': No such file or directory"],
  [/^ls: ([^\n:]+): Permission denied$/gm, "ls: cannot open directory '$1': Permission denied"],
  [/^(head|tail): ([^'\n:]+): (No such file or directory|Permission denied)$/gm, "$1: cannot open '$2' for reading: $3"],
  [/^(sort): ([^'\n:]+): No such file or directory$/gm, "$1: cannot read: $2: No such file or directory"],
  [/^stat: can't stat '([^'\n]*)': /gm, "stat: cannot statx '$1': "],
  [/^(cp|mv): can't (?:stat|rename) '([^'\n]*)': /gm, "$1: cannot stat '$2': "],
  [/^cp: can't create directory '([^'\n]*)': /gm, "cp: cannot create directory '$1': "],
  [/^cp: can't create '([^'\n]*)': /gm, "cp: cannot create regular file '$1': "],
  [/^cp: omitting directory '/gm, "cp: -r not specified; omitting directory '"],
  [/^rm: can't remove '/gm, "rm: cannot remove '"],
  [/^rm: '([^'\n]*)' is a directory$/gm, "rm: cannot remove '$1': Is a directory"],
  [/^mkdir: can't create directory '/gm, "mkdir: cannot create directory '"],
  [/^rmdir: '/gm, "rmdir: failed to remove '"],
  [/^touch: ([^'\n:]+): /gm, "touch: cannot touch '$1': "],
  [/^chmod: invalid mode '([^'\n]*)'$/gm, "chmod: invalid mode: '$1'\nTry 'chmod --help' for more information."],
  [/^chmod: ([^'\n:]+): No such file or directory$/gm, "chmod: cannot access '$1': No such file or directory"],
  [/^chmod: ([^'\n:]+): (Operation not permitted|Read-only file system|Permission denied)$/gm, "chmod: changing permissions of '$1': $2"],
  [/^find: ([^'\n:]+): No such file or directory$/gm, "find: '$1': No such file or directory"],
  [/^find: unrecognized: ([^\n]+)$/gm, "find: unknown predicate `$1'"],
  [/^find: (-\w+) requires an argument$/gm, "find: missing argument to `$1'"],
  [/^find: invalid argument '([^'\n]*)' to '(-x?type)'$/gm, "find: Unknown argument to $2: $1"],
  [/^(gzip|gunzip): ([^'\n:]+): unknown suffix - ignored$/gm, "gzip: $2: unknown suffix -- ignored"],
  [/^gunzip: ([^'\n:]+): /gm, "gzip: $1: "],
  [/^ln: ([^'\n:]+): /gm, "ln: failed to create symbolic link '$1': "],
  [/^tar: ([^'\n:]+): not found in archive$/gm, "tar: $1: Not found in archive\ntar: Exiting with failure status due to previous errors"],
  [/^du: ([^'\n:]+): No such file or directory$/gm, "du: cannot access '$1': No such file or directory"],
  [/^tar: can't open '([^'\n]*)': ([^\n]*)$/gm, "tar: $1: Cannot open: $2\ntar: Error is not recoverable: exiting now"],
  [/^tar: ([^'\n:]+): No such file or directory$/gm, "tar: $1: Cannot stat: No such file or directory"],
];

/** The status of a failure: coreutils' `ls` and GNU tar have one of their own for what is not there. */
export function failedWith(tools: "busybox" | "coreutils" | undefined, name: string, result: { readonly status: number; readonly stderr?: string }): number {
  const isGrave = tools === "coreutils" && result.status === 1 && ((name === "ls" && /^ls: /m.test(result.stderr ?? "")) || (name === "tar" && /^tar: /m.test(result.stderr ?? "")));
  return isGrave ? 2 : result.status;
}

/** Puts what a command complained of into the words of the image's tools. */
export function worded(tools: "busybox" | "coreutils" | undefined, stderr: string): string {
  if (tools === undefined || stderr === "") return stderr;
  return (tools === "busybox" ? BUSYBOX : COREUTILS).reduce((text, [pattern, words]) => text.replace(pattern, words), stderr);
}
