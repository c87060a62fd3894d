/** What a flag takes. `list` is split at commas, `repeated` is not; both may be given again. */
export type FlagType = "bool" | "text" | "int" | "duration" | "list" | "repeated";

/** A flag of a command. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly type: FlagType;
  /** The value as `--help` shows it, and the one used when the flag is absent. */
  readonly default?: string;
  /** The value when the flag is given without `=`: such a flag never takes the next word. Upstream: pflag NoOptDefVal. */
  readonly bare?: string;
  readonly help: string;
  /** What to use instead; said whenever the flag is given. */
  readonly deprecated?: string;
}

/** The values of one command line. */
export interface FlagValues {
  given(name: string): boolean;
  /** Those that were given, in the order they came. */
  order(): readonly string[];
  text(name: string): string;
  bool(name: string): boolean;
  int(name: string): number;
  list(name: string): readonly string[];
}

/** The answer of {@link parseFlags}. */
export type ParsedFlags = { readonly values: FlagValues; readonly words: readonly string[]; readonly dash: number } | { readonly error: string } | { readonly help: true };

/** Builds a flag. */
export function flag(type: FlagType, names: string, help: string, rest: { readonly default?: string; readonly bare?: string; readonly deprecated?: string } = {}): Flag {
  const [name = "", short] = names.split(",");
  return { name, ...(short === undefined ? {} : { short }), type, help, ...rest };
}

/**
 * Reads a command line as pflag does: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, grouped booleans,
 * flags and words in any order, and everything after `--` is words. `dash` is how many words stood before `--`, or -1.
 */
export function parseFlags(argv: readonly string[], flags: readonly Flag[]): ParsedFlags {
  const reader = new Reader(argv, flags);
  const error = reader.read();
  if (error === HELP) return { help: true };
  return error === undefined ? { values: valuesOf(flags, reader.found), words: reader.words, dash: reader.dash } : { error };
}

const HELP = "help requested";

class Reader {
  readonly words: string[] = [];
  readonly found = new Map<string, string[]>();
  dash = -1;
  private at = 0;

  constructor(
    private readonly argv: readonly string[],
    private readonly flags: readonly Flag[],
  ) {}

  read(): string | undefined {
    while (this.at < this.argv.length) {
      const word = this.argv[this.at] ?? "";
      this.at += 1;
      if (word === "--") {
        this.dash = this.words.length;
        this.words.push(...this.argv.slice(this.at));
        return undefined;
      }
      const error = word.startsWith("--") ? this.long(word) : word.startsWith("-") && word !== "-" ? this.shorts(word.slice(1)) : void this.words.push(word);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  private long(word: string): string | undefined {
    const equals = word.indexOf("=");
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    if (name === "" || name.startsWith("-")) return `bad flag syntax: ${word}`;
    const known = this.flags.find((candidate) => candidate.name === name);
    if (known === undefined) return name === "help" ? HELP : `unknown flag: --${name}`;
    if (equals >= 0) return this.set(known, word.slice(equals + 1));
    const bare = bareOf(known);
    if (bare !== undefined) return this.set(known, bare);
    const value = this.argv[this.at];
    if (value === undefined) return `flag needs an argument: --${name}`;
    this.at += 1;
    return this.set(known, value);
  }

  private shorts(group: string): string | undefined {
    let rest = group;
    while (rest !== "") {
      const letter = rest[0] ?? "";
      const known = this.flags.find((candidate) => candidate.short === letter);
      if (known === undefined) return letter === "h" ? HELP : `unknown shorthand flag: '${letter}' in -${rest}`;
      const tail = rest.slice(1);
      if (tail.startsWith("=")) return this.set(known, tail.slice(1));
      const bare = bareOf(known);
      if (bare !== undefined) {
        const error = this.set(known, bare);
        if (error !== undefined) return error;
        rest = tail;
        continue;
      }
      if (tail !== "") return this.set(known, tail);
      const value = this.argv[this.at];
      if (value === undefined) return `flag needs an argument: '${letter}' in -${rest}`;
      this.at += 1;
      return this.set(known, value);
    }
    return undefined;
  }

  private set(known: Flag, value: string): string | undefined {
    const wrong = problemOf(known.type, value);
    if (wrong !== undefined) return `invalid argument "${value}" for "${known.short === undefined ? "" : `-${known.short}, `}--${known.name}" flag: ${wrong}`;
    const before = this.found.get(known.name) ?? [];
    const many = known.type === "list" || known.type === "repeated";
    this.found.set(known.name, many ? [...before, ...(known.type === "list" ? splitList(value) : [value])] : [value]);
    return undefined;
  }
}

function bareOf(known: Flag): string | undefined {
  return known.bare ?? (known.type === "bool" ? "true" : undefined);
}

const TRUE: ReadonlySet<string> = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE: ReadonlySet<string> = new Set(["0", "f", "F", "false", "FALSE", "False"]);

function problemOf(type: FlagType, value: string): string | undefined {
  if (type === "bool") return TRUE.has(value) || FALSE.has(value) ? undefined : `strconv.ParseBool: parsing "${value}": invalid syntax`;
  if (type === "int") return /^[+-]?[0-9]{1,15}$/.test(value) ? undefined : `strconv.ParseInt: parsing "${value}": invalid syntax`;
  if (type === "duration") return durationProblem(value);
  return undefined;
}

function durationProblem(value: string): string | undefined {
  if (/^[+-]?(0|([0-9]+(\.[0-9]*)?(ns|us|ms|s|m|h))+)$/.test(value)) return undefined;
  if (/^[+-]?[0-9]+(\.[0-9]*)?$/.test(value)) return `time: missing unit in duration "${value}"`;
  return `time: invalid duration "${value}"`;
}

function splitList(value: string): readonly string[] {
  return value === "" ? [] : value.split(",");
}

function valuesOf(flags: readonly Flag[], found: ReadonlyMap<string, readonly string[]>): FlagValues {
  const defaults = new Map(flags.map((known) => [known.name, known.default ?? (known.type === "bool" ? "false" : "")]));
  const text = (name: string): string => found.get(name)?.[0] ?? defaults.get(name) ?? "";
  return {
    given: (name) => found.has(name),
    order: () => [...found.keys()],
    text,
    bool: (name) => TRUE.has(text(name)),
    int: (name) => Number(text(name) === "" ? "0" : text(name)),
    list: (name) => found.get(name) ?? splitList(defaults.get(name) ?? ""),
  };
}
