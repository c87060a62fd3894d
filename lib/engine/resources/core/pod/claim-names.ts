import type { Pod, Volume } from "./pod";

/** The claim a volume of a pod stands for, if any: the one it names, or the one made for a generic ephemeral volume, named after pod and volume. Upstream: component-helpers/storage/ephemeral VolumeClaimName. */
export function claimName(pod: Pod, volume: Volume): string | undefined {
  return volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined);
}

/** The claims a pod names itself, without those made for its ephemeral volumes. */
export function namedClaims(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => (volume.persistentVolumeClaim ? [volume.persistentVolumeClaim.claimName] : []));
}

/** Names of the claims a pod mounts, in order of its volumes. */
export function claimNames(pod: Pod): readonly string[] {
  let names = NONE;
  const { volumes } = pod.spec;
  for (let i = 0; volumes && i < volumes.length; i += 1) {
    const name = claimName(pod, volumes[i] as Volume);
    if (name !== undefined) names = [...names, name];
  }
  return names;
}

const NONE: readonly string[] = [];
