import type { SqlOutcome } from "./sql";

type Rows = Extract<SqlOutcome, { readonly rows: readonly unknown[] }>;

/** How psql draws: `t`uples only, `A` unaligned, `x` expanded, `q`uiet, and what stands between columns. */
export interface Drawing {
  readonly flags: ReadonlySet<string>;
  readonly separator: string;
}

const width = (text: string): number => [...text].length;

function centred(text: string, wide: number): string {
  const gap = Math.max(0, wide - width(text));
  return `${" ".repeat(gap >> 1)}${text}${" ".repeat(gap - (gap >> 1))}`;
}

const counted = (rows: number): string => `(${rows} row${rows === 1 ? "" : "s"})\n`;

/** One column a line, a rule before each row. */
function expanded({ columns, rows }: Rows, bare: boolean): string {
  if (rows.length === 0) return bare ? "" : "(0 rows)\n\n";
  const head = Math.max(...columns.map(({ name }) => width(name)));
  const data = Math.max(...rows.flatMap((row) => row.map((cell) => width(cell ?? ""))));
  const rule = (at: number): string => {
    const label = `-[ RECORD ${at} ]`;
    const plain = `${"-".repeat(head + 1)}+${"-".repeat(data + 1)}`;
    return `${label}${plain.slice(label.length)}\n`;
  };
  return `${rows.map((row, i) => `${bare ? "" : rule(i + 1)}${columns.map(({ name }, c) => `${name.padEnd(head)} | ${row[c] ?? ""}\n`).join("")}`).join("")}\n`;
}

function aligned({ columns, rows, title, beneath }: Rows, bare: boolean): string {
  const shown = rows.map((row) => row.map((cell) => cell ?? ""));
  const widths = columns.map(({ name }, i) => Math.max(bare ? 0 : width(name), ...shown.map((row) => width(row[i] ?? ""))));
  const whole = widths.reduce((sum, wide) => sum + wide + 2, 0) + widths.length - 1;
  const cell = (text: string, i: number): string => {
    const gap = " ".repeat((widths[i] ?? 0) - width(text));
    return columns[i]?.numeric === true ? gap + text : i === columns.length - 1 ? text : text + gap;
  };
  const body = shown.map((row) => ` ${row.map(cell).join(" | ")}\n`).join("");
  if (bare) return `${body}${body === "" && title === undefined ? "" : "\n"}`;
  const top = title === undefined ? "" : `${" ".repeat(Math.max(0, (whole - width(title)) >> 1))}${title}\n`;
  return `${top}${columns.map(({ name }, i) => ` ${centred(name, widths[i] ?? 0)} `).join("|")}\n${widths.map((wide) => "-".repeat(wide + 2)).join("+")}\n${body}${beneath ?? `${counted(rows.length)}\n`}`;
}

/** A result as psql draws it. */
export function drawn(outcome: SqlOutcome, { flags, separator }: Drawing): string {
  if ("said" in outcome) return outcome.said;
  if (!("rows" in outcome)) return "tag" in outcome && !flags.has("-q") && outcome.tag !== "" ? `${outcome.tag}\n` : "";
  const bare = flags.has("-t");
  const tag = outcome.tag === undefined || flags.has("-q") ? "" : `${outcome.tag}\n`;
  if (flags.has("--csv")) return `${[...(bare ? [] : [outcome.columns.map(({ name }) => name)]), ...outcome.rows].map((row) => `${row.map((cell) => (/[",\n]/.test(cell ?? "") ? `"${(cell ?? "").replaceAll('"', '""')}"` : (cell ?? ""))).join(",")}\n`).join("")}${tag}`;
  if (flags.has("-A") && flags.has("-x")) return outcome.rows.map((row) => outcome.columns.map(({ name }, i) => `${name}${separator}${row[i] ?? ""}\n`).join("")).join("\n") + tag;
  if (flags.has("-A")) return `${bare ? "" : `${outcome.columns.map(({ name }) => name).join(separator)}\n`}${outcome.rows.map((row) => `${row.map((cell) => cell ?? "").join(separator)}\n`).join("")}${bare ? "" : counted(outcome.rows.length)}${tag}`;
  return (flags.has("-x") ? expanded(outcome, bare) : aligned(outcome, bare)) + tag;
}
