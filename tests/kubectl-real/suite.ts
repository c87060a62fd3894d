import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { genuineBinaries } from "./binaries";
import type { Row } from "./commands";
import { play } from "./play";
import { openSession, type Session } from "./session";

const found = genuineBinaries();
if ("reason" in found) console.log(`kubectl-real is skipped: ${found.reason}`);

/** Plays rows in order on a cluster of their own; skipped, with the reason, where the binaries cannot be had. */
export function suite(name: string, rows: readonly Row[]): void {
  describe.skipIf("reason" in found)(name, () => {
    let session: Session;
    beforeAll(async () => {
      session = await openSession("folder" in found ? found.folder : "");
    }, 60_000);
    afterAll(() => session.close());

    for (const row of rows) {
      it(row.line, { timeout: 40_000 }, async () => {
        const { problem, printed } = await play(session, row);
        expect(problem, `${problem ?? ""}\n${printed?.stdout ?? ""}${printed?.stderr ?? ""}`).toBeUndefined();
      });
    }
  });
}
