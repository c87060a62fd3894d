/**
 * Thrown when a run has used up the work it was given, and says who was busy with what.
 *
 * After `steps-in-one-instant` the cluster stands where it stood and may be used on: whoever removes what keeps it busy
 * has a cluster that works. After `steps` the run is over.
 */
export class BudgetExceeded extends Error {
  override readonly name = "BudgetExceeded";
  constructor(
    readonly limit: "steps" | "steps-in-one-instant" | "virtual-time",
    readonly amount: number,
    /** Who wrote last, and about what: the likeliest reason. */
    readonly busy: readonly { readonly who: string; readonly about: string; readonly writes: number }[] = [],
  ) {
    super(`the run went over its budget of ${amount} ${limit}${busy.length === 0 ? "" : `; busiest of late: ${busy.map(({ who, about, writes }) => `${who} with ${about} (${writes} writes)`).join(", ")}`}`);
  }
}
