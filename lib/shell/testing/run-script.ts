import { allCommands, makeFileTree, memoryFileSystem, resume, rootIdentity, type ShellHost, type ShellOptions, type ShellState, startShell, step } from "../index";

/** What a script came to. */
export interface ScriptRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
  /** Virtual milliseconds that passed. */
  readonly elapsed: number;
}

/** Runs a script to its end in a world of its own: sleeps take virtual time, unknown programs are not found. */
export function runScript(options: ShellOptions, settings: { readonly files?: Readonly<Record<string, string>>; readonly throughJson?: boolean; readonly budget?: number; readonly host?: Partial<ShellHost> } = {}): ScriptRun {
  const tree = makeFileTree(settings.files);
  let now = 0;
  const host: ShellHost = {
    fs: memoryFileSystem(tree, { now: () => now }),
    identity: rootIdentity,
    commands: allCommands,
    now: () => now,
    knows: () => false,
    run: () => undefined,
    ...settings.host,
  };
  let state: ShellState = startShell(options);
  const text = { 1: "", 2: "" };
  const timers = new Map<number, number>();
  for (let round = 0; round < 2000; round++) {
    const result = step(settings.throughJson ? (JSON.parse(JSON.stringify(state)) as ShellState) : state, host, settings.budget ?? 20_000);
    state = result.state;
    for (const chunk of result.output) text[chunk.fd] += chunk.text;
    if (result.status === "exited" || result.status === "idle") return { stdout: text[1], stderr: text[2], status: result.code, elapsed: now };
    if (result.status === "budget" && settings.budget === undefined) return { stdout: text[1], stderr: `${text[2]}budget`, status: -1, elapsed: now };
    if (result.status === "budget") continue;
    for (const item of result.pending) if (item.type === "sleep" && !timers.has(item.id) && item.millis !== null) timers.set(item.id, now + item.millis);
    const due = [...timers].filter(([id]) => result.pending.some((item) => item.type === "sleep" && item.id === id)).sort((a, b) => a[1] - b[1] || a[0] - b[0])[0];
    if (!due) return { stdout: text[1], stderr: `${text[2]}stuck`, status: -2, elapsed: now };
    now = due[1];
    timers.delete(due[0]);
    state = resume(state, due[0], { status: 0 });
  }
  return { stdout: text[1], stderr: `${text[2]}endless`, status: -3, elapsed: now };
}
