import { NODE, POD } from "./apimachinery/kinds";
import { kindOf, type Json, type KubeObject, type ObjectKey } from "./apimachinery/meta";
import { admissionPlugins } from "./apiserver/admission/index";
import { ApiServer } from "./apiserver/pipeline";
import { apiServerIP, boot, DEFAULT_SERVICE_CIDR } from "./boot";
import { createClient, type Client } from "./client/client";
import { createRecorder } from "./client/events";
import { componentsOf } from "./components";
import { noteSilence } from "./controllers/index";
import { Kernel, type Seat } from "./kernel";
import { machineControl, reachable, type MachineControl } from "./machine-control";
import type { AppRequest, AppResponse, FileSystem, ImageCatalog } from "./machine/behaviour";
import type { LogQuery } from "./machine/logs";
import { createMachines } from "./machine/machines";
import type { Usage } from "./machine/physical";
import type { ExecRecord, LogLine } from "./machine/records";
import type { DnsAnswer, Origin, OutboundRequest, PacketTrace, Reached } from "./machine/wire";
import type { DnsReply } from "./network/dns-records";
import { DEFAULT_POD_CIDR, nodeAddresses, type NodeAddresses } from "./network/ipam";
import { rulesOn } from "./network/kube-proxy";
import { netfilterCommand, type ToolResult } from "./network/netfilter-commands";
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
import { createState, type OwnedState } from "./sim/state";
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
  const seats = componentsOf(options, state, machines, world, addresses).map((component): Seat => {
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

/** The key of an object in the default namespace, for the many places that speak of one. */
export function inDefault(name: string): ObjectKey {
  return { namespace: "default", name };
}
