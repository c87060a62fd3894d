/** The ways of looking at a cluster. */
export const VIEWS = ["owners", "machines", "trip", "rules", "folders", "events", "tables"] as const;
/** One of them. */
export type ViewName = (typeof VIEWS)[number];

/** What may be done by hand in the views besides looking. */
export interface Hands {
  /** Machines with a switch and a cable; `all` for every one. */
  readonly machines: readonly string[] | "all";
  /** Pods may be deleted with a button. */
  readonly pods: boolean;
  /** Requests may be sent. */
  readonly send: boolean;
  /** Requests the exercise proposes. */
  readonly presets: readonly { readonly from: string; readonly url: string; readonly label: string }[];
}
