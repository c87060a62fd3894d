/** Reading Go templates: text, actions, and pipelines inside actions. Upstream: text/template/parse. */

/** Where something stands in the template, and how Go writes it. */
export interface Place {
  readonly at: number;
  readonly text: string;
}

/** A value in a pipeline. Whole numbers written in a template are `bigint`: to Go they are another type than those of JSON. */
export type Operand = Place &
  (
    | { readonly type: "field"; readonly path: readonly string[]; readonly of?: Operand }
    | { readonly type: "variable"; readonly name: string }
    | { readonly type: "literal"; readonly value: string | number | bigint | boolean | null }
    | { readonly type: "function"; readonly name: string; readonly where: string }
    | { readonly type: "pipeline"; readonly pipeline: Pipeline }
  );

/** Commands, each given the value of the one before as its last argument. */
export interface Pipeline {
  readonly declares: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly (readonly Operand[])[];
}

/** A piece of a template. */
export type Node =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "action"; readonly pipeline: Pipeline }
  | { readonly type: "if" | "range" | "with"; readonly pipeline: Pipeline; readonly body: readonly Node[]; readonly otherwise: readonly Node[] }
  | ({ readonly type: "template"; readonly name: string; readonly pipeline: Pipeline | undefined } & Place)
  | { readonly type: "break" | "continue" };

/** What a template says, with the templates it defines; or what is wrong with it. */
export interface Parsed {
  readonly nodes: readonly Node[];
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}

/** A template that cannot be read or run. */
export class TemplateProblem extends Error {}

/** Go finds this while it reads, we where it is run. */
export class UnknownFunction extends TemplateProblem {}

interface Token {
  readonly at: number;
  readonly kind: "field" | "variable" | "word" | "string" | "number" | "punctuation";
  readonly text: string;
  /** Did a blank stand before it? `.a .b` is two operands, `.a.b` one. */
  readonly spaced: boolean;
}

const TOKEN = /\s+|("(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)')|(\$[A-Za-z0-9_]*)|((?:\.[A-Za-z_][A-Za-z0-9_]*)|\.(?![0-9]))|([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|([A-Za-z_][A-Za-z0-9_]*)|(:=|[=|(),])/gy;

function tokens(action: string, where: string, offset: number): readonly Token[] {
  const found: Token[] = [];
  let spaced = true;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < action.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(action);
    if (match === null) throw new TemplateProblem(`${where}: unexpected ${JSON.stringify(action[at] ?? "")} in command`);
    const kind = KINDS.find((_kind, i) => match[i + 1] !== undefined);
    if (kind !== undefined) found.push({ kind, text: match[0], spaced, at: offset + at });
    spaced = match.slice(1).every((group) => group === undefined);
  }
  return found;
}

/** What the groups of {@link TOKEN} are, in their order. */
const KINDS: readonly Token["kind"][] = ["string", "variable", "field", "number", "word", "punctuation"];

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "'": "'", "0": "\0" };

function unquoted(text: string): string | bigint {
  if (text.startsWith("`")) return text.slice(1, -1);
  const value = text.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_all, code: string) => (code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code)));
  return text.startsWith("'") ? BigInt(value.codePointAt(0) ?? 0) : value;
}

/** Reads one action's words from left to right. */
class Reader {
  private at = 0;
  constructor(
    private readonly list: readonly Token[],
    private readonly where: string,
  ) {}

  private peek(): Token | undefined {
    return this.list[this.at];
  }

  private is(text: string): boolean {
    const token = this.peek();
    return token?.kind === "punctuation" && token.text === text;
  }

  pipeline(context = "command"): Pipeline {
    const declared = this.declarations();
    const commands: (readonly Operand[])[] = [this.command()];
    while (this.is("|")) {
      this.at += 1;
      commands.push(this.command());
    }
    if (commands.some((command) => command.length === 0)) throw new TemplateProblem(`${this.where}: missing value for ${context}`);
    return { ...declared, commands };
  }

  done(): void {
    const token = this.peek();
    if (token !== undefined) throw new TemplateProblem(`${this.where}: unexpected ${JSON.stringify(token.text)} in command`);
  }

  /** `$i, $x :=` at the beginning. */
  private declarations(): { readonly declares: readonly string[]; readonly assigns: boolean } {
    const start = this.at;
    const names: string[] = [];
    while (this.peek()?.kind === "variable") {
      names.push(this.peek()?.text ?? "");
      this.at += 1;
      if (this.is(",")) this.at += 1;
      else break;
    }
    if (names.length > 0 && (this.is(":=") || this.is("="))) {
      const assigns = this.is("=");
      this.at += 1;
      return { declares: names, assigns };
    }
    this.at = start;
    return { declares: [], assigns: false };
  }

  private command(): readonly Operand[] {
    const operands: Operand[] = [];
    for (let token = this.peek(); token !== undefined && !this.is("|") && !this.is(")"); token = this.peek()) operands.push(this.operand());
    return operands;
  }

  private operand(): Operand {
    const token = this.peek();
    if (token === undefined) throw new TemplateProblem(`${this.where}: unexpected end of command`);
    this.at += 1;
    const { at, text } = token;
    if (token.kind === "string") return { type: "literal", value: unquoted(text), at, text };
    if (token.kind === "number") return { type: "literal", value: /^[+-]?[0-9]+$/.test(text) ? BigInt(text) : Number(text), at, text };
    if (token.kind === "word") return this.word(token);
    // A chain stands where its second link does.
    const second = this.peek()?.at ?? at;
    if (token.kind === "field") {
      const path = this.chain(text === "." ? [] : [text.slice(1)]);
      return { type: "field", path, at: path.length > 1 ? second : at, text: path.length === 0 ? "." : `.${path.join(".")}` };
    }
    const base = token.kind === "variable" ? ({ type: "variable", name: text, at, text } as const) : this.parenthesis(token);
    const start = this.peek()?.at ?? at;
    const path = this.chain([]);
    return path.length === 0 ? base : { type: "field", path, of: base, at: start, text: `${base.text}.${path.join(".")}` };
  }

  private parenthesis({ at, text }: Token): Operand {
    if (text !== "(") throw new TemplateProblem(`${this.where}: unexpected ${JSON.stringify(text)} in operand`);
    const pipeline = this.pipeline();
    if (!this.is(")")) throw new TemplateProblem(`${this.where}: unclosed left paren`);
    this.at += 1;
    return { type: "pipeline", pipeline, at, text: `(${pipelineText(pipeline)})` };
  }

  private word({ text, at }: Token): Operand {
    if (text === "true" || text === "false") return { type: "literal", value: text === "true", at, text };
    return text === "nil" ? { type: "literal", value: null, at, text } : { type: "function", name: text, where: this.where, at, text };
  }

  private chain(path: readonly string[]): readonly string[] {
    const all = [...path];
    for (let next = this.peek(); next?.kind === "field" && !next.spaced && next.text !== "."; next = this.peek()) {
      all.push(next.text.slice(1));
      this.at += 1;
    }
    return all;
  }
}

/** A command as Go writes it. */
export function commandText(operands: readonly Operand[]): string {
  return operands.map(({ text }) => text).join(" ");
}

function pipelineText({ declares, assigns, commands }: Pipeline): string {
  const declared = declares.length === 0 ? "" : `${declares.join(", ")} ${assigns ? "=" : ":="} `;
  return declared + commands.map(commandText).join(" | ");
}

interface Open {
  readonly type: "if" | "range" | "with" | "define";
  readonly pipeline: Pipeline | undefined;
  readonly name: string;
  readonly body: Node[];
  otherwise: Node[] | undefined;
  /** Opened by `else if`: its end is the end of what it stands in. */
  readonly chained: boolean;
}

/** Reads a template. @throws {TemplateProblem} in Go's words */
export function parseTemplate(source: string): Parsed {
  const nodes: Node[] = [];
  const defined = new Map<string, readonly Node[]>();
  const open: Open[] = [];
  const here = (): Node[] => {
    const top = open.at(-1);
    return top === undefined ? nodes : (top.otherwise ?? top.body);
  };
  let at = 0;
  let trim = false;
  while (at < source.length) {
    const start = source.indexOf("{{", at);
    const raw = source.slice(at, start < 0 ? source.length : start);
    const cut = start >= 0 && /^-\s/.test(source.slice(start + 2, start + 4));
    const text = (trim ? raw.replace(/^\s+/, "") : raw).replace(cut ? /\s+$/ : /$^/, "");
    if (text !== "") here().push({ type: "text", text });
    if (start < 0) break;
    const where = `template: output:${source.slice(0, start).split("\n").length}`;
    const end = endOf(source, start + 2);
    if (end < 0) throw new TemplateProblem(`${where}: unclosed action`);
    let action = source.slice(start + 2 + (cut ? 1 : 0), end);
    trim = /\s-$/.test(action);
    if (trim) action = action.slice(0, -1);
    const offset = start + 2 + (cut ? 1 : 0) + (action.length - action.trimStart().length);
    take({ action: action.trim(), where, offset }, open, here, defined);
    at = end + 2;
  }
  if (open.length > 0) throw new TemplateProblem(`template: output:${source.split("\n").length}: unexpected EOF`);
  return { nodes, defined };
}

/** Where an action ends: at the first `}}` outside of quotes. */
function endOf(source: string, from: number): number {
  let quote = "";
  for (let i = from; i < source.length; i += 1) {
    const char = source[i] ?? "";
    if (quote !== "") {
      if (char === "\\" && quote !== "`") i += 1;
      else if (char === quote) quote = "";
    } else if (char === '"' || char === "`") quote = char;
    else if (char === "}" && source[i + 1] === "}") return i;
  }
  return -1;
}

interface Action {
  readonly action: string;
  readonly where: string;
  readonly offset: number;
}

function take({ action, where, offset }: Action, open: Open[], here: () => Node[], defined: Map<string, readonly Node[]>): void {
  if (action.startsWith("/*")) return;
  const [, word = "", rest = ""] = /^([a-z]+)\b\s*(.*)$/s.exec(action) ?? [];
  const pipelineOf = (text: string, context?: string): Pipeline => {
    const reader = new Reader(tokens(text, where, offset + action.length - text.length), where);
    const pipeline = reader.pipeline(context);
    reader.done();
    return pipeline;
  };
  if (word === "if" || word === "range" || word === "with") open.push({ type: word, pipeline: pipelineOf(rest, word), name: "", body: [], otherwise: undefined, chained: false });
  else if (word === "define") open.push({ type: "define", pipeline: undefined, name: String(unquoted(rest)), body: [], otherwise: undefined, chained: false });
  else if (word === "else") {
    const top = open.at(-1);
    if (top === undefined || top.otherwise !== undefined) throw new TemplateProblem(`${where}: unexpected {{else}}`);
    top.otherwise = [];
    const [, again, condition = ""] = /^(if|with)\b\s*(.*)$/s.exec(rest) ?? [];
    if (again === "if" || again === "with") open.push({ type: again, pipeline: pipelineOf(condition), name: "", body: [], otherwise: undefined, chained: true });
  } else if (word === "end") close(where, open, here, defined);
  else if (word === "template") {
    const [, name = '""', argument = ""] = /^("[^"]*"|`[^`]*`)\s*(.*)$/s.exec(rest) ?? [];
    const pipeline = argument === "" ? undefined : pipelineOf(argument);
    here().push({ type: "template", name: String(unquoted(name)), pipeline, at: offset + action.length - rest.length, text: `{{template ${name}${pipeline === undefined ? "" : ` ${pipelineText(pipeline)}`}}}` });
  } else if ((word === "break" || word === "continue") && rest === "") here().push({ type: word });
  else here().push({ type: "action", pipeline: pipelineOf(action) });
}

function close(where: string, open: Open[], here: () => Node[], defined: Map<string, readonly Node[]>): void {
  for (;;) {
    const top = open.pop();
    if (top === undefined) throw new TemplateProblem(`${where}: unexpected {{end}}`);
    if (top.type === "define" || top.pipeline === undefined) defined.set(top.name, top.body);
    else here().push({ type: top.type, pipeline: top.pipeline, body: top.body, otherwise: top.otherwise ?? [] });
    if (!top.chained) return;
  }
}
