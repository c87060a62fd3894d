/** The rules of what a container mounts. Upstream: `ValidateVolumeMounts`, `ValidateVolumeDevices`. */
import type { JsonObject } from "../../../apimachinery/meta";
import type { Findings } from "../../findings";
import { has, objectAt, objectsAt, textAt } from "../../json-object";
import { localPath } from "./local-path";

/** The volumes a container can mount, with the kind of their source. */
export type KnownVolumes = ReadonlyMap<string, string>;

const CLAIMS = ["persistentVolumeClaim", "ephemeral"];

function propagation(found: Findings, path: string, mount: JsonObject, privileged: boolean): void {
  if (!has(mount, "mountPropagation")) return;
  const mode = textAt(mount, "mountPropagation");
  if (!["Bidirectional", "HostToContainer", "None"].includes(mode)) found.notSupported(path, mode, ["Bidirectional", "HostToContainer", "None"]);
  if (mode === "Bidirectional" && !privileged) found.forbidden(path, "Bidirectional mount propagation is available only to privileged containers");
}

function recursiveReadOnly(found: Findings, path: string, mount: JsonObject): void {
  if (!has(mount, "recursiveReadOnly")) return;
  const mode = textAt(mount, "recursiveReadOnly");
  if (mode === "Disabled") return;
  if (mode !== "Enabled" && mode !== "IfPossible") {
    found.notSupported(path, mode, ["Disabled", "Enabled", "IfPossible"]);
    return;
  }
  if (mount["readOnly"] !== true) found.forbidden(path, "may only be specified when readOnly is true");
  if (!["", "None"].includes(textAt(mount, "mountPropagation"))) found.forbidden(path, "may only be specified when mountPropagation is None or not specified");
}

/** `volumeMounts` and `volumeDevices` of a container. */
export function validateMounts(found: Findings, container: string, spec: JsonObject, volumes: KnownVolumes): void {
  const [mounts, devices] = [objectsAt(spec, "volumeMounts"), objectsAt(spec, "volumeDevices")];
  const privileged = objectAt(spec, "securityContext")["privileged"] === true;
  const list = `${container}.volumeMounts`;
  const paths = new Set<string>();
  mounts.forEach((mount, i) => {
    const at = `${list}[${i}]`;
    const [name, path] = [textAt(mount, "name"), textAt(mount, "mountPath")];
    if (name === "") found.required(`${at}.name`);
    if (!volumes.has(name)) found.notFound(`${at}.name`, name, "mounted-volume-exists");
    if (path === "") found.required(`${at}.mountPath`);
    if (paths.has(path)) found.invalid(`${at}.mountPath`, path, "must be unique");
    paths.add(path);
    if (devices.some((device) => textAt(device, "name") === name)) found.invalid(`${at}.name`, name, "must not already exist in volumeDevices");
    if (devices.some((device) => textAt(device, "devicePath") === path)) found.invalid(`${at}.mountPath`, path, "must not already exist as a path in volumeDevices");
    const [sub, expression] = [textAt(mount, "subPath"), textAt(mount, "subPathExpr")];
    if (sub !== "") localPath(found, `${list}.subPath`, sub);
    if (expression !== "") {
      if (sub !== "") found.invalid(`${at}.subPathExpr`, expression, "subPathExpr and subPath are mutually exclusive");
      localPath(found, `${list}.subPathExpr`, expression);
    }
    propagation(found, `${list}.mountPropagation`, mount, privileged);
    recursiveReadOnly(found, `${list}.recursiveReadOnly`, mount);
  });
  validateDevices(found, container, devices, mounts, volumes);
}

function validateDevices(found: Findings, container: string, devices: readonly JsonObject[], mounts: readonly JsonObject[], volumes: KnownVolumes): void {
  const [names, paths] = [new Set<string>(), new Set<string>()];
  devices.forEach((device, i) => {
    const at = `${container}.volumeDevices[${i}]`;
    const [name, path] = [textAt(device, "name"), textAt(device, "devicePath")];
    if (name === "") found.required(`${at}.name`);
    if (names.has(name)) found.invalid(`${at}.name`, name, "must be unique");
    const kind = volumes.get(name);
    if (kind === undefined) found.notFound(`${at}.name`, name, "mounted-volume-exists");
    else if (!CLAIMS.includes(kind)) found.invalid(`${at}.name`, name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
    if (path === "") found.required(`${at}.devicePath`);
    if (paths.has(path)) found.invalid(`${at}.devicePath`, path, "must be unique");
    if (path.split("/").includes("..")) found.invalid(`${at}.devicePath`, path, "can not contain backsteps ('..')");
    else paths.add(path);
    if (mounts.some((mount) => textAt(mount, "name") === name)) found.invalid(`${at}.name`, name, "must not already exist in volumeMounts");
    if (mounts.some((mount) => textAt(mount, "mountPath") === path)) found.invalid(`${at}.devicePath`, path, "must not already exist as a path in volumeMounts");
    if (name !== "") names.add(name);
  });
}
