import { expect, test } from "@playwright/test";
import { listen, silence } from "./support/listen";

const PAGES = ["", "/course", "/sandbox", "/progress", "/sign-in", "/sign-up", "/deployment", "/no-such-page"];

for (const locale of ["es", "en"] as const) {
  for (const path of PAGES) {
    test(`/${locale}${path} keeps its security policy, throws nothing and stays at home`, async ({ page }) => {
      const heard = listen(page);
      const response = await page.goto(`/${locale}${path}`, { waitUntil: "load" });
      expect(response?.status()).toBe(path === "/no-such-page" ? 404 : 200);
      const policy = response?.headers()["content-security-policy"] ?? "";
      expect(policy).toMatch(/script-src 'self' 'nonce-/);
      expect(policy.replace(/style-src [^;]+/, "")).not.toContain("unsafe");
      // An address nobody answers is served in both languages at once.
      if (path !== "/no-such-page") await expect(page.locator("html")).toHaveAttribute("lang", locale);
      // A lesson fetches its scripts when somebody reaches for a control.
      if (path === "/deployment") await page.getByRole("banner").locator("summary").first().hover();
      // React has taken over when its handlers are there: a blocked inline script would leave the page dead.
      await page.waitForFunction(() => Object.keys(document.body).concat(Object.keys(document)).some((key) => key.startsWith("__react") || key.startsWith("_reactListening")));
      await page.waitForTimeout(400);
      expect(heard).toEqual(silence);
    });
  }
}

test("an injected inline script does not run", async ({ page }) => {
  await page.goto("/es");
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.injected = true;";
    document.body.append(script);
    return "injected" in window;
  });
  expect(ran).toBe(false);
});

test("no page may be framed, sniffed or leak its address", async ({ request }) => {
  const headers = (await request.get("/es")).headers();
  expect(headers["x-frame-options"]).toBe("DENY");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("same-origin");
  expect(headers["x-powered-by"]).toBeUndefined();
});
