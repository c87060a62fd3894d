import type { MetadataRoute } from "next";
import { path } from "@/app/_ui/paths";
import { siteUrl } from "@/app/_ui/site-url";
import { allLessons } from "@/lib/course/public";
import { locales, type Locale } from "@/lib/text";

/** Every page worth finding, in both languages, each pointing at its other half. */
export default function sitemap(): MetadataRoute.Sitemap {
  const pages: ((locale: Locale) => readonly string[])[] = [
    () => [],
    () => ["course"],
    () => ["sandbox"],
    ...allLessons().filter(({ folder }) => folder !== null).map(({ slug }) => (locale: Locale) => [slug[locale]]),
  ];
  const absolute = (locale: Locale, parts: readonly string[]) => new URL(path(locale, ...parts), siteUrl()).href;
  return pages.flatMap((parts) => {
    const languages = Object.fromEntries(locales.map((each) => [each, absolute(each, parts(each))]));
    return locales.map((locale) => ({ url: absolute(locale, parts(locale)), alternates: { languages } }));
  });
}
