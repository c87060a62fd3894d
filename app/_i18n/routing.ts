import { locales } from "@/lib/text";
import { defineRouting } from "next-intl/routing";

/** The language is the first segment of every page's path; Spanish when nothing else is known. */
export const routing = defineRouting({ locales, defaultLocale: "es", localePrefix: "always" });
