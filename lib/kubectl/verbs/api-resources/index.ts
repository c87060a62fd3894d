import { NAMESPACE, partsOfKind, type ResourceDefinition } from "@/lib/engine";
import { usageFailure, type Call, type Command } from "../../command";
import { isPreferred, resourceTypes, type ResourceType } from "../../discovery";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { alignRows } from "../../output/tab-writer";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

/** `kubectl api-resources`: the kinds this cluster serves. */
export const apiResources: Command = {
  name: "api-resources",
  summary: "Print the supported API resources on the server",
  usage: "[flags] [options]",
  flags: [flag("text", "api-group", "Only this group"), flag("bool", "namespaced", "Only kinds that live in namespaces", { default: "true" }), flag("list", "verbs", "Only kinds that take these verbs"), flag("text", "output,o", "wide or name"), flag("bool", "no-headers", "No line of headings"), flag("text", "sort-by", "name or kind"), flag("bool", "cached", "Use the cached list"), flag("list", "categories", "Only these categories")],
  run(call) {
    const { flags } = call;
    const output = flags.text("output");
    noWords(call);
    if (!["", "name", "kind"].includes(flags.text("sort-by"))) fail("--sort-by accepts only name or kind");
    if (!["", "wide", "name"].includes(output)) fail(`unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: json,kyaml,name,wide,yaml`);
    const group = flags.text("api-group");
    const kept = resourceTypes(call.client).filter((type) => isPreferred(call.client, type)).map(rowOf);
    const wanted = [...kept, ...ANSWERED.filter(({ plural, group: of }) => !kept.some((row) => row.plural === plural && row.group === of))].filter(
      (type) =>
        (!flags.given("api-group") || type.group === group) &&
        (!flags.given("namespaced") || type.namespaced === flags.bool("namespaced")) &&
        flags.list("verbs").every((verb) => type.verbs.includes(verb)) &&
        flags.list("categories").every((category) => type.categories.includes(category)),
    );
    const sorted = [...wanted].sort((a, b) => compare(a, b, flags.text("sort-by")));
    if (output === "name") call.out(sorted.map((type) => `${type.plural}${type.group === "" ? "" : `.${type.group}`}\n`).join(""));
    else call.out(table(sorted, output === "wide", flags.bool("no-headers")));
    return 0;
  },
};

function noWords(call: Call): void {
  if (call.words.length > 0) usageFailure(call, `unexpected arguments: [${call.words.join(" ")}]`);
}

/** What the server answers besides the kinds it keeps: requests that are objects only in form. */
const ANSWERED: readonly Row[] = [
  answered("bindings", "v1", true, "Binding"),
  answered("selfsubjectreviews", "authentication.k8s.io/v1", false, "SelfSubjectReview"),
  answered("tokenreviews", "authentication.k8s.io/v1", false, "TokenReview"),
  answered("localsubjectaccessreviews", "authorization.k8s.io/v1", true, "LocalSubjectAccessReview"),
  answered("selfsubjectaccessreviews", "authorization.k8s.io/v1", false, "SelfSubjectAccessReview"),
  answered("selfsubjectrulesreviews", "authorization.k8s.io/v1", false, "SelfSubjectRulesReview"),
  answered("subjectaccessreviews", "authorization.k8s.io/v1", false, "SubjectAccessReview"),
];

/** A line of the table. */
interface Row {
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly apiVersion: string;
  readonly group: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly categories: readonly string[];
}

function answered(plural: string, apiVersion: string, namespaced: boolean, kind: string): Row {
  return { plural, shortNames: [], apiVersion, group: apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "", namespaced, kind, verbs: ["create"], categories: [] };
}

function verbsOf({ kind, custom, verbs }: ResourceDefinition): readonly string[] {
  if (verbs) return verbs;
  return custom ? CUSTOM_VERBS : kind === NAMESPACE ? VERBS.filter((verb) => verb !== "deletecollection") : VERBS;
}

function rowOf({ kind, plural, group, namespaced, definition }: ResourceType): Row {
  const { kind: name, apiVersion } = partsOfKind(kind);
  return { plural, shortNames: definition.shortNames, apiVersion, group, namespaced, kind: name, verbs: verbsOf(definition), categories: definition.categories };
}

function compare(a: Row, b: Row, by: string): number {
  const less = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  if (by === "name") return less(a.plural, b.plural) || less(a.group, b.group);
  if (by === "kind") return less(a.kind, b.kind);
  return less(a.group, b.group) || less(a.plural, b.plural);
}

function table(types: readonly Row[], wide: boolean, bare: boolean): string {
  const header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", ...(wide ? ["VERBS", "CATEGORIES"] : [])];
  const rows = types.map(({ plural, shortNames, apiVersion, namespaced, kind, verbs, categories }) => [plural, shortNames.join(","), apiVersion, String(namespaced), kind, ...(wide ? [verbs.join(","), categories.join(",")] : [])]);
  return alignRows(bare ? rows : [header, ...rows]).text;
}

/** `kubectl api-versions`. */
export const apiVersions: Command = {
  name: "api-versions",
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  run(call) {
    noWords(call);
    const versions = [...resourceTypes(call.client).map((type) => partsOfKind(type.kind).apiVersion), ...ANSWERED.map(({ apiVersion }) => apiVersion)];
    const unique = [...new Set(versions)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    call.out(unique.map((version) => `${version}\n`).join(""));
    return 0;
  },
};
