import { kindOf, type Json, type JsonObject, type KubeObject, type ObjectKey } from "./apimachinery/meta";
import { resourceFor } from "./resources/index";
import { admissionPlugins } from "./apiserver/admission/index";
import { ApiServer } from "./apiserver/pipeline";
import { createClient, type Client } from "./client/client";
import type { Component } from "./client/component";
import { createRecorder } from "./client/events";
import { controllers } from "./controllers/index";
import { runController } from "./controllers/manager";
import { Kernel, type Seat } from "./kernel";
import type { ImageCatalog } from "./machine/behaviour";
import type { ClusterOptions } from "./options";
import { later, millis, VirtualClock, type ClockSnapshot, type Instant, type Millis } from "./sim/clock";
import { createJournal, type Journal, type JournalEntry } from "./sim/journal";
import { createRandom } from "./sim/random";
import { createState, type OwnedState } from "./sim/state";
import { ObjectStore, type StoreEvent } from "./store/store";
import { nth } from "./world/addresses";

/** The complete state as JSON. Restoring it gives a cluster with the same future. */
export interface ClusterSnapshot {
  readonly format: 1;
  readonly options: Omit<ClusterOptions, "images">;
  readonly clock: ClockSnapshot;
  readonly store: Json;
  readonly state: Json;
}

/** A whole simulated cluster: the door to the engine, and the only thing the rest of Timonel holds. */
export interface Cluster {
  readonly now: Instant;
  readonly options: ClusterOptions;
  /** Pieces of work done so far; what budgets count. */
  readonly steps: number;
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
  snapshot(): ClusterSnapshot;
  /** An independent copy; what happens there stays there. Graders probe forks. */
  fork(): Cluster;
}

/** What a cluster stands on; copied by {@link Cluster.fork}. */
interface Foundations {
  readonly options: ClusterOptions;
  readonly store: ObjectStore;
  readonly state: OwnedState;
  readonly clock: VirtualClock;
  readonly journal: Journal;
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
function componentsOf(_foundations: Foundations): readonly Component[] {
  return [...controllers.map(runController)];
}

function compose(foundations: Foundations): Cluster {
  const { options, store, state, clock, journal } = foundations;
  const random = createRandom(options.seed, state);
  const api = new ApiServer(store, clock, random, admissionPlugins, {
    serviceCIDR: options.network?.serviceCIDR ?? DEFAULT_SERVICE_CIDR,
    nodePortRange: options.network?.nodePortRange ?? [30000, 32767],
  });
  const seats = componentsOf(foundations).map((component): Seat => {
    const client = createClient(api, `system:${component.name}`);
    return { component, context: { client, clock, random: random.fork(component.name), state, journal, event: createRecorder(client, clock, component.eventSource ?? component.name) } };
  });
  const kernel = new Kernel(seats, store, clock, state, options.stepBudget ?? 50_000_000);
  kernel.start();
  return {
    get now() {
      return clock.now();
    },
    get steps() {
      return kernel.steps;
    },
    get revision() {
      return store.revision;
    },
    options,
    as: (user) => createClient(api, user),
    advance: (duration) => kernel.runTo(later(clock.now(), duration)),
    settle: ({ quietFor = millis(10_000), atMost = millis(600_000) } = {}) => ({ settled: kernel.runUntilQuiet(quietFor, later(clock.now(), atMost)) }),
    since: (revision) => store.since(revision),
    journal: () => journal.entries(),
    snapshot() {
      kernel.drain();
      const { images: _images, ...written } = options;
      return { format: 1, options: written, clock: clock.snapshot(), store: store.snapshot(), state: state.snapshot() };
    },
    fork() {
      kernel.drain();
      return compose({ options, store: store.fork(), state: state.fork(), clock: new VirtualClock(clock.snapshot()), journal: createJournal(50_000, journal.entries()) });
    },
  };
}

const DEFAULT_SERVICE_CIDR = "10.96.0.0/12";
const SYSTEM_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

function boot(cluster: Cluster, options: ClusterOptions): void {
  const admin = cluster.as("kubernetes-admin");
  for (const name of SYSTEM_NAMESPACES) admin.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  createApiService(admin, options);
  for (const object of options.objects ?? []) createAsAdmin(admin, object);
}

/** The Service through which pods find the API server. Upstream: pkg/controlplane/controller/kubernetesservice. */
function createApiService(admin: Client, options: ClusterOptions): void {
  const clusterIP = options.network?.apiServiceIP ?? nth(options.network?.serviceCIDR ?? DEFAULT_SERVICE_CIDR, 1) ?? "";
  const labels = { component: "apiserver", provider: "kubernetes" };
  admin.create({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kubernetes", namespace: "default", labels },
    spec: { type: "ClusterIP", clusterIP, ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }] },
  });
}

function createAsAdmin(admin: Client, object: JsonObject): void {
  const definition = resourceFor(kindOf(object as unknown as { apiVersion: string; kind: string }));
  const created = admin.create(object);
  const status = object["status"];
  // Fixtures may say what a component outside the cluster would have reported.
  if (status !== undefined && definition?.subresources.includes("status")) admin.updateStatus({ ...created, status } as unknown as KubeObject);
}

/** The key of an object in the default namespace, for the many places that speak of one. */
export function inDefault(name: string): ObjectKey {
  return { namespace: "default", name };
}
