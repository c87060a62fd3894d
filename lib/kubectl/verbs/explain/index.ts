import { explainField, explainSchema, partsOfKind, type ExplainedField, type ExplainResult } from "@/lib/engine";
import { usageFailure, type Call, type Command } from "../../command";
import { findType, resourceTypes, type ResourceType } from "../../discovery";
import { fail, Failure } from "../../failure";
import { flag } from "../../flags";

/** `kubectl explain`. Upstream: kubectl/pkg/explain/v2. The descriptions are ours. */
export const explain: Command = {
  name: "explain",
  summary: "Get documentation for a resource",
  usage: "TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext] [options]",
  examples: [["The fields of a container", "kubectl explain pod.spec.containers"]],
  flags: [flag("bool", "recursive,R", "Every field beneath, names only"), flag("text", "api-version", "Group and version of the kind"), flag("text", "output,o", "plaintext", { default: "plaintext" })],
  run(call) {
    if (call.words.length === 0) fail("You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of supported resources.");
    if (call.words.length > 1) usageFailure(call, "We accept only this format: explain RESOURCE");
    const { type, path } = target(call, call.words[0] ?? "");
    const { group, version, kind } = partsOfKind(type.kind);
    call.out(`${group === "" ? "" : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`);
    const found = explained(type, path);
    if ("error" in found) throw new Failure(`error: ${found.error}`);
    if (path.length > 0) call.out(`FIELD: ${found.field} <${found.type}>\n${found.values.length > 0 && !found.type.startsWith("[]") ? `ENUM:\n${found.values.map((value) => `    ${value}\n`).join("")}\n` : "\n\n"}`);
    call.out(`DESCRIPTION:\n${wrapped(found.description === "" ? "<empty>" : found.description)}`);
    if (found.fields.length === 0) call.out("    \n\n");
    else call.out(`${found.description === "" ? "" : "    \n"}FIELDS:\n${call.flags.bool("recursive") ? beneath(type, path, 1, []) : found.fields.map(fieldText).join("")}\n`);
    return 0;
  },
};

/** The kind and the path in `deploy.spec.strategy`; a group may follow the kind: `deployments.apps.spec`. */
function target(call: Call, word: string): { readonly type: ResourceType; readonly path: readonly string[] } {
  const parts = word.split(".").filter((part) => part !== "");
  const wanted = call.flags.text("api-version");
  // The longest beginning that names a kind is the kind.
  for (let length = Math.min(parts.length, 5); length > 0; length -= 1) {
    const head = parts.slice(0, length).join(".");
    const type = wanted === "" ? findType(call.client, head) : resourceTypes(call.client).find((one) => partsOfKind(one.kind).apiVersion === wanted && (one.plural === head || one.definition.singular === head || one.definition.shortNames.includes(head)));
    if (type !== undefined) return { type, path: parts.slice(length) };
  }
  throw new Failure(`the server doesn't have a resource type "${parts[0] ?? ""}"`);
}

function fieldText(field: ExplainedField): string {
  const values = enumText(field, "  ");
  return `  ${field.name}\t<${field.type}>${field.required ? " -required-" : ""}\n${values}${wrapped(field.description === "" ? "<no description>" : field.description)}\n`;
}

/** Four values at most. */
function enumText({ type, values }: ExplainedField, indent: string): string {
  if (values.length === 0 || type.startsWith("[]")) return "";
  return `${indent}enum: ${values.slice(0, 4).map((value) => (value === "" ? '""' : value)).join(", ")}${values.length > 4 ? ", ...." : ""}\n`;
}

const DEEPEST = 12;

function explained({ kind, definition }: ResourceType, path: readonly string[]): ExplainResult {
  return definition.custom ? explainSchema(definition.custom.schema, path) : explainField(kind, path);
}

function beneath(type: ResourceType, path: readonly string[], level: number, above: readonly string[]): string {
  const found = explained(type, path);
  if ("error" in found || level > DEEPEST) return "";
  return found.fields
    .map((field) => {
      const own = `${"  ".repeat(level)}${field.name}\t<${field.type}>${field.required ? " -required-" : ""}\n${enumText(field, "  ".repeat(level))}`;
      // A type inside itself (a schema of schemas) would never end.
      return above.includes(field.type) ? own : own + beneath(type, [...path, field.name], level + 1, [...above, field.type]);
    })
    .join("");
}

/** Text in lines of 80, four blanks in. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + word.length + 1 > 76) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `    ${one}\n`).join("");
}
