import { ApiError, type Json, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call, Command, Outcome } from "../../command";
import { slashName, type Wanted } from "../../discovery";
import { doing, fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { hasManifests, readManifests } from "../../manifests";
import { formatOf, outputFlags, printStructured } from "../../output/print-objects";
import { fileFlags } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, validateFlag, writeOptionsOf } from "../../writing";
import { deletionFlags, stillThere, type Leaving } from "../delete/index";

/** The document at the version the server has, where it names none: whatever is there is written over. Upstream: resource.Helper.Replace. */
function atLatest(call: Call, { body, ref }: Wanted): JsonObject {
  const metadata = (body["metadata"] ?? {}) as JsonObject;
  const resourceVersion = metadata["resourceVersion"] ?? call.client.get<KubeObject>(ref.kind, ref)?.metadata.resourceVersion;
  return resourceVersion === undefined ? body : { ...body, metadata: { ...metadata, resourceVersion } };
}

/** `kubectl replace`. Upstream: kubectl/pkg/cmd/replace. */
export const replace: Command = {
  name: "replace",
  summary: "Replace a resource by file name or stdin",
  usage: "-f FILENAME [options]",
  flags: [...fileFlags, ...outputFlags, ...deletionFlags, dryRunFlag, validateFlag, flag("bool", "save-config", "Keep the configuration for apply"), flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-replace" }), flag("text", "subresource", "Subresource to replace")],
  run(call) {
    if (!hasManifests(call)) fail("must specify one of -f and -k");
    const { wanted, failures } = readManifests(call, call.flags.text("validate") !== "false");
    if (call.flags.int("grace-period") >= 0 && !call.flags.bool("force")) fail("--grace-period must have --force specified");
    if (call.flags.bool("force") && dryRunOf(call) !== "none") fail("--dry-run can not be used when --force is set");
    if (call.flags.bool("force")) return begin(call, wanted);
    const all: unknown[] = [...failures];
    for (const item of wanted) {
      try {
        if (item.ref.name === "") fail(`error when replacing "${item.source}": resource name may not be empty`);
        const object = doing(`error when replacing "${item.source}"`, () => call.client.update<KubeObject>(atLatest(call, item) as unknown as KubeObject, writeOptionsOf(call)));
        if (formatOf(call).name === "") call.out(`${slashName(item.type, item.ref.name)} replaced${dryRunSuffix(dryRunOf(call))}\n`);
        else printStructured(call, [{ type: item.type, object }], true);
      } catch (error) {
        all.push(new Failure(failureText(error)));
      }
    }
    failAll(all);
    return 0;
  },
  resume: (call, state) => goOn(call, state as unknown as ForceState),
};

interface ForceState {
  readonly leaving: readonly Leaving[];
  readonly bodies: readonly { readonly body: JsonObject; readonly name: string; readonly singular: string; readonly source: string }[];
}

/** `--force`: delete, wait until everything is gone, and create again. */
function begin(call: Call, wanted: readonly Wanted[]): Outcome {
  const leaving: Leaving[] = [];
  const grace = call.flags.int("grace-period");
  for (const { ref, type } of wanted) {
    const object = call.client.get<KubeObject>(ref.kind, ref);
    if (!object) continue;
    call.client.delete(ref, { propagation: "Background", ...(grace < 0 ? {} : { gracePeriodSeconds: grace }) });
    call.out(`${type.singular} "${ref.name}" ${grace === 0 ? "force deleted" : "deleted"}${ref.namespace === "" ? "" : ` from ${ref.namespace} namespace`}\n`);
    leaving.push({ ...ref, uid: object.metadata.uid });
  }
  return goOn(call, { leaving, bodies: wanted.map(({ body, ref, type, source }) => ({ body, name: ref.name, singular: type.singular, source })) });
}

function goOn(call: Call, state: ForceState): Outcome {
  const leaving = stillThere(call, state.leaving);
  if (leaving.length > 0) return { state: { ...state, leaving } as unknown as Json };
  for (const { body, name, singular, source } of state.bodies) {
    try {
      call.client.create<KubeObject>(body, writeOptionsOf(call));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new Failure(failureText(error).replace(/^Error from server \((\w+)\): /, `Error from server ($1): error when creating "${source}": `));
    }
    call.out(`${singular}/${name} replaced\n`);
  }
  return 0;
}
