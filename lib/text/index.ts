/** A language the course is published in. Adding one makes every {@link Text} incomplete at compile time. */
export type Locale = "es" | "en";

/** Spanish first: it is the default of every page and command. */
export const locales: readonly Locale[] = ["es", "en"];

/**
 * A short string in every course language.
 *
 * A record, not a lookup key: translator and programmer see both languages in the same
 * line of the same diff, and a missing one does not compile. Prose longer than three
 * lines goes to a pair of files, `x.es.mdx` and `x.en.mdx`, instead.
 */
export type Text = { readonly [L in Locale]: string };

/** The string of `text` in `locale`. */
export function pick(text: Text, locale: Locale): string {
  return text[locale];
}

/** Builds a {@link Text} from one function a language, so that both see the same values. */
export function text(es: string, en: string): Text {
  return { es, en };
}

/** Is this one of the course's languages? */
export function isLocale(value: string): value is Locale {
  return value === "es" || value === "en";
}
