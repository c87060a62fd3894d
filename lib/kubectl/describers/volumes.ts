import type { JsonObject, Toleration, Volume } from "@/lib/engine";
import { objectOf, type Paper } from "./paper";

/** `Volumes:` of a pod or a template. Upstream: describeVolumes. */
export function writeVolumes(paper: Paper, volumes: readonly Volume[] | undefined, indent: string): void {
  if (volumes === undefined || volumes.length === 0) return paper.line(0, `${indent}Volumes:\t<none>`);
  paper.line(0, `${indent}Volumes:`);
  for (const volume of volumes) {
    paper.line(1, `${indent === "" ? "" : " "}${volume.name}:`);
    for (const line of sourceLines(volume)) paper.line(2, line);
  }
}

function sourceLines(volume: Volume): readonly string[] {
  const { emptyDir, hostPath, configMap, secret, persistentVolumeClaim: claim, nfs, downwardAPI, projected } = volume;
  if (emptyDir) return ["Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)", `Medium:\t${emptyDir.medium ?? ""}`, `SizeLimit:\t${emptyDir.sizeLimit ?? "<unset>"}`];
  if (hostPath) return hostPathLines(hostPath);
  if (configMap) return ["Type:\tConfigMap (a volume populated by a ConfigMap)", `Name:\t${configMap.name}`, `Optional:\t${String(configMap.optional ?? false)}`];
  if (secret) return ["Type:\tSecret (a volume populated by a Secret)", `SecretName:\t${secret.secretName}`, `Optional:\t${String(secret.optional ?? false)}`];
  if (claim) return ["Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)", `ClaimName:\t${claim.claimName}`, `ReadOnly:\t${String(claim.readOnly ?? false)}`];
  if (nfs) return nfsLines(nfs);
  if (downwardAPI) return ["Type:\tDownwardAPI (a volume populated by information about the pod)", "Items:", ...itemsOf(downwardAPI).map((item) => `  ${String(objectOf(item["fieldRef"])["fieldPath"] ?? "")} -> ${String(item["path"] ?? "")}`)];
  if (projected) return ["Type:\tProjected (a volume that contains injected data from multiple sources)", ...sourcesOf(projected).flatMap(projectedLines)];
  return ["<unknown>"];
}

function itemsOf(source: JsonObject): readonly JsonObject[] {
  return Array.isArray(source["items"]) ? source["items"].map(objectOf) : [];
}

function sourcesOf(projected: JsonObject): readonly JsonObject[] {
  return Array.isArray(projected["sources"]) ? projected["sources"].map(objectOf) : [];
}

function projectedLines(source: JsonObject): readonly string[] {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  const optional = (from: unknown): string => `Optional:\t${String(objectOf(from)["optional"] ?? false)}`;
  if (secret !== undefined) return [`SecretName:\t${String(objectOf(secret)["name"])}`, optional(secret)];
  if (configMap !== undefined) return [`ConfigMapName:\t${String(objectOf(configMap)["name"])}`, optional(configMap)];
  if (downwardAPI !== undefined) return ["DownwardAPI:\ttrue"];
  if (serviceAccountToken !== undefined) return [`TokenExpirationSeconds:\t${String(objectOf(serviceAccountToken)["expirationSeconds"] ?? 3600)}`];
  return [];
}

/** Lines about a folder of a machine. */
export function hostPathLines(hostPath: { readonly path: string; readonly type?: string }): readonly string[] {
  return ["Type:\tHostPath (bare host directory volume)", `Path:\t${hostPath.path}`, `HostPathType:\t${hostPath.type ?? ""}`];
}

/** Lines about an NFS share. */
export function nfsLines(nfs: { readonly server: string; readonly path: string; readonly readOnly?: boolean }): readonly string[] {
  return ["Type:\tNFS (an NFS mount that lasts the lifetime of a pod)", `Server:\t${nfs.server}`, `Path:\t${nfs.path}`, `ReadOnly:\t${String(nfs.readOnly ?? false)}`];
}

/** `Tolerations:`, a line each, by key. */
export function writeTolerations(paper: Paper, title: string, tolerations: readonly Toleration[] | undefined): void {
  const sorted = [...(tolerations ?? [])].sort((a, b) => ((a.key ?? "") < (b.key ?? "") ? -1 : (a.key ?? "") > (b.key ?? "") ? 1 : 0));
  if (sorted.length === 0) return paper.line(0, `${title}:\t<none>`);
  sorted.forEach((toleration, i) => paper.line(0, `${i === 0 ? `${title}:` : ""}\t${tolerationText(toleration)}`));
}

function tolerationText({ key = "", value = "", effect = "", operator, tolerationSeconds }: Toleration): string {
  let text = key;
  if (value !== "") text += `=${value}`;
  if (effect !== "") text += `:${effect}`;
  if (operator === "Exists" && value === "") text += `${text === "" ? "" : " "}op=Exists`;
  if (tolerationSeconds !== undefined) text += ` for ${tolerationSeconds}s`;
  return text;
}
