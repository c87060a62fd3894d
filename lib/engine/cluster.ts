import { NODE, POD } from "./apimachinery/kinds";
import { kindOf, type Json, type KubeObject, type ObjectKey } from "./apimachinery/meta";
import { admissionPlugins } from "./apiserver/admission/index";
import { metricsService } from "./apiserver/metrics-service";
import { ApiServer } from "./apiserver/pipeline";
import { API_AUDIENCE, issueToken, signingKey } from "./apimachinery/account-token";
import { apiServerIP, boot, DEFAULT_SERVICE_CIDR } from "./boot";
import { createClient, type Client } from "./client/client";
import type { Component } from "./client/component";
import { createRecorder } from "./client/events";
import { horizontalAutoscaler } from "./controllers/horizontal/index";
import { clusterMetrics, type UsageSource } from "./controllers/horizontal/resource-metrics";
import { controllers, garbageCollector, nodeLifecycle, noteSilence, taintEviction, tokensController } from "./controllers/index";
import { runController } from "./controllers/manager";
import { createScheduler } from "./scheduler/index";
import { Kernel, type Seat } from "./kernel";
import { kubelets } from "./kubelet/index";
import type { AppRequest, AppResponse, FileSystem, ImageCatalog } from "./machine/behaviour";
import type { LogQuery } from "./machine/logs";
import { createMachines, type Machines } from "./machine/machines";
import type { Usage } from "./machine/physical";
import type { ExecRecord, LogLine, MachineRecord } from "./machine/records";
import { runtime } from "./machine/runtime";
import type { DnsAnswer, Origin, OutboundRequest, PacketTrace, Reached } from "./machine/wire";
import type { DnsReply } from "./network/dns-records";
import { gatewayStatus } from "./network/gateway-status";
import { ingressStatus } from "./network/ingress-status";
import { createIpam, DEFAULT_POD_CIDR, nodeAddresses, WANTED_IP, type NodeAddresses } from "./network/ipam";
import { freezeRules, kubeProxy, rulesOn, thawRules } from "./network/kube-proxy";
import { cloudController, metallbController, metallbSpeaker } from "./network/load-balancers";
import { nfsProblem } from "./network/nfs";
import { netfilterCommand, type ToolResult } from "./network/netfilter-commands";
import { openShiftProjects } from "./network/openshift-projects";
import { openShiftRouter } from "./network/openshift-status";
import type { PolicyProtocol } from "./network/policy";
import { clusterReachability } from "./network/policy-gate";
import type { ReachabilityTable } from "./network/policy-table";
import { printRules, type PrintedRule } from "./network/print-rules";
import { createWire } from "./network/walk";
import { webhookCaller } from "./network/webhooks";
import type { Pod } from "./resources/core/pod/pod";
import type { SchedulingTrace } from "./scheduler/framework";
import { schedulingTraces } from "./scheduler/trace";
import type { ClusterOptions } from "./options";
import { later, millis, VirtualClock, type ClockSnapshot, type Instant, type Millis } from "./sim/clock";
import { createJournal, type Journal, type JournalEntry } from "./sim/journal";
import { createRandom } from "./sim/random";
import { attachDetach, provisioner, resizer, snapshotController } from "./storage/index";
import { createState, type OwnedState, type StateTree } from "./sim/state";
import { ObjectStore, type StoreEvent } from "./store/store";
import { nth } from "./world/addresses";
import { createWorld, type World } from "./world/state";

/** The complete state as JSON. Restoring it gives a cluster with the same future. */
export interface ClusterSnapshot {
  readonly format: 1;
  readonly options: Omit<ClusterOptions, "images">;
  readonly clock: ClockSnapshot;
  readonly store: Json;
  readonly state: Json;
}

/** What one container uses, and since when it has been running. */
export interface ContainerUsage extends Usage {
  readonly name: string;
  readonly since: Instant;
}

/** A whole simulated cluster: the door to the engine, and the only thing the rest of Timonel holds. */
export interface Cluster {
  readonly now: Instant;
  readonly options: ClusterOptions;
  /** Pieces of work done so far (turns, timers, writes), those before a fork included; what budgets count. */
  readonly steps: number;
  /** Counts work done for this cluster elsewhere, as by a terminal. @throws {BudgetExceeded} */
  charge(pieces: number): void;
  /** A client acting as `user`; admission and RBAC see that name. */
  as(user: string): Client;
  /** Runs everything due until `now + duration`. */
  advance(duration: Millis): void;
  /**
   * Runs until no object has changed for `quietFor` of virtual time (Leases and Events
   * aside), or gives up after `atMost`. Probes and CronJobs tick for ever, so waiting for
   * an empty timer queue would never end.
   */
  settle(limits?: { readonly quietFor?: Millis; readonly atMost?: Millis }): { readonly settled: boolean };
  /** The revision of the latest write. */
  readonly revision: number;
  /** Every write after `revision`. @throws {Compacted} when that history is no longer kept. */
  since(revision: number): readonly StoreEvent[];
  journal(): readonly JournalEntry[];
  /** Sends a request as a process, a machine or a host of the world would, and tells the whole story. */
  send(from: Origin, request: OutboundRequest): PacketTrace;
  /** The same, when nobody wants the story: what came of it. */
  reach(from: Origin, request: OutboundRequest): Reached;
  /** Asks for a name from there. */
  resolve(from: Origin, name: string): DnsAnswer;
  /** Runs a command in a running container. It may need time: ask {@link execResult} after advancing. */
  exec(pod: ObjectKey, container: string, argv: readonly string[], stdin?: string): { readonly id: string } | { readonly error: string };
  /** What a command has printed so far, and whether it is over. */
  execResult(id: string): ExecRecord | undefined;
  /** Kills a command if it still runs and forgets what it printed. */
  endExec(id: string): void;
  /** What a container printed; undefined when there is no such container, or with `previous` no earlier one. */
  logs(pod: ObjectKey, container: string, options?: LogQuery & { readonly previous?: boolean }): readonly LogLine[] | undefined;
  /** The files of a container. */
  files(pod: ObjectKey, container: string): FileSystem | undefined;
  /** What the running containers of a pod use now; undefined when nobody could look: no such pod, or its machine is out of reach. */
  podUsage(pod: ObjectKey): readonly ContainerUsage[] | undefined;
  /** What all pods of a machine use now; undefined when it is out of reach. */
  nodeUsage(node: string): Usage | undefined;
  /** Runs `iptables-save`, `iptables`, `nft` or `ipvsadm` on a machine, to look at what kube-proxy wrote there. */
  netfilter(node: string, argv: readonly string[]): ToolResult;
  /** Who reaches whom under the NetworkPolicies, pod by pod, on one port; as if the network plugin enforces them. */
  reachability(port: number, protocol: PolicyProtocol): ReachabilityTable;
  /** Asks a DNS server for the records of one type, as `dig` does; undefined when no server answers. */
  query(from: Origin, name: string, type: string, server?: string): DnsReply | undefined;
  /** The netfilter rules in force on a machine, as the course draws them. */
  rules(node: string): readonly PrintedRule[];
  /** The latest attempts to place a pod, oldest first. */
  schedulingTraces(pod: ObjectKey): readonly SchedulingTrace[];
  /** The machines' addresses, in order. */
  readonly addresses: readonly NodeAddresses[];
  /** Power and network of the machines. */
  readonly machines: MachineControl;
  /** What the sysadmin owns outside the cluster. */
  readonly world: World;
  snapshot(): ClusterSnapshot;
  /** Lets processes of the cluster reach its API over the network, answered by `door`; forks have the same one. */
  serveApi(door: ApiHandler): void;
  /** An independent copy; what happens there stays there. Graders probe forks. */
  fork(): Cluster;
}

/** Answers a request to the API server that came over the cluster's network. Time does not pass meanwhile. */
export type ApiHandler = (request: AppRequest, cluster: Cluster) => AppResponse;

/** The hands of whoever stands before the machines. What is already so changes nothing; unknown machines are ignored. */
export interface MachineControl {
  list(): readonly MachineRecord[];
  powerOff(node: string): void;
  powerOn(node: string): void;
  /** Pulls the network cable: processes go on, nobody reaches them. */
  disconnect(node: string): void;
  reconnect(node: string): void;
  /** Stops kube-proxy on a machine: its rules stay as they are. */
  stopProxy(node: string): void;
  startProxy(node: string): void;
}

/** What a cluster stands on; copied by {@link Cluster.fork}. */
interface Foundations {
  readonly options: ClusterOptions;
  readonly store: ObjectStore;
  readonly state: OwnedState;
  readonly clock: VirtualClock;
  readonly journal: Journal;
  /** Work done before. */
  readonly used?: number;
  readonly door?: ApiHandler;
}

/** A new cluster: system namespaces, machines and the administrator's objects, at instant 0. */
export function createCluster(options: ClusterOptions): Cluster {
  const cluster = compose({ options, store: new ObjectStore(), state: createState(), clock: new VirtualClock(), journal: createJournal() });
  boot(cluster, options);
  return cluster;
}

/** The cluster a snapshot was taken of. */
export function restoreCluster(snapshot: ClusterSnapshot, images: ImageCatalog): Cluster {
  return compose({
    options: { ...snapshot.options, images },
    store: ObjectStore.restore(snapshot.store, (object: KubeObject) => kindOf(object)),
    state: createState(snapshot.state),
    clock: new VirtualClock(snapshot.clock),
    journal: createJournal(),
  });
}

/** Every part of the cluster that reacts, in the order they take turns at one instant. */
function componentsOf(machines: Machines, world: World, foundations: Foundations, addresses: readonly NodeAddresses[]): readonly Component[] {
  const { options, state } = foundations;
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

function compose(foundations: Foundations): Cluster {
  const doorway: { open: ApiHandler | undefined } = { open: foundations.door };
  const { options, store, state, clock, journal } = foundations;
  const random = createRandom(options.seed, state);
  const api = new ApiServer(store, clock, random, admissionPlugins, {
    serviceCIDR: options.network?.serviceCIDR ?? DEFAULT_SERVICE_CIDR,
    nodePortRange: options.network?.nodePortRange ?? [30000, 32767],
    ...(options.limits ? { limits: options.limits } : {}),
    callWebhook: (call) => webhooks(call),
  });
  const addresses = nodeAddresses(options.nodes, options.network);
  const machines = createMachines({ state, clock, random: random.fork("machines"), journal, images: options.images, worked: (pieces) => kernel.charge(pieces) });
  for (const node of addresses) if (!machines.machine(node.name)) machines.addMachine(node.name, [node.ip, ...(node.internalIP === undefined ? [] : [node.internalIP])]);
  const world = createWorld(state, options.world);
  const wire = createWire({
    client: createClient(api, "system:kube-proxy"),
    state,
    clock,
    random: random.fork("network"),
    world,
    sockets: machines,
    nodes: addresses,
    serviceCIDR: api.settings.serviceCIDR,
    podCIDR: options.network?.podCIDR ?? DEFAULT_POD_CIDR,
    clusterDomain: options.network?.clusterDomain ?? "cluster.local",
    dnsIP: options.network?.dnsIP ?? nth(api.settings.serviceCIDR, 10) ?? "",
    cni: options.network?.cni,
    api: { ip: apiServerIP(options), answer: (request) => doorway.open?.(request, cluster) },
    proxyMode: options.network?.proxyMode ?? "iptables",
  });
  machines.bind(wire);
  const webhooks = webhookCaller(createClient(api, "system:apiserver"), machines);
  const seats = componentsOf(machines, world, foundations, addresses).map((component): Seat => {
    const client = createClient(api, `system:${component.name}`);
    return { component, context: { client, clock, random: random.fork(component.name), state, journal, event: createRecorder(client, clock, component.eventSource ?? component.name) } };
  });
  const kernel = new Kernel(seats, store, clock, state, journal, options.stepBudget ?? 50_000_000, foundations.used);
  kernel.start();
  // A static pod's image in the API has a uid of its own; its machine knows the pod by that of the manifest.
  const uidOf = (pod: ObjectKey): string => {
    const metadata = store.get({ kind: POD, ...pod })?.metadata;
    return metadata?.annotations?.["kubernetes.io/config.mirror"] ?? metadata?.uid ?? "";
  };
  const cluster: Cluster = {
    get now() {
      return clock.now();
    },
    get steps() {
      return kernel.steps;
    },
    charge: (pieces) => kernel.charge(pieces),
    get revision() {
      return store.revision;
    },
    options,
    as: (user) => createClient(api, user),
    advance: (duration) => kernel.runTo(later(clock.now(), duration)),
    settle: ({ quietFor = millis(15_000), atMost = millis(600_000) } = {}) => ({ settled: kernel.runUntilQuiet(quietFor, later(clock.now(), atMost)) }),
    since: (revision) => store.since(revision),
    journal: () => journal.entries(),
    send(from, request) {
      kernel.drain();
      const trace = wire.send(from, request);
      kernel.drain();
      return trace;
    },
    reach(from, request) {
      kernel.drain();
      const reached = wire.reach(from, request);
      kernel.drain();
      return reached;
    },
    resolve(from, name) {
      kernel.drain();
      return wire.resolve(from, name);
    },
    exec(pod, container, argv, stdin) {
      kernel.drain();
      const started = machines.startExec(uidOf(pod), container, argv, stdin);
      kernel.drain();
      return started;
    },
    execResult: (id) => machines.execResult(id),
    endExec(id) {
      machines.endExec(id);
      kernel.drain();
    },
    logs: (pod, container, query) => machines.logs(uidOf(pod), container, query),
    podUsage(pod) {
      const record = machines.podNamed(pod);
      if (!record || !reachable(machines, record.node)) return undefined;
      const spec = store.get({ kind: POD, ...pod }) as Pod | undefined;
      return (spec?.spec.containers ?? []).flatMap(({ name }) => {
        const found = machines.container(record.uid, name);
        return found?.state === "running" ? [{ name, since: (found.startedAt ?? 0) as Instant, ...machines.containerUsage(record.uid, name) }] : [];
      });
    },
    nodeUsage: (node) => (reachable(machines, node) ? machines.nodeUsage(node) : undefined),
    files: (pod, container) => machines.files(uidOf(pod), container),
    rules(node) {
      kernel.drain();
      const address = addresses.find((candidate) => candidate.name === node);
      return address ? printRules(rulesOn(state, node), address) : [];
    },
    netfilter(node, argv) {
      kernel.drain();
      const address = addresses.find((candidate) => candidate.name === node);
      if (!address) return { status: 255, stdout: "", stderr: `ssh: Could not resolve hostname ${node}: Name or service not known\n` };
      return netfilterCommand(argv, { state, client: createClient(api, "system:kube-proxy"), node: address, network: options.network ?? {}, serviceCIDR: api.settings.serviceCIDR });
    },
    reachability(port, protocol) {
      kernel.drain();
      return clusterReachability(createClient(api, "system:kube-proxy"), port, protocol);
    },
    query(from, name, type, server) {
      kernel.drain();
      return wire.query(from, name, type, server);
    },
    schedulingTraces: (pod) => schedulingTraces(state, pod),
    addresses,
    machines: machineControl(machines, state, () => kernel.drain(), (node, silent) => store.get({ kind: NODE, namespace: "", name: node }) && noteSilence(state, node, silent ? clock.now() : undefined)),
    world,
    snapshot() {
      kernel.drain();
      const { images: _images, ...written } = options;
      return { format: 1, options: written, clock: clock.snapshot(), store: store.snapshot(), state: state.snapshot() };
    },
    fork() {
      kernel.drain();
      return compose({ options, store: store.fork(), state: state.fork(), clock: new VirtualClock(clock.snapshot()), journal: createJournal(50_000, journal.entries()), used: kernel.steps, ...(doorway.open ? { door: doorway.open } : {}) });
    },
    serveApi: (door) => void (doorway.open = door),
  };
  return cluster;
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

const nothing = (): void => undefined;

/** Can the rest of the cluster talk to this machine? */
function reachable(machines: Machines, node: string): boolean {
  const machine = machines.machine(node);
  return machine !== undefined && machine.powered && machine.connected;
}

function machineControl(machines: Machines, state: StateTree, drain: () => void, registered: (node: string, silent: boolean) => void): MachineControl {
  const changing = (change: (node: string) => void, rules: (state: StateTree, node: string) => void) => (node: string): void => {
    drain();
    if (!machines.machine(node)) {
      // A node registered by hand has no machine here: all that can be seen of it is whether its kubelet is heard.
      if (change !== nothing) registered(node, rules === freezeRules);
      return drain();
    }
    change(node);
    rules(state, node);
    // MetalLB's speakers watch each other, not the API: a machine that goes is noticed at once.
    state.cell<boolean>("metallb-speaker:look", false).set(true);
    drain();
  };
  return {
    list: () => machines.machines(),
    powerOff: changing(machines.powerOff, freezeRules),
    powerOn: changing(machines.powerOn, thawRules),
    disconnect: changing(machines.disconnect, freezeRules),
    reconnect: changing(machines.reconnect, thawRules),
    stopProxy: changing(nothing, freezeRules),
    startProxy: changing(nothing, thawRules),
  };
}

/** Tokens kept in Secrets outlive every lesson. */
const LEGACY_TOKEN_SECONDS = 100 * 365 * 24 * 3600;

/** The key of an object in the default namespace, for the many places that speak of one. */
export function inDefault(name: string): ObjectKey {
  return { namespace: "default", name };
}
