/** Paths that must stay where they are. Upstream: `validatePathNoBacksteps`, `ValidateLocalNonReservedPath`. */
import type { Findings } from "../../findings";

/** A path without a step back. */
export function noBacksteps(found: Findings, path: string, value: string): void {
  if (value.split("/").includes("..")) found.invalid(path, value, "must not contain '..'");
}

/** A relative path that stays where it is. */
export function localPath(found: Findings, path: string, value: string): void {
  if (value.startsWith("/")) found.invalid(path, value, "must be a relative path");
  noBacksteps(found, path, value);
}

/** A relative path whose first name is not one of those Kubernetes keeps for itself. */
export function unreservedPath(found: Findings, path: string, value: string): void {
  localPath(found, path, value);
  if (value.startsWith("..") && !value.startsWith("../")) found.invalid(path, value, "must not start with '..'");
}
