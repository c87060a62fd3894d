/** What the rules of a definition may cost at worst. Upstream: apiextensions/validation, CELSchemaContext and TotalCost. */
import type { FieldError } from "../../../apimachinery/api-error";
import { MOST } from "../../../cel/index";

/** Most one expression may cost. Upstream: StaticEstimatedCostLimit. */
const RULE_LIMIT = 10_000_000;
/** Most all expressions of a schema may cost together. Upstream: StaticEstimatedCRDCostLimit. */
const SCHEMA_LIMIT = 100_000_000;
/** How many of the dearest are told of. */
const TOLD = 4;

function beyond(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const times = factor > 100 ? "more than 100x" : `${factor.toFixed(factor < 1.5 ? 6 : 1)}x`;
  return `${what} exceeds budget by factor of ${times} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

const forbidden = (path: string, detail: string): FieldError => ({ code: "forbidden", path, detail, origin: "customresourcedefinition.rule-cost" });

/** So many times a cost. */
export function repeated(cost: number, times: number): number {
  return Math.min(MOST, cost * times);
}

/** What the expressions of one schema cost. */
export class RuleCosts {
  private total = 0;
  private dearest: readonly { readonly path: string; readonly cost: number }[] = [];

  /** `unchanged` schemas were accepted before: of them only the whole is looked at. */
  constructor(private readonly unchanged: boolean) {}

  /** Counts an expression; what is wrong with its cost. */
  observe(path: string, what: "rule" | "messageExpression", cost: number): readonly FieldError[] {
    this.total = Math.min(MOST, this.total + cost);
    if (cost >= SCHEMA_LIMIT / 100) this.dearest = [...this.dearest, { path, cost }].sort((a, b) => b.cost - a.cost).slice(0, TOLD);
    return cost > RULE_LIMIT && !this.unchanged ? [forbidden(path, beyond(`estimated ${what} cost`, cost, RULE_LIMIT))] : [];
  }

  /** What is wrong with the cost of all of them; `path` is the schema's. */
  problems(path: string): readonly FieldError[] {
    if (this.total <= SCHEMA_LIMIT) return [];
    const contributed = this.dearest.map((one) => forbidden(one.path, "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"));
    return [...contributed, forbidden(path, beyond("x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", this.total, SCHEMA_LIMIT))];
  }
}
