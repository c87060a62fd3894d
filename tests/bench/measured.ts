/** What one benchmark found, in milliseconds unless the name says otherwise. */
export interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly runs: number;
  readonly note?: string;
  /** What else was found: rates, ratios, sizes. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** A benchmark: what it does, and the figure it is held against. */
export interface Benchmark {
  readonly name: string;
  readonly target: string;
  measure(): Promise<Measured> | Measured;
}
