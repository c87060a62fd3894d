/** How cells are laid out. Go's `text/tabwriter` with blanks for padding. */
export interface Layout {
  readonly minWidth: number;
  readonly padding: number;
}

/** As `kubectl describe` aligns. */
export const describeLayout: Layout = { minWidth: 0, padding: 2 };
/** As `kubectl get` aligns. */
export const tableLayout: Layout = { minWidth: 6, padding: 3 };

/**
 * Aligns text whose cells end in tabs. A column reaches over the lines in a row that have the cell; the last cell of a
 * line belongs to no column. Upstream: Go `text/tabwriter`, AlignLeft.
 */
export function aligned(text: string, layout: Layout): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths = lines.map((): number[] => []);
  settle(lines, widths, 0, lines.length, 0, layout);
  return lines.map((cells, i) => cells.map((cell, j) => padded(cell, widths[i]?.[j])).join("")).join("\n");
}

function settle(lines: readonly (readonly string[])[], widths: number[][], from: number, to: number, column: number, layout: Layout): void {
  for (let start = from; start < to; start += 1) {
    if (column >= (lines[start]?.length ?? 0) - 1) continue;
    let end = start;
    let width = layout.minWidth;
    while (end < to && column < (lines[end]?.length ?? 0) - 1) {
      width = Math.max(width, widthOf(lines[end]?.[column] ?? "") + layout.padding);
      end += 1;
    }
    for (let line = start; line < end; line += 1) widths[line]?.push(width);
    settle(lines, widths, start, end, column + 1, layout);
    start = end - 1;
  }
}

function padded(cell: string, width: number | undefined): string {
  return width === undefined ? cell : cell + " ".repeat(Math.max(0, width - widthOf(cell)));
}

/** Characters as Go counts them: code points. */
export function widthOf(text: string): number {
  let width = 0;
  for (const _ of text) width += 1;
  return width;
}

/** Rows of equal length, aligned as `kubectl get` does; `remembered` are the widths of what was printed before and the answer's second half. */
export function alignRows(rows: readonly (readonly string[])[], remembered: readonly number[] = []): { readonly text: string; readonly widths: readonly number[] } {
  const widths: number[] = [...remembered];
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? tableLayout.minWidth, widthOf(cell) + tableLayout.padding);
    });
  }
  const text = rows.map((row) => `${row.map((cell, i) => (i === row.length - 1 ? cell : padded(cell, widths[i]))).join("")}\n`).join("");
  return { text, widths };
}
