import type { Locale } from "@/lib/text";
import { locales } from "@/lib/text";

/** The address of a page in a language: `path("es", "course")` is `/es/course`. */
export function path(locale: Locale, ...parts: readonly string[]): string {
  return `/${[locale, ...parts].map(encodeURIComponent).join("/")}`;
}

/** The same page in every language, for `alternates.languages`; `parts` says its path in each. */
export function alternates(locale: Locale, parts: (locale: Locale) => readonly string[]) {
  const languages = Object.fromEntries(locales.map((each) => [each, path(each, ...parts(each))]));
  return { canonical: path(locale, ...parts(locale)), languages: { ...languages, "x-default": path("es", ...parts("es")) } };
}
