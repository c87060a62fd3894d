import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { exercisePages, publicPages, teacherPages, type PageAt } from "./support/pages";
import { demoPerson, signIn } from "./support/people";
import { settled, wear, type Theme } from "./support/look";
import { locales } from "./support/words";

// Only colours depend on the theme: every rule is asked in the first, the colour rules again in the others.
const AGAIN: readonly Theme[] = ["dark", "contrast"];

async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page });
  if (rules) axe.withRules([...rules]);
  const found = await axe.analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary?.split("\n")[1]?.trim() ?? ""}`));
}

async function look(page: Page, { name, path }: PageAt): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  await page.goto(path, { waitUntil: "load" });
  await settled(page);
  await wear(page, "light");
  found[`${name} light`] = await violations(page);
  for (const theme of AGAIN) {
    await wear(page, theme);
    found[`${name} ${theme}`] = await violations(page, ["color-contrast", "link-in-text-block"]);
  }
  return found;
}

for (const locale of locales) {
  test(`axe finds nothing on any page a guest sees, in ${locale}, light, dark and high contrast`, async ({ page }) => {
    test.setTimeout(300_000);
    const found: Record<string, readonly string[]> = {};
    for (const one of [...publicPages(locale), ...exercisePages(locale)]) Object.assign(found, await look(page, one));
    expect(Object.entries(found).filter(([, lines]) => lines.length > 0)).toEqual([]);
  });

  test(`axe finds nothing on the pages of whoever teaches, in ${locale}`, async ({ page }) => {
    test.setTimeout(180_000);
    await signIn(page.request, demoPerson("TEACHER"));
    const found: Record<string, readonly string[]> = {};
    for (const one of await teacherPages(locale, page.request)) Object.assign(found, await look(page, one));
    expect(Object.entries(found).filter(([, lines]) => lines.length > 0)).toEqual([]);
  });
}
