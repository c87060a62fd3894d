/** Thrown when a run has used up the steps it was given. The run is over; the cluster is not to be used further. */
export class BudgetExceeded extends Error {
  override readonly name = "BudgetExceeded";
  constructor(
    readonly limit: "steps" | "steps-in-one-instant" | "virtual-time",
    readonly amount: number,
  ) {
    super(`the run went over its budget of ${amount} ${limit}`);
  }
}
