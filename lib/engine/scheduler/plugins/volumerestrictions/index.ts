import { PERSISTENT_VOLUME_CLAIM } from "../../../apimachinery/kinds";
import type { JsonObject } from "../../../apimachinery/meta";
import { reason } from "../../../reason";
import type { Pod } from "../../../resources/core/pod/pod";
import { namedClaims } from "../../../resources/core/pod/claim-names";
import { claimOf } from "../../pod-claims";
import { SKIP, SUCCESS, unschedulable, type SchedulerPlugin } from "../../framework";

const MEMO = "VolumeRestrictions";
/** Disks that one machine at a time may write to, written straight into the pod, and what names one. */
const DISKS: readonly (readonly [string, readonly string[]])[] = [
  ["gcePersistentDisk", ["pdName"]],
  ["awsElasticBlockStore", ["volumeID"]],
  ["rbd", ["image", "pool", "monitors"]],
  ["iscsi", ["iqn"]],
];

/** One pod at a time on a ReadWriteOncePod claim, and one writer of an old-style disk per node. Upstream: plugins/volumerestrictions. */
export const volumeRestrictions: SchedulerPlugin = {
  name: MEMO,
  preFilter(cycle) {
    const { pod, nodes } = cycle;
    const disks = disksOf(pod);
    const single: string[] = [];
    for (const name of new Set(namedClaims(pod))) {
      const claim = claimOf(cycle, name);
      if ("code" in claim) return claim;
      if ((claim.spec.accessModes ?? []).includes("ReadWriteOncePod")) single.push(name);
    }
    const taken = single.filter((name) => nodes.some(({ pods }) => pods.some((other) => other.metadata.namespace === pod.metadata.namespace && namedClaims(other).includes(name))));
    if (disks.length === 0 && taken.length === 0) return SKIP;
    cycle.memo.set(MEMO, taken);
    return SUCCESS;
  },
  filter({ pod, memo }, { pods }) {
    const disks = disksOf(pod);
    if (disks.some((disk) => pods.some((other) => disksOf(other).some((theirs) => clash(disk, theirs))))) return unschedulable("node(s) had no available disk");
    const taken = (memo.get(MEMO) as readonly string[] | undefined) ?? [];
    if (taken.length === 0) return SUCCESS;
    const about = taken.map((name) => ({ kind: PERSISTENT_VOLUME_CLAIM, namespace: pod.metadata.namespace ?? "", name }));
    return unschedulable("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod", reason("scheduler.claim-in-use", { claim: taken[0] ?? "" }, about));
  },
};

interface Disk {
  readonly kind: string;
  readonly source: JsonObject;
}

/** Does the pod name such a disk itself? */
export function hasDisks(pod: Pod): boolean {
  for (const volume of pod.spec.volumes ?? []) for (const [kind] of DISKS) if ((volume as unknown as Readonly<Record<string, unknown>>)[kind]) return true;
  return false;
}

function disksOf(pod: Pod): readonly Disk[] {
  return (pod.spec.volumes ?? []).flatMap((volume) =>
    DISKS.flatMap(([kind]) => {
      const source = (volume as unknown as Readonly<Record<string, JsonObject | undefined>>)[kind];
      return source ? [{ kind, source }] : [];
    }),
  );
}

function clash(a: Disk, b: Disk): boolean {
  if (a.kind !== b.kind) return false;
  const names = DISKS.find(([kind]) => kind === a.kind)?.[1] ?? [];
  const same = names.every((name) => {
    const [x, y] = [a.source[name], b.source[name]];
    if (name === "monitors") return Array.isArray(x) && Array.isArray(y) && x.some((one) => y.includes(one));
    return (x ?? "") === (y ?? "");
  });
  // Two readers of one disk get along, except on the cloud disk whose maker does not say so.
  const readers = a.source["readOnly"] === true && b.source["readOnly"] === true && a.kind !== "awsElasticBlockStore";
  return same && !readers;
}
