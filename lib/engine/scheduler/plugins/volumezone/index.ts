import { NODE, PERSISTENT_VOLUME, STORAGE_CLASS } from "../../../apimachinery/kinds";
import { classOfClaim } from "../../../resources/core/persistentvolume/match";
import { reason } from "../../../reason";
import type { PersistentVolume } from "../../../resources/core/persistentvolume/persistentvolume";
import type { StorageClass } from "../../../resources/storage/storageclass/storageclass";
import { claimNames } from "../../../resources/core/pod/claim-names";
import { claimOf } from "../../pod-claims";
import { SKIP, SUCCESS, unresolvable, type SchedulerPlugin } from "../../framework";

const MEMO = "VolumeZone";
const BETA_ZONE = "failure-domain.beta.kubernetes.io/zone";
const BETA_REGION = "failure-domain.beta.kubernetes.io/region";
const LABELS: Readonly<Record<string, string>> = {
  "topology.kubernetes.io/zone": BETA_ZONE,
  "topology.kubernetes.io/region": BETA_REGION,
  [BETA_ZONE]: "topology.kubernetes.io/zone",
  [BETA_REGION]: "topology.kubernetes.io/region",
};

interface Place {
  readonly label: string;
  readonly values: readonly string[];
}

/** A volume labelled with a zone or region is used from there only. Upstream: plugins/volumezone. */
export const volumeZone: SchedulerPlugin = {
  name: MEMO,
  preFilter(cycle) {
    const places: Place[] = [];
    for (const name of claimNames(cycle.pod)) {
      const claim = claimOf(cycle, name);
      if ("code" in claim) return claim;
      const volumeName = claim.spec.volumeName ?? "";
      if (volumeName === "") {
        const className = classOfClaim(claim);
        if (className === "") return unresolvable("PersistentVolumeClaim had no pv name and storageClass name");
        const storageClass = cycle.client.get<StorageClass>(STORAGE_CLASS, { namespace: "", name: className });
        if (!storageClass) return unresolvable(`storageclasses.storage.k8s.io "${className}" not found`);
        if (storageClass.volumeBindingMode === "WaitForFirstConsumer") continue;
        return unresolvable("PersistentVolume had no name");
      }
      const volume = cycle.client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: volumeName });
      if (!volume) return unresolvable(`persistentvolume "${volumeName}" not found`);
      for (const label of Object.keys(LABELS)) {
        const value = volume.metadata.labels?.[label];
        if (value !== undefined) places.push({ label, values: value.split("__") });
      }
    }
    if (places.length === 0) return SKIP;
    cycle.memo.set(MEMO, places);
    return SUCCESS;
  },
  filter({ memo }, { node }) {
    const places = (memo.get(MEMO) as readonly Place[] | undefined) ?? [];
    const labels = node.metadata.labels ?? {};
    // A node that knows no places at all is a cluster without a cloud.
    if (!Object.keys(LABELS).some((label) => labels[label] !== undefined)) return SUCCESS;
    const wrong = places.find(({ label, values }) => !values.includes(labels[label] ?? labels[LABELS[label] ?? ""] ?? ""));
    if (!wrong) return SUCCESS;
    return unresolvable("node(s) had no available volume zone", reason("scheduler.volume-node-conflict", { node: node.metadata.name }, [{ kind: NODE, namespace: "", name: node.metadata.name }]));
  },
};
