// The steps between a clone and a running site. Each one is skipped when nothing it reads has changed.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./root.mjs";
import { Problem, say } from "./say.mjs";

/** The repository's folder. */
export { root };

const stamps = join(root, "node_modules", ".cache", "timonel");
const SOURCES = ["app", "content", "lib", "prisma", "public", "scripts"];
const ROOT_FILES = [
  "package-lock.json", "package.json", "next.config.mjs", "postcss.config.mjs", "tsconfig.json",
  "mdx-components.tsx", "proxy.ts", "instrumentation.ts",
];
const GENERATED = new Set(["lib/db/generated", "lib/course/generated"]);

/** Refuses a folder we may not write to, before anything else fails less clearly. */
export function ensureWritable() {
  const probe = join(root, `.timonel-${process.pid}`);
  try {
    closeSync(openSync(probe, "w"));
    unlinkSync(probe);
  } catch {
    throw new Problem(
      `No se puede escribir en la carpeta ${root}: cópiala a una tuya o cambia sus permisos.`,
      `The folder ${root} cannot be written to: copy it to one of yours or change its permissions.`,
    );
  }
}

/** Installs the locked packages when node_modules does not hold exactly them. */
export async function install() {
  if (installed()) return;
  say("Instalando los paquetes (un par de minutos la primera vez)", "installing packages (a couple of minutes the first time)");
  // Naming an existing file as Prisma's native engine skips a download that nothing here needs (see prisma-generate.mjs).
  const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_SKIP_POSTINSTALL_GENERATE: "1" };
  const npm = process.env.npm_execpath;
  const args = ["ci", "--no-audit", "--no-fund", "--include=dev", "--loglevel=error"];
  const result = npm?.endsWith(".js") ? await run(process.execPath, [npm, ...args], env) : await run("npm", args, env);
  if (result.status !== 0) {
    throw new Problem(
      "No se han podido instalar los paquetes: comprueba la red y el espacio en disco y repite la orden.",
      "The packages could not be installed: check the network and the disk space and repeat the command.",
      tail(result.output),
    );
  }
}

/** npm's own record of what it installed last, compared with the lock: optional packages may be missing. */
function installed() {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const present = JSON.parse(readFileSync(record, "utf8")).packages;
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(locked).every(([path, { optional, version }]) => path === "" || optional || present[path]?.version === version);
}

/** Writes the secrets of this installation once, readable by their owner only, and loads them. */
export function secrets() {
  const path = join(root, ".env");
  const before = existsSync(path) ? readFileSync(path, "utf8") : "# Settings of this installation. Never commit this file. See .env.example.\n";
  if (!/^NEXTAUTH_SECRET=./m.test(before)) {
    say("Generando los secretos en .env", "generating the secrets in .env");
    const gap = before.endsWith("\n") ? "" : "\n";
    writeFileSync(path, `${before}${gap}NEXTAUTH_SECRET=${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
    chmodSync(path, 0o600);
  }
  process.loadEnvFile(path);
  process.env.DATABASE_URL ??= pathToFileURL(join(root, "data", "timonel.db")).href;
}

/** Prisma's client for the current schema. */
export async function generateClient() {
  const inputs = ["prisma/schema.prisma", "prisma.config.ts", "package-lock.json"];
  const made = existsSync(join(root, "lib/db/generated"));
  await whenStale("client", digestOf(inputs.map((name) => join(root, name))), made, async () => {
    say("Generando el cliente de la base de datos", "generating the database client");
    await must([join(root, "scripts/prisma-generate.mjs")], "prisma generate");
  });
}

/** The indexes of content/ that the course room reads. */
export async function contentIndex() {
  const script = join(root, "scripts/generate-content-index.ts");
  if (!existsSync(script)) return;
  const inputs = [script, join(root, "package-lock.json"), ...files("content"), ...files("lib/course"), ...files("lib/grader")];
  await whenStale("content", digestOf(inputs), existsSync(join(root, "lib/course/generated")), async () => {
    say("Leyendo el contenido del curso", "reading the course's content");
    await must([tsx(), script], "content:index");
  });
}

/** The server's grading worker, as one file that a thread can load. */
export async function workers() {
  if (!existsSync(join(root, "lib/hosting/grade-worker.ts"))) return;
  const inputs = [join(root, "package-lock.json"), join(root, "scripts/workers.mjs"), ...files("lib"), ...files("content")];
  await whenStale("workers", digestOf(inputs), existsSync(join(root, "dist-workers/grade.mjs")), async () => {
    say("Preparando el evaluador", "bundling the grader");
    await must([join(root, "scripts/workers.mjs")], "workers");
  });
}

/** Everything `next build`, `next dev`, the type checker and the tests expect to find generated. */
export async function generate() {
  await generateClient();
  await contentIndex();
  await workers();
}

/** Builds the site when its sources have changed since the last build. Says whether it did. */
export async function build({ force = false } = {}) {
  const stamp = join(root, ".next", "timonel-build");
  const wanted = sourceFingerprint();
  if (!force && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return false;
  say("Construyendo el sitio (un minuto o dos)", "building the site (a minute or two)");
  const result = await run(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  if (result.status !== 0) {
    throw new Problem("La construcción del sitio ha fallado.", "The site's build failed.", tail(result.output, 60));
  }
  const { deferLessonScripts } = await import("./lesson-loader.mjs");
  deferLessonScripts();
  writeFileSync(stamp, wanted);
  return true;
}

/** A digest of every file the build reads. */
export function sourceFingerprint() {
  const listed = ROOT_FILES.map((name) => join(root, name)).filter((path) => existsSync(path));
  return digestOf([...listed, ...SOURCES.flatMap((folder) => files(folder))]);
}

/** Runs a program and gathers what it says; `echo` shows it as it comes. */
export function run(command, args, env = {}, { echo = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" && command === "npm" });
    let output = "";
    const hear = (target) => (chunk) => {
      output += chunk;
      if (echo) target.write(chunk);
    };
    child.stdout.on("data", hear(process.stdout));
    child.stderr.on("data", hear(process.stderr));
    child.on("error", (error) => resolve({ status: 127, output: `${output}${error.message}` }));
    child.on("close", (status, signal) => resolve({ status: status ?? 1, output: signal ? `${output}\nstopped by ${signal}` : output }));
  });
}

/** The command line of tsx, which runs our TypeScript scripts. */
export function tsx() {
  return join(root, "node_modules/tsx/dist/cli.mjs");
}

async function must(args, name) {
  const result = await run(process.execPath, args);
  if (result.status !== 0) throw new Problem(`El paso «${name}» ha fallado.`, `The step "${name}" failed.`, tail(result.output));
}

async function whenStale(name, wanted, made, work) {
  const stamp = join(stamps, name);
  if (made && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  await work();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, wanted);
}

function files(folder) {
  const path = join(root, folder);
  if (!existsSync(path) || GENERATED.has(folder)) return [];
  const found = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return found.flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === "testdata" ? [] : files(`${folder}/${entry.name}`);
    return /[.]test[.]tsx?$/.test(entry.name) ? [] : [join(path, entry.name)];
  });
}

function digestOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    hash.update(relative(root, path).split(sep).join("/")).update("\0");
    hash.update(existsSync(path) ? readFileSync(path) : "").update("\0");
  }
  return hash.digest("hex");
}

function tail(text, lines = 30) {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
