import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/chromium.mjs";

const port = Number(process.env["E2E_PORT"] ?? 3100);
const executablePath = findChromium();

export default defineConfig({
  testDir: "./tests",
  testMatch: ["e2e/**/*.spec.ts", "determinism/**/*.spec.ts"],
  outputDir: "./test-results",
  timeout: 90_000,
  expect: { timeout: 15_000 },
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env["CI"]),
  reporter: process.env["E2E_JSON"] ? [["list"], ["json", { outputFile: process.env["E2E_JSON"] }]] : [["list"]],
  use: {
    baseURL: `http://localhost:${port}`,
    trace: "retain-on-failure",
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
      ],
    },
  },
  webServer: {
    // The very `npm start` a visitor runs, on a fresh database of its own.
    command: "node scripts/e2e-server.mjs",
    url: `http://localhost:${port}/es`,
    reuseExistingServer: false,
    timeout: 300_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
    env: { PORT: String(port) },
  },
});
