import type { JsonObject } from "@/lib/engine";
import { fail } from "../../failure";

/** Rights a profile gives the container that looks. Upstream: kubectl/pkg/cmd/debug/profiles.go. */
export interface Profile {
  readonly securityContext?: JsonObject;
  /** Do debugging pods share the machine's namespaces? */
  readonly hostNamespaces: boolean;
  /** Is the machine's disk mounted in debugging pods? */
  readonly hostFiles: boolean;
  /** Does a copy keep labels and probes? */
  readonly keepsAll: boolean;
}

const PROFILES: Readonly<Record<string, (node: boolean) => Profile>> = {
  legacy: () => ({ hostNamespaces: true, hostFiles: true, keepsAll: true }),
  general: (node) => ({ hostNamespaces: true, hostFiles: true, keepsAll: false, ...(node ? {} : { securityContext: { capabilities: { add: ["SYS_PTRACE"] } } }) }),
  baseline: () => ({ hostNamespaces: false, hostFiles: false, keepsAll: false }),
  restricted: () => ({
    hostNamespaces: false,
    hostFiles: false,
    keepsAll: false,
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  }),
  netadmin: () => ({ hostNamespaces: true, hostFiles: false, keepsAll: false, securityContext: { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } } }),
  sysadmin: () => ({ hostNamespaces: true, hostFiles: true, keepsAll: false, securityContext: { privileged: true } }),
};

/** The profile a command line names, for a machine or for a pod. @throws {Failure} for an unknown one. */
export function profileNamed(name: string, node: boolean): Profile {
  const make = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined;
  return make ? make(node) : fail(`unknown profile: ${name}`);
}
