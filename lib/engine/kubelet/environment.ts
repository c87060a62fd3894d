import { CONFIG_MAP, SECRET, SERVICE } from "../apimachinery/kinds";
import { compareStrings, sortedEntries } from "../apimachinery/compare";
import type { ConfigMap } from "../resources/core/configmap/configmap";
import { joinPath } from "../machine/trees";
import type { Container, EnvVar, FileKeySelector, Pod } from "../resources/core/pod/pod";
import type { Secret } from "../resources/core/secret/secret";
import type { Service } from "../resources/core/service/service";
import { decodeBase64 } from "./base64";
import { fieldValue, resourceValue } from "./downward";
import { variableIn } from "./env-file";
import { expand } from "./expansion";
import type { Kubelet, KubeletPod } from "./kubelet-pod";

/** A container's environment, or why it cannot be made (the message of CreateContainerConfigError). */
export type EnvironmentResult = { readonly env: Readonly<Record<string, string>> } | { readonly error: string };

/** The environment of a container, without what its image sets. Upstream: kubelet_pods.go makeEnvironmentVariables. */
export function environmentOf(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container): EnvironmentResult {
  const services = serviceVariables(kubelet.client.list<Service>(SERVICE, { namespace: record.namespace }), record, kubelet, pod.spec.enableServiceLinks !== false);
  if (container.env === undefined && container.envFrom === undefined) return { env: services };
  const env: Record<string, string> = {};
  for (const source of container.envFrom ?? []) {
    const problem = takeAll(kubelet, record, source, env);
    if (problem !== undefined) return { error: problem };
  }
  for (const variable of container.env ?? []) {
    const found = valueOf(kubelet, record, pod, container, variable, (name) => env[name] ?? services[name]);
    if ("error" in found) return found;
    if (found.value !== undefined) env[variable.name] = found.value;
  }
  return { env: { ...services, ...env } };
}

function takeAll(kubelet: Kubelet, record: KubeletPod, source: NonNullable<Container["envFrom"]>[number], env: Record<string, string>): string | undefined {
  const prefix = source.prefix ?? "";
  const from = source.configMapRef ?? source.secretRef;
  if (!from) return undefined;
  const key = { namespace: record.namespace, name: from.name };
  const map = source.configMapRef ? kubelet.client.get<ConfigMap>(CONFIG_MAP, key) : undefined;
  const secret = source.configMapRef ? undefined : kubelet.client.get<Secret>(SECRET, key);
  if (!map && !secret) return from.optional === true ? undefined : `${source.configMapRef ? "configmap" : "secret"} "${from.name}" not found`;
  for (const [name, value] of sortedEntries(map?.data ?? {})) env[prefix + name] = value;
  for (const [name, value] of sortedEntries(secret?.data ?? {})) env[prefix + name] = decodeBase64(value);
  return undefined;
}

function valueOf(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, variable: EnvVar, lookup: (name: string) => string | undefined): { readonly value: string | undefined } | { readonly error: string } {
  const from = variable.valueFrom;
  if (!from) return { value: expand(variable.value ?? "", lookup) };
  if (from.fieldRef) return { value: fieldValue(kubelet, record, pod, from.fieldRef.fieldPath) };
  if (from.resourceFieldRef) {
    const about = from.resourceFieldRef.containerName === undefined ? container : [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((one) => one.name === from.resourceFieldRef?.containerName);
    return { value: resourceValue(kubelet, record, pod, about ?? container, from.resourceFieldRef.resource, from.resourceFieldRef.divisor) };
  }
  if (from.fileKeyRef) return valueInFile(kubelet, record, from.fileKeyRef);
  const selector = from.configMapKeyRef ?? from.secretKeyRef;
  if (!selector) return { value: undefined };
  const key = { namespace: record.namespace, name: selector.name };
  const what = from.configMapKeyRef ? "configmap" : "secret";
  const holder = from.configMapKeyRef ? kubelet.client.get<ConfigMap>(CONFIG_MAP, key) : kubelet.client.get<Secret>(SECRET, key);
  const value = holder?.data?.[selector.key];
  if (value !== undefined) return { value: from.configMapKeyRef ? value : decodeBase64(value) };
  if (selector.optional === true) return { value: undefined };
  if (!holder) return { error: `${what} "${selector.name}" not found` };
  return { error: `couldn't find key ${selector.key} in ${what === "configmap" ? "ConfigMap" : "Secret"} ${record.namespace}/${selector.name}` };
}

/** A variable of a file in an empty directory, which the container need not mount. */
function valueInFile({ machines }: Kubelet, { uid }: KubeletPod, { volumeName, path, key, optional }: FileKeySelector): { readonly value: string | undefined } | { readonly error: string } {
  const file = joinPath("/", path);
  const text = machines.trees.read(`v:${uid}/${volumeName}`, file);
  const found = text === undefined ? undefined : variableIn(text, key);
  if (!found || "error" in found) return { error: "couldn't parse env file" };
  if (found.value !== "") return found;
  if (optional === true) return { value: undefined };
  return { error: `environment variable key ${JSON.stringify(key)} not found in file ${JSON.stringify(`/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/${volumeName}${file}`)}` };
}

/** Variables that tell of the namespace's Services, and always of the API's. Upstream: pkg/kubelet/envvars. */
function serviceVariables(services: readonly Service[], record: KubeletPod, kubelet: Kubelet, links: boolean): Readonly<Record<string, string>> {
  const master = kubelet.client.get<Service>(SERVICE, { namespace: "default", name: "kubernetes" });
  const extra = master && !(links && record.namespace === "default") ? master : undefined;
  const known = tellings.get(services);
  if (known && known.links === links && known.extra === extra) return known.env;
  const env = variablesOf([...(links ? services : []), ...(extra ? [extra] : [])]);
  tellings.set(services, { links, extra, env });
  return env;
}

/** What lists of Services came to: a list is the same one until a Service of it changes, and pods that start together are told the same. */
const tellings = new WeakMap<readonly Service[], { readonly links: boolean; readonly extra: Service | undefined; readonly env: Readonly<Record<string, string>> }>();

function variablesOf(told: readonly Service[]): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const service of [...told].sort((a, b) => compareStrings(a.metadata.name, b.metadata.name))) {
    const ip = service.spec.clusterIP;
    const first = service.spec.ports?.[0];
    if (ip === undefined || ip === "" || ip === "None" || !first) continue;
    const name = service.metadata.name.toUpperCase().replaceAll("-", "_");
    env[`${name}_SERVICE_HOST`] = ip;
    env[`${name}_SERVICE_PORT`] = String(first.port);
    env[`${name}_PORT`] = `${(first.protocol ?? "TCP").toLowerCase()}://${ip}:${first.port}`;
    for (const port of service.spec.ports ?? []) {
      if (port.name !== undefined && port.name !== "") env[`${name}_SERVICE_PORT_${port.name.toUpperCase().replaceAll("-", "_")}`] = String(port.port);
      const protocol = port.protocol ?? "TCP";
      const prefix = `${name}_PORT_${port.port}_${protocol}`;
      env[prefix] = `${protocol.toLowerCase()}://${ip}:${port.port}`;
      env[`${prefix}_PROTO`] = protocol.toLowerCase();
      env[`${prefix}_PORT`] = String(port.port);
      env[`${prefix}_ADDR`] = ip;
    }
  }
  return Object.freeze(env);
}
