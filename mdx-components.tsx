import type { MDXComponents } from "mdx/types";
import { Figure, Kind, Note, Summary } from "@/app/_mdx/callouts";
import { CodeBlock, ColumnHeading, Table } from "@/app/_mdx/code";
import { ExerciseCard } from "@/app/_mdx/exercise-card";
import { Timers } from "@/app/_mdx/timers";

const components = {
  pre: CodeBlock,
  table: Table,
  th: ColumnHeading,
  Exercise: ExerciseCard,
  Figure,
  Kind,
  Note,
  Summary,
  Timers,
} satisfies MDXComponents;

/** The components every lesson and task may use. `Live` and `FinePrint`, which belong to a lesson, are given by its page. */
export function useMDXComponents(): MDXComponents {
  return components;
}
