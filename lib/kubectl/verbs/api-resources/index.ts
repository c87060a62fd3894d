import { partsOfKind } from "@/lib/engine";
import type { Command } from "../../command";
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
    if (!["", "wide", "name"].includes(output)) fail(`--output ${output} is not available`);
    const group = flags.text("api-group");
    const wanted = resourceTypes(call.client).filter(
      (type) =>
        isPreferred(call.client, type) &&
        (!flags.given("api-group") || type.group === group) &&
        (!flags.given("namespaced") || type.namespaced === flags.bool("namespaced")) &&
        flags.list("verbs").every((verb) => VERBS.includes(verb)) &&
        flags.list("categories").every((category) => type.definition.categories.includes(category)),
    );
    const sorted = [...wanted].sort((a, b) => compare(a, b, flags.text("sort-by")));
    if (output === "name") call.out(sorted.map((type) => `${type.qualified}\n`).join(""));
    else call.out(table(sorted, output === "wide", flags.bool("no-headers")));
    return 0;
  },
};

function compare(a: ResourceType, b: ResourceType, by: string): number {
  const less = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  if (by === "name") return less(a.plural, b.plural) || less(a.group, b.group);
  if (by === "kind") return less(kindOf(a), kindOf(b));
  return less(a.group, b.group) || less(a.plural, b.plural);
}

function kindOf(type: ResourceType): string {
  return partsOfKind(type.kind).kind;
}

function table(types: readonly ResourceType[], wide: boolean, bare: boolean): string {
  const header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", ...(wide ? ["VERBS", "CATEGORIES"] : [])];
  const rows = types.map((type) => [
    type.plural,
    type.definition.shortNames.join(","),
    partsOfKind(type.kind).apiVersion,
    String(type.namespaced),
    kindOf(type),
    ...(wide ? [(type.definition.custom ? CUSTOM_VERBS : VERBS).join(","), type.definition.categories.join(",")] : []),
  ]);
  return alignRows(bare ? rows : [header, ...rows]).text;
}

/** `kubectl api-versions`. */
export const apiVersions: Command = {
  name: "api-versions",
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  run(call) {
    const versions = resourceTypes(call.client).map((type) => partsOfKind(type.kind).apiVersion);
    const unique = [...new Set(versions)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    call.out(unique.map((version) => `${version}\n`).join(""));
    return 0;
  },
};
