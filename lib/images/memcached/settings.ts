import type { ProcessView } from "@/lib/engine";

/** How a memcached was started. */
export interface Settings {
  readonly port: number;
  /** Bytes for items. */
  readonly limit: number;
  readonly largest: number;
  readonly connections: number;
  readonly threads: number;
  readonly verbose: number;
  /** `-M`: no room is an error, and nothing makes room. */
  readonly isStrict: boolean;
  readonly user: string;
}

const LONG: Readonly<Record<string, string>> = { "--port": "-p", "--memory-limit": "-m", "--conn-limit": "-c", "--threads": "-t", "--max-item-size": "-I", "--disable-evictions": "-M", "--listen": "-l", "--user": "-u", "--verbose": "-v", "--udp-port": "-U", "--max-reqs-per-event": "-R", "--extended": "-o", "--lock-memory": "-k", "--disable-cas": "-C" };
/** Letters with a value, and without one. */
const VALUED = "pmctIluUnfRboaPs";
const FLAGS = "vMkCrdVhiFBSLADX";

/** A size with a letter after it. */
function sized(text: string): number {
  const [, digits = "0", unit = ""] = /^(\d{1,12})([kmg]?)/i.exec(text) ?? [];
  return Number(digits) * ({ "": 1, k: 1024, m: 1_048_576, g: 1_073_741_824 }[unit.toLowerCase()] ?? 1);
}

/** Reads the command line; a text is why the server does not start. */
export function settingsOf({ argv, user }: Pick<ProcessView, "argv" | "user">): Settings | string {
  const values: Record<string, string> = {};
  let verbose = 0;
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] ?? "";
    const [long = "", given] = arg.split(/=(.*)/s);
    const short = Object.hasOwn(LONG, long) ? (LONG[long] ?? "") : arg;
    if (arg.startsWith("--") && short === arg) return `memcached: unrecognized option '${arg}'\nIllegal argument "?"`;
    if (!/^-[A-Za-z]/.test(short)) continue;
    for (let at = 1; at < short.length; at += 1) {
      const letter = short.charAt(at);
      if (letter === "v") verbose += 1;
      if (VALUED.includes(letter)) {
        const value = given ?? (short.slice(at + 1) || argv[(i += 1)]);
        if (value === undefined) return `memcached: option requires an argument -- '${letter}'\nIllegal argument "?"`;
        values[letter] = value;
        break;
      }
      if (!FLAGS.includes(letter)) return `memcached: invalid option -- '${letter}'\nIllegal argument "?"`;
      values[letter] = "";
    }
  }
  if ((user?.uid ?? 0) === 0 && (values["u"] ?? "") === "") return "can't run as root without the -u switch";
  return {
    port: Number(values["p"] ?? 11_211) || 11_211,
    limit: (Number(values["m"] ?? 64) || 64) * 1_048_576,
    largest: values["I"] === undefined ? 1_048_576 : sized(values["I"]),
    connections: Number(values["c"] ?? 1024) || 1024,
    threads: Number(values["t"] ?? 4) || 4,
    verbose,
    isStrict: values["M"] !== undefined,
    user: values["u"] ?? "",
  };
}
