/**
 * The house's floor plan. Read it as a table: a room, and the rooms it may look into.
 * Whatever is not written here is forbidden. `tests/architecture/layers.test.ts` shows every rule its violation.
 */

/** Rooms of the engine. They meet only through the API (client) and the physical world (machine). */
const ENGINE = {
  apimachinery: [],
  sim: ["apimachinery"],
  openapi: ["apimachinery"],
  cel: ["apimachinery"],
  store: ["apimachinery", "sim"],
  resources: ["apimachinery", "openapi", "cel", "sim"],
  apiserver: ["apimachinery", "openapi", "cel", "sim", "store", "resources"],
  client: ["apimachinery", "sim", "store", "resources", "apiserver"],
  machine: ["apimachinery", "sim"],
  world: ["apimachinery", "sim", "machine"],
  controllers: ["apimachinery", "sim", "resources", "client"],
  scheduler: ["apimachinery", "sim", "resources", "client"],
  kubelet: ["apimachinery", "sim", "resources", "client", "machine"],
  network: ["apimachinery", "sim", "resources", "client", "machine", "world"],
  storage: ["apimachinery", "sim", "resources", "client", "machine"],
};
// The composition root (cluster.ts, index.ts, kernel.ts, testing/) may look into every engine room. Three leaves are open
// to all of them: reason.ts (the closed list of codes), options.ts (what a cluster is made from) and version.ts.

/** Rooms of lib. Above the line: isomorphic (browser and server). Below: server only. */
const LIB = {
  text: [],
  engine: [],
  shell: [],
  explain: ["text", "engine"],
  images: ["engine", "shell"],
  manifest: ["engine"],
  kubectl: ["engine", "manifest"],
  rest: ["engine", "manifest"],
  workbench: ["text", "engine", "explain", "images", "kubectl", "manifest", "rest", "shell"],
  grader: ["text", "engine", "explain", "manifest", "workbench"],
  // ─────────────────────────────────────────────────────────────────────────────
  course: ["text", "grader", "engine"],
  db: [],
  auth: ["text", "db"],
  hosting: ["text", "engine", "explain", "rest", "workbench", "db", "auth", "grader", "course"],
  progress: ["text", "course", "db", "auth", "grader", "workbench", "hosting"],
  classroom: ["text", "course", "db", "auth", "grader", "workbench", "progress"],
};

const ISOMORPHIC = "text|engine|shell|explain|images|manifest|kubectl|rest|workbench|grader";

/** What an isomorphic room may take from npm (architecture 16.3, ADR 0013). Everything else is ours. */
const BORROWED = {
  engine: ["pure-rand", "ip-address", "fast-json-patch"],
  manifest: ["yaml"],
  kubectl: ["diff"],
};

const tests = "([.]test[.]tsx?$|/testing/)";
const npm = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"];

const libRooms = Object.entries(LIB).map(([room, mayImport]) => ({
  name: `lib-${room}-imports`,
  severity: "error",
  from: { path: `^lib/${room}/`, pathNot: tests },
  to: {
    path: "^(lib|app|content|prisma|tests|scripts)/",
    // The course room is the one that reads content/.
    pathNot: [`^lib/(${[room, ...mayImport].join("|")})/`, ...(room === "course" ? ["^content/"] : [])],
  },
}));

const engineRooms = Object.entries(ENGINE).map(([room, mayImport]) => ({
  name: `engine-${room}-imports`,
  severity: "error",
  from: { path: `^lib/engine/${room}/`, pathNot: tests },
  to: { path: "^lib/engine/", pathNot: [`^lib/engine/(${[room, ...mayImport].join("|")})/`, "^lib/engine/(reason|options|version)[.]ts$"] },
}));

const borrowed = ISOMORPHIC.split("|").map((room) => ({
  name: `${room}-borrows`,
  comment: "Only the packages named in the floor plan.",
  severity: "error",
  from: { path: `^lib/${room}/`, pathNot: tests },
  to: {
    dependencyTypes: npm,
    ...(BORROWED[room] ? { pathNot: `(^|/)node_modules/(${BORROWED[room].join("|")})/` } : {}),
  },
}));

module.exports = {
  forbidden: [
    ...libRooms,
    ...engineRooms,
    ...borrowed,
    {
      name: "one-door",
      comment: "Outsiders enter a room by its index.ts. The course has a second door, for what the browser may know, and a third for the worker, without the chart. The stand-alone cluster enters hosting by its gateway, without the site.",
      severity: "error",
      from: { path: "^(lib/[^/]+|app|content|scripts|prisma)/", pathNot: tests },
      to: {
        path: "^lib/[^/]+/.+",
        pathNot: ["^$1/", "^lib/[^/]+/index[.]ts$", "^lib/course/(public|open|schema|prose)[.]ts$", "^lib/hosting/gateway/index[.]ts$", "^lib/db/generated/"],
      },
    },
    {
      name: "generated-client-stays-in-db",
      comment: "Only lib/db knows Prisma's generated client; the seed opens its own connection.",
      severity: "error",
      from: { pathNot: ["^lib/db/", "^prisma/", tests, "^tests/"] },
      to: { path: "^lib/db/generated/" },
    },
    {
      name: "isomorphic-rooms-use-no-platform",
      severity: "error",
      from: { path: `^lib/(${ISOMORPHIC})/`, pathNot: tests },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "server-rooms-know-no-react",
      severity: "error",
      from: { path: "^lib/" , pathNot: tests },
      to: { path: "(^|/)node_modules/(react|react-dom|monaco-editor|@xterm|@xyflow)/" },
    },
    {
      name: "content-speaks-to-the-grader-only",
      severity: "error",
      from: { path: "^content/", pathNot: tests },
      to: { path: "^(lib|app|prisma|scripts)/", pathNot: "^lib/(grader|text|engine)/index[.]ts$" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: { pathNot: "/generated/" },
      to: { circular: true, viaOnly: { pathNot: "/generated/" } },
    },
    {
      name: "no-test-code-in-the-product",
      comment: "scripts/ may run what tests/ keeps: vectors and scenarios are both.",
      severity: "error",
      from: { path: "^(lib|app|content|prisma)/", pathNot: tests },
      to: { path: [tests, "^tests/"] },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      from: { path: "^(lib|app|content|prisma|scripts)/", pathNot: tests },
      to: { couldNotResolve: true, pathNot: ["^lib/(db|course)/generated/", "generated", "[.](css|mdx|woff2)$"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^[.]next/", "^dist-workers/", "tests/architecture/fixtures/"] },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};
