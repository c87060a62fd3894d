import { partsOfKind, type Json, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { slashName, type Wanted } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { readManifests } from "../../manifests";
import { outputFlags } from "../../output/print-objects";
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

/** Brings one object to hold at least what the file says. */
function reconcileOne(call: Call, wanted: Wanted): void {
  const live = call.client.get<KubeObject>(wanted.ref.kind, wanted.ref) as unknown as JsonObject | undefined;
  const field = fieldOf(wanted);
  const [have, want] = [listAt(live ?? {}, field), listAt(wanted.body, field)];
  const missing = want.filter((entry) => !have.some((other) => JSON.stringify(other) === JSON.stringify(entry)));
  const extra = have.filter((entry) => !want.some((other) => JSON.stringify(other) === JSON.stringify(entry)));
  const removing = call.flags.bool(field === "rules" ? "remove-extra-permissions" : "remove-extra-subjects");
  const options = { ...writeOptionsOf(call), dryRun: dryRunOf(call) !== "none" };
  if (live === undefined) call.client.create<KubeObject>(wanted.body, options);
  else if (missing.length > 0 || (removing && extra.length > 0)) call.client.update<KubeObject>({ ...live, [field]: removing ? want : [...have, ...missing] } as unknown as KubeObject, options);
  call.out(`${slashName(wanted.type, wanted.ref.name)} reconciled${dryRunSuffix(dryRunOf(call))}\n`);
  const needed = live === undefined ? "create" : missing.length > 0 || extra.length > 0 ? "update" : "";
  if (needed !== "") call.out(`\treconciliation required ${needed}\n`);
  const said = (title: string, entries: readonly Json[]): void => {
    if (entries.length > 0) call.out(`\t${title}:\n${entries.map((entry) => `\t\t${shown(field, entry as JsonObject)}\n`).join("")}`);
  };
  said(`missing ${field} added`, missing);
  said(removing ? `extra ${field} removed` : `extra ${field} present and not removed`, extra);
}

/** `kubectl auth reconcile`. Upstream: kubectl/pkg/cmd/auth/reconcile.go. */
export const reconcile: Command = {
  name: "reconcile",
  summary: "Reconcile rules for RBAC role, role binding, cluster role, and cluster role binding objects",
  usage: "-f FILENAME [options]",
  flags: [...fileFlags, ...outputFlags, dryRunFlag, flag("bool", "remove-extra-permissions", "Take away rules the file does not have"), flag("bool", "remove-extra-subjects", "Take away subjects the file does not have")],
  run(call) {
    if (call.words.length > 0) fail(`unknown argument: [${call.words.join(" ")}]`);
    const { wanted, failures } = readManifests(call);
    const all: unknown[] = [...failures];
    for (const one of wanted) {
      try {
        if (one.type.group !== "rbac.authorization.k8s.io") fail(`only rbac.authorization.k8s.io/v1 is supported: not ${one.ref.kind}`);
        reconcileOne(call, one);
      } catch (error) {
        all.push(new Failure(failureText(error)));
      }
    }
    failAll(all);
    return 0;
  },
};
