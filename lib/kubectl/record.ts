/** `--record`, as old tutorials have it: the command line is kept as the cause of the change. Upstream: cli-runtime/pkg/genericclioptions/record_flags.go. */
import type { JsonObject } from "@/lib/engine";
import { globalFlags, type Call } from "./command";
import { flag, type Flag } from "./flags";

/** `--record`. */
export const recordFlag: Flag = flag("bool", "record", "Keep the command line as the cause of the change", { deprecated: "--record will be removed in the future" });

const CAUSE = "kubernetes.io/change-cause";

/** The command line as it is kept: its words, then its flags in the order they came. */
function causeOf(call: Call): string {
  const { flags } = call;
  const own = call.command.flags ?? [];
  const shown = flags.order().map((name) => {
    const type = (own.find((one) => one.name === name) ?? globalFlags.find((one) => one.name === name))?.type;
    const value = type === "list" || type === "repeated" ? flags.list(name).join(",") : type === "bool" ? String(flags.bool(name)) : flags.text(name);
    return `--${name}=${value}`;
  });
  return [call.path, ...call.words, ...shown].join(" ");
}

/** The body with the cause in its annotations, if the command is to be recorded. */
export function recorded(call: Call, body: JsonObject): JsonObject {
  if (!call.flags.given("record") || !call.flags.bool("record")) return body;
  const metadata = (body["metadata"] ?? {}) as JsonObject;
  return { ...body, metadata: { ...metadata, annotations: { ...((metadata["annotations"] ?? {}) as JsonObject), [CAUSE]: causeOf(call) } } };
}
