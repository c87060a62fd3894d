"use client";
import { useSyncExternalStore } from "react";
import type { Locale } from "@/lib/text";

const never = () => () => undefined;

/** An instant in the reader's own time zone; in UTC until their browser has said which that is. */
export function When({ iso, locale }: { iso: string; locale: Locale }) {
  const here = useSyncExternalStore(never, () => true, () => false);
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return null;
  const text = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", ...(here ? {} : { timeZone: "UTC" }) }).format(date);
  return <time dateTime={iso}>{text}</time>;
}
