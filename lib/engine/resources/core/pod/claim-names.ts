import type { Pod, Volume } from "./pod";

/** The claim a volume of a pod stands for, if any: the one it names, or the one made for a generic ephemeral volume, named after pod and volume. Upstream: component-helpers/storage/ephemeral VolumeClaimName. */
export function claimName(pod: Pod, volume: Volume): string | undefined {
  return volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined);
}

/** Names of the claims a pod mounts, in order of its volumes. */
export function claimNames(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => claimName(pod, volume) ?? []);
}
