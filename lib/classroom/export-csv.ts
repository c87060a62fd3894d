import "server-only";
import Papa from "papaparse";
import type { CurrentUser } from "@/lib/auth";
import type { ExerciseState } from "@/lib/progress";
import { gradeTable } from "./grade-table";

const HEADERS = [
  "Alumno / Student", "Correo / E-mail", "Lección / Lesson", "Ejercicio / Exercise", "Título", "Title",
  "Estado / State", "Puntos / Score", "Máximo / Maximum", "Intentos / Attempts", "Última vez / Last seen",
];

const STATES: Readonly<Record<ExerciseState | "untouched", string>> = {
  untouched: "sin empezar / not started",
  tried: "intentado / tried",
  practised: "practicado / practised",
  passed: "superado / passed",
};

/** A spreadsheet runs a cell that begins so, after any blanks it trims; the full-width signs count in some of them. */
const FORMULA = /^[\s\u00a0]*[=+\-@|%\t\r＝＋－＠]/;

/** Text as a spreadsheet may safely show it: what would run as a formula starts with an apostrophe instead. */
export function safeCell(value: string): string {
  return FORMULA.test(value) ? `'${value}` : value;
}

/**
 * A class's table as CSV: a line for each student and exercise, headers in both languages, a byte order mark so that Excel
 * reads its accents, lines ended as RFC 4180 says.
 */
export async function exportCsv(user: CurrentUser, classId: string): Promise<{ readonly fileName: string; readonly text: string }> {
  const table = await gradeTable(user, classId);
  const lines = table.rows.flatMap(({ student, cells }) =>
    table.exercises.map(({ id, lesson, title, maxScore }) => {
      const cell = Object.hasOwn(cells, id) ? cells[id] : undefined;
      const face = [student.name, student.email, lesson, id, title.es, title.en, STATES[cell?.state ?? "untouched"]];
      return [...face.map(safeCell), cell?.score ?? 0, cell?.maxScore ?? maxScore, cell?.attempts ?? 0, cell?.lastAt ?? ""];
    }),
  );
  const text = `\ufeff${Papa.unparse({ fields: HEADERS, data: lines }, { newline: "\r\n" })}\r\n`;
  return { fileName: `timonel-${table.class.id}.csv`, text };
}
