"use client";
import { usePathname } from "next/navigation";
import type { Locale } from "@/lib/text";

/** Leads to this same page in the other language. Lessons have a slug in each: `slugs` pairs ours with theirs. */
export function LanguageLink({ to, label, slugs }: { to: Locale; label: string; slugs: { readonly [ours: string]: string } }) {
  const [, , first, ...rest] = usePathname().split("/");
  const parts = first === undefined || first === "" ? [] : [rest.length === 0 ? (slugs[first] ?? first) : first, ...rest];
  return (
    <a href={`/${[to, ...parts].join("/")}`} lang={to} hrefLang={to} className="flex min-h-11 items-center rounded px-2 text-ink-soft hover:bg-sunken hover:text-ink">
      {label}
    </a>
  );
}
