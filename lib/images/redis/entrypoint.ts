import { defineProgram, type Json, type ProcessView, type Program, type Step } from "@/lib/engine";

/** Which of the two runs, and its state. */
interface State {
  readonly server: boolean;
  readonly inner: Json;
}

/** The command line the image's script makes of what it is given: options and configuration files are the server's. */
function commandOf(argv: readonly string[]): readonly string[] {
  const words = argv.slice(1);
  const [first = ""] = words;
  return first === "" || first.startsWith("-") || first.endsWith(".conf") ? ["redis-server", ...words] : words;
}

const view = (process: ProcessView): ProcessView => ({ ...process, argv: commandOf(process.argv) });

/** The image's `docker-entrypoint.sh`: runs the server, or whatever else it is given, in its own place. */
export function entrypointOf(server: Program, shell: Program): Program {
  const chosen = (state: State): Program => (state.server ? server : shell);
  const kept = <T extends Step>(state: State, step: T): T => ({ ...step, state: { ...state, inner: step.state } as unknown as Json });
  return defineProgram<Json>({
    start(process) {
      const inside = view(process);
      const name = inside.argv[0]?.split("/").pop();
      const state: State = { server: name === "redis-server", inner: null };
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
