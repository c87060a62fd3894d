/** What the server says of itself. Upstream: apimachinery/pkg/version. */
import type { JsonObject } from "@/lib/engine";

/** `GET /version` of a cluster of that version (`1.36.2` or `v1.36.2`). */
export function versionInfo(kubernetesVersion: string): JsonObject {
  const bare = kubernetesVersion.replace(/^v/, "");
  const [major = "1", minor = "0"] = bare.split(".");
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `v${bare}`,
    gitCommit: "",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "go1.26.11",
    compiler: "gc",
    platform: "linux/amd64",
  };
}
