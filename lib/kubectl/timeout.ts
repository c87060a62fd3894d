import { parseDuration } from "@/lib/engine";
import type { Call } from "./command";

/** The instant after which `--timeout` gives up; nothing when it never does. `always` reads 0 as "at once". */
export function deadlineOf(call: Call, always = false): { readonly deadline?: number } {
  const length = parseDuration(call.flags.text("timeout")) ?? 0;
  if (length === 0 && !always) return {};
  // A negative timeout means a week. Upstream: kubectl/pkg/cmd/wait.
  return { deadline: call.io.cluster.now + (length < 0 ? 7 * 24 * 3_600_000 : length) };
}

/** Is the time up? */
export function timedOut(call: Call, state: { readonly deadline?: number }): boolean {
  return state.deadline !== undefined && call.io.cluster.now >= state.deadline;
}
