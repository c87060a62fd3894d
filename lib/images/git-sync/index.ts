import { defineProgram, fingerprint, millis, parseDuration, type Json, type Output, type ProcessView, type Step } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";

interface Wanted {
  readonly repo: string;
  readonly folder: string;
  readonly period: number;
  readonly once: boolean;
}

const option = (process: ProcessView, name: string): string | undefined => {
  const at = process.argv.findIndex((arg) => arg === `--${name}` || arg === `-${name}`);
  return process.argv.find((arg) => new RegExp(`^--?${name}=`).test(arg))?.replace(/^[^=]*=/, "") ?? (at >= 0 ? process.argv[at + 1] : undefined) ?? process.env[`GITSYNC_${name.toUpperCase().replaceAll("-", "_")}`] ?? process.env[`GIT_SYNC_${name.toUpperCase().replaceAll("-", "_")}`];
};

function wantedOf(process: ProcessView): Wanted {
  const root = option(process, "root") ?? "/git";
  const repo = option(process, "repo") ?? "";
  const link = option(process, "link") ?? option(process, "dest") ?? repo.replace(/\.git$/, "").split("/").at(-1) ?? "repo";
  const given = option(process, "period") ?? option(process, "wait") ?? "10s";
  const duration = /^\d+$/.test(given) ? Number(given) * 1000 : parseDuration(given);
  const flag = option(process, "one-time");
  return { repo, folder: link.startsWith("/") ? link : `${root}/${link}`, period: typeof duration === "number" && duration > 0 ? duration : 10_000, once: process.argv.some((arg) => /^--?one-time$/.test(arg)) || flag === "true" };
}

const say = (process: ProcessView, msg: string, more: object): Output => ({ stderr: JSON.stringify({ logger: "", ts: process.timestamp, msg, ...more }) });

/** Files of a repository: what its server answers, as a map of names and contents, or else as one page. */
function filesIn(body: string): Readonly<Record<string, string>> {
  if (!body.startsWith("{")) return { "index.html": body };
  try {
    return Object.fromEntries(Object.entries(JSON.parse(body) as Readonly<Record<string, unknown>>).flatMap(([name, content]) => (typeof content === "string" && /^[\w./-]{1,200}$/.test(name) && !name.includes("..") ? [[name, content]] : [])));
  } catch {
    return { "index.html": body };
  }
}

function sync(process: ProcessView, wanted: Wanted, before: string): { readonly hash: string; readonly log: readonly Output[]; readonly ok: boolean } {
  const [, scheme = "http", host = "", port, path = "/"] = /^(https?):\/\/([^:/]+)(?::(\d+))?(\/.*)?$/.exec(wanted.repo) ?? [];
  const trace = process.request({ protocol: "http", host, port: Number(port ?? (scheme === "https" ? 443 : 80)), path, timeout: millis(30_000) });
  if (trace.response?.status !== 200) {
    const why = trace.outcome === "no-such-host" ? `Could not resolve host: ${host}` : trace.response ? `The requested URL returned error: ${trace.response.status}` : `Failed to connect to ${host} port ${port ?? 80}: Connection refused`;
    return { hash: before, ok: false, log: [say(process, "error syncing repo, will retry", { error: `fatal: unable to access '${wanted.repo}/': ${why}` })] };
  }
  const hash = fingerprint(trace.response.body);
  if (hash === before) return { hash, ok: true, log: [] };
  process.files.makeDirectory(wanted.folder, true);
  for (const [name, content] of Object.entries(filesIn(trace.response.body))) {
    const whole = `${wanted.folder}/${name}`;
    process.files.makeDirectory(whole.slice(0, whole.lastIndexOf("/")), true);
    process.files.write(whole, content);
  }
  return { hash, ok: true, log: [say(process, "updated successfully", { ref: "HEAD", remote: hash, syncCount: before === "" ? 1 : 2 })] };
}

/**
 * Keeps a folder as a repository says, looking again after each period; with `--one-time` it looks once and ends.
 *
 * @simplified A repository is any web server: what it answers is its last commit. The link is a folder.
 */
const program = defineProgram<Json>({
  start(process): Step<Json> {
    if (wantedOf(process).repo === "") return { state: "", log: [{ stderr: "ERROR: required flag: --repo must be specified" }], exit: { code: 1 } };
    return { state: "", log: [say(process, "starting up", { pid: process.pid })], listen: [], wakeAfter: { delay: millis(500), message: null }, usage: { cpuMilli: 5, memoryBytes: 15_000_000 } };
  },
  onTimer(state, _message, process): Step<Json> {
    const wanted = wantedOf(process);
    const { hash, log, ok } = sync(process, wanted, state as string);
    if (wanted.once) return { state: hash, log, exit: { code: ok ? 0 : 1 } };
    return { state: hash, log, wakeAfter: { delay: millis(wanted.period), message: null } };
  },
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

/** git-sync. */
export const gitSync: readonly Repository[] = ["registry.k8s.io/git-sync/git-sync", "k8s.gcr.io/git-sync/git-sync"].map((name) => defineRepository(name, () => ({ entrypoint: ["/git-sync"], user: 65533, files: { "/git/": "" }, programs: shellPrograms({}, [], { "git-sync": program }), megabytes: 50 })));
