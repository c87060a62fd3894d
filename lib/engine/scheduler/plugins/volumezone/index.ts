import { NODE, PERSISTENT_VOLUME, STORAGE_CLASS } from "../../../apimachinery/kinds";
import { classOfClaim } from "../../../resources/core/persistentvolume/match";
import { reason } from "../../../reason";
import type { PersistentVolume } from "../../../resources/core/persistentvolume/persistentvolume";
import type { StorageClass } from "../../../resources/storage/storageclass/storageclass";
import { namedClaims } from "../../../resources/core/pod/claim-names";
import { claimOf } from "../../pod-claims";
import { SKIP, SUCCESS, unresolvable, type SchedulerPlugin } from "../../framework";

const MEMO = "VolumeZone";
const BETA_ZONE = "failure-domain.beta.kubernetes.io/zone";
const BETA_REGION = "failure-domain.beta.kubernetes.io/region";
/** Labels of places, each with the one a node may bear in its stead: a new name for an old one, never the other way round. */
const LABELS: Readonly<Record<string, string>> = {
  [BETA_ZONE]: "topology.kubernetes.io/zone",
  [BETA_REGION]: "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region": "topology.kubernetes.io/region",
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
    for (const name of namedClaims(cycle.pod)) {
      if (name === "") return unresolvable("PersistentVolumeClaim had no name");
      const claim = claimOf(cycle, name);
      if ("code" in claim) return claim;
      const volumeName = claim.spec.volumeName ?? "";
      if (volumeName === "") {
        const className = classOfClaim(claim);
        if (className === "") return unresolvable("PersistentVolumeClaim had no pv name and storageClass name");
        const storageClass = cycle.client.get<StorageClass>(STORAGE_CLASS, { namespace: "", name: className });
        if (!storageClass) return unresolvable(`storageclass.storage.k8s.io "${className}" not found`);
        if (storageClass.volumeBindingMode === undefined) return unresolvable(`VolumeBindingMode not set for StorageClass "${className}"`);
        if (storageClass.volumeBindingMode === "WaitForFirstConsumer") continue;
        return unresolvable("PersistentVolume had no name");
      }
      const volume = cycle.client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: volumeName });
      if (!volume) return unresolvable(`persistentvolume "${volumeName}" not found`);
      for (const label of Object.keys(LABELS)) {
        const value = volume.metadata.labels?.[label];
        if (value === undefined) continue;
        const values = value.split("__").map((one) => one.trim());
        // A label nobody can read says nothing.
        if (!values.includes("")) places.push({ label, values });
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
    const wrong = places.find(({ label, values }) => {
      const value = labels[label] ?? labels[LABELS[label] ?? ""];
      return value === undefined || !values.includes(value);
    });
    if (!wrong) return SUCCESS;
    return unresolvable("node(s) had no available volume zone", reason("scheduler.volume-node-conflict", { node: node.metadata.name }, [{ kind: NODE, namespace: "", name: node.metadata.name }]));
  },
};
