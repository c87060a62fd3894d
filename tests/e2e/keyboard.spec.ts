import { expect, test, type Locator, type Page } from "@playwright/test";
import { benchWords, ready } from "./support/bench";
import { listen, silence } from "./support/listen";
import { stranger } from "./support/people";
import { lessons, words } from "./support/words";

const MOST = 200;

/** Presses Tab until this has the focus; what has it must show it. */
async function tabTo(page: Page, wanted: Locator, key = "Tab"): Promise<void> {
  for (let pressed = 0; pressed < MOST; pressed += 1) {
    if ((await wanted.count()) > 0 && (await wanted.first().evaluate((element) => element === document.activeElement))) {
      const shown = await wanted.first().evaluate((element) => getComputedStyle(element).outlineStyle !== "none" || element.matches(":focus-visible"));
      expect(shown).toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${MOST} presses of ${key} do not reach ${String(wanted)}`);
}

test("a reader with a keyboard alone opens an exercise, fails it, solves it and signs up", async ({ page }) => {
  test.setTimeout(120_000);
  const heard = listen(page);
  await page.goto(`/es/${lessons.L28.es}`);
  // The first stop leads past the header.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: words.es.site.skip })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, page.locator('article a[href="/es/exercise/l28-e6"]'));
  await page.keyboard.press("Enter");
  await ready(page, "l28-e6");
  const box = (name: string): Locator => page.getByRole("checkbox", { name });
  const check = page.getByRole("button", { name: benchWords.es.exercise.check, exact: true });
  await tabTo(page, box("29999"));
  await page.keyboard.press("Space");
  await tabTo(page, check);
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-result]")).toHaveAttribute("data-result", "failed");
  // The verdict is announced, and what was found can be unfolded.
  await expect(page.locator("[aria-live=polite]").filter({ has: page.locator("[data-result]") })).toHaveCount(1);
  await tabTo(page, page.locator("[data-result] summary").first());
  await page.keyboard.press("Enter");
  await tabTo(page, box("29999"), "Shift+Tab");
  await page.keyboard.press("Space");
  for (const port of ["30000", "30080", "32767"]) {
    await tabTo(page, box(port));
    await page.keyboard.press("Space");
  }
  await tabTo(page, check);
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-result]")).toHaveAttribute("data-result", "passed");
  await tabTo(page, page.locator("[data-server]").getByRole("link", { name: words.es.account.signUp }));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/es/sign-up*");
  const person = stranger("Teo Clavé");
  for (const [label, text] of [
    [words.es.auth.name, person.name],
    [words.es.auth.email, person.email],
    [words.es.auth.password, person.password],
  ] as const) {
    await tabTo(page, page.getByLabel(label));
    await page.keyboard.type(text);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL("**/es/course");
  await expect(page.getByRole("banner")).toContainText(person.name);
  expect(heard).toEqual(silence);
});

test("terminal, editor and panels are left again with the keyboard", async ({ page }) => {
  await page.goto("/es/exercise/l28-e1");
  await ready(page, "l28-e1");
  const line = page.getByRole("textbox", { name: benchWords.es.terminal.label, exact: true });
  await line.focus();
  await page.keyboard.type("kubectl get pods");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log")).toContainText("Running");
  await page.keyboard.press("Tab");
  await expect(line).not.toBeFocused();
  // In the editor Tab writes; Ctrl-M makes it move on, as the editor's help says.
  await page.locator("#bench-file .monaco-editor").first().waitFor();
  await page.getByRole("button", { name: benchWords.es.files.apply, exact: true }).focus();
  await page.keyboard.press("Tab");
  const inside = (): Promise<boolean> => page.evaluate(() => document.activeElement?.closest(".monaco-editor") !== null);
  expect(await inside()).toBe(true);
  await page.keyboard.press("Control+m");
  await page.keyboard.press("Tab");
  expect(await inside()).toBe(false);
});
