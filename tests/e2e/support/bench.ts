import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, type Locator, type Page } from "@playwright/test";
import { benchEn } from "../../../app/_i18n/bench-en";
import { benchEs } from "../../../app/_i18n/bench-es";
import type { Locale } from "./words";

/** The bench's own words. */
export const benchWords = { es: benchEs, en: benchEn } as const;

const modules = fileURLToPath(new URL("../../../content/modules/", import.meta.url));

/** Where an exercise's files lie, by its id. */
export function exerciseFolder(id: string): string {
  for (const unit of readdirSync(modules)) {
    for (const lesson of readdirSync(join(modules, unit), { withFileTypes: true })) {
      const folder = join(modules, unit, lesson.name, "exercises");
      if (!lesson.isDirectory() || !existsSync(folder)) continue;
      for (const name of readdirSync(folder)) {
        const source = join(folder, name, "exercise.ts");
        if (existsSync(source) && readFileSync(source, "utf8").includes(`id: "${id}"`)) return join(folder, name);
      }
    }
  }
  throw new Error(`there is no exercise ${id}`);
}

/** The manifests of a written answer (`solution`, `wrong/name`), with the variant's values in their places. */
export function manifestsOf(id: string, answer: string, values: { readonly [name: string]: string } = {}): readonly (readonly [string, string])[] {
  const folder = join(exerciseFolder(id), answer);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name) && !["expected.yaml", "inputs.yaml"].includes(entry.name))
    .map(({ name }) => [name, readFileSync(join(folder, name), "utf8").replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? "")] as const);
}

/** Opens an exercise and waits for its cluster. */
export async function openExercise(page: Page, locale: Locale, id: string): Promise<void> {
  await page.goto(`/${locale}/exercise/${id}`);
  await ready(page, id);
}

/** Waits for the cluster of the exercise on the page. */
export async function ready(page: Page, id: string): Promise<void> {
  await expect(page.locator(`[data-bench="${id}"]`)).toHaveAttribute("data-status", "ready", { timeout: 30_000 });
}

/** Puts a file on the bench's disk through the editor, whole. */
export async function writeFile(page: Page, locale: Locale, path: string, text: string): Promise<void> {
  const words = benchWords[locale].files;
  const tab = page.getByRole("tab", { name: path });
  if ((await tab.count()) === 0) {
    await page.getByRole("button", { name: words.new, exact: true }).click();
    await page.getByLabel(words.name).fill(path);
    await page.getByRole("button", { name: words.ok, exact: true }).click();
  } else {
    await tab.first().click();
  }
  await expect(tab.first()).toHaveAttribute("aria-selected", "true");
  const editor = page.locator("#bench-file .monaco-editor .view-lines, #bench-file > textarea").first();
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  // Pasted, as one does: typed lines would be indented twice.
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.keyboard.press("ControlOrMeta+v");
  await page.keyboard.press("ControlOrMeta+s");
  await expect(tab.first()).not.toContainText(words.dirty);
}

/** Applies the files in the terminal, as one types it, and lets five minutes pass. */
export async function applyAndWait(page: Page, locale: Locale, paths: readonly string[]): Promise<void> {
  const words = benchWords[locale];
  const line = page.getByRole("textbox", { name: words.terminal.label, exact: true });
  await line.fill(`kubectl apply ${paths.map((path) => `-f ${path}`).join(" ")}`);
  await line.press("Enter");
  await expect(page.getByRole("log", { name: words.terminal.output })).toContainText(/created|configured|unchanged/);
  await page.getByRole("button", { name: words.clock.m5, exact: true }).click();
}

/** Asks for the verdict and waits for the server's word on it. */
export async function check(page: Page, locale: Locale): Promise<Locator> {
  await page.getByRole("button", { name: benchWords[locale].exercise.check, exact: true }).click();
  const result = page.locator("[data-result]");
  await expect(result).toBeVisible({ timeout: 30_000 });
  await expect(page.locator("[data-server]")).toBeVisible({ timeout: 30_000 });
  return result;
}

/** What stands in the place of a variant's value in the task, by a pattern. */
export async function valueIn(page: Page, pattern: RegExp): Promise<string> {
  const text = await page.locator("[data-bench]").getByRole("region").first().innerText();
  const found = pattern.exec(text);
  if (!found) throw new Error(`the task does not say ${String(pattern)}: ${text}`);
  return found[1] ?? found[0];
}
