import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));
// `server-only` throws when imported outside a server component; in tests the file floor is what we test.
const alias = { "@": root.replace(/\/$/, ""), "server-only": `${root}tests/support/empty.ts` };

export default defineConfig({
  resolve: { alias },
  test: {
    environment: "node",
    include: ["lib/**/*.test.ts", "app/**/*.test.{ts,tsx}", "tests/**/*.test.ts", "scripts/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/.next/**", "tests/architecture/fixtures/**"],
    testTimeout: 20_000,
  },
});
