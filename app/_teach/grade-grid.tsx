"use client";
import { createColumnHelper, flexRender, getCoreRowModel, getFilteredRowModel, getSortedRowModel, useReactTable, type SortingState } from "@tanstack/react-table";
import Link from "next/link";
import { useMemo, useState } from "react";
import { Icon } from "@/app/_ui/icon";
import { When } from "@/app/_ui/when";
import type { Locale } from "@/lib/text";

/** A student's square for an exercise, with its whole sentence for who cannot see it. */
export interface Square {
  readonly state: "tried" | "practised" | "passed";
  readonly score: number;
  readonly maxScore: number;
  readonly attempts: number;
  readonly label: string;
}
export interface GridRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly lastSeen: string | null;
  readonly solved: number;
  readonly squares: { readonly [exercise: string]: Square };
}
export interface GridExercise {
  readonly id: string;
  readonly lesson: string;
  readonly number: number;
  readonly title: string;
}
export interface GridWords {
  readonly student: string;
  readonly lastSeen: string;
  readonly solved: string;
  readonly never: string;
  readonly filter: string;
  readonly caption: string;
}

const column = createColumnHelper<GridRow>();
const head = "border-b-2 border-line-strong px-2 py-2 text-left align-bottom text-sm font-semibold text-ink-faint";

/** Students down, exercises across; sortable by any column. Each square leads to the attempts behind it. */
export function GradeGrid({ rows, exercises, classPath, locale, words }: { rows: readonly GridRow[]; exercises: readonly GridExercise[]; classPath: string; locale: Locale; words: GridWords }) {
  const [sorting, setSorting] = useState<SortingState>([{ id: "name", desc: false }]);
  const [filter, setFilter] = useState("");
  const columns = useMemo(() => columnsOf(exercises, classPath, locale, words), [exercises, classPath, locale, words]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useReactTable({
    data,
    columns,
    state: { sorting, globalFilter: filter },
    onSortingChange: setSorting,
    onGlobalFilterChange: setFilter,
    globalFilterFn: (row, _column, wanted: string) => `${row.original.name} ${row.original.email}`.toLowerCase().includes(wanted.toLowerCase()),
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
  });
  return (
    <>
      <label className="mb-4 block max-w-xs">
        <span className="mb-1 block text-sm text-ink-faint">{words.filter}</span>
        <input type="search" className="input" value={filter} onChange={(event) => setFilter(event.target.value)} />
      </label>
      <div className="relative overflow-x-auto rounded-md border border-line" tabIndex={0}>
        <table className="w-full border-collapse text-[0.9375rem]">
          <caption className="sr-only">{words.caption}</caption>
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id}>
                {group.headers.map((header) => {
                  const sorted = header.column.getIsSorted();
                  return (
                    <th key={header.id} scope="col" aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none"} className={head}>
                      <button type="button" onClick={header.column.getToggleSortingHandler()} className="flex min-h-9 items-end gap-1 whitespace-nowrap text-left hover:text-ink">
                        {flexRender(header.column.columnDef.header, header.getContext())}
                        <span aria-hidden="true" className="w-3">
                          {sorted === "asc" ? "↑" : sorted === "desc" ? "↓" : ""}
                        </span>
                      </button>
                    </th>
                  );
                })}
              </tr>
            ))}
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr key={row.id} className="border-b border-line last:border-b-0 hover:bg-sunken">
                {row.getVisibleCells().map((cell) => (
                  <td key={cell.id} className="px-2 py-1.5 align-middle">
                    {flexRender(cell.column.columnDef.cell, cell.getContext())}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function columnsOf(exercises: readonly GridExercise[], classPath: string, locale: Locale, words: GridWords) {
  return [
    column.accessor("name", {
      id: "name",
      header: words.student,
      cell: ({ row: { original } }) => (
        <Link prefetch={false} href={`${classPath}/${encodeURIComponent(original.id)}`} className="link block max-w-56 truncate" title={original.email}>
          {original.name || original.email}
        </Link>
      ),
    }),
    column.accessor((row) => row.lastSeen ?? "", {
      id: "seen",
      header: words.lastSeen,
      cell: ({ row: { original } }) => <span className="whitespace-nowrap text-sm text-ink-soft">{original.lastSeen ? <When iso={original.lastSeen} locale={locale} /> : words.never}</span>,
    }),
    column.accessor("solved", { header: words.solved, cell: ({ getValue }) => <span className="tabular-nums">{`${getValue()} / ${exercises.length}`}</span> }),
    ...exercises.map((exercise) =>
      column.accessor((row) => rank(row.squares[exercise.id]), {
        id: exercise.id,
        header: () => (
          <span title={exercise.title}>
            <span className="sr-only">{exercise.title} </span>
            <span className="font-mono" aria-hidden="true">{`${exercise.lesson}·${exercise.number}`}</span>
          </span>
        ),
        cell: ({ row: { original } }) => <GridSquare square={original.squares[exercise.id]} href={`${classPath}/${encodeURIComponent(original.id)}?exercise=${encodeURIComponent(exercise.id)}`} />,
      }),
    ),
  ];
}

function rank(square: Square | undefined): number {
  if (!square) return -1;
  return square.state === "passed" ? 1_000_000 - square.attempts : square.score;
}

function GridSquare({ square, href }: { square: Square | undefined; href: string }) {
  if (!square) return <span aria-hidden="true" className="text-line-strong">·</span>;
  const passed = square.state === "passed";
  return (
    <Link
      prefetch={false}
      href={href}
      aria-label={square.label}
      title={square.label}
      className={`inline-flex min-h-8 items-center gap-1 whitespace-nowrap rounded px-1.5 tabular-nums ${passed ? "bg-success-wash text-success" : "text-ink-soft"} hover:underline`}
    >
      {passed ? <Icon name="check" size={16} /> : `${square.score}/${square.maxScore}`}
      <span className="text-sm text-ink-faint">×{square.attempts}</span>
    </Link>
  );
}
