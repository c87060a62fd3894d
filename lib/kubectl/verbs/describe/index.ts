import type { Command } from "../../command";
import { describeObject } from "../../describers/index";
import { failAll, fail, Failure } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { allNamespacesFlag, fileFlags, findObjects, listOf, namedBy, selectorFlag } from "../../resource-args";

/** `kubectl describe`. Upstream: kubectl/pkg/cmd/describe. */
export const describe: Command = {
  name: "describe",
  summary: "Show details of a specific resource or group of resources",
  usage: "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]",
  examples: [["Everything about a pod, its events included", "kubectl describe pod web"]],
  flags: [...fileFlags, selectorFlag, allNamespacesFlag, flag("bool", "show-events", "Show the events of the object", { default: "true" }), flag("int", "chunk-size", "Objects an answer holds at most", { default: "500" })],
  run(call) {
    if (call.words.length === 0 && !hasManifests(call)) {
      fail('You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.');
    }
    const found = findObjects(call, call.words);
    const wanted = call.flags.bool("show-events");
    const byPrefix = found.infos.length === 0 && found.failures.every((failure) => failure instanceof Failure) ? prefixed(call) : [];
    if (byPrefix.length > 0) {
      for (const info of byPrefix) call.out(`${describeObject(call, info, call.flags.given("show-events") && wanted)}\n`);
      return 0;
    }
    // The events of many objects would take many questions: they are left out unless asked for.
    const asked = found.infos.length + found.failures.length;
    const events = wanted && (asked <= 1 || call.flags.given("show-events"));
    call.out(found.infos.map((info) => describeObject(call, info, events)).join("\n\n"));
    if (found.infos.length === 0 && found.failures.length === 0) call.err(call.flags.bool("all-namespaces") ? "No resources found\n" : `No resources found in ${call.namespace} namespace.\n`);
    failAll(found.failures);
    return 0;
  },
};

/** Objects whose names begin like the one that was not found. */
function prefixed(call: Parameters<NonNullable<Command["run"]>>[0]): ReturnType<typeof listOf> {
  if (hasManifests(call)) return [];
  const named = namedBy(call, call.words);
  if (named.refs?.length !== 1) return [];
  const [only] = named.refs;
  if (only === undefined) throw new Failure("error: nothing to describe");
  return listOf(call, only.type, {}).filter(({ ref }) => ref.name.startsWith(only.ref.name));
}
