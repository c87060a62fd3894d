import { SERVICE } from "../apimachinery/kinds";
import type { AppResponse } from "../machine/behaviour";
import { reason } from "../reason";
import type { Service } from "../resources/core/service/service";
import { ROOT_CA } from "../apimachinery/root-ca";
import { refused, timedOut, withHop, type Flight, type Landing } from "./flight";
import { appRequest, replied } from "./landing";
import { LINK, type ApiDoor, type NetworkParts } from "./parts";
import { serverName, type TlsProblem } from "./tls";

/** The port behind the `kubernetes` Service. */
const PORT = 6443;
const NAME = "kube-apiserver";

/** A packet for the address of the API server: it speaks TLS, and shows a certificate of the cluster's own authority. */
export function knockAtApi(parts: NetworkParts, door: ApiDoor, flight: Flight): Landing {
  const { ip, port } = flight.packet.destination;
  if ("node" in flight.place && !parts.sockets.isUp(flight.place.node)) return timedOut(withHop(flight, { stage: "route", verdict: "drop", because: reason("route.machine-down", { node: flight.place.node, ip }) }));
  const there = withHop(flight, { stage: "link", verdict: "forward", because: reason("link.same-subnet", { node: NAME, ip }) }, LINK);
  const arrived: Flight = { ...there, place: { host: NAME }, arrived: true };
  const { request } = arrived;
  if (port !== PORT || request.protocol !== "http") return refused(withHop(arrived, { stage: "socket", verdict: "reject", because: reason("balancer.not-listening", { host: NAME, port }) }));
  if (!request.tls) return delivered(arrived, { status: 400, headers: { "content-type": "text/plain; charset=utf-8" }, body: "Client sent an HTTP request to an HTTPS server.\n" });
  const names = namesOf(parts, ip);
  const problem = problemOf(request.tls, serverName(request), names);
  const shown = { host: serverName(request), names: names.join(", "), subject: NAME };
  if (problem) return { ...refused(withHop(arrived, { stage: "gateway", verdict: "reject", because: reason(`tls.${problem}`, shown) })), tlsProblem: problem };
  const answer = door.answer(appRequest(arrived));
  return answer ? delivered(arrived, answer) : timedOut(arrived);
}

function delivered(flight: Flight, response: AppResponse): Landing {
  return { outcome: "delivered", response, flight: { ...replied(flight), latency: flight.latency * 2 + (response.took ?? 0) } };
}

/** Whom the certificate is for. Upstream: kubeadm's defaults. */
function namesOf({ clusterDomain, client }: NetworkParts, ip: string): readonly string[] {
  const service = client.get<Service>(SERVICE, { namespace: "default", name: "kubernetes" });
  return ["kubernetes", "kubernetes.default", "kubernetes.default.svc", `kubernetes.default.svc.${clusterDomain}`, ip, service?.spec?.clusterIP ?? ""];
}

function problemOf({ insecure, trusted }: NonNullable<Flight["request"]["tls"]>, name: string, names: readonly string[]): TlsProblem | undefined {
  if (insecure === true) return undefined;
  if (!(trusted ?? "").includes(ROOT_CA.trim())) return "unknown-authority";
  return names.includes(name) ? undefined : "name-mismatch";
}
