import { ApiError, kindOf, type JsonObject, type KubeObject } from "@/lib/engine";
import { requireFlags, usageFailure, type Call, type Command, type Outcome } from "../../command";
import { typeOfKind, type ResourceType } from "../../discovery";
import { fail } from "../../failure";
import { flag, type Flag } from "../../flags";
import { checkFormat, formatOf, outputFlags, printOrSay } from "../../output/print-objects";
import { structJsonText, yamlText } from "../../output/structured";
import { dryRunFlag, dryRunOf, dryRunSuffix, validateFlag, writeOptionsOf } from "../../writing";
import { annotated } from "../apply/three-way";

/** Flags of every generator. */
export const generatorFlags: readonly Flag[] = [...outputFlags, dryRunFlag, validateFlag, flag("bool", "save-config", "Keep the configuration for apply"), flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-create" })];

/** The same, for a command that writes under a name of its own. */
export function managedBy(manager: string): readonly Flag[] {
  return generatorFlags.map((one) => (one.name === "field-manager" ? { ...one, default: manager } : one));
}

/** What a generator needs besides its flags. */
export interface Generator {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** Flags that must be given; asked for before anything else. */
  readonly required?: readonly string[];
  /** Words of the message when the API refuses, with what ends them: `failed to create deployment:`. Absent where upstream lets the refusal speak for itself. */
  readonly failing?: string;
  /** The object of that name. @throws {Failure} */
  build(call: Call, name: string): JsonObject;
}

/** A `kubectl create KIND` command. */
export function generator(of: Generator): Command {
  return {
    name: of.name,
    ...(of.aliases === undefined ? {} : { aliases: of.aliases }),
    summary: of.summary,
    usage: of.usage,
    flags: [...generatorFlags, ...of.flags],
    run(call): Outcome {
      requireFlags(call, ...(of.required ?? []));
      const names = call.dash < 0 ? call.words : call.words.slice(0, call.dash);
      if (names.length !== 1) usageFailure(call, `exactly one NAME is required, got ${names.length}`);
      return createGenerated(call, of.build(call, names[0] ?? ""), of.failing);
    },
  };
}

/** Sends an object that flags described, or prints it. */
export function createGenerated(call: Call, body: JsonObject, failing?: string, verb = "created"): Outcome {
  checkFormat(call, false);
  const type = typeOfKind(call.client, kindOf(body as unknown as KubeObject));
  const dryRun = dryRunOf(call);
  const metadata = body["metadata"] as JsonObject;
  const placed: JsonObject = { ...body, metadata: type?.namespaced === true && (dryRun !== "client" || call.namespaceGiven) ? { ...metadata, namespace: call.namespace } : metadata };
  if (type === undefined) return unserved(call, placed);
  const sent = call.flags.bool("save-config") ? annotated(placed) : placed;
  const object = dryRun === "client" ? (sent as unknown as KubeObject) : send(call, withoutEmpty(sent), failing);
  return say(call, type, object, verb);
}

function send(call: Call, body: JsonObject, failing: string | undefined): KubeObject {
  try {
    return call.client.create<KubeObject>(body, writeOptionsOf(call));
  } catch (error) {
    if (failing !== undefined && error instanceof ApiError) return fail(`${failing} ${error.status.message}`);
    throw error;
  }
}

/** What a generator writes for the eye only (`status`, empty objects) is not sent. */
function withoutEmpty(body: JsonObject): JsonObject {
  const { status: _status, ...rest } = body;
  return rest;
}

function say(call: Call, type: ResourceType, object: KubeObject, verb: string): Outcome {
  printOrSay(call, { type, object }, `${verb}${dryRunSuffix(dryRunOf(call))}`, true);
  return 0;
}

/** A kind this cluster does not serve can still be written down. */
function unserved(call: Call, body: JsonObject): Outcome {
  const format = formatOf(call).name;
  if (dryRunOf(call) === "client" && format === "yaml") call.out(yamlText(body));
  else if (dryRunOf(call) === "client" && format === "json") call.out(structJsonText(body));
  else fail(`no matches for kind "${String(body["kind"])}" in version "${String(body["apiVersion"])}"`);
  return 0;
}
