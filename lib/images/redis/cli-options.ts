/** What redis-cli was asked to do. */
export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  /** The password stood on the command line. */
  readonly isExposed: boolean;
  readonly db: number;
  readonly repeat: number;
  readonly interval: number;
  readonly output: "raw" | "terminal" | "csv";
  readonly flags: ReadonlySet<string>;
  readonly pattern: string | undefined;
  readonly words: readonly string[];
  /** The option nobody knows. */
  readonly unknown?: string;
}

const VALUED = new Set(["-h", "-p", "-t", "-s", "-a", "--pass", "--user", "-u", "-n", "-r", "-i", "-d", "-D", "--pattern", "--count", "--quoted-pattern", "--sni", "--cacert", "--cacertdir", "--cert", "--key"]);
const FLAGS = new Set(["--raw", "--no-raw", "--csv", "--no-auth-warning", "--scan", "--pipe", "--tls", "--insecure", "--verbose", "--quoted-input", "-x", "-e", "-c", "-2", "-3", "-v", "--version", "--help", "--askpass", "--show-pushes"]);

/** An endless repetition is shown so many times. */
const ENDLESS = 100;

/**
 * Reads the command line: options first, and from the first other word on the command.
 *
 * @simplified `--stat`, `--latency`, `--bigkeys` and their like are options nobody knows.
 */
export function askedOf(argv: readonly string[], env: Readonly<Record<string, string>>): Asked {
  const values: Record<string, string> = {};
  const flags = new Set<string>();
  let at = 1;
  let unknown: string | undefined;
  for (; at < argv.length && unknown === undefined; at += 1) {
    const arg = argv[at] ?? "";
    if (!arg.startsWith("-")) break;
    if (VALUED.has(arg) && at + 1 < argv.length) values[arg] = argv[(at += 1)] ?? "";
    else if (FLAGS.has(arg)) flags.add(arg);
    else unknown = arg;
  }
  const uri = /^(?:rediss?|valkey):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^:/]+)(?::(\d+))?(?:\/(\d+))?/.exec(values["-u"] ?? "");
  const given = values["-a"] ?? values["--pass"] ?? uri?.[2];
  const repeat = Number(values["-r"] ?? 1);
  return {
    host: uri?.[3] ?? values["-h"] ?? "127.0.0.1",
    port: Number(uri?.[4] ?? values["-p"] ?? 6379),
    user: values["--user"] ?? uri?.[1] ?? "",
    password: given ?? env["REDISCLI_AUTH"],
    isExposed: given !== undefined,
    db: Number(values["-n"] ?? uri?.[5] ?? 0) || 0,
    repeat: repeat < 0 ? ENDLESS : Math.min(10_000, Math.trunc(repeat) || 0),
    interval: Math.max(0, Number(values["-i"] ?? 0) || 0) * 1000,
    output: flags.has("--csv") ? "csv" : flags.has("--no-raw") || env["FAKETTY"] !== undefined ? "terminal" : "raw",
    flags,
    pattern: values["--pattern"],
    words: argv.slice(at),
    ...(unknown === undefined ? {} : { unknown }),
  };
}
