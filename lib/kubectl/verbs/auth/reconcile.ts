import { canonicalJson, NAMESPACE, partsOfKind, sortedEntries, type Json, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import type { Wanted } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { readManifests } from "../../manifests";
import { outputFlags, printOrSay } from "../../output/print-objects";
import { fileFlags } from "../../resource-args";
import { dryRunFlag, dryRunOf, dryRunSuffix, writeOptionsOf } from "../../writing";

const listAt = (object: JsonObject, key: string): readonly Json[] => (Array.isArray(object[key]) ? (object[key] as readonly Json[]) : []);

/** What a role or binding must hold: rules, or subjects. */
function fieldOf(wanted: Wanted): "rules" | "subjects" {
  return partsOfKind(wanted.ref.kind).kind.endsWith("Binding") ? "subjects" : "rules";
}

const wordsOf = (rule: JsonObject, key: string): string => `[${listAt(rule, key).map(String).join(" ")}]`;

function shown(field: string, entry: JsonObject): string {
  if (field === "rules") return `{Verbs:${wordsOf(entry, "verbs")} APIGroups:${wordsOf(entry, "apiGroups")} Resources:${wordsOf(entry, "resources")} ResourceNames:${wordsOf(entry, "resourceNames")} NonResourceURLs:${wordsOf(entry, "nonResourceURLs")}}`;
  const text = (key: string): string => (typeof entry[key] === "string" ? (entry[key] as string) : "");
  return `{Kind:${text("kind")} APIGroup:${text("apiGroup")} Name:${text("name")} Namespace:${text("namespace")}}`;
}

/** A rule of one verb on one thing. */
interface Grant {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly url?: string;
}

const textsAt = (rule: JsonObject, key: string): readonly string[] => listAt(rule, key).map(String);

/** Upstream: component-helpers/auth/rbac/validation, BreakdownRule. */
function grantsOf(rule: JsonObject): readonly Grant[] {
  const names = textsAt(rule, "resourceNames");
  const verbs = textsAt(rule, "verbs");
  const onResources = textsAt(rule, "apiGroups").flatMap((group) => textsAt(rule, "resources").flatMap((resource) => verbs.flatMap((verb): readonly Grant[] => (names.length === 0 ? [{ verb, group, resource }] : names.map((name) => ({ verb, group, resource, name }))))));
  return [...onResources, ...textsAt(rule, "nonResourceURLs").flatMap((url) => verbs.map((verb) => ({ verb, url })))];
}

function covers(rule: JsonObject, { verb, group, resource, name, url }: Grant): boolean {
  const has = (key: string, ...wanted: readonly string[]): boolean => textsAt(rule, key).some((one) => one === "*" || wanted.includes(one));
  if (!has("verbs", verb)) return false;
  if (url !== undefined) return textsAt(rule, "nonResourceURLs").some((one) => one === url || (one.endsWith("*") && url.startsWith(one.slice(0, -1))));
  const slash = resource?.indexOf("/") ?? -1;
  const anyOf = slash < 0 ? [] : [`*${resource?.slice(slash) ?? ""}`];
  const names = textsAt(rule, "resourceNames");
  return has("apiGroups", group ?? "") && has("resources", resource ?? "", ...anyOf) && (names.length === 0 || (name !== undefined && names.includes(name)));
}

function asRule({ verb, group, resource, name, url }: Grant): JsonObject {
  if (url !== undefined) return { verbs: [verb], nonResourceURLs: [url] };
  return { verbs: [verb], apiGroups: [group ?? ""], resources: [resource ?? ""], ...(name === undefined ? {} : { resourceNames: [name] }) };
}

/** What some entries grant and others do not. */
function beyond(field: "rules" | "subjects", some: readonly Json[], others: readonly Json[]): readonly Json[] {
  if (field === "subjects") return some.filter((entry) => !others.some((other) => shown(field, other as JsonObject) === shown(field, entry as JsonObject)));
  return some.flatMap((rule) => grantsOf(rule as JsonObject)).filter((grant) => !others.some((other) => covers(other as JsonObject, grant))).map(asRule);
}

/** The same metadata with what the file adds to labels and annotations. */
function labelled(live: JsonObject, body: JsonObject): JsonObject {
  const [own, added] = [live["metadata"] as JsonObject, body["metadata"] as JsonObject];
  const merged = (key: string): JsonObject => (added[key] === undefined || added[key] === null ? {} : { [key]: { ...(own[key] as JsonObject | undefined), ...(added[key] as JsonObject) } });
  return { ...own, ...merged("labels"), ...merged("annotations") };
}

type Needed = "" | "create" | "update" | "recreate";

interface Plan {
  readonly needed: Needed;
  readonly object: JsonObject;
  readonly missing: readonly Json[];
  readonly extra: readonly Json[];
}

/** Upstream: component-helpers/auth/rbac/reconciliation. */
function planFor(live: JsonObject | undefined, body: JsonObject, field: "rules" | "subjects", removing: boolean): Plan {
  if (live === undefined) return { needed: "create", object: body, missing: listAt(body, field), extra: [] };
  const [have, want] = [listAt(live, field), listAt(body, field)];
  if (field === "subjects" && JSON.stringify(sortedEntries(live["roleRef"] as JsonObject)) !== JSON.stringify(sortedEntries(body["roleRef"] as JsonObject))) return { needed: "recreate", object: body, missing: want, extra: have };
  const missing = beyond(field, want, have);
  const extra = beyond(field, have, want);
  const metadata = labelled(live, body);
  const entries = missing.length === 0 && !(removing && extra.length > 0) ? have : removing ? want : [...have, ...missing];
  const same = entries === have && canonicalJson(metadata) === canonicalJson(live["metadata"] ?? null);
  return { needed: same ? "" : "update", object: { ...live, metadata, ...(entries.length > 0 || live[field] !== undefined ? { [field]: entries } : {}) }, missing, extra };
}

function perform(call: Call, wanted: Wanted, { needed, object }: Plan): void {
  const options = writeOptionsOf(call);
  if (needed === "recreate") call.client.delete(wanted.ref);
  if (needed === "create" && wanted.ref.namespace !== "" && call.client.get(NAMESPACE, { namespace: "", name: wanted.ref.namespace }) === undefined) {
    call.client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: wanted.ref.namespace } });
  }
  if (needed === "update") call.client.update<KubeObject>(object as unknown as KubeObject, options);
  else if (needed !== "") call.client.create<KubeObject>(object, options);
}

/** Brings one object to hold at least what the file says. */
function reconcileOne(call: Call, wanted: Wanted): void {
  // Upstream asks for the object in no namespace, and its client sends no such request.
  if (wanted.placed) fail("resource name may not be empty");
  const live = call.client.get<KubeObject>(wanted.ref.kind, wanted.ref) as unknown as JsonObject | undefined;
  const field = fieldOf(wanted);
  const removing = call.flags.bool(field === "rules" ? "remove-extra-permissions" : "remove-extra-subjects");
  const plan = planFor(live, wanted.body, field, removing);
  const optedOut = ((live?.["metadata"] as JsonObject | undefined)?.["annotations"] as JsonObject | undefined)?.["rbac.authorization.kubernetes.io/autoupdate"] === "false";
  if (dryRunOf(call) === "none" && !optedOut) perform(call, wanted, plan);
  printOrSay(call, { type: wanted.type, object: plan.object as unknown as KubeObject }, `reconciled${dryRunSuffix(dryRunOf(call))}`, true);
  if (plan.needed === "") return;
  call.err(`\treconciliation required ${plan.needed}${optedOut ? ", but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)" : ""}\n`);
  const said = (title: string, entries: readonly Json[]): void => {
    if (entries.length > 0) call.err(`\t${title}:\n${entries.map((entry) => `\t\t${shown(field, entry as JsonObject)}\n`).join("")}`);
  };
  said(`missing ${field} added`, plan.missing);
  if (removing) said(`extra ${field} removed`, plan.extra);
}

/** `kubectl auth reconcile`. Upstream: kubectl/pkg/cmd/auth/reconcile.go. */
export const reconcile: Command = {
  name: "reconcile",
  summary: "Reconcile rules for RBAC role, role binding, cluster role, and cluster role binding objects",
  usage: "-f FILENAME [options]",
  flags: [...fileFlags, ...outputFlags, dryRunFlag, flag("bool", "remove-extra-permissions", "Take away rules the file does not have"), flag("bool", "remove-extra-subjects", "Take away subjects the file does not have")],
  run(call) {
    if (call.words.length > 0) fail(`unknown argument: [${call.words.join(" ")}]`);
    if (dryRunOf(call) === "server") fail("--dry-run=server for command reconcile is not supported yet");
    const { wanted, failures } = readManifests(call);
    const all: unknown[] = [...failures];
    for (const one of wanted) {
      try {
        if (one.type.group === "rbac.authorization.k8s.io") reconcileOne(call, one);
      } catch (error) {
        all.push(new Failure(failureText(error)));
      }
    }
    failAll(all);
    return 0;
  },
};
