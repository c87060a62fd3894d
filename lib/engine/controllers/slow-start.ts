/**
 * Does `count` things in batches of one, two, four, … and stops after the first batch in which
 * one failed: a quota that refuses one pod is not asked five hundred times.
 * Returns the first failure. Upstream: replicaset.slowStartBatch.
 */
export function slowStart<E>(count: number, act: (index: number) => E | undefined): E | undefined {
  let done = 0;
  for (let batch = 1; done < count; batch *= 2) {
    const size = Math.min(batch, count - done);
    let failure: E | undefined;
    for (let i = 0; i < size; i += 1) {
      const outcome = act(done + i);
      failure ??= outcome;
    }
    if (failure !== undefined) return failure;
    done += size;
  }
  return undefined;
}
