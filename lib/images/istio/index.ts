import { curl } from "../base/curl/index";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import { istiod } from "./istiod";
import { iptablesSave, pilotAgent } from "./proxy";

const AGENT = "/usr/local/bin/pilot-agent";
const DISCOVERY = "/usr/local/bin/pilot-discovery";

/** Istio's images: the control plane, and the proxy that is also the init container. */
export const istio: readonly Repository[] = [
  defineRepository("docker.io/istio/pilot", (tag) => ({ entrypoint: [DISCOVERY], user: 1337, ports: [8080, 15010, 15012, 15017], programs: { [DISCOVERY]: istiod(tag), "pilot-discovery": istiod(tag) }, megabytes: 75 })),
  defineRepository("docker.io/istio/proxyv2", () => ({ entrypoint: [AGENT], programs: { ...shellPrograms({ curl, "iptables-save": iptablesSave }, ["bash"]), [AGENT]: pilotAgent, "pilot-agent": pilotAgent }, megabytes: 110 })),
];
