import { parseYaml, toYaml, type Json as ManifestJson } from "@/lib/manifest";
import { readPath, type KubectlIO } from "./io";

/** A context: which cluster, as whom, in which namespace. */
export interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
}

/** What a kubeconfig says, by name. Credentials are opaque. */
export interface KubeConfig {
  readonly clusters: Readonly<Record<string, { readonly [key: string]: ManifestJson }>>;
  readonly contexts: Readonly<Record<string, ContextEntry>>;
  readonly users: Readonly<Record<string, { readonly [key: string]: ManifestJson }>>;
  readonly current: string;
}

/** Where the kubeconfig lies on the disk once `kubectl config` has changed it. */
export const CONFIG_PATH = ".kube/config";

/** The kubeconfig: the file if there is one, else one cluster, one user and one context. */
export function readConfig(io: KubectlIO): KubeConfig {
  const text = readPath(io.files, CONFIG_PATH);
  const written = text === undefined ? undefined : fromYaml(text);
  return written ?? freshConfig(io);
}

function freshConfig(io: KubectlIO): KubeConfig {
  const context = `${io.user}@kubernetes`;
  return {
    clusters: { kubernetes: { "insecure-skip-tls-verify": true, server: io.server ?? "https://127.0.0.1:6443" } },
    contexts: { [context]: { cluster: "kubernetes", user: io.user, ...(io.namespace === "default" ? {} : { namespace: io.namespace }) } },
    users: { [io.user]: { token: "REDACTED" } },
    current: context,
  };
}

type Entries = readonly { readonly name?: string; readonly [key: string]: unknown }[];

function fromYaml(text: string): KubeConfig | undefined {
  const value = parseYaml(text).documents[0]?.value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const root = value as { readonly [key: string]: ManifestJson };
  const named = <T>(list: string, key: string): Record<string, T> => {
    const entries = Array.isArray(root[list]) ? (root[list] as unknown as Entries) : [];
    return Object.fromEntries(entries.flatMap((entry) => (typeof entry.name === "string" ? [[entry.name, (entry[key] ?? {}) as T]] : [])));
  };
  const current = root["current-context"];
  return { clusters: named("clusters", "cluster"), contexts: named("contexts", "context"), users: named("users", "user"), current: typeof current === "string" ? current : "" };
}

/** Members of the entries in the order of Go's structs; others follow. Upstream: client-go/tools/clientcmd/api/v1. */
const MEMBERS = ["server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority", "certificate-authority-data", "proxy-url", "cluster", "user", "namespace", "client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "username", "password", "exec"];

/** The kubeconfig as an object, in the order of Go's structs. */
export function configObject(config: KubeConfig): { readonly [key: string]: ManifestJson } {
  const place = (member: string): number => (MEMBERS.includes(member) ? MEMBERS.indexOf(member) : MEMBERS.length);
  const ordered = (entry: unknown): ManifestJson => Object.fromEntries(Object.entries(entry as Readonly<Record<string, ManifestJson>>).sort(([a], [b]) => place(a) - place(b)));
  const named = (entries: Readonly<Record<string, unknown>>, key: string): ManifestJson => Object.keys(entries).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((name) => ({ name, [key]: ordered(entries[name]) }));
  return {
    kind: "Config",
    apiVersion: "v1",
    clusters: named(config.clusters, "cluster"),
    users: named(config.users, "user"),
    contexts: named(config.contexts, "context"),
    "current-context": config.current,
  };
}

/** The kubeconfig as YAML, as it is kept. */
export function configYaml(config: KubeConfig): string {
  return toYaml(configObject(config));
}
