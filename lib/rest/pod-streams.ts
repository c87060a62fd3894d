/** Logs, exec, attach and port-forward: requests that the kubelet answers. Upstream: pkg/registry/core/pod/rest. */
import { POD, type Cluster, type ContainerStatus, type Json, type Pod } from "@/lib/engine";
import { openLog } from "./log";
import type { RestAnswer, RestRequest } from "./message";
import { isOn, type Query } from "./query";
import { numberOf } from "./selection";
import { bad, Refusal, type Cause } from "./status";

function podNamed(cluster: Cluster, namespace: string, name: string): Pod {
  const pod = cluster.as("system:apiserver").get<Pod>(POD, { namespace, name });
  if (!pod) throw new Refusal(404, "NotFound", `pods ${JSON.stringify(name)} not found`, { name, kind: "pods" });
  return pod;
}

function namesOf(list: readonly { readonly name: string }[] | undefined): readonly string[] {
  return (list ?? []).map(({ name }) => name);
}

/** The container a request means. @throws {Refusal} 400 */
function containerOf(pod: Pod, asked: string): string {
  const { name } = pod.metadata;
  const containers = namesOf(pod.spec.containers);
  const init = namesOf(pod.spec.initContainers);
  if (asked !== "") {
    if (![...containers, ...init].includes(asked)) throw bad(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const [only] = containers;
  if (only !== undefined && containers.length === 1) return only;
  const also = init.length > 0 ? ` or one of the init containers: [${init.join(" ")}]` : "";
  throw bad(`a container name must be specified for pod ${name}, choose one of: [${containers.join(" ")}]${also}`);
}

function checkHost(pod: Pod): void {
  if (!pod.spec.nodeName) throw bad(`pod ${pod.metadata.name} does not have a host assigned`);
}

function statusOf(pod: Pod, container: string): ContainerStatus | undefined {
  const status = pod.status as { readonly containerStatuses?: readonly ContainerStatus[]; readonly initContainerStatuses?: readonly ContainerStatus[] } | undefined;
  return [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(({ name }) => name === container);
}

const WHY: Readonly<Record<string, string>> = { ErrImagePull: "image can't be pulled", ImagePullBackOff: "trying and failing to pull image" };

/** Why a container has nothing to read. Upstream: pkg/kubelet/kubelet_pods.go, validateContainerLogStatus. */
function notStarted(pod: Pod, container: string): Refusal {
  const waiting = (statusOf(pod, container)?.state as { readonly waiting?: { readonly reason?: string } } | undefined)?.waiting;
  const reason = waiting?.reason ?? "ContainerCreating";
  return bad(`container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is waiting to start: ${WHY[reason] ?? reason}`);
}

/** Are the options ones a log can be read by? Upstream: `ValidatePodLogOptions`. @throws {Refusal} 400, 422 */
function checkLogOptions(name: string, query: Query): void {
  const wrong: Cause[] = [];
  const atLeast = (field: string, least: number, detail: string): void => {
    const value = numberOf(query, field);
    if (value !== undefined && value < least) wrong.push({ field, reason: "FieldValueInvalid", message: `Invalid value: ${value}: ${detail}` });
  };
  atLeast("tailLines", 0, "must be greater than or equal to 0");
  atLeast("limitBytes", 1, "must be greater than 0");
  if ((query.get("sinceTime") ?? "") === "") atLeast("sinceSeconds", 1, "must be greater than 0");
  else if (numberOf(query, "sinceSeconds") !== undefined) wrong.push({ field: "", reason: "FieldValueForbidden", message: "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified" });
  if (wrong.length === 0) return;
  const said = wrong.map(({ field, message }) => `${field}: ${message}`);
  throw new Refusal(422, "Invalid", `PodLogOptions ${JSON.stringify(name)} is invalid: ${said.length === 1 ? (said[0] ?? "") : `[${said.join(", ")}]`}`, { name, kind: "PodLogOptions", causes: wrong as readonly Json[] });
}

/** GET …/log. @throws {Refusal} */
export function logAnswer(cluster: Cluster, namespace: string, name: string, query: Query): RestAnswer {
  checkLogOptions(name, query);
  const pod = podNamed(cluster, namespace, name);
  const container = containerOf(pod, query.get("container") ?? "");
  checkHost(pod);
  const previous = isOn(query, "previous");
  const key = { namespace, name };
  if (cluster.logs(key, container, { tail: 0, previous }) === undefined) {
    if (previous) throw bad(`previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(name)} not found`);
    throw notStarted(pod, container);
  }
  const log = openLog(cluster, key, container, {
    follow: isOn(query, "follow") && !previous,
    previous,
    timestamps: isOn(query, "timestamps"),
    tail: numberOf(query, "tailLines"),
    sinceSeconds: numberOf(query, "sinceSeconds"),
    sinceTime: query.get("sinceTime"),
    limitBytes: numberOf(query, "limitBytes"),
  });
  return { type: "log", headers: { "Content-Type": "text/plain" }, log };
}

const EVERYTHING = { previous: false, timestamps: false, sinceSeconds: undefined, sinceTime: undefined, limitBytes: undefined };

function isUpgrade(request: RestRequest): boolean {
  return (request.headers["upgrade"] ?? "").toLowerCase() === "websocket";
}

/** GET …/exec and …/attach. @throws {Refusal} before anything is taken over */
export function execAnswer(cluster: Cluster, namespace: string, name: string, query: Query, request: RestRequest, attach: boolean): RestAnswer {
  const pod = podNamed(cluster, namespace, name);
  const container = containerOf(pod, query.get("container") ?? "");
  checkHost(pod);
  const command = query.all("command");
  if (!attach && command.length === 0) throw bad("you must specify at least 1 command for the container");
  if (!isUpgrade(request)) throw bad("Upgrade request required");
  const running = (statusOf(pod, container)?.state as { readonly running?: object } | undefined)?.running !== undefined;
  if (!running) throw new Refusal(500, "InternalError", `Internal error occurred: unable to upgrade connection: container not found (${JSON.stringify(container)})`, { causes: [{ message: `unable to upgrade connection: container not found (${JSON.stringify(container)})` }] });
  const call = {
    pod: { namespace, name },
    container,
    command,
    attach,
    stdin: isOn(query, "stdin"),
    stdout: isOn(query, "stdout"),
    stderr: isOn(query, "stderr"),
    tty: isOn(query, "tty"),
    output: attach ? openLog(cluster, { namespace, name }, container, { ...EVERYTHING, follow: true, tail: 0 }) : undefined,
  };
  return { type: "exec", call };
}

/** GET …/portforward. @throws {Refusal} */
export function portForwardAnswer(cluster: Cluster, namespace: string, name: string, request: RestRequest): RestAnswer {
  const pod = podNamed(cluster, namespace, name);
  checkHost(pod);
  if (!isUpgrade(request)) throw bad("Upgrade request required");
  return { type: "port-forward", pod: { namespace, name } };
}
