/** Defaults must be fit to be what they stand in for. Upstream: schema/defaulting, ValidateDefaults. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { Json } from "../../../apimachinery/meta";
import { checkAgainst } from "../structural/check";
import { checkRules } from "../structural/rules";
import { isEmbedded, itemsOf, propertyNames, propertyOf, type Schema } from "../structural/schema";
import { embeddedProblems, withoutUnknown } from "../structural/shape";

const OF_EVERY_OBJECT: readonly string[] = ["metadata", "apiVersion", "kind"];

/** Everything wrong with the defaults of a schema of objects. */
export function defaultProblems(path: string, root: Schema): readonly FieldError[] {
  return problemsIn(path, { ...root, "x-kubernetes-embedded-resource": true }, false);
}

/** What was found inside a default, by where the default stands. */
function within(path: string, problems: readonly FieldError[]): readonly FieldError[] {
  return problems.map((problem) => ({ ...problem, path: problem.path === "<nil>" ? path : problem.path.startsWith("[") ? path + problem.path : `${path}.${problem.path}`, origin: "customresourcedefinition.default" }));
}

function problemsOf(path: string, schema: Schema, value: Json, insideMeta: boolean): readonly FieldError[] {
  const unpruned: readonly FieldError[] = insideMeta || withoutUnknown(schema, value) === value ? [] : [{ code: "invalid", path, badValue: value, detail: "must not have unknown fields", origin: "customresourcedefinition.default" }];
  const steps = [() => (insideMeta ? [] : embeddedProblems(schema, value, path)), () => within(path, checkAgainst(schema, value)), () => within(path, checkRules(schema, value, undefined))];
  for (const step of steps) {
    const problems = step();
    if (problems.length > 0) return [...unpruned, ...problems];
  }
  return unpruned;
}

function problemsIn(path: string, schema: Schema, insideMeta: boolean): readonly FieldError[] {
  const embedded = isEmbedded(schema);
  const inside = insideMeta && !embedded;
  const [value, items] = [schema["default"], itemsOf(schema)];
  return [
    ...(value === undefined ? [] : problemsOf(`${path}.default`, schema, value, inside)),
    ...(items === undefined ? [] : problemsIn(`${path}.items`, items, inside)),
    ...propertyNames(schema).flatMap((name) => problemsIn(`${path}.properties[${name}]`, propertyOf(schema, name) ?? {}, inside || (embedded && OF_EVERY_OBJECT.includes(name)))),
  ];
}
