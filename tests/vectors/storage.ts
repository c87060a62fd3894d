import type { JsonObject } from "@/lib/engine/apimachinery/meta";
import { InvalidBinding, type Binder } from "@/lib/engine/controllers/persistentvolume/binder";
import { defaultClassOf } from "@/lib/engine/resources/storage/storageclass/default-class";
import { syncClaim } from "@/lib/engine/controllers/persistentvolume/sync-claim";
import { syncVolume } from "@/lib/engine/controllers/persistentvolume/sync-volume";
import type { Node, Pod } from "@/lib/engine/models";
import { findMatchingVolume } from "@/lib/engine/resources/core/persistentvolume/match";
import type { PersistentVolume } from "@/lib/engine/resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "@/lib/engine/resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { StorageClass } from "@/lib/engine/resources/storage/storageclass/storageclass";
import { compare, same, type Adapter } from "./adapter";
import { scenario } from "./scenario";
import { NS } from "./scenario-run";

type Case = Parameters<Adapter>[0];

/** `behaviour/storage`: the binder's own rules, and whole scenarios. */
export const storage: Adapter = (vector, file) => {
  switch (vector.input["op"]) {
    case "FindMatchingVolume":
      return findMatching(vector);
    case "pvController.runSyncTests":
    case "pvController.runMultisyncTests":
      return sync(vector);
    default:
      return scenario(named(vector), file);
  }
};

/** Cluster-wide objects of a scenario bear its namespace in their names. */
function named(vector: Case): Case {
  const put = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value).replace(/(?<=\\?")NS(?=[-"\\])/g, NS)) as JsonObject;
  return { ...vector, input: put(vector.input), expected: put(vector.expected) };
}

function findMatching({ input, expected }: Case): ReturnType<Adapter> {
  const excluded = Object.keys((input["excludedVolumes"] ?? {}) as JsonObject);
  const found = findMatchingVolume((input["volumes"] ?? []) as unknown as readonly PersistentVolume[], input["claim"] as unknown as PersistentVolumeClaim, {
    ...(input["node"] ? { node: input["node"] as unknown as Node } : {}),
    delayed: input["delayBinding"] === true,
    taken: new Set(excluded),
  });
  return compare(found ?? null, (expected["result"] as readonly unknown[])[0] ?? null);
}

/** A claim upstream's tests keep from the controller's cache: a second look at the API finds it. */
const UNCACHED = "pv-testing-skip-local-store";

interface World {
  volumes: PersistentVolume[];
  claims: PersistentVolumeClaim[];
  readonly events: string[];
}

function sync({ input, expected }: Case): ReturnType<Adapter> {
  const claims = (input["initialClaims"] ?? []) as unknown as PersistentVolumeClaim[];
  const world: World = { volumes: [...((input["initialVolumes"] ?? []) as unknown as PersistentVolume[])], claims: claims.filter((claim, i) => !claims.slice(i + 1).some((later) => later.metadata.name === claim.metadata.name)), events: [] };
  const binder = binderOf(world, (input["storageClasses"] ?? []) as unknown as readonly StorageClass[], (input["pods"] ?? []) as unknown as readonly Pod[]);
  const failed = act(world, binder, input["entry"] as string, input["op"] === "pvController.runMultisyncTests");
  const wantedEvents = (expected["eventsPrefix"] ?? []) as readonly string[];
  const got = { volumes: world.volumes.map(plain), claims: world.claims.map(plain), failed };
  const wantedClaims = ((expected["claims"] ?? []) as unknown as readonly PersistentVolumeClaim[]).filter((claim, i, all) => !all.slice(i + 1).some((later) => later.metadata.name === claim.metadata.name));
  const wanted = { volumes: ((expected["volumes"] ?? []) as unknown as readonly PersistentVolume[]).map(plain), claims: wantedClaims.map(plain), failed: input["entry"] === "testSyncClaimError" };
  const told = wantedEvents.every((prefix, i) => world.events[i]?.startsWith(prefix));
  return { pass: told && same(sorted(got), sorted(wanted)), got: { ...got, events: world.events } };
}

const byName = <T extends { readonly metadata: { readonly name: string } }>(list: readonly T[]): readonly T[] => [...list].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
const sorted = ({ volumes, claims, failed }: { readonly volumes: readonly PersistentVolume[]; readonly claims: readonly PersistentVolumeClaim[]; readonly failed: boolean }) => ({ volumes: byName(volumes), claims: byName(claims), failed });

/** One call of the entry; or, as `runMultisyncTests`, calls until nothing changes. */
function act(world: World, binder: Binder, entry: string, again: boolean): boolean {
  const once = (): void => {
    if (entry === "testSyncVolume") for (const { metadata } of world.volumes.slice(0, again ? undefined : 1)) step(metadata.name);
    else for (const { metadata } of world.claims.slice(0, again ? undefined : 1)) syncClaim(current(world.claims, metadata.name), binder);
    if (again) for (const { metadata } of world.volumes) step(metadata.name);
  };
  const step = (name: string): void => syncVolume(current(world.volumes, name), binder);
  try {
    for (let round = 0; round < (again ? 10 : 1); round += 1) once();
    return false;
  } catch (error) {
    if (!(error instanceof InvalidBinding)) throw error;
    return true;
  }
}

function current<T extends { readonly metadata: { readonly name: string } }>(list: readonly T[], name: string): T {
  const found = list.find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

function binderOf(world: World, classes: readonly StorageClass[], pods: readonly Pod[]): Binder {
  const put = <T extends PersistentVolume | PersistentVolumeClaim>(list: T[], object: T): T => {
    const at = list.findIndex(({ metadata }) => metadata.name === object.metadata.name);
    list[at] = object;
    return object;
  };
  return {
    volume: (name) => world.volumes.find(({ metadata }) => metadata.name === name),
    volumes: () => world.volumes,
    claim: ({ name }) => world.claims.find(({ metadata }) => metadata.name === name),
    storageClass: (name) => classes.find(({ metadata }) => metadata.name === name),
    defaultClass: () => defaultClassOf(classes)?.metadata.name,
    pods: () => pods,
    updateVolume: (volume) => put(world.volumes, volume),
    updateVolumeStatus: (volume) => put(world.volumes, volume),
    deleteVolume: (name) => void (world.volumes = world.volumes.filter(({ metadata }) => metadata.name !== name)),
    updateClaim: (claim) => put(world.claims, claim),
    updateClaimStatus: (claim) => put(world.claims, claim),
    now: () => "",
    tell: (_about, [type, reason, message]) => void world.events.push(`${type} ${reason} ${message}`),
  };
}

/** Without what upstream's own comparison leaves out: versions, times of phases, and marks of its tests. */
function plain<T extends PersistentVolume | PersistentVolumeClaim>(object: T): T {
  return JSON.parse(JSON.stringify(object, (key, value: unknown) => (key === "resourceVersion" || key === "lastPhaseTransitionTime" || key === UNCACHED || (key === "annotations" && isEmpty(value)) ? undefined : value))) as T;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).filter((key) => key !== UNCACHED).length === 0;
}
