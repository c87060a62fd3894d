import { parseQuantity, type Container, type JsonObject } from "@/lib/engine";
import type { Command } from "../../command";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { findNamed } from "../../resource-args";
import { eachPod, nested, setFlags } from "./pods";

/** `cpu=1,memory=1Gi`. @throws {Failure} */
function amounts(text: string): JsonObject {
  return Object.fromEntries(
    text.split(",").filter((pair) => pair !== "").map((pair) => {
      const [name = "", amount = "", ...more] = pair.split("=");
      if (!pair.includes("=") || more.length > 0) fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      const parsed = parseQuantity(amount);
      if ("error" in parsed) fail(parsed.error);
      return [name, amount];
    }),
  );
}

/** `kubectl set resources`. Upstream: kubectl/pkg/cmd/set/set_resources.go. */
export const resources: Command = {
  name: "resources",
  summary: "Update resource requests/limits on objects with pod templates",
  usage: "(-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS]) [options]",
  flags: [...setFlags, flag("text", "containers,c", "Containers to change", { default: "*" }), flag("text", "limits", "cpu=…,memory=…"), flag("text", "requests", "cpu=…,memory=…")],
  run(call) {
    const [limits, requests] = [call.flags.text("limits"), call.flags.text("requests")];
    if (call.words.length === 0 && !hasManifests(call)) findNamed(call, []);
    if (limits === "" && requests === "") fail("you must specify an update to requests or limits (in the form of --requests/--limits)");
    const change = { resources: { ...(limits === "" ? {} : { limits: amounts(limits) }), ...(requests === "" ? {} : { requests: amounts(requests) }) } };
    const wanted = call.flags.text("containers");
    return eachPod(call, call.words, { done: "resource requirements", refused: "failed to patch resources update to pod template" }, (_info, { path, spec }) => {
      const picked = (containers: readonly Container[] | undefined): readonly JsonObject[] => (containers ?? []).filter(({ name }) => wanted === "*" || wanted === name).map(({ name }) => ({ name, ...change }));
      const containers = picked(spec.containers);
      if (containers.length === 0) return { problems: [`unable to find container named ${wanted}`] };
      return { body: nested(path, { containers }) };
    });
  },
};
