import { mergePatch, partsOfKind, sortedEntries, type Json, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { slashName, type Info } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag, type Flag } from "../../flags";
import { hasManifests, localObjects } from "../../manifests";
import { formatOf, outputFlags, printStructured } from "../../output/print-objects";
import { recordFlag } from "../../record";
import { allNamespacesFlag, fieldSelectorFlag, fileFlags, findObjects, namedBy, selectorFlag } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, writeOptionsOf } from "../../writing";

/** What differs between labels and annotations. */
interface Kind {
  readonly field: "labels" | "annotations";
  readonly noun: "label" | "annotation";
  done(added: number, removed: number): string;
  taken(key: string, value: string): string;
}

const LOCAL = flag("bool", "local", "Change what the files say, and ask no server");

const flagsOf = (name: string): readonly Flag[] => [
  ...fileFlags,
  ...outputFlags,
  selectorFlag,
  fieldSelectorFlag,
  allNamespacesFlag,
  dryRunFlag,
  recordFlag,
  flag("bool", "overwrite", "Replace values that are already there"),
  flag("bool", "all", "Every object of the kind"),
  flag("bool", "list", "Print them instead"),
  LOCAL,
  flag("text", "resource-version", "Only if the object is still at this version"),
  flag("text", "field-manager", "Name of the manager of the fields", { default: `kubectl-${name}` }),
];

/** `kubectl label`. Upstream: kubectl/pkg/cmd/label. */
export const label: Command = command("label", "Update the labels on a resource", {
  field: "labels",
  noun: "label",
  done: (added, removed) => (added > 0 ? "labeled" : removed > 0 ? "unlabeled" : "not labeled"),
  taken: (key, value) => `'${key}' already has a value (${value}), and --overwrite is false`,
});

/** `kubectl annotate`. */
export const annotate: Command = command("annotate", "Update the annotations on a resource", {
  field: "annotations",
  noun: "annotation",
  done: () => "annotated",
  taken: (key, value) => `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${value})`,
});

function command(name: string, summary: string, kind: Kind): Command {
  return {
    name,
    summary,
    usage: `[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [options]`,
    examples: [[`Put one on, and take it off`, `kubectl ${name} pod web tier=front ; kubectl ${name} pod web tier-`]],
    flags: flagsOf(name),
    run: (call) => run(call, kind),
  };
}

function isChange(word: string): boolean {
  return (word.includes("=") && !word.startsWith("=")) || (word.endsWith("-") && word.length > 1);
}

function run(call: Call, kind: Kind): number {
  const first = call.words.findIndex(isChange);
  const [named, changes] = first < 0 ? [call.words, []] : [call.words.slice(0, first), call.words.slice(first)];
  const late = changes.find((word) => !isChange(word));
  if (late !== undefined) fail(`all resources must be specified before ${kind.noun} changes: ${late}`);
  if (named.length === 0 && !hasManifests(call)) fail("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  const listing = call.flags.bool("list");
  const selecting = call.flags.bool("all") || call.flags.text("selector") !== "" || call.flags.text("field-selector") !== "" || hasManifests(call);
  // A word that is no change after one that is, or a name with a value apart, is a slip of the pen.
  if (changes.length === 0 && !listing) fail(`at least one ${kind.noun} update is required`);
  checkChanges(kind, changes);
  if (named.length === 1 && !named[0]?.includes("/") && !selecting) {
    namedBy(call, named);
    fail(`resource(s) were provided, but no name was specified`);
  }
  const local = call.flags.bool("local");
  if (local && (named.length > 0 || !hasManifests(call))) fail("can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set");
  const { infos, failures } = local ? localObjects(call) : findObjects(call, named);
  const all: unknown[] = [...failures];
  for (const info of infos) {
    try {
      if (listing) list(call, kind, info, changed(call, kind, info, changes), infos.length > 1);
      else change(call, kind, info, changes);
    } catch (error) {
      all.push(new Failure(failureText(error)));
    }
  }
  failAll(all);
  return 0;
}

/** Refuses what no label or annotation can be, before the server is asked. */
function checkChanges({ noun }: Kind, changes: readonly string[]): void {
  const set = changes.filter((word) => word.includes("="));
  const removed = changes.filter((word) => !word.includes("=")).map((word) => word.slice(0, -1));
  for (const word of set) {
    const [key, value] = [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)];
    if (noun === "label" && value.includes("=")) fail(`invalid label spec: ${word}`);
    if (noun === "label" && !LABEL_VALUE.test(value)) fail(`invalid label value: ${JSON.stringify(word)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`);
    if (noun === "label" && value.length > 63) fail(`invalid label value: ${JSON.stringify(word)}: must be no more than 63 bytes`);
    if (removed.includes(key)) fail(noun === "label" ? "can not both modify and remove a label in the same command" : `can not both modify and remove the following annotation(s) in the same command: ${key}`);
  }
}

const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** What an object carries once it is changed; Go keeps it in no order, so here it is the order of keys. */
function list(call: Call, kind: Kind, info: Info, now: Readonly<Record<string, string>>, many: boolean): void {
  const { kind: name } = partsOfKind(info.type.kind);
  if (many) call.out(`Listing ${kind.field} for ${name}.${info.type.group}/${info.ref.name}:\n`);
  for (const [key, value] of sortedEntries(now)) call.out(`${many ? " " : ""}${key}=${value}\n`);
}

function change(call: Call, kind: Kind, info: Info, changes: readonly string[]): KubeObject {
  const before = info.object.metadata[kind.field] ?? {};
  const patch: Record<string, string | null> = {};
  let [added, removed] = [0, 0];
  for (const word of changes) {
    const equals = word.indexOf("=");
    if (equals < 0) {
      const key = word.slice(0, -1);
      if (key in before) removed += 1;
      else if (kind.noun === "label") call.out(`label "${key}" not found.\n`);
      patch[key] = null;
      continue;
    }
    const [key, value] = [word.slice(0, equals), word.slice(equals + 1)];
    const now = before[key];
    if (now !== undefined && now !== value && !call.flags.bool("overwrite")) fail(kind.taken(key, now));
    if (now !== value) added += 1;
    patch[key] = value;
  }
  const version = call.flags.text("resource-version");
  const object = write(call, info, { metadata: { [kind.field]: patch, ...(version === "" ? {} : { resourceVersion: version }) } });
  // Each has a printer of its own: nothing sets one document apart from the next.
  if (formatOf(call).name !== "") printStructured({ ...call }, [{ type: info.type, object }], true);
  else call.out(`${slashName(info.type, info.ref.name)} ${kind.done(added, removed)}${dryRunSuffix(dryRunOf(call))}\n`);
  return object;
}

/** The labels or annotations of an object, and those of `changes` written when the command says so while it lists. */
function changed(call: Call, kind: Kind, info: Info, changes: readonly string[]): Readonly<Record<string, string>> {
  if (changes.length === 0) return info.object.metadata[kind.field] ?? {};
  const quiet: Call = { ...call, out: () => undefined };
  return change(quiet, kind, info, changes).metadata[kind.field] ?? {};
}

function isLocal(call: Call): boolean {
  return call.command.flags?.some(({ name }) => name === "local") === true && call.flags.bool("local");
}

/** Changes an object by a merge patch, or only shows the change in a dry run. */
export function write(call: Call, info: Info, body: JsonObject): KubeObject {
  if (isLocal(call) || dryRunOf(call) === "client") return mergePatch(info.object as unknown as Json, body) as unknown as KubeObject;
  return call.client.patch<KubeObject>(info.ref, { type: "merge", body }, writeOptionsOf(call));
}
