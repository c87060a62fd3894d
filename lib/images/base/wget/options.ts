/** A command line of wget, sorted out: options by their long names. */
export interface WgetCall {
  readonly urls: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** Values in the order given; the last counts where only one can. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** An option nobody knows, or one without its value: `invalid option -- 'Z'` and its like. */
export interface WgetMisuse {
  readonly misuse: string;
}

/** What a wget understands: short options by the long name they stand for. */
export interface WgetOptions {
  readonly flags: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
  readonly longFlags: ReadonlySet<string>;
  readonly longValues: ReadonlySet<string>;
  /** `-nv`, `-nc`: options of two letters. */
  readonly pairs?: Readonly<Record<string, string>>;
}

/** Sorts out a command line as GNU's getopt does: options and URLs in any order, `--` ends the options. */
export function readWget(argv: readonly string[], known: WgetOptions): WgetCall | WgetMisuse {
  const urls: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const put = (name: string, value: string): void => void values.set(name, [...(values.get(name) ?? []), value]);
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] as string;
    if (arg === "--") {
      urls.push(...argv.slice(i + 1));
      break;
    }
    if (arg === "-" || !arg.startsWith("-")) urls.push(arg);
    else if (arg.startsWith("--")) {
      const [, name = "", given] = /^--([^=]*)(?:=([^]*))?$/.exec(arg) ?? [];
      if (known.longValues.has(name)) {
        const value = given ?? argv[(i += 1)];
        if (value === undefined) return { misuse: `option '--${name}' requires an argument` };
        put(name, value);
      } else if (known.longFlags.has(name)) flags.add(name);
      else return { misuse: `unrecognized option '--${name}'` };
    } else {
      for (let at = 1; at < arg.length; at += 1) {
        const letter = arg[at] as string;
        const pair = known.pairs?.[arg.slice(at, at + 2)];
        const flag = known.flags[letter];
        const name = known.values[letter];
        if (pair !== undefined) {
          flags.add(pair);
          at += 1;
        } else if (flag !== undefined) flags.add(flag);
        else if (name === undefined) return { misuse: `invalid option -- '${letter}'` };
        else {
          const value = at + 1 < arg.length ? arg.slice(at + 1) : argv[(i += 1)];
          if (value === undefined) return { misuse: `option requires an argument -- '${letter}'` };
          put(name, value);
          break;
        }
      }
    }
  }
  return { urls, flags, values };
}

/** The value that counts. */
export const lastOf = ({ values }: WgetCall, ...names: readonly string[]): string | undefined => names.map((name) => values.get(name)?.at(-1)).find((value) => value !== undefined);
