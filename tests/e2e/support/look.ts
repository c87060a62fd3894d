import type { Page } from "@playwright/test";

export type Theme = "light" | "dark" | "contrast";

/** Changes the theme the way another tab of the reader's would: everything that follows it, follows it. */
export async function wear(page: Page, theme: Theme): Promise<void> {
  await page.evaluate((name) => {
    window.localStorage.setItem("timonel.theme", name);
    window.dispatchEvent(new StorageEvent("storage", { key: "timonel.theme", newValue: name }));
    document.documentElement.dataset["theme"] = name;
  }, theme);
  // Editors and terminals repaint at the next frame.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Waits until a page has its fonts, its live parts in sight have loaded, and nothing says it is still waiting. */
export async function settled(page: Page): Promise<void> {
  // A page wakes its diagrams once somebody is there.
  await page.mouse.move(200, 300);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => document.querySelectorAll('[role="status"].skeleton').length === 0, undefined, { timeout: 10_000 }).catch(() => undefined);
  await page.waitForFunction(() => [...document.querySelectorAll("[data-status]")].every((bench) => bench.getAttribute("data-status") !== "opening"), undefined, { timeout: 20_000 });
  await page.waitForTimeout(200);
}
