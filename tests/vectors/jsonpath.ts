import { relaxedJsonPath, renderJsonPath, sortByJsonPath } from "@/lib/engine/apimachinery/jsonpath";
import { compare, type Adapter } from "./adapter";

interface Named {
  readonly metadata: { readonly name: string };
}

/** `api/jsonpath`. */
export const jsonpath: Adapter = ({ input, expected }) => {
  if (input.op === "relaxedExpression") return compare(relaxedJsonPath(String(input.expression)), expected);
  if (input.op === "sort-by") {
    const result = sortByJsonPath(input.objects as readonly Named[], String(input.field));
    return compare("error" in result ? result : { order: result.sorted.map((object) => object.metadata.name) }, expected);
  }
  return compare(renderJsonPath(String(input.template), input.data, input.allowMissingKeys === true), expected);
};
