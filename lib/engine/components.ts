import { API_AUDIENCE, issueToken, signingKey } from "./apimachinery/account-token";
import { metricsService } from "./apiserver/metrics-service";
import { DEFAULT_SERVICE_CIDR } from "./boot";
import type { Component } from "./client/component";
import { horizontalAutoscaler } from "./controllers/horizontal/index";
import { clusterMetrics, type UsageSource } from "./controllers/horizontal/resource-metrics";
import { controllers, garbageCollector, nodeLifecycle, taintEviction, tokensController } from "./controllers/index";
import { runController } from "./controllers/manager";
import { kubelets } from "./kubelet/index";
import { reachable } from "./machine-control";
import type { Machines } from "./machine/machines";
import { runtime } from "./machine/runtime";
import { gatewayStatus } from "./network/gateway-status";
import { ingressStatus } from "./network/ingress-status";
import { createIpam, WANTED_IP, type NodeAddresses } from "./network/ipam";
import { kubeProxy } from "./network/kube-proxy";
import { cloudController, metallbController, metallbSpeaker } from "./network/load-balancers";
import { nfsProblem } from "./network/nfs";
import { openShiftProjects } from "./network/openshift-projects";
import { openShiftRouter } from "./network/openshift-status";
import type { ClusterOptions } from "./options";
import { createScheduler } from "./scheduler/index";
import type { StateTree } from "./sim/state";
import { attachDetach, provisioner, resizer, snapshotController } from "./storage/index";
import { nth } from "./world/addresses";
import type { World } from "./world/state";

/** Tokens kept in Secrets outlive every lesson. */
const LEGACY_TOKEN_SECONDS = 100 * 365 * 24 * 3600;

/** Every part of the cluster that reacts, in the order they take turns at one instant. */
export function componentsOf(options: ClusterOptions, state: StateTree, machines: Machines, world: World, addresses: readonly NodeAddresses[]): readonly Component[] {
  const ipam = createIpam(state, addresses);
  const kubelet = kubelets({
    machines,
    images: options.images,
    nodes: options.nodes,
    addresses,
    clusterDomain: options.network?.clusterDomain ?? "cluster.local",
    dnsIP: options.network?.dnsIP ?? nth(options.network?.serviceCIDR ?? DEFAULT_SERVICE_CIDR, 10) ?? "",
    kubernetesVersion: options.kubernetesVersion,
    signingKey: signingKey(options),
    podNetwork: {
      allocatePodIP: (node, pod) => ipam.allocate(node, pod.metadata.annotations?.[WANTED_IP]),
      releasePodIP: (ip) => ipam.release(ip),
    },
    nfsProblem: (node, server, path) => nfsProblem(machines, world, node, server, path),
  });
  const flags = options.controllerFlags ?? {};
  const autoscaler = horizontalAutoscaler(clusterMetrics(usageSource(machines)), flags.horizontalSyncPeriod);
  const tokens = tokensController(({ secret, ...wish }) => issueToken(signingKey(options), { ...wish, audiences: [API_AUDIENCE], seconds: LEGACY_TOKEN_SECONDS, bound: { kind: "Secret", ...secret } }));
  // The scheduler sees a node before the node controller has put its state into taints.
  const afterScheduler = [nodeLifecycle(flags.nodeMonitorGracePeriod)].map(runController);
  return [...controllers.map(runController), runController(tokens), autoscaler, garbageCollector, taintEviction, createScheduler(), ...afterScheduler, provisioner(machines, options.storage ?? []), resizer(machines, options.storage ?? []), snapshotController(machines, options.storage ?? []), attachDetach(machines), runtime(machines), kubelet, kubeProxy, ingressStatus, gatewayStatus, openShiftRouter, openShiftProjects, cloudController(world), metallbController, metallbSpeaker(machines.isUp)];
}

/** Usage as the autoscaler gets it: from the machines, while metrics.k8s.io answers. */
function usageSource(machines: Machines): UsageSource {
  return {
    containers(pod) {
      const record = machines.podNamed(pod);
      if (!record || !reachable(machines, record.node)) return undefined;
      return Object.keys(record.containers).flatMap((name) => {
        const found = machines.container(record.uid, name);
        return found?.state === "running" ? [{ name, since: found.startedAt ?? 0, ...machines.containerUsage(record.uid, name) }] : [];
      });
    },
    refusal(client) {
      const answer = metricsService(client);
      if (answer === "available") return undefined;
      return answer === "absent" ? "the server could not find the requested resource" : "the server is currently unable to handle the request";
    },
  };
}
