import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { benchEn } from "../../app/_i18n/bench-en";
import { benchEs } from "../../app/_i18n/bench-es";
import { genuineBinaries } from "../kubectl-real/binaries";
import { listen, silence } from "./support/listen";
import { demoPerson, signIn } from "./support/people";
import { locales } from "./support/words";

const bench = { es: benchEs, en: benchEn };
const genuine = genuineBinaries();

for (const locale of locales) {
  test(`a student's own kubectl works on the cluster of the page, and the page shows it, in ${locale}`, async ({ page }) => {
    test.skip("reason" in genuine, "reason" in genuine ? genuine.reason : "");
    const words = bench[locale].connect;
    const heard = listen(page);
    await page.goto(`/${locale}/sandbox`);
    await page.getByRole("button", { name: words.open }).click();
    await expect(page.getByText(words.signIn)).toBeVisible();

    await signIn(page.request, demoPerson("STUDENT"));
    await page.reload();
    await page.getByRole("button", { name: words.open }).click();
    await page.getByRole("button", { name: words.connect }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: words.download }).click()]);
    expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations.map(({ id }) => id)).toEqual([]);
    await page.getByRole("button", { name: words.close }).click();

    const config = join(mkdtempSync(join(tmpdir(), "timonel-e2e-")), "config");
    await file.saveAs(config);
    const kubectl = (...args: readonly string[]): string => execFileSync(join("folder" in genuine ? genuine.folder : "", "kubectl"), ["--kubeconfig", config, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    expect(kubectl("create", "deployment", "mio", "--image=nginx:1.29", "--replicas=2")).toBe("deployment.apps/mio created\n");
    expect(kubectl("rollout", "status", "deploy/mio", "--timeout=30s")).toContain("successfully rolled out");
    await page.getByRole("textbox", { name: bench[locale].terminal.label }).fill("kubectl scale deployment mio --replicas=3");
    await page.keyboard.press("Enter");
    await expect(page.getByText("deployment.apps/mio scaled")).toBeVisible();
    expect(kubectl("get", "deployment", "mio", "-o", "jsonpath={.spec.replicas}")).toBe("3");

    await page.getByRole("button", { name: words.on }).click();
    await page.getByRole("button", { name: words.end }).click();
    await expect(page.getByRole("button", { name: words.connect })).toBeVisible();
    expect(() => kubectl("get", "pods")).toThrow(/logged in/);
    expect(heard).toEqual(silence);
  });
}
