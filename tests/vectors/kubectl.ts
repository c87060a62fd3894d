import { createCluster, defineProgram, millis, reason, type Cluster, type Image, type ImageCatalog } from "@/lib/engine";
import { resumeKubectl, startKubectl, tidyPath, type KubectlIO, type Run } from "@/lib/kubectl";
import type { Adapter } from "./adapter";

interface Step {
  readonly pause?: number;
  readonly cmd?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
  readonly unstable?: boolean;
  readonly linesSorted?: boolean;
  readonly stopAfter?: number;
  readonly meanwhile?: readonly { readonly at: number; readonly cmd: string }[];
}

interface Transcript {
  readonly namespace: string;
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** `sleep N`, `sh -c "exit N"`, `date` and servers, as the recorder's imitation of a kubelet took them. */
const anything = defineProgram<null>({
  start(process) {
    const words = process.argv.join(" ");
    if (words.startsWith("cat ")) return { state: null, exit: { code: 0 } };
    const exit = /exit (\d+)/.exec(words);
    const ends = exit !== null || /(^| )(true|date)$/.test(words);
    return ends ? { state: null, wakeAfter: { delay: millis(600), message: null } } : { state: null, listen: [80] };
  },
  onRequest: (state) => ({ state, response: { status: 200, body: "" } }),
  onSignal: (state) => ({ state, wakeAfter: { delay: millis(600), message: null } }),
  onTimer: (state, _message, process) => ({ state, exit: { code: Number(/exit (\d+)/.exec(process.argv.join(" "))?.[1] ?? "0") } }),
});

/** Images of any name, whose programs do what the recordings were made with. Each pull takes a little longer than the last: the recordings' pods were not ready all at once. */
export function images(): ImageCatalog {
  let pulls = 0;
  const pull: ImageCatalog["pull"] = (reference) => {
    if (/doesnotexist|bad|typo/.test(reference)) {
      const full = `docker.io/library/${reference}`;
      return { error: reason("image.not-found", { image: reference }), message: `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found` };
    }
    const names = ["sh", "sleep", "date", "cat", "x", "server"];
    const image: Image = { reference, digest: "sha256:0", entrypoint: ["server"], cmd: [], env: { PATH: "/bin" }, workingDir: "/", user: 0, ports: [80], files: {}, programs: Object.fromEntries(names.map((name) => [name, anything])), sizeBytes: 1, pullTime: millis(10 + ((pulls += 1) % 3) * 120) };
    return { image };
  };
  return { pull };
}

function newCluster(namespace: string): Cluster {
  const nodes = ["a", "b", "c"].map((zone, i) => ({ name: `node-${i + 1}`, cpu: "4", memory: "8Gi", labels: { "topology.kubernetes.io/zone": `zone-${zone}`, "topology.kubernetes.io/region": "region-1" } }));
  const cluster = createCluster({ seed: 7, kubernetesVersion: "1.36.2", nodes, images: images(), network: { serviceCIDR: "10.96.0.0/16" }, controllerFlags: { nodeMonitorGracePeriod: 8000, horizontalSyncPeriod: 3000 } });
  const admin = cluster.as("kubernetes-admin");
  if (!admin.list("v1/Namespace" as never).some((object) => object.metadata.name === namespace)) admin.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  cluster.advance(millis(8000));
  return cluster;
}

/** Splits a bash line into words: quotes and backslashes, nothing more. */
export function words(line: string): readonly string[] {
  const found: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i += 1) {
    const char = line[i] ?? "";
    if (char === "'" || char === '"') {
      const end = line.indexOf(char, i + 1);
      word = (word ?? "") + line.slice(i + 1, end).replace(char === '"' ? /\\(["\\$`])/g : /$^/g, "$1");
      i = end;
    } else if (char === " ") {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? "") + (char === "\\" ? (line[(i += 1)] ?? "") : char);
  }
  return word === undefined ? found : [...found, word];
}

interface Bench {
  readonly cluster: Cluster;
  readonly files: Map<string, string>;
  readonly namespace: string;
}

function ioOf(bench: Bench, stdin: string | undefined, editor: string | undefined): KubectlIO {
  const sed = /^sed -i s\/(.*)\/(.*)\/$/.exec(editor ?? "");
  return {
    cluster: bench.cluster,
    user: "kubernetes-admin",
    namespace: bench.namespace,
    files: { read: (path) => bench.files.get(tidyPath(path)), list: () => [...bench.files.keys()], write: (path, text) => void bench.files.set(tidyPath(path), text) },
    ...(stdin === undefined ? {} : { stdin }),
    ...(editor === undefined ? {} : { edit: (text: string) => (editor === "false" ? { editor } : sed ? text.replace(new RegExp(sed[1] ?? "", "g"), sed[2] ?? "") : text) }),
  };
}

interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** One command line of a transcript: perhaps with an editor before it, and a pipe before or after. */
function start(bench: Bench, line: string): { readonly run: Run; readonly io: KubectlIO; readonly after: (stdout: string) => string } {
  const editor = /^KUBE_EDITOR=(?:"([^"]*)"|(\S+)) /.exec(line);
  let rest = editor ? line.slice(editor[0].length) : line;
  let stdin: string | undefined;
  const piped = /^(?:cat (\S+)|echo '([^']*)') \| /.exec(rest);
  if (piped) {
    stdin = piped[1] === undefined ? `${piped[2] ?? ""}\n` : (bench.files.get(piped[1]) ?? "");
    rest = rest.slice(piped[0].length);
  }
  const head = / \| head -(\d+)$/.exec(rest);
  if (head) rest = rest.slice(0, head.index);
  const io = ioOf(bench, stdin, editor ? (editor[1] ?? editor[2] ?? "") : undefined);
  const run = startKubectl(words(rest).slice(1), io);
  return { run, io, after: (stdout) => (head ? `${stdout.split("\n").slice(0, Number(head[1])).join("\n")}\n` : stdout) };
}

function perform(bench: Bench, step: Step): Result {
  const { run: first, io, after } = start(bench, step.cmd ?? "");
  let run = first;
  let { stdout, stderr } = run;
  const began = bench.cluster.now;
  const until = began + (step.stopAfter === undefined ? 60_000 : step.stopAfter * 1000);
  const pending = [...(step.meanwhile ?? [])];
  while (run.pending !== undefined && bench.cluster.now < until) {
    bench.cluster.advance(millis(100));
    while (pending[0] !== undefined && bench.cluster.now - began >= pending[0].at * 1000) {
      const other = start(bench, pending.shift()?.cmd ?? "");
      let inner = other.run;
      while (inner.pending !== undefined && bench.cluster.now < until) {
        bench.cluster.advance(millis(100));
        inner = resumeKubectl(inner.pending, other.io);
      }
    }
    run = resumeKubectl(run.pending, io);
    stdout += run.stdout;
    stderr += run.stderr;
  }
  return { stdout: after(stdout), stderr, exit: run.exitCode ?? 130 };
}

const PATTERNS: Readonly<Record<string, string>> = {
  uid: "[0-9a-f-]+", rv: "\\d+", time: "[^\\n]+?", age: "\\S+?(?: \\(x\\d+ over \\S+\\))?", dur: "\\S+", rand: "[a-z0-9]+(?:\\.[a-z0-9]+)?", hash: "[a-z0-9]+", ip: "[0-9.]+|<none>", nodeport: "\\d+", node: "node-\\d", nodeip: "[0-9.]+", zone: "zone-[abc]", pem: "[^\\n]+", token: "\\S+", cid: "[0-9a-f]+", server: "\\S+", dir: "\\S+", bytes: "\\d+", minute: "\\d+", klog: "[IWE]\\d{4} [^\\n]+?",
};

/** Does a line say what was recorded? Placeholders stand for anything of their kind, and columns beside them may be wider. */
export function lineFits(got: string, expected: string, exact = false): boolean {
  if (got === expected) return true;
  if (exact) return false;
  const squeeze = (line: string): string => line.replace(/ {2,}|-{2,}/g, "  ").trimEnd();
  const parts = squeeze(expected).split(/(<ip of [^>]+>|<[a-z]+(?::\d+)?>)/);
  const source = parts.map((part) => {
    const name = /^<([a-z]+)(?::\d+| of .*)?>$/.exec(part)?.[1];
    const pattern = name === undefined ? undefined : PATTERNS[name];
    return pattern === undefined ? part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ {2}/g, " +") : `(?:${pattern})`;
  });
  return new RegExp(`^${source.join("")}$`).test(squeeze(got).replace(/ {2,}/g, "  "));
}

/** What only the imitation of a kubelet said is not asked for; nor MetalLB, which our clusters have and the recording's had not. */
function withoutKubelet(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => !/ kubelet +|^ *Image ID:|^ *imageID:|topology\.kubernetes\.io\/(region|zone)/.test(line))
    .filter((line) => !/metallb\.io/.test(line))
    .filter((line) => !/^(Normal|Warning|<age>|\d+s) .*(Pulled|Pulling|Created|Started|BackOff|Failed|Killing) +pod\//i.test(line));
}

/** What `kubectl explain` says of fields is in our own words on purpose: only the shape is asked for. */
function withoutProse(lines: readonly string[]): readonly string[] {
  let part = "";
  return lines.filter((line) => {
    if (/^[A-Z]+:/.test(line)) part = line;
    return line.trim() !== "" && (part.startsWith("ENUM") || (part.startsWith("FIELDS") && /^FIELDS|\t<|^ +enum: /.test(line)) || /^[A-Z]+:/.test(line));
  });
}

function arranged(text: string, step: Step): readonly string[] {
  const shown = withoutKubelet(text);
  const lines = / explain .*\w/.test(step.cmd ?? "") && text.includes("DESCRIPTION:") ? withoutProse(shown) : shown;
  return step.linesSorted === true ? [lines[0] ?? "", ...[...lines.slice(1)].sort()] : lines;
}

const PLACEHOLDER = /<(?!none>|unset>|unknown>|pending>|empty>|no description>)[a-z]+(:\d+)?>|<ip of [^>]+>/;

/** Placeholders change the widths of the columns around them, headings included: such an output is compared cell by cell. */
function fits(got: string, expected: string, step: Step): boolean {
  const exact = !PLACEHOLDER.test(expected);
  const [a, b] = [arranged(got, step), arranged(expected, step)];
  return a.length === b.length && b.every((line, i) => lineFits(a[i] ?? "", line, exact));
}

/** The lines that do not fit, `-` for what was recorded and `+` for what we print. */
function differences(got: string, expected: string, step: Step): readonly string[] {
  const [a, b] = [arranged(got, step), arranged(expected, step)];
  const missing = b.filter((line) => !a.some((other) => lineFits(other, line)));
  const extra = a.filter((line) => !b.some((other) => lineFits(line, other)));
  const found = [...missing.map((line) => `- ${line}`), ...extra.map((line) => `+ ${line}`)];
  return found.length === 0 && !fits(got, expected, step) ? [`order or repeats: ${a.length} lines for ${b.length}`] : found;
}

/** Plays a recorded session against kubectl and the engine; each command counts for itself. */
export const kubectl: Adapter = (vector) => {
  const transcript = vector as unknown as Transcript;
  const files = new Map(Object.entries(transcript.files).map(([path, text]) => [tidyPath(path), text]));
  const bench: Bench = { cluster: newCluster(transcript.namespace), files, namespace: transcript.namespace };
  let [passed, total] = [0, 0];
  const wrong: unknown[] = [];
  for (const step of transcript.steps) {
    if (step.pause !== undefined) bench.cluster.advance(millis(Math.round(step.pause * 1000)));
    if (step.cmd === undefined) continue;
    if (!/kubectl/.test(step.cmd)) continue;
    const got = perform(bench, step);
    bench.cluster.advance(millis(150));
    if (step.unstable === true) continue;
    total += 1;
    const same = fits(got.stdout, step.stdout ?? "", step) && fits(got.stderr, step.stderr ?? "", step) && (step.stopAfter !== undefined || got.exit === (step.exit ?? 0));
    if (same) passed += 1;
    else wrong.push({ cmd: step.cmd, differs: [...differences(got.stdout, step.stdout ?? "", step), ...differences(got.stderr, step.stderr ?? "", step), ...(got.exit === (step.exit ?? 0) ? [] : [`exit ${got.exit} for ${step.exit ?? 0}`])] });
  }
  return { passed, total, got: wrong };
};
