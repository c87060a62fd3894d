import { fileURLToPath } from "node:url";
import createMDX from "@next/mdx";
import createNextIntlPlugin from "next-intl/plugin";

const absolute = (path) => fileURLToPath(new URL(path, import.meta.url));
const isDevelopment = process.env.NODE_ENV === "development";

const withMDX = createMDX({
  // Turbopack hands loader options over as JSON: plugins go by NAME or ABSOLUTE PATH, options must be plain data.
  options: {
    remarkPlugins: ["remark-frontmatter", ["remark-mdx-frontmatter", { name: "frontmatter" }], "remark-gfm"],
    rehypePlugins: [
      "rehype-slug",
      absolute("./lib/course/mdx/rehype-toc.mjs"),
      [
        "@shikijs/rehype",
        {
          themes: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
          defaultColor: false,
          fallbackLanguage: "text",
          langs: ["yaml", "bash", "console", "json", "typescript", "ini", "sql", "php", "html", "docker"],
        },
      ],
    ],
  },
});

const withNextIntl = createNextIntlPlugin({ requestConfig: "./app/_i18n/request.ts" });

// Everything comes from our own origin. Inline styles are needed by Monaco, xterm and React Flow (they write style
// attributes). Inline scripts are Next's own: static pages carry their data in them. `scripts/serve.mjs` puts each
// page's hashes or nonce in the place of script-src's 'unsafe-inline'; see ADR 0015.
const contentSecurityPolicy = [
  "default-src 'self'",
  `script-src 'self' 'unsafe-inline'${isDevelopment ? " 'unsafe-eval'" : ""}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  `connect-src 'self'${isDevelopment ? " ws:" : ""}`,
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const securityHeaders = [
  { key: "Content-Security-Policy", value: contentSecurityPolicy },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()" },
];

const monacoEditorWorker = "monaco-editor/esm/vs/editor/editor.worker.js";

/** @type {import("next").NextConfig} */
const nextConfig = {
  pageExtensions: ["ts", "tsx", "mdx"],
  reactStrictMode: true,
  poweredByHeader: false,
  // The root layout lies below [locale], so addresses outside it need a page of their own: app/global-not-found.tsx.
  experimental: { globalNotFound: true },
  // Types are checked by `npm run check:types`, once and with our own two configurations; `npm test` runs it first.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["@libsql/client", "libsql", "@prisma/adapter-libsql", "piscina", "@node-rs/argon2"],
  // monaco-worker-manager (under monaco-yaml) imports the pre-0.56 path, which 0.57's exports map hides.
  turbopack: {
    root: absolute("."),
    resolveAlias: { [monacoEditorWorker]: `./node_modules/${monacoEditorWorker}` },
  },
  webpack(config) {
    config.resolve.alias[monacoEditorWorker] = absolute(`./node_modules/${monacoEditorWorker}`);
    return config;
  },
  headers: async () => [{ source: "/:path*", headers: securityHeaders }],
};

export default withNextIntl(withMDX(nextConfig));
