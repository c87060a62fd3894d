/** One input line. */
export interface SedLine {
  readonly text: string;
  /** Did its end of line stand in the input? */
  readonly ended: boolean;
  readonly file: string;
}

/** What a script reads and writes besides its lines. */
export interface SedWorld {
  readonly quiet: boolean;
  /** What ends a line: a newline, or NUL with `-z`. */
  readonly mark: string;
  readonly width: number;
  /** More lines may come after those given: the last is not `$`. */
  readonly isOpen: boolean;
  /** A file's text for `r`; undefined when there is none. */
  read(path: string): string | undefined;
  write(path: string, text: string): void;
}

/** What a run came to; `quit` is the status of a `q` or `Q`. */
export interface SedOutcome {
  readonly out: string;
  readonly quit: number | undefined;
  /** The space `x` and `G` use, which the next file goes on with. */
  readonly hold: string;
}
