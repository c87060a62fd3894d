/** A command line of curl, sorted out. */
export interface CurlCall {
  readonly urls: readonly string[];
  /** Flags without a value, by their long names. */
  readonly flags: ReadonlySet<string>;
  /** Values by long name, in the order given; the last counts where only one can. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** `-d` and its like in order: what they were called, and what they hold. */
  readonly data: readonly (readonly [option: string, text: string])[];
  /** Where each URL's answer goes: `-o FILE`, or `-O` as an empty name. */
  readonly outputs: readonly string[];
}

/** Why a command line will do nothing. */
export interface CurlMisuse {
  readonly misuse: string;
}

const FLAGS: Readonly<Record<string, string>> = {
  s: "silent", S: "show-error", i: "include", I: "head", f: "fail", k: "insecure", L: "location", v: "verbose", O: "remote-name", G: "get", g: "globoff", J: "remote-header-name", j: "junk-session-cookies", l: "list-only", n: "netrc", N: "no-buffer",
  p: "proxytunnel", q: "disable", R: "remote-time", "#": "progress-bar", "4": "ipv4", "6": "ipv6", "0": "http1.0", "1": "tlsv1", a: "append", B: "use-ascii", M: "manual", V: "version", Z: "parallel",
};
const VALUES: Readonly<Record<string, string>> = {
  X: "request", d: "data", H: "header", m: "max-time", o: "output", w: "write-out", A: "user-agent", b: "cookie", c: "cookie-jar", C: "continue-at", D: "dump-header", e: "referer", E: "cert", F: "form", K: "config", P: "ftp-port", Q: "quote", r: "range",
  t: "telnet-option", T: "upload-file", u: "user", U: "proxy-user", x: "proxy", y: "speed-time", Y: "speed-limit", z: "time-cond", h: "help",
};
const LONG_FLAGS: ReadonlySet<string> = new Set([...Object.values(FLAGS), "compressed", "no-progress-meter", "fail-with-body", "http1.1", "http2", "http3", "tlsv1.2", "tlsv1.3", "no-keepalive", "create-dirs", "remote-name-all", "retry-connrefused", "retry-all-errors", "location-trusted", "path-as-is", "raw", "tcp-nodelay", "no-sessionid", "styled-output", "no-styled-output", "fail-early", "ssl-reqd", "post301", "post302", "post303", "basic", "negotiate", "digest", "anyauth", "no-clobber", "disallow-username-in-url", "trace-time", "no-alpn"]);
const LONG_VALUES: ReadonlySet<string> = new Set([...Object.values(VALUES), "data-raw", "data-binary", "data-ascii", "data-urlencode", "json", "connect-timeout", "cacert", "capath", "resolve", "connect-to", "retry", "retry-delay", "retry-max-time", "max-redirs", "url", "interface", "key", "cert-type", "output-dir", "noproxy", "oauth2-bearer", "limit-rate", "unix-socket", "keepalive-time", "tls-max", "ciphers", "trace", "trace-ascii", "stderr", "dns-servers", "proxy-header", "form-string", "url-query", "variable", "expect100-timeout", "max-filesize", "socks5", "socks5-hostname", "aws-sigv4", "doh-url", "happy-eyeballs-timeout-ms", "rate", "parallel-max", "hostpubmd5", "pinnedpubkey", "crlfile", "engine", "netrc-file", "proto", "proto-default", "proto-redir", "request-target"]);
const DATA: ReadonlySet<string> = new Set(["data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json"]);
const HELP = "curl: try 'curl --help' or 'curl --manual' for more information\n";

/** Sorts out a command line as curl does: short flags may stand together, and a value may follow at once. */
export function readCurl(argv: readonly string[]): CurlCall | CurlMisuse {
  const urls: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const data: [string, string][] = [];
  const outputs: string[] = [];
  const put = (name: string, value: string): void => {
    if (name === "url") urls.push(value);
    else if (DATA.has(name)) data.push([name, value]);
    else if (name === "output") outputs.push(value);
    values.set(name, [...(values.get(name) ?? []), value]);
  };
  const set = (name: string): void => {
    if (name === "remote-name") outputs.push("");
    flags.add(name);
  };
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] as string;
    if (arg === "-" || !arg.startsWith("-")) {
      urls.push(arg);
      continue;
    }
    const words = arg.startsWith("--") ? long(arg.slice(2), argv[i + 1]) : short(arg.slice(1), argv[i + 1]);
    if ("misuse" in words) return words;
    words.flags.forEach(set);
    if (words.name !== undefined) put(words.name, words.value ?? "");
    if (words.takesNext) i += 1;
  }
  return { urls, flags, values, data, outputs };
}

interface Words {
  readonly flags: readonly string[];
  readonly name?: string;
  readonly value?: string;
  readonly takesNext?: boolean;
}

function long(text: string, next: string | undefined): Words | CurlMisuse {
  const name = text === "head" || !text.startsWith("no-") || LONG_FLAGS.has(text) ? text : text.slice(3);
  if (LONG_VALUES.has(text)) {
    if (text === "help") return { flags: [], name: "help", value: "" };
    return next === undefined ? { misuse: `curl: option --${text}: requires parameter\n${HELP}` } : { flags: [], name: text, value: next, takesNext: true };
  }
  if (LONG_FLAGS.has(text)) return { flags: [text] };
  // `--no-silent` and its like take a flag back, which is as if it were not there.
  if (name !== text && LONG_FLAGS.has(name)) return { flags: [] };
  return { misuse: `curl: option --${text}: is unknown\n${HELP}` };
}

function short(letters: string, next: string | undefined): Words | CurlMisuse {
  const flags: string[] = [];
  for (let i = 0; i < letters.length; i += 1) {
    const letter = letters[i] as string;
    const flag = FLAGS[letter];
    const name = VALUES[letter];
    if (flag !== undefined) flags.push(flag);
    else if (name === undefined) return { misuse: `curl: option -${letters}: is unknown\n${HELP}` };
    else if (i + 1 < letters.length) return { flags, name, value: letters.slice(i + 1) };
    else if (name === "help") return { flags, name, value: "" };
    else if (next === undefined) return { misuse: `curl: option -${letter}: requires parameter\n${HELP}` };
    else return { flags, name, value: next, takesNext: true };
  }
  return { flags };
}
