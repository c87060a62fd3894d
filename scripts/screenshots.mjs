// `node scripts/screenshots.mjs OUT [NAME…]`: pictures of every page of a running site (SITE, by default
// http://localhost:3000), in both languages, on a desktop and a phone, in light and dark. To be looked at by people.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { findChromium } from "./chromium.mjs";
import { root } from "./steps.mjs";

const [out = "screenshots", ...only] = process.argv.slice(2);
const site = process.env.SITE ?? "http://localhost:3000";
const demo = JSON.parse(readFileSync(join(root, "prisma/demo.json"), "utf8"));
const teacher = demo.accounts.find(({ role }) => role === "TEACHER");
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const TALLEST = 3_600;
const EXERCISES = ["l13-e1", "l13-e2", "l13-e3", "l13-e4", "l13-e5", "l28-e1", "l28-e2", "l28-e3", "l28-e4", "l28-e5", "l28-e6", "l37-e1", "l37-e2", "l37-e3", "l37-e4"];
const SLUGS = { es: ["deployment", "nodeport-y-loadbalancer", "wordpress-comparte", "el-pod"], en: ["deployment", "nodeport-and-loadbalancer", "wordpress-shares", "the-pod"] };

mkdirSync(out, { recursive: true });
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
for (const locale of ["es", "en"]) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const theme of ["light", "dark"]) await shoot(locale, size, viewport, theme);
  }
}
await browser.close();

async function shoot(locale, size, viewport, theme) {
  const context = await browser.newContext({ baseURL: site, viewport, colorScheme: theme, reducedMotion: "reduce" });
  const page = await context.newPage();
  const guest = ["", "/course", ...SLUGS[locale].map((slug) => `/${slug}`), "/sandbox", "/progress", "/sign-in", "/sign-up", "/no-such-page", ...EXERCISES.map((id) => `/exercise/${id}`)];
  for (const path of guest) await take(page, `/${locale}${path}`, [path === "" ? "home" : path.slice(1).replaceAll("/", "-"), locale, size, theme]);
  await signIn(context.request);
  for (const [name, path] of await teaching(context.request)) await take(page, `/${locale}${path}`, [name, locale, size, theme]);
  await context.close();
}

async function take(page, path, parts) {
  const name = parts.join(".");
  if (only.length > 0 && !only.some((wanted) => name.startsWith(wanted) || name.includes(`.${wanted}`))) return;
  const response = await page.goto(path, { waitUntil: "load" });
  if (response.status() >= 500) console.error(`${path}: ${response.status()}`);
  if (response.status() === 404 && !path.includes("no-such")) return;
  await page.mouse.move(190, 300);
  // Every diagram is brought into sight once, so that the picture shows it.
  await page.evaluate(async () => {
    for (let top = 0; top < document.documentElement.scrollHeight; top += 600) {
      window.scrollTo(0, top);
      await new Promise((done) => setTimeout(done, 120));
    }
    window.scrollTo(0, 0);
  });
  await page.waitForFunction(() => document.querySelectorAll('[role="status"].skeleton').length === 0, undefined, { timeout: 8_000 }).catch(() => {});
  await page.waitForTimeout(500);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) console.error(`${name}: ${wide} px wider than the window`);
  const height = Math.min(TALLEST, await page.evaluate(() => document.documentElement.scrollHeight));
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: true, clip: { x: 0, y: 0, width: page.viewportSize().width, height } });
}

async function signIn(request) {
  const { csrfToken } = await (await request.get("/api/auth/csrf")).json();
  await request.post("/api/auth/callback/credentials", { form: { csrfToken, email: teacher.email, password: demo.password, callbackUrl: "/", json: "true" } });
}

async function teaching(request) {
  const { classes } = await (await request.get("/api/classes")).json();
  const mine = classes?.[0];
  if (!mine) return [];
  const { students } = await (await request.get(`/api/classes/${mine.id}`)).json();
  const pages = [["teach", "/teach"], ["teach-class", `/teach/${mine.id}`], ["account", "/account"], ["join", `/join/${mine.inviteToken}`]];
  for (const { id } of students) {
    const { attempts } = await (await request.get(`/api/attempts?student=${id}`)).json();
    if (attempts.length === 0) continue;
    pages.push(["teach-student", `/teach/${mine.id}/${id}`], ["teach-attempt", `/teach/attempts/${attempts[0].id}`]);
    break;
  }
  return pages;
}
