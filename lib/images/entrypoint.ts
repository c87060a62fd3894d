import { defineProgram, seenBy, type Json, type ProcessView, type Program, type Step } from "@/lib/engine";

/** Which of the two runs, and its state. */
interface State {
  readonly server: boolean;
  readonly inner: Json;
}

/** The command line such a script makes of what it is given: options, and the server's own files, are the server's. */
function commandOf(argv: readonly string[], name: string, own: RegExp): readonly string[] {
  const words = argv.slice(1);
  const [first = ""] = words;
  return first === "" || own.test(first) ? [name, ...words] : words;
}

/** An image's `docker-entrypoint.sh`: runs the server `name`, or whatever else it is given, in its own place. First words that look like `own` are the server's. */
export function entrypointOf(server: Program, shell: Program, name: string, own: RegExp): Program {
  const view = (process: ProcessView): ProcessView => seenBy(process, { argv: commandOf(process.argv, name, own) });
  const chosen = (state: State): Program => (state.server ? server : shell);
  const kept = <T extends Step>(state: State, step: T): T => ({ ...step, state: { ...state, inner: step.state } as unknown as Json });
  return defineProgram<Json>({
    start(process) {
      const inside = view(process);
      const state: State = { server: inside.argv[0]?.split("/").pop() === name, inner: null };
      return kept(state, chosen(state).start(inside));
    },
    onTimer(json, message, process) {
      const state = json as unknown as State;
      return kept(state, chosen(state).onTimer?.(state.inner, message, view(process)) ?? { state: state.inner });
    },
    onRequest(json, request, process) {
      const state = json as unknown as State;
      return kept(state, chosen(state).onRequest?.(state.inner, request, view(process)) ?? { state: state.inner });
    },
    everySignal: true,
    onSignal(json, signal, process) {
      const state = json as unknown as State;
      const minds = !state.server || signal === "SIGTERM" || signal === "SIGINT";
      return minds ? kept(state, chosen(state).onSignal?.(state.inner, signal, view(process)) ?? { state: state.inner }) : { state: json };
    },
  });
}
