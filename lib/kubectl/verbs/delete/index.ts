import { ApiError, type DeleteOptions, type Json, type KindId, type KubeObject } from "@/lib/engine";
import { type Call, type Command, type Outcome } from "../../command";
import type { Info } from "../../discovery";
import { apiErrorText, fail, failAll, failureText } from "../../failure";
import { Failure } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { deadlineOf, timedOut } from "../../timeout";
import { allNamespacesFlag, fieldSelectorFlag, fileFlags, findObjects, selectionOf, selectorFlag, type Unseen } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix } from "../../writing";

/** Flags shared by whatever deletes. */
export const deletionFlags = [
  flag("text", "cascade", "background, foreground or orphan", { default: "background", bare: "background" }),
  flag("int", "grace-period", "Seconds a pod has to end", { default: "-1" }),
  flag("bool", "now", "As good as --grace-period=1"),
  flag("bool", "force", "Remove pods without waiting for their machine"),
  flag("bool", "wait", "Wait until the objects are gone", { default: "true" }),
  flag("duration", "timeout", "How long to wait", { default: "0s" }),
];

/** `kubectl delete`. Upstream: kubectl/pkg/cmd/delete. */
export const deleteCommand: Command = {
  name: "delete",
  summary: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
  usage: "([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)]) [options]",
  examples: [
    ["What a file describes", "kubectl delete -f web.yaml"],
    ["A pod at once", "kubectl delete pod web --now"],
    ["Every pod with a label", "kubectl delete pods -l app=web"],
  ],
  flags: [
    ...fileFlags,
    ...deletionFlags,
    selectorFlag,
    fieldSelectorFlag,
    allNamespacesFlag,
    dryRunFlag,
    flag("bool", "all", "Every object of the kind"),
    flag("bool", "ignore-not-found", "Do not fail for objects that do not exist"),
    flag("text", "output,o", "name for short output"),
    flag("bool", "interactive,i", "Ask first"),
  ],
  run(call) {
    check(call);
    const selection = selectionOf(call);
    const found = findObjects(call, call.words, selection);
    const listed = !hasManifests(call) && call.words.length === 1 && !call.words.some((word) => word.includes("/"));
    const forgiving = call.flags.bool("ignore-not-found") || listed;
    // Nobody looks before a deletion by name: the server itself says what it thinks of it.
    const unseen = dryRunOf(call) === "none" ? (found.unseen ?? []) : [];
    const failures: unknown[] = found.failures.filter((failure) => !unseen.some((one) => one.failure === failure) && !(forgiving && isAbsence(failure)));
    if (found.infos.length === 0 && failures.length === 0 && listed) call.out("No resources found\n");
    if (call.flags.bool("force") && found.infos.length > 0) {
      call.err("Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n");
    }
    const gone: Leaving[] = [];
    for (const info of found.infos) remove(call, info, gone, failures);
    for (const one of unseen) removeUnseen(call, one, failures, forgiving);
    return waitForGone(call, gone, failures.map(failureText));
  },
  resume: (call, state) => resumeDeletion(call, state),
};

function check(call: Call): void {
  const { flags, words } = call;
  if (!["", "name"].includes(flags.text("output"))) fail(`unexpected -o output mode: ${flags.text("output")}. We only support '-o name'`);
  if (words.length === 0 && flags.bool("all") && !hasManifests(call)) fail("at least one resource must be specified to use a selector");
  if (words.length === 0 && !hasManifests(call)) {
    fail("You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'");
  }
  const selecting = flags.text("selector") !== "" || flags.text("field-selector") !== "";
  if (flags.bool("all") && flags.text("selector") !== "") fail("setting 'all' parameter but found a non empty selector. ");
  if (flags.bool("all") && words.length > 1 && !words.some((word) => word.includes("/"))) fail("name cannot be provided when a selector is specified");
  if (words.length === 1 && !words[0]?.includes("/") && !flags.bool("all") && !selecting && !hasManifests(call)) fail("resource(s) were provided, but no name was specified");
  if (flags.bool("now") && flags.int("grace-period") >= 0) fail("--now and --grace-period cannot be specified together");
  if (flags.int("grace-period") > 0 && flags.bool("force")) fail("--force and --grace-period greater than 0 cannot be specified together");
  if (!["background", "foreground", "orphan", "true", "false"].includes(flags.text("cascade"))) fail(`invalid cascade value (${flags.text("cascade")}). Must be "background", "foreground", or "orphan"`);
}

/** An object that is on its way out. */
export interface Leaving {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The options of a deletion as the flags ask for them. */
export function deleteOptionsOf(call: Call): DeleteOptions {
  const { flags } = call;
  const wanted = flags.int("grace-period");
  const grace = flags.bool("now") ? 1 : flags.bool("force") && wanted < 0 ? 0 : wanted;
  const cascade = flags.text("cascade");
  const propagation = cascade === "orphan" || cascade === "false" ? "Orphan" : cascade === "foreground" ? "Foreground" : "Background";
  return { propagation, ...(grace < 0 ? {} : { gracePeriodSeconds: grace === 0 && !flags.bool("force") ? 1 : grace }) };
}

function remove(call: Call, info: Info, gone: Leaving[], failures: unknown[]): void {
  const { ref } = info;
  const dryRun = dryRunOf(call);
  try {
    if (dryRun === "none") call.client.delete(ref, deleteOptionsOf(call));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    failures.push(sourced(error, info.source));
    return;
  }
  gone.push({ ...ref, uid: info.object.metadata.uid });
  sayDeleted(call, info);
}

function sourced(error: ApiError, source: string | undefined): unknown {
  return source === undefined ? error : new Failure(apiErrorText(error, `error when deleting ${JSON.stringify(source)}`));
}

function removeUnseen(call: Call, { type, ref, source }: Unseen, failures: unknown[], forgiving: boolean): void {
  if (ref.name === "" && source !== undefined) {
    failures.push(new Failure(`error: error when deleting "${source}": resource name may not be empty`));
    return;
  }
  try {
    call.client.delete(ref, deleteOptionsOf(call));
    sayDeleted(call, { type, ref });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!(forgiving && isAbsence(error))) failures.push(sourced(error, source));
  }
}

function isAbsence(failure: unknown): boolean {
  return failure instanceof ApiError ? failure.status.reason === "NotFound" : failure instanceof Failure && failure.text.includes("(NotFound)");
}

function sayDeleted(call: Call, { type, ref }: Pick<Info, "type" | "ref">): void {
  const dryRun = dryRunOf(call);
  const verb = call.flags.bool("force") && call.flags.int("grace-period") <= 0 && !call.flags.bool("now") ? "force deleted" : "deleted";
  if (call.flags.text("output") === "name") call.out(`${type.singular}/${ref.name}\n`);
  else call.out(`${type.singular} "${ref.name}" ${verb}${ref.namespace === "" ? "" : ` from ${ref.namespace} namespace`}${dryRunSuffix(dryRun)}\n`);
}

interface DeletionState {
  readonly waiting: readonly Leaving[];
  readonly failures: readonly string[];
  readonly deadline?: number;
}

function waitForGone(call: Call, leaving: readonly Leaving[], failures: readonly string[]): Outcome {
  const waits = call.flags.bool("wait") && dryRunOf(call) === "none" && !(call.flags.bool("force") && deleteOptionsOf(call).gracePeriodSeconds === 0);
  return look(call, { waiting: waits ? leaving : [], failures, ...deadlineOf(call) });
}

/** The next look of a deletion that waits. */
export function resumeDeletion(call: Call, state: Json): Outcome {
  return look(call, state as unknown as DeletionState);
}

function look(call: Call, state: DeletionState): Outcome {
  const waiting = stillThere(call, state.waiting);
  if (waiting.length === 0) {
    failAll(state.failures.map((text) => new Failure(text)));
    return 0;
  }
  if (timedOut(call, state)) {
    const first = waiting[0] as Leaving;
    failAll([...state.failures.map((text) => new Failure(text)), new Failure(`error: timed out waiting for the condition on ${pluralOf(first.kind)}/${first.name}`)]);
  }
  return { state: { ...state, waiting } as unknown as Json, ...(state.deadline === undefined ? {} : { deadline: state.deadline }) };
}

function pluralOf(kind: string): string {
  return `${(kind.split("/").at(-1) ?? "").toLowerCase()}s`;
}

/** Those of the objects that are still stored as the same object. */
export function stillThere(call: Call, leaving: readonly Leaving[]): readonly Leaving[] {
  return leaving.filter((one) => call.client.get<KubeObject>(one.kind as KindId, one)?.metadata.uid === one.uid);
}
