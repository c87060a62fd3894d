import { ApiError, Compacted, CUSTOM_RESOURCE_DEFINITION, fieldRefusal, kindsOfDefinition, parseFieldSelector, type KubeObject, type ObjectRef } from "@/lib/engine";
import type { Call } from "./command";
import { findType, resourceText, resourceTypes, typeNamed, typesOfCategory, type Info, type ResourceType } from "./discovery";
import { apiErrorText, fail, Failure } from "./failure";
import { flag, type Flag } from "./flags";
import { hasManifests, readManifests } from "./manifests";

/** Flags of commands that read manifests. */
export const fileFlags: readonly Flag[] = [
  flag("list", "filename,f", "Files, folders, or - for what is piped in"),
  flag("text", "kustomize,k", "Folder of a kustomization"),
  flag("bool", "recursive,R", "Go into folders inside folders"),
];

/** Flags of commands that choose objects by label. */
export const selectorFlag: Flag = flag("text", "selector,l", "Only objects whose labels match");
export const fieldSelectorFlag: Flag = flag("text", "field-selector", "Only objects whose fields match");
export const allNamespacesFlag: Flag = flag("bool", "all-namespaces,A", "Objects of every namespace");

/** What the words of a command name: kinds, and perhaps names. */
export interface Named {
  readonly types: readonly ResourceType[];
  /** Absent when whole lists are meant. */
  readonly refs?: readonly { readonly type: ResourceType; readonly ref: ObjectRef }[];
  /** Should tables say the kind before each name? */
  readonly manyTypes: boolean;
}

const MIXED = "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";

/** Reads `pods web`, `pod/web svc/x`, `deploy,rs`, `all`. @throws {Failure} with upstream's words. Upstream: cli-runtime resource.Builder. */
export function namedBy(call: Call, words: readonly string[]): Named {
  if (words.some((word) => word.includes("/"))) return slashed(call, words);
  const [kinds = "", ...names] = words;
  const types = kinds.split(",").filter((word) => word !== "").flatMap((word) => (findType(call.client, word) ? [typeNamed(call.client, word)] : expanded(call, word)));
  for (const word of kinds.split(",")) warnOfShort(call, word);
  const unique = types.filter((type, i) => types.findIndex((other) => other.kind === type.kind) === i);
  const manyTypes = kinds.includes(",") || kinds === "all";
  if (names.length === 0) return { types: unique, manyTypes };
  return { types: unique, refs: unique.flatMap((type) => names.map((name) => ({ type, ref: refTo(call, type, name) }))), manyTypes };
}

/** A short name that kinds of other groups have too. Upstream: restmapper/shortcut.go. */
function warnOfShort(call: Call, word: string): void {
  const meant = findType(call.client, word);
  if (!meant?.definition.shortNames.includes(word.toLowerCase())) return;
  const other = resourceTypes(call.client).find((type) => type.group !== meant.group && type.definition.shortNames.includes(word.toLowerCase()));
  if (other) call.err(`Warning: short name ${JSON.stringify(word)} could also match lower priority resource ${other.qualified}\n`);
}

function expanded(call: Call, word: string): readonly ResourceType[] {
  const types = typesOfCategory(call.client, word);
  if (types.length > 0) return types;
  const gone = lately(call, word);
  if (gone) throw new Failure(`Error from server (NotFound): Unable to list ${JSON.stringify(resourceText(gone))}: the server could not find the requested resource (get ${gone.qualified})`);
  return [typeNamed(call.client, word)];
}

/** A kind that was defined here until lately: kubectl remembers for a while what servers served. Upstream: discovery/cached/disk. */
function lately(call: Call, word: string): ResourceType | undefined {
  try {
    const definitions = call.io.cluster.since(Math.max(1, call.io.cluster.revision - REMEMBERED)).flatMap(({ type, kind, previous }) => (type === "DELETED" && kind === CUSTOM_RESOURCE_DEFINITION && previous ? kindsOfDefinition(previous) : []));
    return findType({ served: () => definitions }, word);
  } catch (error) {
    if (error instanceof Compacted) return undefined;
    throw error;
  }
}

const REMEMBERED = 2000;

function slashed(call: Call, words: readonly string[]): Named {
  const refs = words.map((word) => {
    const parts = word.split("/");
    if (parts.length === 1) fail(MIXED);
    if (parts.length > 2) fail("arguments in resource/name form may not have more than one slash");
    const [kind = "", name = ""] = parts;
    if (kind === "" || name === "" || kind.includes(",")) fail("arguments in resource/name form must have a single resource and name");
    const type = typeNamed(call.client, kind);
    return { type, ref: refTo(call, type, name) };
  });
  const types = refs.map(({ type }) => type).filter((type, i, all) => all.findIndex((other) => other.kind === type.kind) === i);
  return { types, refs, manyTypes: types.length > 1 };
}

/** A reference to an object in the namespace the command speaks of. */
export function refTo(call: Call, type: ResourceType, name: string): ObjectRef {
  return { kind: type.kind, namespace: type.namespaced ? call.namespace : "", name };
}

/** What a command found, and what it could not find. */
export interface Found {
  readonly infos: readonly Info[];
  readonly failures: readonly unknown[];
  readonly types: readonly ResourceType[];
  readonly manyTypes: boolean;
  /** One object was asked for by name. */
  readonly single: boolean;
  /** Those asked for by name that the user may not see or that do not exist, each with the failure it stands for. */
  readonly unseen?: readonly Unseen[];
}

/** An object asked for by name that was not found. */
export interface Unseen {
  readonly type: ResourceType;
  readonly ref: ObjectRef;
  readonly failure: unknown;
  /** The file it came from, if any. */
  readonly source?: string;
}

/** Which objects a command may pick besides named ones. */
export interface Selection {
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly allNamespaces?: boolean;
}

/** The selection that the command's own flags ask for. */
export function selectionOf(call: Call): Selection {
  return { selector: call.flags.text("selector"), fieldSelector: call.flags.text("field-selector"), allNamespaces: call.flags.bool("all-namespaces") };
}

/** The objects a command speaks of, by `-f` or by words. Failures are collected, so one missing name does not hide the others. */
export function findObjects(call: Call, words: readonly string[], selection: Selection = selectionOf(call)): Found {
  if (hasManifests(call)) return fromFiles(call, words);
  const named = namedBy(call, words);
  const selecting = (selection.selector ?? "") !== "" || (selection.fieldSelector ?? "") !== "";
  if (named.refs !== undefined) {
    if (selecting) fail("name cannot be provided when a selector is specified");
    if (selection.allNamespaces === true) fail("a resource cannot be retrieved by name across all namespaces");
    return { ...byName(call, named.refs), types: named.types, manyTypes: named.manyTypes, single: named.refs.length === 1 };
  }
  const infos: Info[] = [];
  const failures: unknown[] = [];
  for (const type of named.types) {
    try {
      infos.push(...listOf(call, type, selection));
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof Failure)) throw error;
      failures.push(error);
    }
  }
  return { infos, failures, types: named.types, manyTypes: named.manyTypes, single: false };
}

const NOTHING = "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

/** {@link findObjects} for commands that a kind alone tells too little: they need names, a selector or `--all`. Upstream: resource.Builder without empty selectors. */
export function findNamed(call: Call, words: readonly string[], selection: Selection = selectionOf(call)): Found {
  if (hasManifests(call)) return findObjects(call, words, selection);
  if (words.length === 0) fail(NOTHING);
  const selecting = (selection.selector ?? "") !== "" || (selection.fieldSelector ?? "") !== "" || call.flags.bool("all");
  const named = namedBy(call, words);
  if (selecting && words.some((word) => word.includes("/"))) fail("selectors and the all flag cannot be used when passing resource/name arguments");
  if (named.refs === undefined && !selecting) fail("resource(s) were provided, but no name was specified");
  return findObjects(call, words, selection);
}

function byName(call: Call, refs: readonly { readonly type: ResourceType; readonly ref: ObjectRef; readonly source?: string }[]): { readonly infos: readonly Info[]; readonly failures: readonly unknown[]; readonly unseen: readonly Unseen[] } {
  const infos: Info[] = [];
  const unseen: Unseen[] = [];
  for (const { type, ref, source } of refs) {
    try {
      const object = call.client.get<KubeObject>(ref.kind, ref);
      if (object) infos.push({ type, ref, object, ...(source === undefined ? {} : { source }) });
      else unseen.push({ type, ref, failure: missing(type, ref.name), ...(source === undefined ? {} : { source }) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      unseen.push({ type, ref, failure: error, ...(source === undefined ? {} : { source }) });
    }
  }
  return { infos, failures: unseen.map(({ failure }) => failure), unseen };
}

/** `Error from server (NotFound): pods "nope" not found`. */
export function missing(type: ResourceType, name: string): Failure {
  return new Failure(`Error from server (NotFound): ${type.qualified} "${name}" not found`);
}

function fromFiles(call: Call, words: readonly string[]): Found {
  if (words.length > 0) fail("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well");
  const { wanted, failures } = readManifests(call);
  const found = byName(call, wanted);
  const types = wanted.map(({ type }) => type).filter((type, i, all) => all.findIndex((other) => other.kind === type.kind) === i);
  return { infos: found.infos, failures: [...failures, ...found.failures], types, manyTypes: types.length > 1, single: wanted.length === 1, unseen: found.unseen };
}

/** The objects of a kind that a selection picks, in key order. @throws {Failure} for a selector that cannot be read. */
export function listOf(call: Call, type: ResourceType, selection: Selection): readonly Info[] {
  const { selector = "", fieldSelector = "", allNamespaces = false } = selection;
  try {
    checkFields(type, fieldSelector);
    const objects = call.client.list<KubeObject>(type.kind, {
      ...(type.namespaced && !allNamespaces ? { namespace: call.namespace } : {}),
      ...(selector === "" ? {} : { labelSelector: selector }),
      ...(fieldSelector === "" ? {} : { fieldSelector }),
    });
    return objects.map((object) => ({ type, ref: { kind: type.kind, namespace: object.metadata.namespace ?? "", name: object.metadata.name }, object }));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.reason !== "BadRequest") throw error;
    const message = error.status.message.startsWith("Unable to find") ? error.status.message : `Unable to find "${resourceText(type)}" that match label selector "${selector}", field selector "${fieldSelector}": ${withoutDouble(error.status.message)}`;
    throw new Failure(apiErrorText(new ApiError({ ...error.status, message })));
  }
}

/** @throws {ApiError} 400 for a field the kind cannot be selected by */
function checkFields(type: ResourceType, text: string): void {
  const parsed = parseFieldSelector(text);
  const refusals = "error" in parsed ? [] : parsed.selector.terms.flatMap(({ field }) => fieldRefusal(type.definition, field) ?? []);
  if (refusals[0] !== undefined) throw new ApiError({ code: 400, reason: "BadRequest", message: refusals[0], causes: [] });
}

function withoutDouble(message: string): string {
  return message.replace(/^(unable to parse requirement: )+/, "unable to parse requirement: ");
}

/** What kubectl says when a list is empty. */
export function nothingFound(call: Call, types: readonly ResourceType[], allNamespaces: boolean): string {
  return !allNamespaces && types.every((type) => type.namespaced) ? `No resources found in ${call.namespace} namespace.\n` : "No resources found\n";
}
