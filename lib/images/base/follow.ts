import { defineProgram, millis, type Json, type Output, type ProcessView, type Program } from "@/lib/engine";

interface Followed {
  readonly path: string;
  /** Characters already shown. */
  readonly at: number;
}

interface State {
  readonly files: readonly Followed[];
  /** When something was last shown. */
  readonly shownAt: number;
}

const SOON = 1_000;
const LATER = 5_000;
/** After so long without a word, the file is looked at less often. */
const QUIET = 60_000;

interface Asked {
  readonly count: number;
  readonly fromStart: boolean;
  readonly retries: boolean;
  readonly paths: readonly string[];
}

function asked(argv: readonly string[]): Asked {
  const paths: string[] = [];
  let count = "10";
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] ?? "";
    if (arg === "-n" || arg === "--lines" || arg === "-c") count = argv[(i += 1)] ?? "10";
    else if (/^(-n|--lines=)/.test(arg)) count = arg.replace(/^(-n|--lines=)/, "");
    else if (/^-\d+[fF]?$/.test(arg)) count = arg.replace(/\D/g, "");
    else if (!arg.startsWith("-") || arg === "-") paths.push(arg);
  }
  return { count: Math.abs(Math.trunc(Number(count.replace("+", ""))) || 0), fromStart: count.startsWith("+"), retries: argv.some((arg) => /^-\w*F/.test(arg) || arg === "--retry"), paths };
}

const absolute = (path: string, folder: string): string => (path.startsWith("/") ? path : `${folder === "/" ? "" : folder}/${path}`);

function lastLines(text: string, { count, fromStart }: Asked): string {
  const lines = text.split(/(?<=\n)/).filter((line) => line !== "");
  if (fromStart) return lines.slice(Math.max(0, count - 1)).join("");
  return count === 0 ? "" : lines.slice(-count).join("");
}

function next(state: State, log: readonly Output[], now: number): ReturnType<Program["start"]> {
  // What never grows is never looked at again: a container kept alive by `tail -f /dev/null` costs nothing.
  const grows = state.files.some(({ path }) => !path.startsWith("/dev/"));
  const delay = now - state.shownAt > QUIET ? LATER : SOON;
  return { state: state as unknown as Json, log, ...(grows ? { wakeAfter: { delay: millis(delay), message: null } } : {}) };
}

/**
 * `tail -f`: the last lines of some files, and whatever is added to them.
 *
 * @simplified A file that has been quiet for a minute is looked at every five seconds instead of every second.
 */
export const follow: Program = defineProgram<Json>({
  start(process) {
    const wanted = asked(process.argv);
    const log: Output[] = [];
    const files: Followed[] = [];
    for (const given of wanted.paths) {
      const path = absolute(given, process.workingDir);
      const text = path === "/dev/null" ? "" : process.files.read(path);
      if (text === undefined) {
        log.push({ stderr: `tail: can't open '${given}': No such file or directory` });
        if (wanted.retries) files.push({ path, at: 0 });
        continue;
      }
      const shown = lastLines(text, wanted);
      if (shown !== "") log.push({ raw: shown });
      files.push({ path, at: text.length });
    }
    if (wanted.paths.length > 0 && files.length === 0) return { state: null, log, exit: { code: 1 } };
    return next({ files, shownAt: process.now }, log, process.now);
  },
  onTimer(state, _message, process) {
    const { files, shownAt } = state as unknown as State;
    const log: Output[] = [];
    const moved = files.map((file) => grown(file, process, log));
    return next({ files: moved, shownAt: log.length > 0 ? process.now : shownAt }, log, process.now);
  },
});

function grown(file: Followed, process: ProcessView, log: Output[]): Followed {
  const text = process.files.read(file.path);
  if (text === undefined || text.length === file.at) return file;
  // A file shorter than before was begun anew.
  log.push({ raw: text.slice(text.length < file.at ? 0 : file.at) });
  return { path: file.path, at: text.length };
}
