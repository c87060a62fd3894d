import { seenBy, type AppRequest, type Json, type Output, type ProcessView, type Program, type Step } from "@/lib/engine";

/** A program run by a shell inside the shell's own process: its state lives in the shell's. */
export interface Hosted {
  readonly program: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin: string;
  readonly isExec: boolean;
  readonly state: Json;
  readonly listen: readonly number[];
  readonly wakeAt?: number;
  readonly message?: Json;
}

/** What a step of a hosted program printed and came to. */
export interface HostedStep {
  readonly hosted: Hosted;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit?: number;
}

/** The container as a hosted program sees it. */
export function viewOf(hosted: Hosted, process: ProcessView): ProcessView {
  return seenBy(process, { argv: hosted.argv, env: hosted.env, workingDir: hosted.cwd, stdin: hosted.stdin });
}

/** A hosted program whose wake-up has come. */
export function woken(hosted: Hosted): Hosted {
  const { wakeAt: _at, message: _message, ...rest } = hosted;
  return rest;
}

/** Takes over what a step of a hosted program left behind; a wake-up booked before stays booked. */
export function afterStep(hosted: Hosted, step: Step, now: number): HostedStep {
  const text = (stream: "stdout" | "stderr"): string => (step.log ?? []).map((piece) => pieceOf(piece, stream)).join("");
  const { wakeAt: _at, message: _message, ...rest } = hosted;
  const wake = step.wakeAfter ? { wakeAt: now + step.wakeAfter.delay, message: step.wakeAfter.message } : hosted.wakeAt !== undefined ? { wakeAt: hosted.wakeAt, message: hosted.message ?? null } : {};
  return {
    hosted: { ...rest, ...wake, state: step.state, listen: step.listen ?? hosted.listen },
    stdout: text("stdout"),
    stderr: text("stderr"),
    ...(step.exit ? { exit: step.exit.code } : {}),
  };
}

function pieceOf(piece: Output, stream: "stdout" | "stderr"): string {
  if (typeof piece === "string") return stream === "stdout" ? `${piece}\n` : "";
  if ("stderr" in piece) return stream === "stderr" ? `${piece.stderr}\n` : "";
  return (piece.stream ?? "stdout") === stream ? piece.raw : "";
}

/** Hands a request to a hosted program; the answer is undefined when it has none. */
export function requestHosted(hosted: Hosted, program: Program, request: AppRequest, process: ProcessView): { readonly step: HostedStep; readonly response: ReturnType<NonNullable<Program["onRequest"]>>["response"] } {
  const step = program.onRequest?.(hosted.state, request, viewOf(hosted, process));
  if (!step) return { step: { hosted, stdout: "", stderr: "" }, response: { status: 0, body: "" } };
  return { step: afterStep(hosted, step, process.now), response: step.response };
}
