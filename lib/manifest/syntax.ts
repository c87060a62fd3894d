import { Composer, type CST, type Document, LineCounter, Parser, type ParsedNode, type YAMLParseError } from "yaml";
import { type ManifestLimits, ManifestRefusal } from "./problem";

/** A document read into a tree, with the table that turns offsets into lines. */
export interface SyntaxTree {
  readonly contents: ParsedNode | null;
  readonly lines: LineCounter;
}

const YAML_CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]/;
// What begins with a brace is JSON to kubectl, whose strings may hold these.
const JSON_CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/;

/**
 * Reads one document's text into a tree. Throws {@link ManifestRefusal} for syntax errors and for trees beyond the limits,
 * which are measured on the flat token stream before anything recursive touches it.
 */
export function readSyntax(text: string, limits: ManifestLimits, aliasesSoFar: number): SyntaxTree & { readonly aliases: number } {
  const control = (/^\s*\{/.test(text) ? JSON_CONTROL : YAML_CONTROL).exec(text);
  if (control) {
    throw new ManifestRefusal("manifest.control-character", yamlMessage("yaml: control characters are not allowed"), control.index);
  }
  const lines = new LineCounter();
  const tokens: CST.Token[] = [];
  let documents = 0;
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    // kubectl decodes the first document between two separators and stops there.
    documents += token.type === "document" ? 1 : 0;
    if (documents > 1) break;
    tokens.push(token);
  }
  const aliases = measure(tokens, limits, aliasesSoFar);
  const composer = new Composer({ schema: "failsafe", resolveKnownTags: false, uniqueKeys: false, logLevel: "silent" });
  for (const document of composer.compose(tokens, true, text.length)) {
    const error = firstError(document);
    if (error) throw syntaxRefusal(error, text, lines);
    return { contents: document.contents, lines, aliases };
  }
  return { contents: null, lines, aliases };
}

function firstError(document: Document.Parsed): YAMLParseError | undefined {
  return document.errors.reduce<YAMLParseError | undefined>(
    (first, error) => (first === undefined || error.pos[0] < first.pos[0] ? error : first),
    undefined,
  );
}

/** Counts aliases and depth over the token tree with a stack of its own, so no nesting can exhaust the machine's. */
function measure(tokens: readonly CST.Token[], limits: ManifestLimits, aliasesSoFar: number): number {
  let aliases = 0;
  const pending: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let entry = pending.pop(); entry; entry = pending.pop()) {
    const { token, depth } = entry;
    if (token.type === "alias") {
      aliases += 1;
      if (aliasesSoFar + aliases > limits.maxAliases) {
        throw new ManifestRefusal(
          "manifest.too-many-aliases",
          { limit: limits.maxAliases, ...yamlMessage("yaml: document contains excessive aliasing") },
          token.offset,
        );
      }
    } else if (token.type === "document" && token.value) {
      pending.push({ token: token.value, depth });
    } else if (token.type === "block-map" || token.type === "block-seq" || token.type === "flow-collection") {
      if (depth >= limits.maxDepth) {
        throw new ManifestRefusal("manifest.too-deep", { limit: limits.maxDepth, ...yamlMessage("yaml: exceeded max depth") }, token.offset);
      }
      for (const item of token.items) {
        if (item.key) pending.push({ token: item.key, depth: depth + 1 });
        if (item.value) pending.push({ token: item.value, depth: depth + 1 });
      }
    }
  }
  return aliases;
}

/** The parameters of a problem that kubectl would report while turning YAML into JSON. */
export function yamlMessage(message: string): { readonly upstream: string } {
  return { upstream: `error converting YAML to JSON: ${message}` };
}

/**
 * kubectl's words for a syntax error. Its scanner counts lines from 1 and its parser from 0, so messages of the second
 * kind point one line up; both count from the document's separator.
 */
function syntaxRefusal(error: YAMLParseError, text: string, lines: LineCounter): ManifestRefusal {
  const offset = Math.min(error.pos[0], text.length);
  const { words, shift } = wordsFor(error, text, offset);
  const line = lines.linePos(offset).line + shift;
  const where = line > 0 ? `line ${line}: ` : "";
  return new ManifestRefusal("manifest.syntax", { ...yamlMessage(`yaml: ${where}${words}`), detail: error.message }, offset);
}

interface Words {
  readonly words: string;
  /** What to add to the line, counted from 1, where our parser stopped. */
  readonly shift: number;
}

function wordsFor(error: YAMLParseError, text: string, offset: number): Words {
  const { code, message } = error;
  const next = text[offset] ?? "";
  switch (code) {
    case "TAB_AS_INDENT":
    case "BAD_SCALAR_START":
      return { words: "found character that cannot start any token", shift: 0 };
    case "BLOCK_AS_IMPLICIT_KEY":
      if (/sequence/.test(message)) return { words: "did not find expected key", shift: -1 };
      return { words: "mapping values are not allowed in this context", shift: linesToColon(text, offset) };
    case "MULTILINE_IMPLICIT_KEY":
      return multilineKey(text, offset);
    case "BAD_DQ_ESCAPE":
      return next === "\\" && /[xuU]/.test(text[offset + 1] ?? "")
        ? { words: "did not find expected hexdecimal number", shift: 0 }
        : { words: "found unknown escape character", shift: 0 };
    case "MISSING_CHAR":
      return missingChar(message, text, offset);
    case "BAD_INDENT":
      if (/start at the same column|must align|All collection items/i.test(message)) return { words: "did not find expected key", shift: -1 };
      if (/flow map/i.test(message)) return { words: "did not find expected ',' or '}'", shift: -1 };
      if (/flow seq/i.test(message)) return { words: "did not find expected ',' or ']'", shift: -1 };
      return { words: "did not find expected key", shift: -1 };
    case "BLOCK_IN_FLOW":
      return { words: "block sequence entries are not allowed in this context", shift: 0 };
    case "UNEXPECTED_TOKEN":
      if (next === "-") return { words: "block sequence entries are not allowed in this context", shift: 0 };
      if (next === "@" || next === "`" || next === "%") return { words: "found character that cannot start any token", shift: 0 };
      return { words: next === "}" || next === "]" || next === "," ? "did not find expected node content" : "did not find expected key", shift: -1 };
    default:
      return { words: "did not find expected key", shift: -1 };
  }
}

function missingChar(message: string, text: string, offset: number): Words {
  if (/quote/.test(message)) return { words: "found unexpected end of stream", shift: 0 };
  if (/Flow map|flow map/.test(message)) return { words: "did not find expected ',' or '}'", shift: -1 };
  if (/Flow seq|flow seq/.test(message)) return { words: "did not find expected ',' or ']'", shift: -1 };
  if (/Implicit keys|implicit map key|Implicit map keys/i.test(message)) {
    // The scanner gives up when the next line begins.
    return { words: "could not find expected ':'", shift: text.indexOf("\n", offset) >= 0 ? 1 : 0 };
  }
  return { words: "did not find expected key", shift: -1 };
}

/** A word without a colon swallowed the line below it: the scanner complains of the word if that line is a sibling. */
function multilineKey(text: string, offset: number): Words {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const nextLine = /\n( *)[^ \n]/.exec(text.slice(offset));
  if (nextLine && (nextLine[1] ?? "").length <= offset - lineStart && !/^[ \t]*-/.test(text.slice(lineStart, offset))) {
    return { words: "could not find expected ':'", shift: 1 };
  }
  return { words: "mapping values are not allowed in this context", shift: linesToColon(text, offset) };
}

function linesToColon(text: string, offset: number): number {
  const colon = /:(?:\s|$)/.exec(text.slice(offset));
  return colon ? text.slice(offset, offset + colon.index).split("\n").length - 1 : 0;
}
