/** A mistake of ours, never of the person using the cluster. Only the worker and route borders catch it. */
export class Bug extends Error {
  override readonly name = "Bug";
}

/** States what must hold. @throws {Bug} when it does not. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Bug(what);
}
