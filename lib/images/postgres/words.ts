import type { Refusal } from "../sql/refusal";
import type { Session } from "../sql/session";

/** An error as PostgreSQL tells it. */
export interface Complaint {
  readonly text: string;
  readonly detail?: string;
  readonly hint?: string;
}

const said = (text: string, detail?: string, hint?: string): Complaint => ({ text, ...(detail === undefined ? {} : { detail }), ...(hint === undefined ? {} : { hint }) });

/** What PostgreSQL says of a refusal. */
export function complaintOf(problem: Refusal, session: Session): Complaint {
  const [a = "", b = "", c = "", d = ""] = problem.what;
  switch (problem.reason) {
    case "syntax": return said(b === "" ? "syntax error at end of input" : `syntax error at or near "${b}"`);
    case "unclosed": return said(`unterminated quoted ${a.startsWith('"') ? "identifier" : "string"} at or near "${a}"`);
    case "no-table": return c === "table" || c === "view" ? said(`${c} "${b}" does not exist`) : said(`relation "${c === "" ? "" : `${c}.`}${b}" does not exist`);
    case "table-exists": case "index-exists": return said(`relation "${a}" already exists`);
    case "not-a-table": return said(`"${b}" is not a table`);
    case "no-column": return c === "order" ? said(`ORDER BY position ${a} is not in select list`) : said(["insert", "update", "alter"].includes(c) && d !== "" ? `column "${a}" of relation "${d}" does not exist` : `column "${a}" does not exist`);
    case "no-column-of": return said(a === "*" || b !== "" ? `missing FROM-clause entry for table "${b}"` : `column "${a}" does not exist`);
    case "ambiguous": return said(`column reference "${a}" is ambiguous`);
    case "column-exists": return said(b === "twice" ? `column "${a}" specified more than once` : `column "${a}" of relation "${b}" already exists`);
    case "count": return said("INSERT has more target columns than expressions");
    case "count-more": return said("INSERT has more expressions than target columns");
    case "duplicate": return said(`duplicate key value violates unique constraint "${b}"`, `Key (${d})=(${a}) already exists.`);
    case "not-null": return d === "contains" ? said(`column "${a}" of relation "${b}" contains null values`) : said(`null value in column "${a}" of relation "${b}" violates not-null constraint`, `Failing row contains (${c}).`);
    case "too-long": return said(`value too long for type ${b}`);
    case "bad-value": return said(`invalid input syntax for type ${a}: "${b}"`);
    case "wrong-field": return said(`date/time field value out of range: "${b}"`);
    case "out-of-range": return b === "numeric" ? said("numeric field overflow", `A field with precision ${d}, scale ${problem.what[4] ?? "0"} must round to an absolute value less than 10^${Number(d) - Number(problem.what[4] ?? 0)}.`) : said(`${b} out of range`);
    case "division": return said("division by zero");
    case "group-function": return said(a === "WHERE" ? "aggregate functions are not allowed in WHERE" : `aggregate functions are not allowed here`);
    case "no-window": return said(`window "${a}" does not exist`);
    case "needs-over": return said(`window function ${a} requires an OVER clause`);
    case "not-grouped": return said(`column "${a}" must appear in the GROUP BY clause or be used in an aggregate function`);
    case "no-function": return a === "regexp" ? said("invalid regular expression") : said(`function ${a}(${b}) does not exist`, undefined, "No function matches the given name and argument types. You might need to add explicit type casts.");
    case "bad-operator": return a === "WHERE" ? said(`argument of WHERE must be type boolean, not type ${b}`) : said(`operator does not exist: ${b} ${a} ${c}`, undefined, "No operator matches the given name and argument types. You might need to add explicit type casts.");
    case "one-column": return said("subquery must return only one column");
    case "one-row": return said("more than one row returned by a subquery used as an expression");
    case "no-index": return said(b === "" ? `index "${a}" does not exist` : `constraint "${a}" of relation "${b}" does not exist`);
    case "no-key-column": return said(`column "${a}" named in key does not exist`);
    case "two-keys": return said(`multiple primary keys for table "${a}" are not allowed`);
    case "no-savepoint": return said(`savepoint "${a}" does not exist`);
    case "in-transaction": return said(`${a} can only be used in transaction blocks`);
    case "aborted": return said("current transaction is aborted, commands ignored until end of transaction block");
    case "full": return said(`could not extend file "base/${a.split("/").slice(-2).join("/")}": No space left on device`, undefined, "Check free disk space.");
    case "full-of-steps": return said("canceling statement due to statement timeout");
    case "foreign-child": return said(`insert or update on table "${b}" violates foreign key constraint "${c}"`, `Key (${d.replaceAll("`, `", ", ")})=(${problem.what[6] ?? ""}) is not present in table "${problem.what[4] ?? ""}".`);
    case "foreign-parent": return said(`update or delete on table "${problem.what[4] ?? ""}" violates foreign key constraint "${c}" on table "${b}"`, `Key (${problem.what[5]?.replaceAll("`, `", ", ") ?? ""})=(${problem.what[6] ?? ""}) is still referenced from table "${b}".`);
    case "check": return said(`new row for relation "${c}" violates check constraint "${a}"`, `Failing row contains (${d}).`);
    case "depends": return d === "schema" ? said(`cannot drop schema ${a} because other objects depend on it`, `table ${a}.${b} depends on schema ${a}`, "Use DROP ... CASCADE to drop the dependent objects too.") : said(`cannot drop table ${a} because other objects depend on it`, `constraint ${c} on table ${b} depends on table ${a}`, "Use DROP ... CASCADE to drop the dependent objects too.");
    case "no-database": return said(`database "${a}" does not exist`);
    case "database-exists": return said(`database "${a}" already exists`);
    case "busy": return said("cannot drop the currently open database");
    case "no-schema": return said(`schema "${a}" does not exist`);
    case "schema-exists": return said(`schema "${a}" already exists`);
    case "denied-table": return said(`permission denied for table ${c}`);
    case "denied-database": return said(`permission denied to create database`);
    case "denied-power": return a === "schema" ? said(`permission denied for schema ${b}`) : a === "database" ? said(`permission denied for database ${b}`) : said(`permission denied to ${a} role`, a === "create" ? "Only roles with the CREATEROLE attribute may create roles." : undefined);
    case "owner": return said(`must be owner of ${a} ${b}`);
    case "no-user": return said(`role "${a}" does not exist`);
    case "user-exists": return said(`role "${a}" already exists`);
    case "same-alias": return said(`table name "${a}" specified more than once`);
    case "union-columns": return said(a === "VALUES" ? "VALUES lists must all be the same length" : `each ${a} query must have the same number of columns`);
    case "no-conflict": return said("there is no unique or exclusion constraint matching the ON CONFLICT specification");
    case "no-type": return said(`type "${a}" does not exist`);
    case "no-setting": return said(`unrecognized configuration parameter "${a}"`);
    case "no-database-selected": return said("SELECT * with no tables specified is not valid");
    default: return said(`internal error in ${session.database}`);
  }
}

/** The line of the statement an error is on and a caret under its place, as psql shows them. */
export function placeOf(statement: string, at: number | undefined): string {
  if (at === undefined) return "";
  const begin = statement.lastIndexOf("\n", at - 1) + 1;
  const line = statement.slice(0, begin).split("\n").length;
  const text = statement.slice(begin).split("\n")[0] ?? "";
  const head = `LINE ${line}: `;
  // Long lines are cut around the place.
  const from = at - begin > 60 ? at - begin - 30 : 0;
  const shown = text.slice(from, from + 70);
  const cut = from > 0 ? "..." : "";
  return `${head}${cut}${shown}${text.length > from + 70 ? "..." : ""}\n${" ".repeat(head.length + cut.length + at - begin - from)}^\n`;
}
