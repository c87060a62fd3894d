import { Memory } from "../apimachinery/memory";

/** Pods ask about the same references again and again. */
const canonical = new Memory<string>(500);

/** A reference as containerd names it: `nginx` is `docker.io/library/nginx:latest`. */
export function canonicalImage(reference: string): string {
  return canonical.of(reference, canonicalName);
}

function canonicalName(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  const hasHost = rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  const path = hasHost ? reference : rest.length > 0 ? `docker.io/${reference}` : `docker.io/library/${reference}`;
  if (path.includes("@")) return path;
  return (path.split("/").pop() ?? "").includes(":") ? path : `${path}:latest`;
}

const NAME = /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

/** Why a reference cannot be read, if it cannot. Upstream: distribution/reference. */
export function imageNameProblem(reference: string): string | undefined {
  if (NAME.test(reference)) return undefined;
  return /[A-Z]/.test(reference.split(":")[0] ?? "") ? "invalid reference format: repository name must be lowercase" : "invalid reference format";
}

/** The pull policy of a container that says none. */
export function defaultPullPolicy(reference: string): "Always" | "IfNotPresent" {
  return canonicalImage(reference).endsWith(":latest") ? "Always" : "IfNotPresent";
}
