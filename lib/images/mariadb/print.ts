import type { Answer } from "./sql";

/** How a client prints rows: between tabs, in a box, or one column a line. */
export interface Style {
  readonly names: boolean;
  readonly table: boolean;
  readonly upright: boolean;
  readonly raw: boolean;
}

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\0": "\\0" };

/** How many columns of a terminal a text takes. */
const width = (text: string): number => [...text].length;

function boxed({ columns, rows }: Extract<Answer, { readonly rows: readonly unknown[] }>, names: boolean): string {
  const shown = rows.map((row) => row.map((cell) => cell ?? "NULL"));
  const widths = columns.map(({ name }, i) => Math.max(names ? width(name) : 0, ...shown.map((row) => width(row[i] ?? ""))));
  const rule = `+${widths.map((wide) => "-".repeat(wide + 2)).join("+")}+\n`;
  const pad = (text: string, i: number, right: boolean): string => {
    const gap = " ".repeat((widths[i] ?? 0) - width(text));
    return right ? gap + text : text + gap;
  };
  const line = (cells: readonly string[], head: boolean): string => `|${cells.map((cell, i) => ` ${pad(cell, i, !head && columns[i]?.numeric === true)} `).join("|")}|\n`;
  const head = names ? line(columns.map(({ name }) => name), true) + rule : "";
  return `${rule}${head}${shown.map((row) => line(row, false)).join("")}${rule}`;
}

function uprighted({ columns, rows }: Extract<Answer, { readonly rows: readonly unknown[] }>): string {
  const wide = Math.max(0, ...columns.map(({ name }) => width(name)));
  return rows.map((row, i) => `*************************** ${i + 1}. row ***************************\n${columns.map(({ name }, c) => `${name.padStart(wide)}: ${row[c] ?? "NULL"}\n`).join("")}`).join("");
}

/** An answer as the client prints it in batch: nothing for what was done, and nothing for no rows. */
export function printed(answer: Answer, { names, table, upright, raw }: Style): string {
  if (!("rows" in answer) || answer.rows.length === 0) return "";
  if (upright) return uprighted(answer);
  if (table) return boxed(answer, names);
  const cell = (value: string | null): string => (value === null ? "NULL" : raw ? value : value.replace(/[\\\t\n\0]/g, (sign) => ESCAPED[sign] ?? sign));
  return [...(names ? [answer.columns.map(({ name }) => name)] : []), ...answer.rows].map((row) => `${row.map(cell).join("\t")}\n`).join("");
}
