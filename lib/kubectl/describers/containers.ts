import { bytesOf, cpuMilli, type Container, type ContainerState, type ContainerStatus, type EnvVar, type Pod, type Probe } from "@/lib/engine";
import { listText, longTime, objectOf, orNone, sortedKeys, type Paper } from "./paper";

/** What a container's environment can be resolved against; absent in templates. */
type Owner = Pod | undefined;

/** `Containers:` of a pod or a template. `indent` is two blanks in templates. Upstream: describeContainers. */
export function writeContainers(paper: Paper, title: string, containers: readonly Container[], statuses: readonly ContainerStatus[] | undefined, owner: Owner, indent: string): void {
  paper.line(0, `${indent}${title}:${containers.length === 0 ? " <none>" : ""}`);
  for (const container of containers) {
    const status = statuses?.find(({ name }) => name === container.name);
    paper.line(1, `${indent === "" ? "" : " "}${container.name}:`);
    writeBasics(paper, container, status);
    writeWords(paper, "Command", container.command);
    writeWords(paper, "Args", container.args);
    if (status) writeState(paper, status);
    writeResources(paper, "Limits", container.resources?.limits);
    writeResources(paper, "Requests", container.resources?.requests);
    writeProbe(paper, "Liveness", container.livenessProbe);
    writeProbe(paper, "Readiness", container.readinessProbe);
    writeProbe(paper, "Startup", container.startupProbe);
    writeEnvironment(paper, container, owner);
    writeMounts(paper, container);
  }
}

function writeBasics(paper: Paper, container: Container, status: ContainerStatus | undefined): void {
  if (status) paper.line(2, `Container ID:\t${status.containerID ?? ""}`);
  paper.line(2, `Image:\t${container.image ?? ""}`);
  if (status) paper.line(2, `Image ID:\t${status.imageID}`);
  const ports = container.ports ?? [];
  const named = (port: { readonly name?: string }): string => (port.name === undefined || port.name === "" ? "" : ` (${port.name})`);
  const inside = ports.map((port) => `${port.containerPort}/${port.protocol ?? "TCP"}${named(port)}`).join(", ");
  const outside = ports.map((port) => `${port.hostPort ?? 0}/${port.protocol ?? "TCP"}${named(port)}`).join(", ");
  paper.line(2, `${inside.includes(",") ? "Ports" : "Port"}:\t${orNone(inside)}`);
  paper.line(2, `${outside.includes(",") ? "Host Ports" : "Host Port"}:\t${orNone(outside)}`);
}

function writeWords(paper: Paper, title: string, words: readonly string[] | undefined): void {
  if (words === undefined || words.length === 0) return;
  paper.line(2, `${title}:`);
  for (const word of words) for (const line of word.split("\n")) paper.line(3, line);
}

function writeState(paper: Paper, status: ContainerStatus): void {
  writeOneState(paper, "State", status.state);
  if (status.lastState?.terminated) writeOneState(paper, "Last State", status.lastState);
  paper.line(2, `Ready:\t${status.ready ? "True" : "False"}`);
  paper.line(2, `Restart Count:\t${status.restartCount}`);
}

function writeOneState(paper: Paper, title: string, { running, waiting, terminated }: ContainerState): void {
  if (running) {
    paper.line(2, `${title}:\tRunning`);
    paper.line(3, `Started:\t${longTime(running.startedAt)}`);
  } else if (terminated) {
    paper.line(2, `${title}:\tTerminated`);
    if (terminated.reason) paper.line(3, `Reason:\t${terminated.reason}`);
    if (terminated.message) paper.line(3, `Message:\t${terminated.message}`);
    paper.line(3, `Exit Code:\t${terminated.exitCode}`);
    if ((terminated.signal ?? 0) > 0) paper.line(3, `Signal:\t${terminated.signal}`);
    paper.line(3, `Started:\t${longTime(terminated.startedAt)}`);
    paper.line(3, `Finished:\t${longTime(terminated.finishedAt)}`);
  } else {
    paper.line(2, `${title}:\tWaiting`);
    if (waiting?.reason) paper.line(3, `Reason:\t${waiting.reason}`);
  }
}

function writeResources(paper: Paper, title: string, list: Readonly<Record<string, unknown>> | undefined): void {
  const keys = sortedKeys(list);
  if (keys.length === 0) return;
  paper.line(2, `${title}:`);
  for (const key of keys) paper.line(3, `${key}:\t${String(list?.[key])}`);
}

function writeProbe(paper: Paper, title: string, probe: Probe | undefined): void {
  if (probe) paper.line(2, `${title}:\t${probeText(probe)}`);
}

/** A probe on one line. Upstream: DescribeProbe. */
export function probeText(probe: Probe): string {
  const attributes = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 1}s period=${probe.periodSeconds ?? 10}s #success=${probe.successThreshold ?? 1} #failure=${probe.failureThreshold ?? 3}`;
  if (probe.exec) return `exec ${listText(probe.exec.command)} ${attributes}`;
  if (probe.httpGet) {
    const { scheme = "HTTP", host = "", port, path = "/" } = probe.httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path.startsWith("/") ? "" : "/"}${path} ${attributes}`;
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ""}:${probe.tcpSocket.port} ${attributes}`;
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ""} ${attributes}`;
  return `unknown ${attributes}`;
}

function writeEnvironment(paper: Paper, container: Container, owner: Owner): void {
  if ((container.envFrom ?? []).length > 0) {
    paper.line(2, "Environment Variables from:");
    for (const source of container.envFrom ?? []) {
      const from = source.configMapRef ?? source.secretRef;
      const kind = source.configMapRef ? "ConfigMap" : "Secret";
      const prefix = source.prefix === undefined || source.prefix === "" ? "" : ` with prefix '${source.prefix}'`;
      paper.line(3, `${from?.name ?? ""}\t${kind}${prefix}\tOptional: ${String(from?.optional ?? false)}`);
    }
  }
  const env = container.env ?? [];
  paper.line(2, `Environment:${env.length === 0 ? "\t<none>" : ""}`);
  for (const variable of env) writeVariable(paper, variable, container, owner);
}

function writeVariable(paper: Paper, { name, value = "", valueFrom }: EnvVar, container: Container, owner: Owner): void {
  const optional = (from: { readonly optional?: boolean }): string => `Optional: ${String(from.optional ?? false)}`;
  if (valueFrom?.fieldRef) {
    const { apiVersion = "v1", fieldPath } = valueFrom.fieldRef;
    paper.line(3, `${name}:\t${owner ? fieldValue(owner, fieldPath) : ""} (${apiVersion}:${fieldPath})`);
  } else if (valueFrom?.resourceFieldRef) {
    const { resource } = valueFrom.resourceFieldRef;
    const amount = amountOf(container, valueFrom.resourceFieldRef);
    paper.line(3, `${name}:\t${amount === "0" && /^limits\.(cpu|memory)$/.test(resource) ? "node allocatable" : amount} (${resource})`);
  } else if (valueFrom?.secretKeyRef) {
    paper.line(3, `${name}:\t<set to the key '${valueFrom.secretKeyRef.key}' in secret '${valueFrom.secretKeyRef.name}'>\t${optional(valueFrom.secretKeyRef)}`);
  } else if (valueFrom?.configMapKeyRef) {
    paper.line(3, `${name}:\t<set to the key '${valueFrom.configMapKeyRef.key}' of config map '${valueFrom.configMapKeyRef.name}'>\t${optional(valueFrom.configMapKeyRef)}`);
  } else value.split("\n").forEach((line, i) => paper.line(3, `${i === 0 ? `${name}:` : ""}\t${line}`));
}

/** What a reference to a container's own requests and limits stands for: whole divisors, rounded up. Upstream: kubectl/pkg/util/resource. */
export function amountOf(container: Container, { resource, divisor = "0" }: { readonly resource: string; readonly divisor?: string }): string {
  const [list = "", key = ""] = resource.split(/\.(.*)/s);
  const amount = String(objectOf(objectOf(container.resources)[list])[key] ?? "0");
  const measure = key === "cpu" ? cpuMilli : bytesOf;
  return String(Math.ceil(measure(amount) / (measure(divisor) || measure("1"))));
}

/** Only what stands in the metadata is looked up. Upstream: kubectl/pkg/util/fieldpath. */
function fieldValue(pod: Pod, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return pod.metadata[keyed[1] as "labels" | "annotations"]?.[keyed[2] ?? ""] ?? "";
  if (!/^metadata\.(name|namespace|uid)$/.test(path)) return "";
  const value = path.split(".").reduce<unknown>((at, key) => objectOf(at)[key], pod);
  return value === undefined || value === null ? "" : String(value);
}

function writeMounts(paper: Paper, container: Container): void {
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : a.mountPath > b.mountPath ? 1 : 0));
  paper.line(2, `Mounts:${mounts.length === 0 ? "\t<none>" : ""}`);
  for (const mount of mounts) {
    const path = mount.subPath === undefined || mount.subPath === "" ? "" : `,path="${mount.subPath}"`;
    paper.line(3, `${mount.mountPath} from ${mount.name} (${mount.readOnly === true ? "ro" : "rw"}${path})`);
  }
}
