import { setRequestLocale } from "next-intl/server";
import { notFound } from "next/navigation";
import { isLocale, type Locale } from "@/lib/text";

/** The language in a page's path, told to next-intl so that the page can be served static. */
export async function pageLocale(params: Promise<{ readonly locale: string }>): Promise<Locale> {
  const { locale } = await params;
  if (!isLocale(locale)) notFound();
  setRequestLocale(locale);
  return locale;
}
