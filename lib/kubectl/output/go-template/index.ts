/** `-o go-template`: Go's template language over JSON. Upstream: text/template, cli-runtime/pkg/printers. */
import { callFunction, goText, isTrue, type Value } from "./functions";
import { parseTemplate, TemplateProblem, UnknownFunction, type Node, type Operand, type Parsed, type Pipeline } from "./parse";

/** What a template printed; or what is wrong with it, and whether reading or running it found that. */
export type TemplateResult = { readonly output: string } | { readonly error: string; readonly stage: "parse" | "execute" };

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
    const inner = new Run(this.parsed, data, this.depth + 1);
    inner.walk(body, data);
    this.output += inner.output;
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
      ? value.map((item, i) => [i, item as Value] as const)
      : typeof value === "object" && value !== null
        ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
        : typeof value === "number"
          ? Array.from({ length: Math.max(0, Math.min(MOST_STEPS, value)) }, (_item, i) => [i, i] as const)
          : [];
    if (value !== undefined && value !== null && typeof value !== "object" && typeof value !== "number") throw new TemplateProblem(`range can't iterate over ${goText(value)}`);
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
    if (first.type === "function") return callFunction(first, [...rest.map((operand) => this.operand(operand, dot)), ...piped]);
    if (rest.length > 0 || piped.length > 0) throw new TemplateProblem(`can't give argument to non-function ${first.type === "field" ? `.${first.path.join(".")}` : "operand"}`);
    return this.operand(first, dot);
  }

  private operand(operand: Operand, dot: Value): Value {
    switch (operand.type) {
      case "literal":
        return operand.value;
      case "variable": {
        const holder = [...this.scopes].reverse().find((scope) => scope.has(operand.name));
        if (holder === undefined) throw new TemplateProblem(`undefined variable ${JSON.stringify(operand.name)}`);
        return holder.get(operand.name);
      }
      case "function":
        return callFunction(operand, []);
      case "pipeline":
        return this.pipeline(operand.pipeline, dot);
      case "field":
        return this.field(operand, dot);
    }
  }

  private field({ path, of }: Extract<Operand, { readonly type: "field" }>, dot: Value): Value {
    return path.reduce<Value>((at, key) => {
      if (at === undefined || at === null) {
        if (at === null) throw new TemplateProblem(`nil data; no entry for key ${JSON.stringify(key)}`);
        return undefined;
      }
      if (typeof at !== "object" || Array.isArray(at)) throw new TemplateProblem(`can't evaluate field ${key} in type ${Array.isArray(at) ? "[]interface {}" : typeof at === "number" ? "float64" : typeof at === "boolean" ? "bool" : typeof at}`);
      return Object.hasOwn(at, key) ? (at as Readonly<Record<string, Value>>)[key] : undefined;
    }, of === undefined ? dot : this.operand(of, dot));
  }
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
  const run = new Run(parsed, data);
  try {
    run.walk(parsed.nodes, data);
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error;
    return { error: error.message, stage: error instanceof UnknownFunction ? "parse" : "execute" };
  }
  return { output: run.output };
}
