import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { check, openExercise } from "./support/bench";
import { exercisePages, publicPages, teacherPages, type PageAt } from "./support/pages";
import { demoPerson, signIn } from "./support/people";
import { settled, wear, type Theme } from "./support/look";
import { locales, type Locale } from "./support/words";

// Only colours depend on the theme: every rule is asked in the first, the colour rules again in the others.
const THEMES: { readonly [L in Locale]: readonly [Theme, ...Theme[]] } = { es: ["light", "dark", "contrast"], en: ["dark"] };
// What axe does to a page need not be filmed, and what is still fading in has no contrast yet.
test.use({ trace: "off", contextOptions: { reducedMotion: "reduce" } });
const COLOURS = ["color-contrast", "link-in-text-block"];

type Found = Record<string, readonly string[]>;

async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode();
  if (rules) axe.withRules([...rules]);
  const found = await axe.analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary?.split("\n")[1]?.trim() ?? ""}`));
}

/** What axe finds on the page as it stands, by theme; nothing at all when it is well. */
async function found(page: Page, locale: Locale, name: string): Promise<Found> {
  const all: Found = {};
  for (const [n, theme] of THEMES[locale].entries()) {
    await wear(page, theme);
    const lines = await violations(page, n === 0 ? undefined : COLOURS);
    if (lines.length > 0) all[`${name} ${theme}`] = lines;
  }
  return all;
}

async function visit(page: Page, locale: Locale, { name, path }: PageAt): Promise<Found> {
  await page.goto(path, { waitUntil: "load" });
  await settled(page);
  return found(page, locale, name);
}

for (const locale of locales) {
  test(`axe finds nothing on any page a guest sees, in ${locale}`, async ({ page }) => {
    test.setTimeout(180_000);
    const all: Found = {};
    for (const one of publicPages(locale)) Object.assign(all, await visit(page, locale, one));
    expect(all).toEqual({});
  });

  test(`axe finds nothing on an exercise of each kind, nor on a verdict, in ${locale}`, async ({ page }) => {
    test.setTimeout(180_000);
    const all: Found = {};
    for (const one of exercisePages(locale)) Object.assign(all, await visit(page, locale, one));
    await openExercise(page, locale, "l28-e6");
    await page.getByRole("checkbox").first().check();
    await check(page, locale);
    await page.locator("[data-result] summary").first().click();
    Object.assign(all, await found(page, locale, "verdict"));
    expect(all).toEqual({});
  });

  test(`axe finds nothing on the pages of whoever teaches, in ${locale}`, async ({ page }) => {
    test.setTimeout(180_000);
    await signIn(page.request, demoPerson("TEACHER"));
    const all: Found = {};
    const pages = await teacherPages(locale, page.request);
    expect(pages.map(({ name }) => name)).toContain("teach-attempt");
    for (const one of pages) Object.assign(all, await visit(page, locale, one));
    expect(all).toEqual({});
  });
}
