/** Why a statement was refused, as both servers know it; each says it in its own words (`words`). */
export type Reason =
  | "syntax" | "unclosed" | "too-large" | "no-database-selected" | "no-database" | "database-exists" | "no-table" | "table-exists" | "not-a-table" | "no-column" | "no-column-of" | "ambiguous"
  | "column-exists" | "count" | "count-more" | "duplicate" | "not-null" | "no-default" | "too-long" | "bad-value" | "out-of-range" | "division" | "group-function" | "no-window" | "needs-over" | "not-grouped" | "no-function"
  | "one-column" | "one-row" | "no-index" | "index-exists" | "no-key-column" | "two-keys" | "two-autos" | "no-savepoint" | "aborted" | "full" | "full-of-steps" | "foreign-child" | "foreign-parent" | "check"
  | "denied-database" | "denied-table" | "denied-column" | "denied-power" | "no-user" | "user-exists" | "no-grant" | "no-schema" | "schema-exists" | "same-alias" | "union-columns" | "bad-operator"
  | "no-conflict" | "in-transaction" | "no-setting" | "no-variable" | "killed" | "busy" | "owner" | "not-a-view" | "depends" | "no-type" | "last-column" | "identity" | "wrong-field" | "literal";

/** A refusal on its way out of the engine. */
export class Refusal extends Error {
  constructor(readonly reason: Reason, readonly what: readonly string[], readonly at: number | undefined) {
    super(reason);
  }
}

/** A refusal of this reason; `what` are the names its sentence needs, `at` the place in the statement when there is one. */
export function refuse(reason: Reason, what: string | readonly string[] = [], at?: number): Refusal {
  return new Refusal(reason, typeof what === "string" ? [what] : what, at);
}
