import type { Row } from "./commands";
import type { Printed, Session } from "./session";

/** What became of a row. */
export interface Outcome {
  readonly row: Row;
  /** Absent: it works. */
  readonly problem?: string;
  readonly printed?: Printed;
}

/** Runs a row and judges what it printed. */
export async function play(session: Session, row: Row): Promise<Outcome> {
  const printed = await session.run(row.line);
  const said = printed.stdout + printed.stderr;
  const missing = row.says.find((wanted) => (typeof wanted === "string" ? !said.includes(wanted) : !wanted.test(said)));
  if (missing !== undefined) return { row, printed, problem: `did not say ${String(missing)}` };
  if (printed.code !== (row.exit ?? 0)) return { row, printed, problem: `exit code ${printed.code}` };
  return { row, printed };
}
