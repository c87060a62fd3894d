import { pick, text, type Locale, type Text } from "@/lib/text";

/** Values that belong in a sentence. */
export type Values = Readonly<Record<string, string | number | boolean>>;

/**
 * A sentence with places for values: `{node}` stands for one, and a passage between `[[` and `]]` is left out when a value it
 * needs is missing. So one code serves whoever knows little and whoever knows more.
 */
export function sentence(es: string, en: string): Text {
  return text(es, en);
}

/** The sentence in a language, with its values in place. A value nobody gave is an ellipsis; never throws. */
export function fill(template: Text, locale: Locale, values: Values): string {
  const known = (name: string): boolean => Object.hasOwn(values, name) && values[name] !== "";
  const placed = (part: string): string => part.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => (known(name) ? String(values[name]) : "…"));
  const chosen = pick(template, locale).replace(/\[\[(.*?)\]\]/gs, (_, part: string) => ([...part.matchAll(/\{([a-zA-Z]+)\}/g)].every(([, name = ""]) => known(name)) ? part : ""));
  return placed(chosen);
}
