/**
 * `npm run -s cluster -- [--spec FILE] [--fixture NAME] [--port N] [--https] [--apply FILE…] [--auto-advance RATE|off]`
 *
 * Serves a stand-alone cluster: the genuine kubectl, helm and every client library can talk to it. Prints one JSON
 * line `{url, kubeconfig, token, control}` and stays until it is told to end. Exit code: 0 ended, 2 misuse.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ApiError, createCluster, keyOf, kindOf, type Cluster, type ClusterOptions, type JsonObject, type KubeObject } from "@/lib/engine";
import { startCluster, type Rate } from "@/lib/hosting/gateway";
import { catalog } from "@/lib/images";
import { inClusterDoor } from "@/lib/rest";
import { parseManifests, parseYaml } from "@/lib/manifest";
import { fixtures, kubernetesVersion } from "@/lib/workbench";

const HELP = `usage: npm run -s cluster -- [--spec FILE] [--fixture NAME] [--port N] [--https] [--apply FILE]… [--auto-advance RATE|off] [--seed N]

Serves a simulated Kubernetes cluster to kubectl, helm and client libraries. Prints one JSON line
{url, kubeconfig, token, control} and stays until it is told to end (Ctrl-C).
  --fixture       ${Object.keys(fixtures).join(", ")}; three-nodes unless said
  --spec          a YAML file with members of the cluster's options (nodes, network, storage, world, objects) over the fixture's
  --port          any free port unless said
  --https         HTTPS with its own certificate authority, and a bearer token; plain HTTP otherwise
  --apply         manifests created before the first request, in order
  --auto-advance  virtual seconds a real second, 1 unless said; off: only POST {control}advance moves the clock
  --seed          1 unless said
Without --https kubectl sends no token, and whoever reaches the port on this machine is the administrator.
`;

class Misuse extends Error {}

function rateOf(text: string): Rate {
  if (text === "off") return "off";
  const rate = Number(text);
  if (!Number.isFinite(rate) || rate <= 0 || rate > 100_000) throw new Misuse(`--auto-advance takes a number or off, not ${text}`);
  return rate;
}

function specIn(path: string): Partial<ClusterOptions> {
  const { documents, problems } = parseYaml(readFileSync(path, "utf8"));
  const value = documents[0]?.value;
  if (problems.some(({ severity }) => severity === "error") || typeof value !== "object" || value === null || Array.isArray(value)) throw new Misuse(`${path}: not a mapping`);
  return value as unknown as Partial<ClusterOptions>;
}

function applyFile(cluster: Cluster, path: string): void {
  const { documents, problems } = parseManifests(readFileSync(path, "utf8"));
  const problem = problems.find(({ severity }) => severity === "error");
  if (problem) throw new Misuse(`${path}:${problem.line}: ${String(problem.params["upstream"] ?? problem.code)}`);
  const admin = cluster.as("kubernetes-admin");
  for (const { value } of documents) {
    try {
      admin.create(value);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status.reason !== "AlreadyExists") throw new Misuse(`${path}: ${error.status.message}`);
      const object = value as unknown as KubeObject;
      admin.patch({ kind: kindOf(object), ...keyOf(object) }, { type: "merge", body: value as JsonObject });
    }
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      spec: { type: "string" },
      fixture: { type: "string", default: "three-nodes" },
      port: { type: "string", default: "0" },
      https: { type: "boolean", default: false },
      apply: { type: "string", multiple: true, default: [] },
      "auto-advance": { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (!/^\d+$/.test(values.port) || Number(values.port) > 65_535) throw new Misuse(`--port takes a number, not ${values.port}`);
  if (!/^\d+$/.test(values.seed)) throw new Misuse(`--seed takes a number, not ${values.seed}`);
  if (!Object.hasOwn(fixtures, values.fixture)) throw new Misuse(`there is no fixture ${values.fixture}`);
  const rate = rateOf(values["auto-advance"]);
  const fixture = fixtures[values.fixture as keyof typeof fixtures];
  const cluster = createCluster({ ...fixture, ...(values.spec === undefined ? {} : specIn(values.spec)), seed: Number(values.seed), kubernetesVersion, images: catalog, signingKey: randomBytes(32).toString("hex"), stepBudget: Number.MAX_SAFE_INTEGER });
  cluster.serveApi(inClusterDoor);
  cluster.settle();
  for (const path of values.apply) applyFile(cluster, path);
  const served = await startCluster({ cluster, port: Number(values.port), https: values.https, autoAdvance: rate });
  const folder = mkdtempSync(join(tmpdir(), "timonel-cluster-"));
  const path = join(folder, "kubeconfig");
  writeFileSync(path, served.kubeconfig, { mode: 0o600 });
  process.stdout.write(`${JSON.stringify({ url: served.url, kubeconfig: path, token: served.token, control: served.control })}\n`);
  const end = (): void => {
    served.close().then(
      () => rmSync(folder, { recursive: true, force: true }),
      (error: unknown) => {
        process.stderr.write(`cluster: ${String(error)}\n`);
        process.exitCode = 1;
      },
    );
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}

main().catch((error: unknown) => {
  const misuse = error instanceof Misuse || (error instanceof Error && "code" in error);
  if (!misuse) throw error;
  process.stderr.write(`cluster: ${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  process.exitCode = 2;
});
