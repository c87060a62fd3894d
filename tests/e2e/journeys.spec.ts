import { expect, test, type Page } from "@playwright/test";
import { applyAndWait, benchWords, check, manifestsOf, openExercise, ready, valueIn, writeFile } from "./support/bench";
import { listen, silence } from "./support/listen";
import { demoClass, demoPerson, signIn, stranger, type Person } from "./support/people";
import { lessons, locales, words, type Locale } from "./support/words";

const EXTERNAL_PORT = /\b(3\d{4})\b/;

async function solveChoice(page: Page, locale: Locale): Promise<void> {
  // From the lesson, as a reader would.
  await page.goto(`/${locale}/${lessons.L28[locale]}`);
  await page.locator(`a[href="/${locale}/exercise/l28-e6"]`).click();
  await ready(page, "l28-e6");
  await page.getByRole("checkbox", { name: "32768" }).check();
  await expect(await check(page, locale)).toHaveAttribute("data-result", "failed");
  await page.getByRole("checkbox", { name: "32768" }).uncheck();
  for (const port of ["30000", "30080", "32767"]) await page.getByRole("checkbox", { name: port }).check();
  await expect(await check(page, locale)).toHaveAttribute("data-result", "passed");
}

async function solveManifest(page: Page, locale: Locale): Promise<void> {
  await openExercise(page, locale, "l28-e1");
  const port = await valueIn(page, EXTERNAL_PORT);
  for (const [path, text] of manifestsOf("l28-e1", "solution", { port })) await writeFile(page, locale, path, text);
  await page.getByRole("textbox", { name: benchWords[locale].exercise.balancer }).fill([1, 2, 3, 4].map((n) => `192.168.1.10${n}:${port}`).join("\n"));
  await page.getByRole("button", { name: benchWords[locale].exercise.balancerSet }).click();
  await expect(await check(page, locale)).toHaveAttribute("data-result", "passed");
}

async function signUp(page: Page, locale: Locale, person: Person): Promise<void> {
  await page.goto(`/${locale}/sign-up`);
  await page.getByLabel(words[locale].auth.name).fill(person.name);
  await page.getByLabel(words[locale].auth.email).fill(person.email);
  await page.getByLabel(words[locale].auth.password).fill(person.password);
  await page.getByRole("button", { name: words[locale].auth.signUp }).click();
  await page.waitForURL(`**/${locale}/course`);
  await expect(page.getByRole("banner")).toContainText(person.name);
}

async function expectSolved(page: Page, locale: Locale, exercise: string): Promise<void> {
  const row = page.getByRole("row").filter({ has: page.locator(`a[href="/${locale}/exercise/${exercise}"]`) });
  await expect(row).toContainText(words[locale].progress.states.solved);
}

for (const locale of locales) {
  test(`a guest solves a choice and a manifest in L28, signs up and keeps both, in ${locale}`, async ({ page, browser }) => {
    test.setTimeout(120_000);
    const heard = listen(page);
    await solveChoice(page, locale);
    await solveManifest(page, locale);
    await page.goto(`/${locale}/progress`);
    await expect(page.getByText(words[locale].progress.guest)).toBeVisible();
    for (const exercise of ["l28-e6", "l28-e1"]) await expectSolved(page, locale, exercise);
    const person = stranger(locale === "es" ? "Inés Navarro" : "Iris Novak");
    await signUp(page, locale, person);
    expect(heard).toEqual(silence);
    // Another browser has nothing of its own: what it shows comes from the account.
    const elsewhere = await browser.newContext();
    const other = await elsewhere.newPage();
    await signIn(other.request, person);
    await other.goto(`/${locale}/progress`);
    await expect(other.getByText(words[locale].progress.account)).toBeVisible();
    for (const exercise of ["l28-e6", "l28-e1"]) await expectSolved(other, locale, exercise);
    await elsewhere.close();
  });

  test(`a student fails L37's PDF with a StatefulSet, solves it with a Deployment, and the teacher replays it, in ${locale}`, async ({ page, browser }) => {
    test.setTimeout(180_000);
    const heard = listen(page);
    const person = stranger(locale === "es" ? "Pau Ferrán" : "Paul Farrant");
    await signUp(page, locale, person);
    await page.goto(`/${locale}/account`);
    await page.getByLabel(words[locale].settings.code).fill(demoClass.inviteCode);
    await page.getByRole("button", { name: words[locale].settings.join, exact: true }).click();
    await expect(page.getByText(demoClass.name)).toBeVisible();

    await openExercise(page, locale, "l37-e1");
    for (const [path, text] of manifestsOf("l37-e1", "wrong/statefulset-wordpress")) await writeFile(page, locale, path, text);
    await applyAndWait(page, locale, ["mariadb.yaml", "wordpress.yaml"]);
    const failed = await check(page, locale);
    await expect(failed).toHaveAttribute("data-result", "failed");
    await expect(page.locator("[data-server]")).toHaveAttribute("data-server", "stored");
    // The feedback shows the file here and its absence there.
    await expect(failed.locator("[data-passed=false]").first()).toContainText(/wp-\d/);
    await expect(failed.locator("[data-passed=false]").first()).toContainText(/\.pdf/);

    await page.getByRole("button", { name: benchWords[locale].clock.reset }).click();
    await page.getByRole("button", { name: benchWords[locale].clock.yes }).click();
    await ready(page, "l37-e1");
    for (const [path, text] of manifestsOf("l37-e1", "solution")) await writeFile(page, locale, path, text);
    await applyAndWait(page, locale, ["mariadb.yaml", "wordpress.yaml"]);
    await expect(await check(page, locale)).toHaveAttribute("data-result", "passed");
    await expect(page.locator("[data-server]")).toHaveAttribute("data-server", "stored");
    expect(heard).toEqual(silence);

    const room = await browser.newContext();
    const desk = await room.newPage();
    const atDesk = listen(desk);
    await signIn(desk.request, demoPerson("TEACHER"));
    await desk.goto(`/${locale}/teach`);
    await desk.getByRole("link", { name: demoClass.name }).click();
    await desk.getByRole("link", { name: person.name, exact: true }).click();
    const attempts = desk.getByRole("row").filter({ has: desk.getByRole("link", { name: words[locale].teach.replay }) });
    await expect(attempts).toHaveCount(2);
    await expect(attempts.nth(0)).toContainText(words[locale].teach.solvedState);
    await expect(attempts.nth(1)).toContainText(words[locale].teach.triedState);
    await attempts.nth(1).getByRole("link", { name: words[locale].teach.replay }).click();
    await desk.waitForURL("**/teach/attempts/**");
    await expect(desk.locator("[data-status=ready]")).toBeVisible({ timeout: 30_000 });
    await desk.getByRole("button", { name: benchWords[locale].replay.last, exact: true }).click();
    await expect(desk.getByRole("region", { name: benchWords[locale].replay.output })).toBeVisible();
    await desk.getByRole("button", { name: benchWords[locale].replay.previous, exact: true }).click();
    await expect(desk.locator("[aria-current=step]")).toHaveCount(1);
    expect(atDesk).toEqual(silence);
    await room.close();
  });
}
