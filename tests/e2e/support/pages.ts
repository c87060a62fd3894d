import type { APIRequestContext } from "@playwright/test";
import { lessons, type Locale } from "./words";

/** A page of the site: its name in a report, and its address. */
export interface PageAt {
  readonly name: string;
  readonly path: string;
}

/** Pages a guest may open. An address nobody answers is one of them. */
export function publicPages(locale: Locale): readonly PageAt[] {
  const at = (name: string, path: string): PageAt => ({ name, path: `/${locale}${path}` });
  return [
    at("home", ""),
    at("course", "/course"),
    ...Object.entries(lessons).map(([id, slug]) => at(`lesson-${id}`, `/${slug[locale]}`)),
    at("lesson-unwritten", locale === "es" ? "/el-pod" : "/the-pod"),
    at("sandbox", "/sandbox"),
    at("progress", "/progress"),
    at("sign-in", "/sign-in"),
    at("sign-up", "/sign-up"),
    at("not-found", "/no-such-page"),
    at("nowhere", "/course/no/such/page"),
  ];
}

const EXERCISES = { chaos: "l13-e5", design: "l28-e4", gaps: "l28-e5", manifest: "l28-e1", multiple: "l28-e6", predict: "l28-e2", repair: "l37-e4", terminal: "l13-e3" } as const;

/** One exercise of each kind there is. */
export function exercisePages(locale: Locale): readonly PageAt[] {
  return Object.entries(EXERCISES).map(([kind, id]) => ({ name: `exercise-${kind}`, path: `/${locale}/exercise/${id}` }));
}

/** Pages of whoever teaches the demonstration class: the list, the class, a student, one attempt; and the account, and the invitation. */
export async function teacherPages(locale: Locale, request: APIRequestContext): Promise<readonly PageAt[]> {
  const { classes } = (await (await request.get("/api/classes")).json()) as { classes: readonly { id: string; inviteToken: string }[] };
  const mine = classes[0];
  if (!mine) return [];
  const { students } = (await (await request.get(`/api/classes/${mine.id}`)).json()) as { students: readonly { id: string }[] };
  const pages: PageAt[] = [
    { name: "teach", path: `/${locale}/teach` },
    { name: "teach-class", path: `/${locale}/teach/${mine.id}` },
    { name: "account", path: `/${locale}/account` },
    { name: "join", path: `/${locale}/join/${mine.inviteToken}` },
  ];
  for (const { id } of students) {
    const { attempts } = (await (await request.get(`/api/attempts?student=${id}`)).json()) as { attempts: readonly { id: string }[] };
    const newest = attempts[0];
    if (!newest) continue;
    pages.push({ name: "teach-student", path: `/${locale}/teach/${mine.id}/${id}` }, { name: "teach-attempt", path: `/${locale}/teach/attempts/${newest.id}` });
    break;
  }
  return pages;
}
