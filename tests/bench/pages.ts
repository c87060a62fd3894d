import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "@playwright/test";
import type { Benchmark, Measured } from "./measured";

const root = fileURLToPath(new URL("../../", import.meta.url));
const LESSONS = ["deployment", "nodeport-y-loadbalancer", "wordpress-comparte"];
const RUNS = 5;
const START_MILLIS = 300_000;

interface Site {
  readonly url: string;
  stop(): void;
}

interface Found {
  readonly scripts: Measured;
  readonly awake: Measured;
  readonly paint: Measured;
  readonly shift: Measured;
  readonly graded: Measured;
}

/** What the layout told the page about itself. */
interface Vitals {
  paint: number;
  shift: number;
}

declare global {
  interface Window {
    vitals?: Vitals;
  }
}

function spread(values: readonly number[], note?: string): Measured {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 1000) / 1000;
  return { p50: at(0.5), p99: at(0.99), runs: values.length, ...(note ? { note } : {}) };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

/** The site of this checkout's build, on an empty database; or the one SITE names. */
async function openSite(): Promise<Site> {
  const named = process.env["SITE"];
  if (named) return { url: named, stop: () => undefined };
  if (!existsSync(join(root, ".next", "BUILD_ID"))) throw new Error("there is no production build: run `npm run build` first");
  const folder = mkdtempSync(join(tmpdir(), "timonel-bench-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = { ...process.env, PORT: String(port), NEXTAUTH_URL: url, DATABASE_URL: pathToFileURL(join(folder, "bench.db")).href, TIMONEL_DEMO: "off" };
  const server: ChildProcess = spawn(process.execPath, [join(root, "scripts/start.mjs")], { cwd: root, env, stdio: "ignore" });
  const stop = (): void => {
    server.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  const until = performance.now() + START_MILLIS;
  while (performance.now() < until && server.exitCode === null) {
    const answered = await fetch(`${url}/api/health`).then((answer) => answer.ok, () => false);
    if (answered) return { url, stop };
    await new Promise((done) => setTimeout(done, 250));
  }
  stop();
  throw new Error("the production server did not start");
}

/** A page nobody has visited before, which writes its vitals down. Sums the compressed size of every script it fetches. */
async function fresh(browser: Browser, url: string): Promise<{ readonly page: Page; bytes(): Promise<number>; close(): Promise<void> }> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 900 }, locale: "es-ES" });
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") sizes.push(response.body().then((body) => gzipSync(body).length, () => 0));
  });
  await page.addInitScript(() => {
    const vitals: Vitals = { paint: 0, shift: 0 };
    window.vitals = vitals;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) vitals.paint = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) vitals.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const bytes = async (): Promise<number> => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  return { page, bytes, close: () => context.close() };
}

async function measureLessons(browser: Browser, url: string): Promise<Omit<Found, "graded">> {
  const seen = { scripts: [] as number[], awake: [] as number[], paint: [] as number[], shift: [] as number[] };
  for (const slug of LESSONS) {
    for (let run = 0; run < RUNS; run += 1) {
      const { page, bytes, close } = await fresh(browser, url);
      await page.goto(`/es/${slug}`, { waitUntil: "networkidle" });
      const inline = await page.evaluate(() => [...document.querySelectorAll("script:not([src])")].map((script) => script.textContent).filter((text) => !text.startsWith("self.__next_f")).join(""));
      seen.scripts.push((await bytes()) + gzipSync(inline).length);
      seen.paint.push(await page.evaluate(() => window.vitals?.paint ?? 0));
      await page.getByRole("banner").locator("summary").first().hover();
      await page.waitForLoadState("networkidle");
      await page.waitForTimeout(500);
      seen.awake.push((await bytes()) + gzipSync(inline).length);
      // Read to the end, diagrams and all, and count every jump on the way.
      for (let step = 0; step < 25; step += 1) {
        await page.mouse.wheel(0, 700);
        await page.waitForTimeout(60);
      }
      await page.waitForLoadState("networkidle");
      seen.shift.push(await page.evaluate(() => window.vitals?.shift ?? 0));
      await close();
    }
  }
  return {
    scripts: spread(seen.scripts, "gzip bytes; the page open and read, no control touched, no diagram in sight of a moving reader"),
    awake: spread(seen.awake, "gzip bytes; the pointer has reached a control: React, the site, and diagrams near the window"),
    paint: spread(seen.paint, "ms, this browser on this machine, nothing cached"),
    shift: spread(seen.shift, "score of the whole lesson, scrolled to its end"),
  };
}

/** From the address typed to the verdict read, in a browser that has never been here, by a reader who answers at once. */
async function measureGraded(browser: Browser, url: string): Promise<Measured> {
  const taken: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { page, close } = await fresh(browser, url);
    const began = performance.now();
    await page.goto("/es/exercise/l28-e6", { waitUntil: "commit" });
    await page.getByRole("checkbox").first().check();
    await page.getByRole("button", { name: "Comprobar" }).first().click();
    await page.getByRole("region", { name: /Resultado/ }).waitFor();
    taken.push(performance.now() - began);
    await close();
  }
  return spread(taken, "ms, nothing cached: page, bench, cluster and verdict");
}

let measured: Promise<Found> | undefined;

async function measureAll(): Promise<Found> {
  const site = await openSite();
  // Loaded late: the engine's benchmarks need no browser.
  const [{ chromium }, { findChromium }] = await Promise.all([import("@playwright/test"), import("../../scripts/chromium.mjs")]);
  const executablePath = findChromium();
  const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  try {
    const lessons = await measureLessons(browser, site.url);
    const failed = (error: unknown): Measured => ({ p50: 0, p99: 0, runs: 0, note: `not measured: ${String(error).split("\n")[0]}` });
    return { ...lessons, graded: await measureGraded(browser, site.url).catch(failed) };
  } finally {
    await browser.close();
    site.stop();
  }
}

function page(name: string, target: string, which: keyof Found): Benchmark {
  return { name, target, measure: async () => (await (measured ??= measureAll()))[which] };
}

/** What a reader's browser pays. Needs a production build; starts its server itself, or measures the one SITE names. */
export const pageBenchmarks: readonly Benchmark[] = [
  page("lesson-js", "130,000 bytes gzip before anything is opened", "scripts"),
  page("lesson-js-in-use", "—", "awake"),
  page("lesson-lcp", "—", "paint"),
  page("lesson-cls", "0.02", "shift"),
  page("first-graded-answer", "—", "graded"),
];
