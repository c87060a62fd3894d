import "server-only";
import type { Locale } from "@/lib/text";
import { lessonTexts, taskTexts } from "./generated/prose.generated";

/** The course room's door for the pages: the texts themselves, as the modules MDX compiles to. Only Next can load them. */
export interface ProseModule {
  readonly default: typeof import("*.mdx").default;
  readonly toc: typeof import("*.mdx").toc;
}

/** Texts by id, each loaded on its own. */
export type ProseMap = { readonly [id: string]: { readonly [L in Locale]: () => Promise<ProseModule> } };

/** The text of a written lesson; nothing for one that is not written. */
export async function lessonText(id: string, locale: Locale): Promise<ProseModule | undefined> {
  return Object.hasOwn(lessonTexts, id) ? lessonTexts[id]?.[locale]() : undefined;
}

/** The text of an exercise's task; nothing when there is none with this id. */
export async function taskText(id: string, locale: Locale): Promise<ProseModule | undefined> {
  return Object.hasOwn(taskTexts, id) ? taskTexts[id]?.[locale]() : undefined;
}
