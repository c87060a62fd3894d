/** Expressions of policies and webhooks: which variables they may name. Upstream: apiserver/pkg/admission/plugin/cel/compile.go. */
import { BOOL, compile, DYN, listOf, MESSAGES, objectType, opaque, STRING, type CompileResult, type Type } from "../../cel/index";

const WANTED: Readonly<Record<"bool" | "string" | "any" | "object" | "patch", readonly Type[]>> = { bool: [BOOL], string: [STRING], any: [], object: [opaque("Object")], patch: [listOf(opaque("JSONPatch"))] };

/** Reads and checks an expression that judges or alters a request. `variables` are those the policy declares before it. */
export function compileAdmission(source: string, wanted: "bool" | "string" | "any" | "object" | "patch", { params, variables }: { readonly params: boolean; readonly variables?: readonly string[] }): CompileResult {
  const scope = new Map<string, Type>([
    ["object", DYN],
    ["oldObject", DYN],
    ["request", DYN],
    ["namespaceObject", DYN],
    ["authorizer", opaque("kubernetes.authorization.Authorizer")],
    ["authorizer.requestResource", opaque("kubernetes.authorization.ResourceCheck")],
  ]);
  if (params) scope.set("params", DYN);
  if (variables) scope.set("variables", objectType("kubernetes.variables", new Map(variables.map((name) => [name, DYN]))));
  if (wanted === "object" || wanted === "patch") scope.set(MESSAGES, DYN);
  return compile(source, scope, WANTED[wanted]);
}
