import { canonicalJson, findJsonPath, renderJsonPath, sortByJsonPath, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call } from "../command";
import { slashName, type Info, type ResourceType } from "../discovery";
import { fail, Failure } from "../failure";
import { flag, type Flag } from "../flags";
import { readPath } from "../io";
import { goSyntax, goText } from "./go-text";
import { renderGoTemplate } from "./go-template/index";
import { customColumns, parseCustomColumns } from "./custom-columns";
import { asList, jsonText, kyamlText, shown, structJsonText, yamlText } from "./structured";

/** `-o` and what goes with it, for every command that prints objects. */
export const outputFlags: readonly Flag[] = [
  flag("text", "output,o", "Output format: json, yaml, name, jsonpath=…, custom-columns=… and, for get, wide"),
  flag("text", "template", "Template of -o jsonpath"),
  flag("bool", "show-managed-fields", "Keep managedFields in JSON and YAML"),
  flag("bool", "allow-missing-template-keys", "Missing fields print nothing", { default: "true" }),
];

/** The two parts of `-o jsonpath={.x}`. */
export interface Format {
  readonly name: string;
  readonly argument: string;
}

/** The format `-o` asks for; its name is empty when there is none. */
export function formatOf(call: Call): Format {
  const value = call.flags.text("output");
  const equals = value.indexOf("=");
  if (equals < 0) return { name: value, argument: call.flags.text("template") };
  return { name: value.slice(0, equals), argument: value.slice(equals + 1) };
}

const FORMATS = ["custom-columns", "custom-columns-file", "go-template", "go-template-file", "json", "jsonpath", "jsonpath-as-json", "jsonpath-file", "kyaml", "name", "template", "templatefile", "wide", "yaml"];
const TEMPLATES: ReadonlySet<string> = new Set(["go-template", "go-template-file", "template", "templatefile"]);

/** Refuses a format nobody knows. `tables` says whether `wide` and the default table exist here. */
export function checkFormat(call: Call, tables: boolean): void {
  const { name, argument } = formatOf(call);
  const allowed = tables ? FORMATS : FORMATS.filter((format) => format !== "wide" && !format.startsWith("custom-columns"));
  if (name !== "" && !allowed.includes(name)) fail(`unable to match a printer suitable for the output format "${name}", allowed formats are: ${allowed.join(",")}`);
  if ((name === "jsonpath" || TEMPLATES.has(name)) && argument === "") fail("template format specified but no template given");
}

/** Commands that have printed a document of YAML: the next is set apart from it. */
const begun = new WeakSet<Call>();

interface Printed {
  readonly type: Pick<ResourceType, "singular">;
  readonly object: KubeObject;
}

/** One object, or many as a list, in a format that is not a table. `typed`: kubectl holds it as a struct, whose JSON comes in Go's order. */
export function printStructured(call: Call, infos: readonly Printed[], single: boolean, typed = false): void {
  const { name, argument } = formatOf(call);
  if (name === "name") {
    for (const { type, object } of infos) call.out(`${slashName(type, object.metadata.name)}\n`);
    return;
  }
  const objects = infos.map(({ object }) => shown(object, call.flags.bool("show-managed-fields")));
  if (name === "custom-columns" || name === "custom-columns-file") {
    call.out(customColumns(parseCustomColumns(name === "custom-columns" ? argument : fileText(call, argument)), objects, call.flags.bool("no-headers")));
    return;
  }
  const first = objects[0];
  printValue(call, single && objects.length === 1 && first !== undefined ? first : asList(objects), typed);
}

/** A value in a format that is neither a table nor a name. */
export function printValue(call: Call, value: JsonObject, typed = false): void {
  const { name, argument } = formatOf(call);
  if (name === "yaml") {
    call.out(`${begun.has(call) ? "---\n" : ""}${yamlText(value)}`);
    begun.add(call);
  } else if (name === "kyaml") call.out(kyamlText(value, typed));
  else if (name === "json") call.out(typed ? structJsonText(value) : jsonText(value));
  else if (TEMPLATES.has(name)) printTemplate(call, name.endsWith("file") ? fileText(call, argument, "--template") : argument, value);
  else if (name === "jsonpath-as-json") call.out(valuesText(argument, value));
  else if (name === "jsonpath" || name === "jsonpath-file") call.out(jsonPathText(name === "jsonpath-file" ? fileText(call, argument, "--template") : argument, value, call.flags.bool("allow-missing-template-keys")));
}

/** What became of an object: the object in the format `-o` asks for, or these words after its name. */
export function printOrSay(call: Call, { type, object }: Printed, words: string, typed = false): void {
  if (formatOf(call).name === "") call.out(`${slashName(type, object.metadata.name)} ${words}\n`);
  else printStructured(call, [{ type, object }], true, typed);
}

function fileText(call: Call, path: string, what = "template"): string {
  return readPath(call.io.files, path) ?? fail(`error reading ${what} ${path}, open ${path}: no such file or directory`);
}

/** What the path finds, as a list in JSON. */
function valuesText(template: string, value: JsonObject): string {
  const found = findJsonPath(template, value);
  return "error" in found ? fail(`error executing jsonpath ${JSON.stringify(template)}: ${found.error}`) : jsonText(found.values as unknown as JsonObject);
}

function jsonPathText(template: string, value: JsonObject, allowMissing: boolean): string {
  const result = renderJsonPath(template, value, allowMissing);
  if (!("error" in result)) return result.output;
  return result.stage === "parse" ? fail(`error parsing jsonpath ${template}, ${result.error}`) : fail(`error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${result.error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(value)}\n\n\n`);
}

function printTemplate(call: Call, template: string, value: JsonObject): void {
  const plain = JSON.parse(JSON.stringify(value)) as JsonObject;
  const result = renderGoTemplate(template, plain);
  if ("output" in result) call.out(result.output);
  if (!("error" in result)) return;
  if (result.stage === "parse") fail(`error parsing template ${template}, ${result.error}`);
  // Upstream shows on the screen all it had in its hands, and then fails.
  call.out(`Error executing template: ${result.error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\traw data was:\n\t\t${canonicalJson(plain)}\n\tobject given to template engine was:\n\t\t${goText(plain)}\n\n`);
  fail(`error executing template ${JSON.stringify(template)}: ${result.error}`);
}

/** {@link sorted}, or undefined when the field cannot be found. */
export function sortedOrNone(call: Call, infos: readonly Info[]): readonly Info[] | undefined {
  try {
    return sorted(call, infos);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** `--sort-by`. */
export function sorted(call: Call, infos: readonly Info[]): readonly Info[] {
  const field = call.flags.text("sort-by");
  if (field === "" || infos.length === 0) return infos;
  const result = sortByJsonPath(infos.map(({ object }) => object), field);
  if ("error" in result) return fail(result.error);
  const place = new Map(result.sorted.map((object, i) => [object, i]));
  return [...infos].sort((a, b) => (place.get(a.object) ?? 0) - (place.get(b.object) ?? 0));
}
