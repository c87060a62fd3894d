import { resourceFor, type KindId } from "@/lib/engine";
import type { Row } from "./commands";
import type { Printed, Session } from "./session";

/** What became of a row. */
export interface Outcome {
  readonly row: Row;
  /** Absent: it works. */
  readonly problem?: string;
  readonly printed?: Printed;
}

/** Does the server have the kind a row is about? */
export function isServed(row: Row): boolean {
  return row.needs === undefined || resourceFor(row.needs as KindId) !== undefined;
}

/** Runs a row and judges what it printed. */
export async function play(session: Session, row: Row): Promise<Outcome> {
  if (!isServed(row)) return { row, problem: `the server has no ${row.needs ?? ""} yet` };
  const printed = await session.run(row.line);
  const said = printed.stdout + printed.stderr;
  const missing = row.says.find((wanted) => (typeof wanted === "string" ? !said.includes(wanted) : !wanted.test(said)));
  if (missing !== undefined) return { row, printed, problem: `did not say ${String(missing)}` };
  if (printed.code !== (row.exit ?? 0)) return { row, printed, problem: `exit code ${printed.code}` };
  return { row, printed };
}
