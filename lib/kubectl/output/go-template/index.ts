/** `-o go-template`: Go's template language over JSON. Upstream: text/template, cli-runtime/pkg/printers. */
import { utf8Bytes } from "@/lib/engine";
import { callFunction, goText, isTrue, type Value } from "./functions";
import { commandText, parseTemplate, TemplateProblem, UnknownFunction, type Node, type Operand, type Parsed, type Pipeline, type Place } from "./parse";

/** What a template printed; or what is wrong with it, whether reading or running it found that, and what had been printed by then. */
export type TemplateResult = { readonly output: string } | { readonly error: string; readonly stage: "parse" } | { readonly error: string; readonly stage: "execute"; readonly output: string };

/** Deeper than any template goes on purpose. */
const DEEPEST = 100;
/** More than any list has; a template may not print for ever. */
const MOST_STEPS = 200_000;

type Ending = "break" | "continue" | undefined;

class Run {
  output = "";
  private steps = 0;
  private readonly scopes: Map<string, Value>[];

  constructor(
    private readonly parsed: Parsed,
    data: Value,
    /** What is being looked at now, in which template: shared with the templates called. */
    private readonly here: { place: Place; name: string },
    private readonly depth = 0,
  ) {
    this.scopes = [new Map([["$", data]])];
  }

  walk(nodes: readonly Node[], dot: Value): Ending {
    for (const node of nodes) {
      this.steps += 1;
      if (this.steps > MOST_STEPS) throw new TemplateProblem("the template does not end");
      const ending = this.visit(node, dot);
      if (ending !== undefined) return ending;
    }
    return undefined;
  }

  private visit(node: Node, dot: Value): Ending {
    switch (node.type) {
      case "text":
        this.output += node.text;
        return undefined;
      case "action": {
        const value = this.pipeline(node.pipeline, dot);
        if (node.pipeline.declares.length === 0) this.output += value === null ? "<no value>" : goText(value);
        return undefined;
      }
      case "break":
      case "continue":
        return node.type;
      case "template":
        this.here.place = node;
        this.call(node.name, node.pipeline === undefined ? undefined : this.pipeline(node.pipeline, dot));
        return undefined;
      case "range":
        this.range(node, dot);
        return undefined;
      default:
        return this.scoped(() => {
          const value = this.pipeline(node.pipeline, dot);
          const inner = node.type === "with" && isTrue(value) ? value : dot;
          return this.walk(isTrue(value) ? node.body : node.otherwise, inner);
        });
    }
  }

  private call(name: string, data: Value): void {
    const body = this.parsed.defined.get(name);
    if (body === undefined) throw new TemplateProblem(`template ${JSON.stringify(name)} not defined`);
    if (this.depth > DEEPEST) throw new TemplateProblem("exceeded maximum template depth (100)");
    const { name: outer } = this.here;
    const inner = new Run(this.parsed, data, this.here, this.depth + 1);
    this.here.name = name;
    try {
      inner.walk(body, data);
    } finally {
      this.output += inner.output;
    }
    this.here.name = outer;
  }

  private scoped<T>(run: () => T): T {
    this.scopes.push(new Map());
    try {
      return run();
    } finally {
      this.scopes.pop();
    }
  }

  private range(node: Extract<Node, { readonly type: "if" | "range" | "with" }>, dot: Value): void {
    const { declares, ...plain } = node.pipeline;
    const value = this.pipeline({ ...plain, declares: [] }, dot);
    const entries: readonly (readonly [Value, Value])[] = Array.isArray(value)
      ? value.map((item, i) => [BigInt(i), item as Value] as const)
      : typeof value === "object" && value !== null
        ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
        : typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value))
          ? Array.from({ length: Math.max(0, Math.min(MOST_STEPS, Number(value))) }, (_item, i) => [BigInt(i), BigInt(i)] as const)
          : [];
    if (value !== undefined && value !== null && typeof value !== "object" && typeof value !== "bigint" && !Number.isInteger(value)) throw new TemplateProblem(`range can't iterate over ${goText(value)}`);
    if (entries.length === 0) {
      this.scoped(() => this.walk(node.otherwise, dot));
      return;
    }
    for (const [key, item] of entries) {
      const ending = this.scoped(() => {
        const scope = this.scopes.at(-1);
        const [first, second] = declares;
        if (first !== undefined) scope?.set(first, second === undefined ? item : key);
        if (second !== undefined) scope?.set(second, item);
        return this.walk(node.body, item);
      });
      if (ending === "break") return;
    }
  }

  private pipeline({ declares, assigns, commands }: Pipeline, dot: Value): Value {
    let value: Value;
    commands.forEach((command, i) => {
      value = this.command(command, dot, i > 0 ? [value] : []);
    });
    const [name] = declares;
    if (name !== undefined) {
      const holder = assigns ? [...this.scopes].reverse().find((scope) => scope.has(name)) : this.scopes.at(-1);
      if (holder === undefined) throw new TemplateProblem(`undefined variable ${JSON.stringify(name)}`);
      holder.set(name, value);
    }
    return value;
  }

  private command(operands: readonly Operand[], dot: Value, piped: readonly Value[]): Value {
    const [first, ...rest] = operands;
    if (first === undefined) return undefined;
    if (first.type === "function") {
      this.here.place = first;
      return this.called(first, [...rest.map((operand) => this.operand(operand, dot)), ...piped], commandText(operands));
    }
    this.here.place = first;
    if (rest.length > 0 || piped.length > 0) throw new TemplateProblem(`can't give argument to non-function ${first.type === "field" ? `.${first.path.join(".")}` : "operand"}`);
    return this.operand(first, dot);
  }

  /** What a function refuses is said of the whole command. */
  private called(operand: Extract<Operand, { readonly type: "function" }>, values: readonly Value[], text: string): Value {
    try {
      return callFunction(operand, values);
    } catch (error) {
      this.here.place = { at: operand.at, text };
      throw error;
    }
  }

  private operand(operand: Operand, dot: Value): Value {
    this.here.place = operand;
    switch (operand.type) {
      case "literal":
        return operand.value;
      case "variable": {
        const holder = [...this.scopes].reverse().find((scope) => scope.has(operand.name));
        if (holder === undefined) throw new TemplateProblem(`undefined variable ${JSON.stringify(operand.name)}`);
        return holder.get(operand.name);
      }
      case "function":
        return this.called(operand, [], operand.text);
      case "pipeline":
        return this.pipeline(operand.pipeline, dot);
      case "field":
        return this.field(operand, dot);
    }
  }

  private field(operand: Extract<Operand, { readonly type: "field" }>, dot: Value): Value {
    const { path, of } = operand;
    // As upstream, what is said of a chain on a parenthesis points at what was looked at last inside it.
    const base = of === undefined ? dot : this.operand(of, dot);
    if (of?.type === "variable") this.here.place = operand;
    return path.reduce<Value>((at, key) => {
      if (at === undefined || at === null) {
        if (at === null) throw new TemplateProblem(`nil data; no entry for key ${JSON.stringify(key)}`);
        return undefined;
      }
      if (typeof at !== "object" || Array.isArray(at)) throw new TemplateProblem(`can't evaluate field ${key} in type ${typeof at === "bigint" ? "int" : "interface {}"}`);
      return Object.hasOwn(at, key) ? (at as Readonly<Record<string, Value>>)[key] : undefined;
    }, base);
  }
}

/** Upstream: text/template/parse `Tree.ErrorContext`, where columns are bytes. */
function placeText(template: string, { place, name }: { readonly place: Place; readonly name: string }): string {
  const before = template.slice(0, place.at);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return `template: output:${before.split("\n").length}:${utf8Bytes(line).length}: executing ${JSON.stringify(name)} at <${place.text}>`;
}

/** Runs a template over a value. Never throws for what a student typed. */
export function renderGoTemplate(template: string, data: unknown): TemplateResult {
  let parsed: Parsed;
  try {
    parsed = parseTemplate(template);
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error;
    return { error: error.message, stage: "parse" };
  }
  const here = { place: { at: 0, text: "" }, name: "output" };
  const run = new Run(parsed, data, here);
  try {
    run.walk(parsed.nodes, data);
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error;
    if (error instanceof UnknownFunction) return { error: error.message, stage: "parse" };
    return { error: `${placeText(template, here)}: ${error.message}`, stage: "execute", output: run.output };
  }
  return { output: run.output };
}
