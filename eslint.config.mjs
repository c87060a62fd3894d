import { defineConfig, globalIgnores } from "eslint/config";
import nextVitals from "eslint-config-next/core-web-vitals";
import nextTypescript from "eslint-config-next/typescript";

const ISOMORPHIC = ["text", "engine", "shell", "explain", "images", "manifest", "kubectl", "rest", "workbench", "grader"];
const isomorphicFiles = ISOMORPHIC.map((room) => `lib/${room}/**/*.ts`);

const clockOnly = "Time comes from Clock (lib/engine/sim/clock.ts); wall time makes a run unrepeatable.";
const synchronous = "The isomorphic rooms are synchronous (ADR 0003).";
const integersOnly = "Engines may differ in its last bits: use integer arithmetic.";
const localeFree = "Depends on the machine's locale. Use compareStrings.";
const inexactMath = [
  "exp", "expm1", "log", "log1p", "log2", "log10", "pow", "sqrt", "cbrt", "hypot",
  "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
];

/** Forbidden everywhere: HTML from strings is how a script in a Pod's name would come to run. */
const noRawHtml = [
  { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Render text, not HTML: names and manifests are hostile input." },
  { selector: "Property[key.name='dangerouslySetInnerHTML']", message: "Render text, not HTML: names and manifests are hostile input." },
  { selector: "AssignmentExpression[left.property.name=/^(inner|outer)HTML$/]", message: "Render text, not HTML: names and manifests are hostile input." },
];

/** Forbidden in isomorphic rooms: whatever would make two runs of one journal differ. */
const deterministicSyntax = [
  { selector: ":function[async=true]", message: synchronous },
  { selector: "AwaitExpression", message: synchronous },
  { selector: "NewExpression[callee.name='Promise']", message: synchronous },
  { selector: "MemberExpression[object.name='Promise']", message: synchronous },
  { selector: "Program > VariableDeclaration[kind='let']", message: "Module state outlives a cluster and breaks fork and replay. Put it in the snapshot." },
  { selector: "Program > ExportNamedDeclaration > VariableDeclaration[kind='let']", message: "Module state outlives a cluster and breaks fork and replay. Put it in the snapshot." },
  { selector: "BinaryExpression[operator='**']", message: integersOnly },
  { selector: "AssignmentExpression[operator='**=']", message: integersOnly },
  { selector: "CallExpression[arguments.length=0] > MemberExpression[property.name=/^(sort|toSorted)$/]", message: "sort() without a comparator: name the order (compareStrings)." },
];

const deterministicRules = {
  "no-restricted-globals": [
    "error",
    { name: "Date", message: clockOnly },
    { name: "Intl", message: localeFree },
    { name: "WeakRef", message: "Garbage collection is not deterministic." },
    { name: "FinalizationRegistry", message: "Garbage collection is not deterministic." },
  ],
  "no-restricted-properties": [
    "error",
    { object: "Math", property: "random", message: "Randomness comes from the seeded Random." },
    { property: "localeCompare", message: localeFree },
    { property: "toLocaleString", message: localeFree },
    { property: "toLocaleLowerCase", message: localeFree },
    { property: "toLocaleUpperCase", message: localeFree },
    ...inexactMath.map((property) => ({ object: "Math", property, message: integersOnly })),
  ],
  "no-restricted-syntax": ["error", ...noRawHtml, ...deterministicSyntax],
};

export default defineConfig([
  globalIgnores([
    ".next/**", "coverage/**", "dist-workers/**", "lib/course/generated/**", "lib/db/generated/**",
    "lib/engine/openapi/generated/**", "next-env.d.ts", "tests/architecture/fixtures/**", "test-results/**", "playwright-report/**",
  ]),
  ...nextVitals,
  ...nextTypescript,
  {
    rules: {
      "no-restricted-syntax": ["error", ...noRawHtml],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none", ignoreRestSiblings: true }],
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-expect-error": true, "ts-ignore": true, "ts-nocheck": true }],
      "@typescript-eslint/no-explicit-any": "error",
    },
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    rules: {
      "no-restricted-exports": [
        "error",
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } },
      ],
    },
  },
  {
    // Files whose reader (Next, a tool, the exercise loader) demands a default export.
    files: [
      "app/**/{page,layout,template,loading,error,global-error,global-not-found,not-found,default,route,sitemap,robots,manifest,icon,opengraph-image}.{ts,tsx}",
      "app/_i18n/request.ts", "mdx-components.tsx", "instrumentation.ts", "proxy.ts", "*.config.{ts,mts}",
      "content/**/exercise.ts", "content/**/server.ts", "**/*.d.ts",
    ],
    rules: { "no-restricted-exports": "off" },
  },
  // Outside app/ there is no React, and a function may be called `use`.
  { files: ["lib/**", "scripts/**", "tests/**", "prisma/**", "content/**"], rules: { "react-hooks/rules-of-hooks": "off" } },
  { files: isomorphicFiles, ignores: ["**/*.test.ts", "**/testing/**"], rules: deterministicRules },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
]);
