/** The rules of storage that pods and PersistentVolumes name in the same way. Upstream: `validateVolumeSource`, `ValidatePersistentVolumeSpec`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, textAt } from "../../json-object";
import { noBacksteps } from "./local-path";

const HOST_PATH_TYPES = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
const LUN = "must be between 0 and 255, inclusive";

/** Where a source stands: in a pod, or in a volume of its own (`name` is what the volume is called). */
export interface SourcePlace {
  readonly persistent: boolean;
  readonly name: string;
}

type SourceRule = (found: Findings, path: string, source: JsonObject, place: SourcePlace) => void;

function needs(found: Findings, path: string, source: JsonObject, ...fields: readonly string[]): void {
  for (const field of fields) if (textAt(source, field) === "") found.required(`${path}.${field}`);
}

/** A directory of the node. */
function hostPath(found: Findings, path: string, source: JsonObject): void {
  const where = textAt(source, "path");
  if (where === "") {
    found.required(`${path}.path`);
    return;
  }
  noBacksteps(found, `${path}.path`, where);
  if (!HOST_PATH_TYPES.includes(textAt(source, "type"))) found.notSupported(`${path}.type`, textAt(source, "type"), HOST_PATH_TYPES);
}

/** A share of a file server. */
function nfs(found: Findings, path: string, source: JsonObject): void {
  needs(found, path, source, "server", "path");
  if (!textAt(source, "path").startsWith("/")) found.invalid(`${path}.path`, textAt(source, "path"), "must be an absolute path");
}

const partition = (id: string): SourceRule => (found, path, source) => {
  needs(found, path, source, id);
  const part = numberAt(source, "partition") ?? 0;
  if (part < 0 || part > 255) found.invalid(`${path}.partition`, part, "must be between 1 and 255, inclusive");
};


function iscsiName(name: string): "fine" | "start" | "form" {
  if (!/^(iqn|eui|naa)/.test(name)) return "start";
  const forms = { iqn: /^iqn\.[0-9]{4}-[0-9]{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/, eui: /^eui\.[0-9A-Za-z]{16}$/, naa: /^naa\.[0-9A-Za-z]{32}$/ };
  return forms[name.slice(0, 3) as keyof typeof forms].test(name) ? "fine" : "form";
}

function iscsi(found: Findings, path: string, source: JsonObject, place: SourcePlace): void {
  const portal = textAt(source, "targetPortal");
  const start = place.persistent ? "must be valid format" : "must be valid format starting with iqn, eui, or naa";
  if (portal === "") found.required(`${path}.targetPortal`);
  const long = has(source, "initiatorName") && `${place.name}:${portal}`.length > 64;
  const tooLong = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
  if (long && place.persistent) found.invalid(`${path}.targetportal`, portal, tooLong);
  const iqn = textAt(source, "iqn");
  const look = iscsiName(iqn);
  if (iqn === "") found.required(`${path}.iqn`);
  else if (look !== "fine") found.invalid(`${path}.iqn`, iqn, look === "start" ? start : "must be valid format");
  const lun = numberAt(source, "lun") ?? 0;
  if (lun < 0 || lun > 255) found.invalid(`${path}.lun`, lun, LUN);
  if ((source["chapAuthDiscovery"] === true || source["chapAuthSession"] === true) && !has(source, "secretRef")) found.required(`${path}.secretRef`);
  if (place.persistent && has(source, "secretRef")) needs(found, `${path}.secretRef`, objectAt(source, "secretRef"), "name");
  if (has(source, "initiatorName")) {
    const initiator = iscsiName(textAt(source, "initiatorName"));
    if (initiator !== "fine") found.invalid(`${path}.initiatorname`, textAt(source, "initiatorName"), initiator === "start" ? start : "must be valid format");
  }
  if (long && !place.persistent) found.invalid(`${path.slice(0, -".iscsi".length)}.name`, place.name, tooLong);
}

function glusterfs(found: Findings, path: string, source: JsonObject, place: SourcePlace): void {
  needs(found, path, source, "endpoints", "path");
  if (!place.persistent || !has(source, "endpointsNamespace")) return;
  const namespace = textAt(source, "endpointsNamespace");
  if (namespace === "") found.invalid(`${path}.endpointsNamespace`, "", "if the endpointnamespace is set, it must be a valid namespace name");
  else found.names(`${path}.endpointsNamespace`, namespace, dns1123LabelErrors(namespace));
}

function flocker(found: Findings, path: string, source: JsonObject): void {
  const [name, uuid] = [textAt(source, "datasetName"), textAt(source, "datasetUUID")];
  if (name === "" && uuid === "") found.required(path, "one of datasetName and datasetUUID is required");
  if (name !== "" && uuid !== "") found.invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously");
  if (name.includes("/")) found.invalid(`${path}.datasetName`, name, "must not contain '/'");
}

const monitors = (...fields: readonly string[]): SourceRule => (found, path, source) => {
  if (listAt(source, "monitors").length === 0) found.required(`${path}.monitors`);
  needs(found, path, source, ...fields);
};

/** A secret elsewhere: its name, and of a volume of its own the namespace too. */
const secretRef = (id: string): SourceRule => (found, path, source, place) => {
  needs(found, path, source, id);
  if (has(source, "secretRef")) needs(found, `${path}.secretRef`, objectAt(source, "secretRef"), "name", ...(place.persistent ? ["namespace"] : []));
};

function quobyte(found: Findings, path: string, source: JsonObject): void {
  const registry = textAt(source, "registry");
  const pairs = "must be a host:port pair or multiple pairs separated by commas";
  if (registry === "") found.required(`${path}.registry`, pairs);
  else if (textAt(source, "tenant").length >= 65) found.required(`${path}.tenant`, "must be a UUID and may not exceed a length of 64 characters");
  else for (const pair of registry.split(",")) if (!/^(\[[^\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair)) found.invalid(`${path}.registry`, registry, pairs);
  needs(found, path, source, "volume");
}

function fc(found: Findings, path: string, source: JsonObject): void {
  const [names, ids] = [listAt(source, "targetWWNs"), listAt(source, "wwids")];
  if (names.length === 0 && ids.length === 0) found.required(`${path}.targetWWNs`, "must specify either targetWWNs or wwids, but not both");
  if (names.length > 0 && ids.length > 0) found.invalid(`${path}.targetWWNs`, names, "targetWWNs and wwids can not be specified simultaneously");
  if (names.length === 0) return;
  const lun = numberAt(source, "lun");
  if (lun === undefined) found.required(`${path}.lun`, "lun is required if targetWWNs is specified");
  else if (lun < 0 || lun > 255) found.invalid(`${path}.lun`, lun, LUN);
}

function flexVolume(found: Findings, path: string, source: JsonObject): void {
  needs(found, path, source, "driver");
  for (const key of Object.keys(objectAt(source, "options"))) {
    const owner = `.${(key.split("/")[0] ?? "").toLowerCase()}`;
    if (/\.(kubernetes|k8s)\.io$/.test(owner)) found.invalid(`${path}.options[${key}]`, key, "kubernetes.io and k8s.io namespaces are reserved");
  }
}

function azureFile(found: Findings, path: string, source: JsonObject, place: SourcePlace): void {
  needs(found, path, source, "secretName", "shareName");
  if (place.persistent && has(source, "secretNamespace")) needs(found, path, source, "secretNamespace");
}

const MANAGED = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
const BLOB = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";

function azureDisk(found: Findings, path: string, source: JsonObject): void {
  needs(found, path, source, "diskName", "diskURI");
  const [caching, kind, address] = [textAt(source, "cachingMode"), textAt(source, "kind"), textAt(source, "diskURI")];
  if (has(source, "cachingMode") && !["None", "ReadOnly", "ReadWrite"].includes(caching)) found.notSupported(`${path}.cachingMode`, caching, ["None", "ReadOnly", "ReadWrite"]);
  if (!has(source, "kind")) return;
  if (!["Dedicated", "Managed", "Shared"].includes(kind)) found.notSupported(`${path}.kind`, kind, ["Dedicated", "Managed", "Shared"]);
  if (kind === "Managed" && !address.startsWith("/subscriptions/")) found.notSupported(`${path}.diskURI`, address, [MANAGED]);
  if (kind !== "Managed" && !address.startsWith("https://")) found.notSupported(`${path}.diskURI`, address, [BLOB]);
}

function storageos(found: Findings, path: string, source: JsonObject, place: SourcePlace): void {
  const [name, namespace] = [textAt(source, "volumeName"), textAt(source, "volumeNamespace")];
  if (name === "") found.required(`${path}.volumeName`);
  else found.names(`${path}.volumeName`, name, dns1123LabelErrors(name));
  if (namespace !== "") found.names(`${path}.volumeNamespace`, namespace, dns1123LabelErrors(namespace));
  if (has(source, "secretRef")) needs(found, `${path}.secretRef`, objectAt(source, "secretRef"), "name", ...(place.persistent ? ["namespace"] : []));
}

/** The name of a CSI driver: one that is missing is not well-formed either. Upstream: `ValidateCSIDriverName`. */
export function validateDriverName(found: Findings, path: string, driver: string): void {
  if (driver === "") found.required(path);
  if (driver.length > 63) found.tooLong(path, 63);
  found.names(path, driver, dns1123SubdomainErrors(driver.toLowerCase()));
}

function local(found: Findings, path: string, source: JsonObject): void {
  needs(found, path, source, "path");
  noBacksteps(found, `${path}.path`, textAt(source, "path"));
}

function persistentCsi(found: Findings, path: string, source: JsonObject): void {
  validateDriverName(found, `${path}.driver`, textAt(source, "driver"));
  needs(found, path, source, "volumeHandle");
  for (const field of ["controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"]) {
    if (!has(source, field)) continue;
    const ref = objectAt(source, field);
    needs(found, `${path}.${field}`, ref, "name");
    if (textAt(ref, "name") !== "") found.names(`${path}.${field}.name`, textAt(ref, "name"), dns1123SubdomainErrors(textAt(ref, "name")));
    needs(found, `${path}.${field}`, ref, "namespace");
    if (textAt(ref, "namespace") !== "") found.names(`${path}.${field}.namespace`, textAt(ref, "namespace"), dns1123LabelErrors(textAt(ref, "namespace")));
  }
}

const RULES: Readonly<Record<string, SourceRule>> = {
  hostPath,
  nfs,
  iscsi,
  glusterfs,
  flocker,
  quobyte,
  fc,
  flexVolume,
  azureFile,
  azureDisk,
  storageos,
  local,
  gcePersistentDisk: partition("pdName"),
  awsElasticBlockStore: partition("volumeID"),
  rbd: monitors("image"),
  cephfs: monitors(),
  cinder: secretRef("volumeID"),
  vsphereVolume: (found, path, source) => needs(found, path, source, "volumePath"),
  photonPersistentDisk: (found, path, source) => needs(found, path, source, "pdID"),
  portworxVolume: (found, path, source) => needs(found, path, source, "volumeID"),
  scaleIO: (found, path, source) => needs(found, path, source, "gateway", "system", "volumeName"),
  csi: persistentCsi,
};

/** One source that pods and PersistentVolumes share; other kinds are none of its business. `path` is the parent's. */
export function validateSharedSource(found: Findings, path: string, kind: string, source: JsonObject, place: SourcePlace): void {
  // Upstream calls this one differently in its own path.
  const at = kind === "gcePersistentDisk" ? `${path}.persistentDisk` : `${path}.${kind}`;
  RULES[kind]?.(found, at, source, place);
}

/** The path by which a second source is refused. Upstream misspells two of them. */
export function secondSourcePath(path: string, kind: string): string {
  const spelling: Readonly<Record<string, string>> = { cephfs: "cephFS", downwardAPI: "downwarAPI" };
  return `${path}.${spelling[kind] ?? kind}`;
}
