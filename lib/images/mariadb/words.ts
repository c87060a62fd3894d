import type { Refusal } from "../sql/refusal";
import type { Session } from "../sql/session";

/** An error as MariaDB numbers and words it. */
export interface Fault {
  readonly code: number;
  readonly state: string;
  readonly text: string;
}

const fault = (code: number, state: string, text: string): Fault => ({ code, state, text });

/** What MariaDB says of a refusal. */
export function faultOf(problem: Refusal, session: Session): Fault {
  const [a = "", b = "", c = "", d = "", e = ""] = problem.what;
  const who = `'${session.user}'@'${session.host}'`;
  switch (problem.reason) {
    case "unclosed": case "syntax": return fault(1064, "42000", `You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '${a.slice(0, 80)}' at line 1`);
    case "no-database-selected": return a === "*" ? fault(1096, "HY000", "No tables used") : fault(1046, "3D000", "No database selected");
    case "no-database": return b === "drop" ? fault(1008, "HY000", `Can't drop database '${a}'; database doesn't exist`) : fault(1049, "42000", `Unknown database '${a}'`);
    case "database-exists": return fault(1007, "HY000", `Can't create database '${a}'; database exists`);
    case "no-table": return c === "drop" ? (e === "view" ? fault(4092, "42S02", `Unknown VIEW: '${d}'`) : fault(1051, "42S02", `Unknown table '${d}'`)) : fault(1146, "42S02", `Table '${a}.${b}' doesn't exist`);
    case "table-exists": return fault(1050, "42S01", `Table '${a}' already exists`);
    case "not-a-table": return fault(1347, "HY000", `'${a}.${b}' is not of type 'BASE TABLE'`);
    case "no-column": case "no-column-of": {
      const clause = { order: "ORDER BY", insert: "INSERT INTO", update: "SET", alter: d }[c] ?? "WHERE";
      return c === "alter" ? fault(1054, "42S22", `Unknown column '${a}' in '${d}'`) : a === "*" ? fault(1051, "42S02", `Unknown table '${b}'`) : fault(1054, "42S22", `Unknown column '${b === "" ? "" : `${b}.`}${a}' in '${clauseOf(problem, session, clause, c)}'`);
    }
    case "ambiguous": return fault(1052, "23000", `Column '${a}' in ${clauseOf(problem, session, "SELECT", "")} is ambiguous`);
    case "column-exists": return b === "twice" && problem.at !== undefined && /^insert/i.test(textOf(session)) ? fault(1110, "42000", `Column '${a}' specified twice`) : fault(1060, "42S21", `Duplicate column name '${a}'`);
    case "count": case "count-more": return fault(1136, "21S01", `Column count doesn't match value count at row ${a === "" ? "1" : a}`);
    case "duplicate": return fault(1062, "23000", `Duplicate entry '${a}' for key '${b}'`);
    case "not-null": return fault(1048, "23000", `Column '${a}' cannot be null`);
    case "no-default": return fault(1364, "HY000", `Field '${a}' doesn't have a default value`);
    case "too-long": return fault(1406, "22001", `Data too long for column '${a}' at row 1`);
    case "bad-value": return a === "date" || a === "datetime" ? fault(1292, "22007", `Incorrect ${a} value: '${b}' for column ${columnName(session, c)} at row 1`) : fault(1366, "22007", `Incorrect ${a} value: '${b}' for column ${columnName(session, c)} at row 1`);
    case "out-of-range": return fault(1264, "22003", `Out of range value for column '${a}' at row 1`);
    case "literal": return fault(1265, "01000", `Data truncated for column '${a}' at row 1`);
    case "no-window": return fault(4009, "HY000", `Window specification with name '${a}' is not defined`);
    case "needs-over": return fault(1305, "42000", `FUNCTION ${session.database}.${a} does not exist`);
    case "group-function": return fault(1111, "HY000", "Invalid use of group function");
    case "no-function": return a === "regexp" ? fault(1139, "42000", "Regex error 'invalid pattern'") : session.database === "" ? fault(1630, "42000", `FUNCTION ${a} does not exist. Check the 'Function Name Parsing and Resolution' section in the Reference Manual`) : fault(1305, "42000", `FUNCTION ${session.database}.${a} does not exist`);
    case "one-column": return fault(1241, "21000", "Operand should contain 1 column(s)");
    case "one-row": return fault(1242, "21000", "Subquery returns more than 1 row");
    case "no-index": return fault(1091, "42000", `Can't DROP INDEX \`${a}\`; check that it exists`);
    case "index-exists": return fault(1061, "42000", `Duplicate key name '${a}'`);
    case "no-key-column": return fault(1072, "42000", `Key column '${a}' doesn't exist in table`);
    case "two-keys": return fault(1068, "42000", "Multiple primary key defined");
    case "two-autos": return fault(1075, "42000", "Incorrect table definition; there can be only one auto column and it must be defined as a key");
    case "no-savepoint": return fault(1305, "42000", `SAVEPOINT ${a} does not exist`);
    case "full": return a === "" ? fault(1114, "HY000", "The table is full") : fault(1021, "HY000", "Disk full; waiting for someone to free some space...");
    case "foreign-child": return fault(1452, "23000", `Cannot add or update a child row: a foreign key constraint fails (\`${a}\`.\`${b}\`, CONSTRAINT \`${c}\` FOREIGN KEY (\`${d}\`) REFERENCES \`${e}\` (\`${problem.what[5] ?? ""}\`)${onDelete(problem.what[7])})`);
    case "foreign-parent": return fault(1451, "23000", `Cannot delete or update a parent row: a foreign key constraint fails (\`${a}\`.\`${b}\`, CONSTRAINT \`${c}\` FOREIGN KEY (\`${d}\`) REFERENCES \`${e}\` (\`${problem.what[5] ?? ""}\`))`);
    case "depends": return fault(1451, "23000", "Cannot delete or update a parent row: a foreign key constraint fails ()");
    case "check": return b === "" ? fault(4025, "23000", `CONSTRAINT \`${a}\` failed`) : fault(4025, "23000", `CONSTRAINT \`${a}\` failed for \`${b}\``);
    case "denied-database": return fault(1044, "42000", `Access denied for user ${who} to database '${a}'`);
    case "denied-table": return fault(1142, "42000", `${a} command denied to user ${who} for table \`${b}\`.\`${c}\``);
    case "denied-power": return fault(1227, "42000", `Access denied; you need (at least one of) the ${a} privilege(s) for this operation`);
    case "no-user": return fault(1396, "HY000", `Operation ${a} failed for ${b}`);
    case "user-exists": return fault(1396, "HY000", `Operation CREATE USER failed for ${a}`);
    case "no-grant": return b === "" ? fault(1133, "28000", "Can't find any matching row in the user table") : fault(1141, "42000", `There is no such grant defined for user '${a}' on host '${b}'`);
    case "same-alias": return fault(1066, "42000", `Not unique table/alias: '${a}'`);
    case "union-columns": return fault(1222, "21000", "The used SELECT statements have a different number of columns");
    case "no-variable": return fault(1193, "HY000", `Unknown system variable '${a}'`);
    case "last-column": return fault(1090, "42000", "You can't delete all columns with ALTER TABLE; use DROP TABLE instead");
    case "killed": return fault(1094, "HY000", `Unknown thread id: ${a}`);
    case "full-of-steps": return fault(1969, "70100", "Query execution was interrupted (max_statement_time exceeded)");
    case "too-large": return fault(1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes");
    default: return fault(1105, "HY000", "Unknown error");
  }
}

const onDelete = (action: string | undefined): string => (action === undefined || action === "RESTRICT" ? "" : ` ON DELETE ${action}`);
const textOf = (session: Session): string => String(session.variables.get("text") ?? "");

function columnName(session: Session, column: string): string {
  const table = /^(?:insert\s+(?:ignore\s+)?into|replace\s+into|update)\s+(?:`?(\w+)`?\.)?`?(\w+)`?/i.exec(textOf(session));
  return `\`${table?.[1] ?? session.database}\`.\`${table?.[2] ?? ""}\`.\`${column}\``;
}

/** The clause a place of the statement is in. Since 11.? its name is in capitals; before, "field list" and "where clause". */
function clauseOf(problem: Refusal, session: Session, fallback: string, said: string): string {
  const old = Number(/^\d+/.exec(session.version)?.[0] ?? 11) < 11;
  const before = textOf(session).slice(0, problem.at ?? 0);
  const words = [...before.matchAll(/\b(SELECT|WHERE|ON|GROUP BY|ORDER BY|HAVING|SET|RETURNING)\b/gi)];
  const word = said !== "" ? fallback : (words.at(-1)?.[1] ?? fallback).toUpperCase();
  if (!old) return word;
  return { SELECT: "field list", WHERE: "where clause", ON: "on clause", "GROUP BY": "group statement", "ORDER BY": "order clause", HAVING: "having clause", SET: "field list", "INSERT INTO": "field list" }[word] ?? word;
}
