/** Finds the type of an expression, or what is wrong with it before it runs. Upstream: cel-go/checker. */
import type { Expr, Issue } from "./ast";
import { dottedName } from "./tree";
import { NAMESPACES, signaturesOf } from "./signatures";
import { assignable, BOOL, BYTES, DOUBLE, DYN, INT, listOf, mapOf, NULL, opaque, optionalOf, STRING, substituted, TYPE, typeText, UINT, type Bindings, type Type } from "./expression-types";

/** Variables an expression may use. */
export type Scope = ReadonlyMap<string, Type>;

/** A variable no source can name: scopes that hold it let expressions make objects. */
export const MESSAGES = "@messages";

const TYPE_NAMES: ReadonlySet<string> = new Set(["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type", "google.protobuf.Timestamp", "google.protobuf.Duration", "net.IP", "net.CIDR", "kubernetes.URL", "kubernetes.Quantity", "optional_type"]);

class Checker {
  readonly issues: Issue[] = [];
  readonly used = new Set<string>();
  readonly types = new Map<Expr, Type>();

  private wrong(at: number, message: string): Type {
    this.issues.push({ at, message });
    return DYN;
  }

  check(expr: Expr, scope: Scope): Type {
    const type = this.typeOf(expr, scope);
    this.types.set(expr, type);
    return type;
  }

  private typeOf(expr: Expr, scope: Scope): Type {
    switch (expr.type) {
      case "literal":
        return literalType(expr.value);
      case "ident":
        return this.ident(expr, scope);
      case "select":
        return this.select(expr, scope);
      case "call":
        return this.call(expr, scope);
      case "list":
        return listOf(this.joined(expr.items.map(({ value, optional }) => this.entry(value, optional, scope))));
      case "map":
        return mapOf(this.joined(expr.entries.map(({ key }) => this.check(key, scope))), this.joined(expr.entries.map(({ value, optional }) => this.entry(value, optional, scope))));
      case "message":
        return this.message(expr, scope);
      case "walk":
        return this.walk(expr, scope);
      case "optMap":
        return this.optMap(expr, scope);
    }
  }

  /** Only mutations make messages: of `Object`, its parts, and `JSONPatch`. */
  private message({ name, fields, at }: Extract<Expr, { readonly type: "message" }>, scope: Scope): Type {
    for (const { value, optional } of fields) this.entry(value, optional, scope);
    const known = name === "JSONPatch" || name === "Object" || name.startsWith("Object.");
    return known && scope.has(MESSAGES) ? opaque(name) : this.wrong(at, `undeclared reference to '${name}' (in container '')`);
  }

  private entry(value: Expr, optional: boolean, scope: Scope): Type {
    const type = this.check(value, scope);
    if (!optional) return type;
    if (type.type === "optional") return type.of;
    return type.type === "dyn" ? DYN : this.wrong(value.at, `expected type 'optional_type(${typeText(type)})' but found '${typeText(type)}'`);
  }

  /** One type for all, or anything. */
  private joined(types: readonly Type[]): Type {
    const [first] = types;
    if (first === undefined) return DYN;
    return types.every((type) => assignable(first, type, new Map()) && assignable(type, first, new Map())) ? first : DYN;
  }

  private ident({ name, at }: Extract<Expr, { readonly type: "ident" }>, scope: Scope): Type {
    const known = scope.get(name);
    if (known !== undefined) {
      this.used.add(name);
      return known;
    }
    if (TYPE_NAMES.has(name)) return TYPE;
    return this.wrong(at, `undeclared reference to '${name}' (in container '')`);
  }

  private select({ operand, field, test, optional, at }: Extract<Expr, { readonly type: "select" }>, scope: Scope): Type {
    const dotted = dottedName(operand);
    const declared = dotted === undefined ? undefined : scope.get(`${dotted}.${field}`);
    if (declared !== undefined && !test) {
      this.used.add(`${dotted ?? ""}.${field}`);
      return declared;
    }
    if (dotted !== undefined && !scope.has(dotted.split(".")[0] ?? "") && TYPE_NAMES.has(`${dotted}.${field}`)) return TYPE;
    const whole = this.check(operand, scope);
    const inside = whole.type === "optional" ? whole.of : whole;
    const found = this.fieldOf(inside, field, at);
    if (test) return BOOL;
    return optional || whole.type === "optional" ? optionalOf(found) : found;
  }

  private fieldOf(type: Type, field: string, at: number): Type {
    if (type.type === "dyn" || type.type === "param") return DYN;
    if (type.type === "map") return type.of;
    if (type.type === "object") return type.fields.get(field) ?? this.wrong(at, `undefined field '${field}'`);
    return this.wrong(at, `type '${typeText(type)}' does not support field selection`);
  }

  private call({ name, target, args, at }: Extract<Expr, { readonly type: "call" }>, scope: Scope): Type {
    const prefix = target === undefined ? undefined : dottedName(target);
    if (prefix !== undefined && NAMESPACES.has(prefix) && !scope.has(prefix)) return this.overload(`${prefix}.${name}`, undefined, args.map((arg) => this.check(arg, scope)), at, name);
    const own = target === undefined ? undefined : this.check(target, scope);
    const types = args.map((arg) => this.check(arg, scope));
    if (target === undefined && (name === "_[_]" || name === "_[?_]") && types[0]?.type === "object") {
      return this.wrong(at, `found no matching overload for '${name}' applied to '(${types.map(typeText).join(", ")})'`);
    }
    return this.overload(name, own, types, at, name);
  }

  private overload(name: string, target: Type | undefined, args: readonly Type[], at: number, shown: string): Type {
    const signatures = signaturesOf(name);
    if (!signatures) return this.wrong(at, `undeclared reference to '${shown}' (in container '')`);
    const results: Type[] = [];
    for (const signature of signatures) {
      if ((signature.target === undefined) !== (target === undefined) || signature.args.length !== args.length) continue;
      const bindings: Bindings = new Map();
      const fits = (target === undefined || signature.target === undefined || assignable(signature.target, target, bindings)) && signature.args.every((wanted, i) => assignable(wanted, args[i] ?? DYN, bindings));
      if (fits) results.push(substituted(signature.result, bindings));
    }
    const [first] = results;
    if (first === undefined) {
      const given = `${target === undefined ? "" : `${typeText(target)}.`}(${args.map(typeText).join(", ")})`;
      return this.wrong(at, `found no matching overload for '${shown}' applied to '${given}'`);
    }
    return results.every((result) => typeText(result) === typeText(first)) ? first : DYN;
  }

  private walk({ walk, range, variables, args, at }: Extract<Expr, { readonly type: "walk" }>, scope: Scope): Type {
    const over = this.check(range, scope);
    const [key, item] = this.rangeTypes(over, range.at);
    const two = variables.length === 2;
    const inner = new Map(scope);
    const [first = "", second = ""] = variables;
    inner.set(first, two || over.type === "map" ? key : item);
    if (two) inner.set(second, item);
    const types = args.map((arg) => this.check(arg, inner));
    const condition = (index: number): void => {
      const type = types[index];
      if (type !== undefined && type.type !== "bool" && type.type !== "dyn") this.wrong(args[index]?.at ?? at, `expected type 'bool' but found '${typeText(type)}'`);
    };
    switch (walk) {
      case "all":
      case "exists":
      case "exists_one":
      case "existsOne":
        condition(0);
        return BOOL;
      case "filter":
        condition(0);
        return over.type === "map" ? listOf(key) : listOf(item);
      case "sortBy":
        return listOf(item);
      case "map":
      case "transformList":
        if (args.length === 2) condition(0);
        return listOf(types[types.length - 1] ?? DYN);
      case "transformMap":
        if (args.length === 2) condition(0);
        return mapOf(key, types[types.length - 1] ?? DYN);
      case "transformMapEntry":
        if (args.length === 2) condition(0);
        return types[types.length - 1] ?? DYN;
    }
  }

  private rangeTypes(over: Type, at: number): readonly [Type, Type] {
    if (over.type === "list") return [INT, over.of];
    if (over.type === "map") return [over.key, over.of];
    if (over.type !== "dyn" && over.type !== "param") this.wrong(at, `expression of type '${typeText(over)}' cannot be range of a comprehension (must be list, map, or dynamic)`);
    return [DYN, DYN];
  }

  private optMap({ target, variable, body, flat }: Extract<Expr, { readonly type: "optMap" }>, scope: Scope): Type {
    const over = this.check(target, scope);
    const inner = new Map(scope).set(variable, over.type === "optional" ? over.of : DYN);
    const type = this.check(body, inner);
    return flat ? type : optionalOf(type);
  }
}

function literalType(value: Extract<Expr, { readonly type: "literal" }>["value"]): Type {
  if (value === null) return NULL;
  switch (typeof value) {
    case "boolean":
      return BOOL;
    case "bigint":
      return INT;
    case "number":
      return DOUBLE;
    case "string":
      return STRING;
    default:
      return "uint" in value ? UINT : BYTES;
  }
}

/** What was found out about an expression. */
export interface Checked {
  readonly type: Type;
  /** The types of all its parts; names that stand for nothing of their own have none. */
  readonly types: ReadonlyMap<Expr, Type>;
  readonly issues: readonly Issue[];
  /** The variables it uses. */
  readonly used: ReadonlySet<string>;
}

/** The type of an expression, what is wrong with it, and which variables it uses. */
export function checkExpression(expr: Expr, scope: Scope): Checked {
  const checker = new Checker();
  const type = checker.check(expr, scope);
  return { type, types: checker.types, issues: [...checker.issues].sort((a, b) => a.at - b.at), used: checker.used };
}
