import { expect, test, type Page } from "@playwright/test";
import { listen, silence } from "./support/listen";
import { lessons, locales, words } from "./support/words";

function scriptsOf(page: Page): string[] {
  const fetched: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "script") fetched.push(request.url());
  });
  return fetched;
}

for (const locale of locales) {
  test(`a lesson is read, its menus opened and its links followed without a script, in ${locale}`, async ({ page }) => {
    const fetched = scriptsOf(page);
    await page.goto(`/${locale}/${lessons.L28[locale]}`, { waitUntil: "networkidle" });
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(fetched).toEqual([]);
  });

  test(`the first button pressed in a lesson does what it says, once, in ${locale}`, async ({ page }) => {
    const heard = listen(page);
    // A slow line: the press comes long before React.
    await page.route("**/_next/static/chunks/*.js", async (route) => {
      await new Promise((done) => setTimeout(done, 400));
      await route.continue();
    });
    const fetched = scriptsOf(page);
    await page.goto(`/${locale}/${lessons.L28[locale]}`, { waitUntil: "load" });
    expect(fetched).toEqual([]);
    // Pressed where it is, without moving there: nothing has woken the page before.
    const proof = page.getByRole("button", { name: words[locale].lesson.fineprintProof }).first();
    await proof.evaluate((button: HTMLElement) => button.click());
    await expect(proof.or(page.getByRole("button", { name: words[locale].lesson.fineprintClose })).first()).toHaveAttribute("aria-expanded", "true");
    await page.waitForTimeout(300);
    await expect(page.getByRole("button", { name: words[locale].lesson.fineprintClose })).toHaveCount(1);
    expect(fetched.length).toBeGreaterThan(0);
    expect(heard).toEqual(silence);
  });
}

test("the theme is chosen on a page nothing else has woken", async ({ page }) => {
  await page.goto(`/es/${lessons.L13.es}`, { waitUntil: "load" });
  await page.getByRole("banner").locator("summary").first().click();
  await page.getByRole("button", { name: words.es.theme.contrast }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "contrast");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "contrast");
});

test("scripts lost on the way are asked for again at the next sign of life", async ({ page }) => {
  let broken = true;
  await page.route("**/_next/static/chunks/*.js", (route) => (broken ? route.abort() : route.continue()));
  await page.goto(`/es/${lessons.L13.es}`, { waitUntil: "load" });
  const summary = page.getByRole("banner").locator("summary").first();
  await summary.hover();
  await page.waitForTimeout(300);
  broken = false;
  await page.mouse.move(300, 400);
  await summary.hover();
  await page.waitForFunction(() => Object.keys(document).some((key) => key.startsWith("_reactListening")));
});

test("a lesson's diagram comes alive when somebody reads down to it", async ({ page }) => {
  const heard = listen(page);
  await page.goto(`/es/${lessons.L28.es}`, { waitUntil: "load" });
  const diagram = page.getByRole("figure", { name: words.es.lesson.live }).first();
  await diagram.scrollIntoViewIfNeeded();
  await page.mouse.wheel(0, 40);
  await expect(diagram.getByRole("button").first()).toBeVisible();
  expect(heard).toEqual(silence);
});
