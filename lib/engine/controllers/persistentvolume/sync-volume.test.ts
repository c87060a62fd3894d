import { describe, expect, it } from "vitest";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../../resources/core/pod/pod";
import type { Binder } from "./binder";
import { bind } from "./bind";
import { syncVolume } from "./sync-volume";

interface World {
  readonly volume?: PersistentVolume;
  readonly claim?: PersistentVolumeClaim;
  readonly told: readonly string[];
}

const REF = { kind: "PersistentVolumeClaim", namespace: "default", name: "c", uid: "u", resourceVersion: "7" };

function volumeOf(spec: object, phase = "Bound", annotations?: object): PersistentVolume {
  return { apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "v", ...(annotations ? { annotations } : {}) }, spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], claimRef: REF, ...spec }, status: { phase } } as unknown as PersistentVolume;
}

function claimOf(uid: string, spec: object = {}): PersistentVolumeClaim {
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "c", namespace: "default", uid }, spec, status: { phase: "Pending" } } as unknown as PersistentVolumeClaim;
}

function play(volume: PersistentVolume, { claim, pods = [] }: { readonly claim?: PersistentVolumeClaim; readonly pods?: readonly Pod[] }, act: (binder: Binder) => void): World {
  const world: { volume?: PersistentVolume; claim?: PersistentVolumeClaim; told: string[] } = { volume, ...(claim ? { claim } : {}), told: [] };
  const putVolume = (next: PersistentVolume): PersistentVolume => (world.volume = next);
  const putClaim = (next: PersistentVolumeClaim): PersistentVolumeClaim => (world.claim = next);
  act({
    volume: () => world.volume,
    volumes: () => (world.volume ? [world.volume] : []),
    claim: () => world.claim,
    storageClass: () => undefined,
    defaultClass: () => undefined,
    pods: () => pods,
    updateVolume: putVolume,
    updateVolumeStatus: putVolume,
    deleteVolume: () => void delete world.volume,
    updateClaim: putClaim,
    updateClaimStatus: putClaim,
    now: () => "",
    tell: (_about, [type, reason]) => void world.told.push(`${type} ${reason}`),
  });
  return world;
}

const released = (volume: PersistentVolume, more: Parameters<typeof play>[1] = {}): World => play(volume, more, (binder) => syncVolume(volume, binder));
const pod = { metadata: { name: "p", namespace: "default" }, spec: { containers: [], volumes: [{ name: "d", persistentVolumeClaim: { claimName: "c" } }] }, status: { phase: "Pending" } } as unknown as Pod;

describe("what becomes of a volume whose claim is gone", () => {
  it("fails with a policy nobody knows, and says so once", () => {
    const world = released(volumeOf({ persistentVolumeReclaimPolicy: "Unknown" }));
    expect([world.volume?.status?.phase, world.volume?.status?.message, ...world.told]).toEqual(["Failed", "Volume has unrecognized PersistentVolumeReclaimPolicy", "Warning VolumeUnknownReclaimPolicy"]);
    expect(released(volumeOf({ persistentVolumeReclaimPolicy: "Unknown" }, "Failed")).told).toEqual([]);
  });
  it("is removed with Delete only below /tmp; a driver's hand-made volume fails", () => {
    expect(released(volumeOf({ persistentVolumeReclaimPolicy: "Delete", hostPath: { path: "/tmp/data" } })).volume).toBeUndefined();
    expect(released(volumeOf({ persistentVolumeReclaimPolicy: "Delete", hostPath: { path: "/data" } })).volume?.status?.message).toBe("host_path deleter only supports /tmp/.+ but received provided /data");
    expect(released(volumeOf({ persistentVolumeReclaimPolicy: "Delete", csi: { driver: "d" } })).told).toEqual(["Warning VolumeFailedDelete"]);
    expect(released(volumeOf({ persistentVolumeReclaimPolicy: "Delete", csi: { driver: "d" } }, "Bound", { "pv.kubernetes.io/provisioned-by": "d" })).volume?.status?.phase).toBe("Released");
  });
  it("is not emptied while a pod uses it, unless the pod uses a newer claim of that name", () => {
    const volume = volumeOf({ persistentVolumeReclaimPolicy: "Recycle", hostPath: { path: "/data" } });
    expect(released(volume, { pods: [pod] }).told).toEqual(["Normal VolumeFailedRecycle"]);
    const world = released(volume, { pods: [pod], claim: claimOf("other") });
    expect(world.volume?.status?.phase).toBe("Available");
    // A person had set it aside for that name.
    expect(world.volume?.spec.claimRef).toEqual({ kind: "PersistentVolumeClaim", namespace: "default", name: "c", resourceVersion: "7" });
  });
});

describe("binding", () => {
  it("shows the claim the attributes its volume has", () => {
    const volume = volumeOf({ volumeAttributesClassName: "gold" }, "Available");
    const claim = claimOf("u", { volumeAttributesClassName: "gold" });
    expect((play(volume, { claim }, (binder) => bind(claim, volume, binder)).claim?.status as { readonly currentVolumeAttributesClassName?: string }).currentVolumeAttributesClassName).toBe("gold");
  });
});
