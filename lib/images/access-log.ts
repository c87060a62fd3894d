import { defineProgram, type FileError, type Json, type Output, type ProcessView, type Program, type Step } from "@/lib/engine";

/** Where a web server writes its access log when not on its standard output. */
export interface AccessLog {
  readonly path: string;
  /** Written by `rotatelogs`: bytes of a file, how many take turns, and whether a file is emptied when its turn comes. */
  readonly rotation?: { readonly limit: number; readonly files: number; readonly truncates: boolean };
}

/** What the writer of a log remembers between lines. */
interface Writer {
  /** Which of the files taking turns is written to. */
  readonly turn: number;
  /** Lines that found no room. */
  readonly lost: number;
}

/** `rotatelogs -n 2 /logs/access.log 50K`, as the target of a log directive; undefined when it is nothing we know. */
export function rotationIn(command: string): AccessLog | undefined {
  const words = command.trim().replace(/^\|+\$?/, "").trim().split(/\s+/);
  if (!/(^|\/)rotatelogs$/.test(words[0] ?? "")) return undefined;
  const rest: string[] = [];
  let files = 1;
  let truncates = false;
  for (let i = 1; i < words.length; i += 1) {
    const word = words[i] ?? "";
    if (word === "-n") files = Math.max(1, Math.trunc(Number(words[(i += 1)]) || 1));
    else if (word === "-L" || word === "-p") i += 1;
    else if (word === "-t") truncates = true;
    else if (!word.startsWith("-")) rest.push(word);
  }
  const [, digits, unit] = /^(\d+)([BKMG])$/.exec(rest[1] ?? "") ?? [];
  if (rest[0] === undefined) return undefined;
  if (digits === undefined) return { path: rest[0] };
  const scale = { B: 1, K: 1024, M: 1_048_576, G: 1_073_741_824 }[unit ?? "B"] ?? 1;
  return { path: rest[0], rotation: { limit: Number(digits) * scale, files, truncates } };
}

/**
 * A web server whose access log goes to a file when its settings say so.
 *
 * With `rotatelogs` a file that has grown past its limit makes way for the next: with `-n` the files take turns, and the next is
 * emptied first. A line there is no room for is lost, and the file it was meant for is emptied, as rotatelogs does.
 *
 * @simplified Without `-n`, new files are numbered by the second they are begun in.
 */
export function accessLogged(program: Program, wanted: (process: ProcessView) => AccessLog | undefined): Program {
  return defineProgram<Json>({
    ...program,
    onRequest(state, request, process) {
      const answered = program.onRequest?.(null, request, process) ?? { state: null };
      const log = wanted(process);
      if (!log) return { ...answered, state };
      const { writer, said } = write(process, log, (state as unknown as Writer | null) ?? { turn: 0, lost: 0 }, (answered.log ?? []).flatMap(lineOf));
      return { ...answered, state: writer.turn === 0 && writer.lost === 0 ? null : (writer as unknown as Json), log: said };
    },
    ...(program.onSignal ? { onSignal: (state, signal, process) => ({ ...(program.onSignal?.(null, signal, process) as Step), state }) } : {}),
  });
}

function lineOf(piece: Output): readonly string[] {
  return typeof piece === "string" ? [piece] : [];
}

function nameOf({ path, rotation }: AccessLog, turn: number): string {
  if (!rotation || (rotation.files === 1 && turn === 0)) return path;
  return turn === 0 ? path : `${path}.${turn}`;
}

function write(process: ProcessView, log: AccessLog, writer: Writer, lines: readonly string[]): { readonly writer: Writer; readonly said: readonly Output[] } {
  const { files } = process;
  const said: Output[] = [];
  let { turn, lost } = writer;
  for (const line of lines) {
    const { rotation } = log;
    if (rotation && (files.stat(nameOf(log, turn))?.size ?? 0) > rotation.limit) {
      turn = rotation.files > 1 ? (turn + 1) % rotation.files : rotation.truncates ? 0 : Math.trunc(process.now / 1000);
      if (rotation.files > 1 || rotation.truncates) files.write(nameOf(log, turn), "");
    }
    const path = nameOf(log, turn);
    const problem: FileError | undefined = files.append(path, `${line}\n`);
    if (problem === undefined) continue;
    lost += 1;
    said.push({ stderr: problem === "ENOSPC" ? `rotatelogs: Error 28 writing to log file ${path} (${lost} messages lost)` : `(2)No such file or directory: could not open transfer log file ${path}.` });
    if (problem === "ENOSPC" && rotation) files.write(path, "");
  }
  return { writer: { turn, lost }, said };
}
