/** What a shell complains of in the words of the one it is: our own are busybox's. Upstream: bash's builtins/*.def and error.c, dash's src. */
import type { Process } from "./state";

/** Whose words a shell speaks. */
export type Dialect = "ash" | "dash" | "bash";

/** The page's own terminal reads bash and answers as `sh`; where the tools are coreutils, `sh` is dash. */
export function dialectOf(process: Process, tools: "busybox" | "coreutils" | undefined): Dialect {
  if (process.bash) return process.name === "sh" ? "ash" : "bash";
  return tools === "coreutils" ? "dash" : "ash";
}

type Table = readonly (readonly [RegExp, string])[];

const BASH: Table = [
  [/^sleep: invalid number '([^]*)'$/, "sleep: invalid time interval '$1'\nTry 'sleep --help' for more information."],
  [/^sleep: missing operand$/, "sleep: missing operand\nTry 'sleep --help' for more information."],
  [/^Illegal option -(.)$/, "illegal option -- $1"],
  [/^No arg for -(.) option$/, "option requires an argument -- $1"],
  [/^printf: ([^]*): expected numeric value$/, "printf: $1: invalid number"],
  [/^printf: %(.): invalid directive$/, "printf: `$1': invalid format character"],
  [/^printf: usage: .*$/, "printf: usage: printf [-v var] format [arguments]"],
  [/^read: illegal option (-.)$/, "read: $1: invalid option\nread: usage: read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]"],
  [/^read: '([^]*)': bad variable name$/, "read: `$1': not a valid identifier"],
  [/^\[: missing \]$/, "[: missing `]'"],
  [/^cd: can't cd to ([^]*)$/, "cd: $1"],
  [/^can't open ([^]*): no such file$/, "$1: No such file or directory"],
  [/^can't open '([^]*)': No such file or directory$/, "$1: No such file or directory"],
  [/^\.: can't open '([^]*)': (.*)$/, "$1: $2"],
  [/^can't create ([^]*): nonexistent directory$/, "$1: No such file or directory"],
  [/^can't (?:open|create) ([^]*): (.*)$/, "$1: $2"],
  [/^exit: Illegal number: ([^]*)$/, "exit: $1: numeric argument required"],
  [/^shift: can't shift that many$/, ""],
  [/^shift: Illegal number: ([^]*)$/, "shift: $1: numeric argument required"],
  [/^unset: (.*): is read only$/, "unset: $1: cannot unset: readonly variable"],
  [/^(.*): is read only$/, "$1: readonly variable"],
  [/^(export|readonly|unset|local): ([^]*): bad variable name$/, "$1: `$2': not a valid identifier"],
  [/^local: not in a function$/, "local: can only be used in a function"],
  [/^divide by zero$/, "division by 0"],
  [/^arithmetic syntax error$/, "syntax error: invalid arithmetic operator"],
  [/^syntax error: unexpected "(.*?)"(?: \(expecting .*\))?$/, "syntax error near unexpected token `$1'"],
  [/^syntax error: unexpected newline(?: \(expecting .*\))?$/, "syntax error near unexpected token `newline'"],
  [/^syntax error: unexpected end of file(?: \(expecting .*\))?$/, "syntax error: unexpected end of file"],
  [/^syntax error: unterminated quoted string$/, "unexpected EOF while looking for matching `\"'"],
  [/^syntax error: bad substitution$/, "bad substitution"],
  [/^set: illegal option ([a-z]{2,})$/, "set: $1: invalid option name"],
  [/^set: illegal option (-.)$/, "set: $1: invalid option\nset: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]"],
  [/^trap: (.*): invalid signal specification$/, "trap: $1: invalid signal specification"],
  [/^kill: you need to specify whom to kill$/, "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]"],
  [/^kill: can't kill pid (\d+): (.*)$/, "kill: ($1) - $2"],
  [/^kill: invalid number '([^]*)'$/, "kill: $1: arguments must be process or job IDs"],
  [/^ulimit: unrecognized option: (.)$/, "ulimit: -$1: invalid option\nulimit: usage: ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]"],
  [/^getopts: usage: .*$/, "getopts: usage: getopts optstring name [arg ...]"],
  [/^umask: Illegal number: (\d+)$/, "umask: $1: octal number out of range"],
  [/^exec: ([^]*): not found$/, "exec: $1: not found"],
  [/^(.*\/.*): not found$/, "$1: No such file or directory"],
  [/^((?!exec|alias|unalias|type|declare|bg|fg|hash).*): not found$/, "$1: command not found"],
];

const DASH: Table = [
  [/^sleep: invalid number '([^]*)'$/, "sleep: invalid time interval '$1'\nTry 'sleep --help' for more information."],
  [/^sleep: missing operand$/, "sleep: missing operand\nTry 'sleep --help' for more information."],
  [/^(.*): parameter null or not set$/, "$1: parameter not set or null"],
  [/^trap: (.*): invalid signal specification$/, "trap: $1: bad trap"],
  [/^read: illegal option (-.)$/, "read: Illegal option $1"],
  [/^read: '([^]*)': bad variable name$/, "read: $1: bad variable name"],
  [/^cd: can't cd to ([^]*): .*$/, "cd: can't cd to $1"],
  [/^can't open ([^]*): no such file$/, "cannot open $1: No such file"],
  [/^(?:\.: )?can't open '([^]*)': No such file or directory$/, "$&"],
  [/^can't open ([^]*)$/, "cannot open $1"],
  [/^can't create ([^]*): nonexistent directory$/, "cannot create $1: Directory nonexistent"],
  [/^can't create ([^]*)$/, "cannot create $1"],
  [/^syntax error: unexpected (.*?)( \(expecting .*\))?$/, "Syntax error: $1 unexpected$2"],
  [/^syntax error: unterminated quoted string$/, "Syntax error: Unterminated quoted string"],
  [/^syntax error: bad substitution$/, "Bad substitution"],
  [/^syntax error: (.*)$/, "Syntax error: $1"],
  [/^divide by zero$/, "arithmetic expression: division by zero"],
  [/^set: illegal option ([a-z]{2,})$/, "set: Illegal option -o $1"],
  [/^set: illegal option (-.)$/, "set: Illegal option $1"],
  [/^kill: you need to specify whom to kill$/, "kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]"],
  [/^kill: can't kill pid \d+: (.*)$/, "kill: $1"],
  [/^kill: invalid number '([^]*)'$/, "kill: Illegal number: $1"],
  [/^getopts: usage: .*$/, "getopts: Usage: getopts optstring var [arg...]"],
  [/^ulimit: unrecognized option: (.)$/, "ulimit: Illegal option -$1"],
];

/** Complaints that say nothing of who complains. */
const BARE: Readonly<Record<Dialect, RegExp>> = {
  ash: /^sleep: /,
  dash: /^(sleep: |Illegal option -|No arg for -|trap: .*: bad trap|(un)?alias: )/,
  bash: /^(sleep: |(printf|getopts|kill): usage: )/,
};

/** Complaints that bash says with the shell's name only. */
const UNNUMBERED = /^(illegal option -- |option requires an argument -- )/;

/** A complaint as that shell prints it, without the last newline; empty when it says nothing. */
export function complaint(dialect: Dialect, process: Process, message: string): string {
  const table = dialect === "bash" ? BASH : dialect === "dash" ? DASH : [];
  const found = table.find(([pattern]) => pattern.test(message));
  const text = found ? message.replace(found[0], found[1]) : message;
  if (text === "" || BARE[dialect].test(text)) return text;
  const line = process.line ?? 1;
  if (dialect === "dash") return `${process.name}: ${line}: ${text}`;
  const numbered = dialect === "bash" && !process.interactive && !UNNUMBERED.test(text);
  // What cannot be read is said to be of `-c` when there is no script it is in.
  const whole = numbered && /^(syntax error|unexpected EOF)/.test(text) && /(^|\/)bash$/.test(process.name) ? "-c: " : "";
  return `${process.name}: ${whole}${numbered ? `line ${line}: ` : ""}${text}`;
}
