import type { ProcessView } from "@/lib/engine";
import { matches } from "./glob";
import { splitLine } from "./reply";

/** Settings and what they are when nobody says otherwise; the image of Docker Hub turns protected mode off. */
const DEFAULTS: Readonly<Record<string, string>> = {
  "acllog-max-len": "128",
  "aclfile": "",
  "active-expire-effort": "1",
  "activedefrag": "no",
  "always-show-logo": "no",
  "aof-load-truncated": "yes",
  "aof-use-rdb-preamble": "yes",
  "appenddirname": "appendonlydir",
  "appendfilename": "appendonly.aof",
  "appendfsync": "everysec",
  "appendonly": "no",
  "auto-aof-rewrite-min-size": "67108864",
  "auto-aof-rewrite-percentage": "100",
  "bind": "* -::*",
  "client-output-buffer-limit": "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
  "cluster-enabled": "no",
  "daemonize": "no",
  "databases": "16",
  "dbfilename": "dump.rdb",
  "dir": "",
  "enable-debug-command": "no",
  "hash-max-listpack-entries": "512",
  "hash-max-listpack-value": "64",
  "hz": "10",
  "io-threads": "1",
  "latency-monitor-threshold": "0",
  "lazyfree-lazy-eviction": "no",
  "lazyfree-lazy-expire": "no",
  "lazyfree-lazy-server-del": "no",
  "list-max-listpack-size": "-2",
  "logfile": "",
  "loglevel": "notice",
  "lfu-decay-time": "1",
  "lfu-log-factor": "10",
  "masterauth": "",
  "masteruser": "",
  "maxclients": "10000",
  "maxmemory": "0",
  "maxmemory-policy": "noeviction",
  "maxmemory-samples": "5",
  "min-replicas-max-lag": "10",
  "min-replicas-to-write": "0",
  "notify-keyspace-events": "",
  "pidfile": "",
  "port": "6379",
  "proto-max-bulk-len": "536870912",
  "protected-mode": "no",
  "rdbchecksum": "yes",
  "rdbcompression": "yes",
  "repl-backlog-size": "1048576",
  "repl-diskless-sync": "yes",
  "repl-ping-replica-period": "10",
  "repl-timeout": "60",
  "replica-announce-ip": "",
  "replica-announce-port": "0",
  "replica-priority": "100",
  "replica-read-only": "yes",
  "replica-serve-stale-data": "yes",
  "replicaof": "",
  "requirepass": "",
  "save": "3600 1 300 100 60 10000",
  "set-max-intset-entries": "512",
  "slowlog-log-slower-than": "10000",
  "slowlog-max-len": "128",
  "stop-writes-on-bgsave-error": "yes",
  "supervised": "no",
  "tcp-backlog": "511",
  "tcp-keepalive": "300",
  "timeout": "0",
  "tls-port": "0",
  "unixsocket": "",
  "zset-max-listpack-entries": "128",
  "zset-max-listpack-value": "64",
};

/** Older names of settings. */
const RENAMED: Readonly<Record<string, string>> = { slaveof: "replicaof", "slave-read-only": "replica-read-only", "slave-priority": "replica-priority", "slave-serve-stale-data": "replica-serve-stale-data", "repl-ping-slave-period": "repl-ping-replica-period", "slave-announce-ip": "replica-announce-ip", "slave-announce-port": "replica-announce-port", "hash-max-ziplist-entries": "hash-max-listpack-entries", "zset-max-ziplist-entries": "zset-max-listpack-entries" };
/** Written more than once, or not shown by CONFIG GET: taken without effect. */
const TAKEN = new Set(["rename-command", "loadmodule", "user", "enable-protected-configs", "enable-module-command"]);
const FIXED = new Set(["enable-debug-command", "databases", "daemonize", "supervised", "pidfile", "unixsocket", "aclfile", "cluster-enabled", "tcp-backlog", "appendfilename", "appenddirname", "always-show-logo", "io-threads", "logfile"]);
const YES_OR_NO = new Set(Object.keys(DEFAULTS).filter((name) => name !== "enable-debug-command" && (DEFAULTS[name] === "yes" || DEFAULTS[name] === "no")));
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  "maxmemory-policy": ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lru", "allkeys-lfu", "allkeys-random", "noeviction"],
  "enable-debug-command": ["no", "yes", "local"],
  "appendfsync": ["everysec", "always", "no"],
  "loglevel": ["debug", "verbose", "notice", "warning", "nothing"],
};
const SEVERAL = new Set(["save", "replicaof", "client-output-buffer-limit", "bind"]);
const NUMBERS = new Set(["port", "databases", "hz", "maxclients", "timeout", "tcp-keepalive", "tcp-backlog", "maxmemory-samples", "slowlog-log-slower-than", "slowlog-max-len", "repl-timeout", "replica-priority", "replica-announce-port", "min-replicas-to-write"]);
const SIZES = new Set(["maxmemory", "proto-max-bulk-len", "repl-backlog-size", "auto-aof-rewrite-min-size"]);
const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1000, kb: 1024, m: 1_000_000, mb: 1_048_576, g: 1_000_000_000, gb: 1_073_741_824 };

export type Settings = Readonly<Record<string, string>>;

/** A value of a setting as it is kept, or what is wrong with it. */
function checked(name: string, values: readonly string[]): { readonly value: string } | { readonly problem: string } {
  const value = values.join(" ");
  if (name === "save") return values.every((part) => /^\d*$/.test(part)) && (value === "" || values.filter((part) => part !== "").length % 2 === 0) ? { value: value.trim() } : { problem: "Invalid save parameters" };
  if (name === "replicaof") return values.length === 2 ? { value: /^no one$/i.test(value) ? "" : value } : { problem: "wrong number of arguments" };
  if (YES_OR_NO.has(name)) return /^(yes|no)$/i.test(value) ? { value: value.toLowerCase() } : { problem: "argument must be 'yes' or 'no'" };
  const choices = CHOICES[name];
  if (choices) return choices.includes(value.toLowerCase()) ? { value: value.toLowerCase() } : { problem: `argument(s) must be one of the following: ${choices.join(", ")}` };
  if (NUMBERS.has(name)) return /^-?\d{1,15}$/.test(value) ? { value } : { problem: "argument couldn't be parsed into an integer" };
  if (SIZES.has(name)) {
    const parts = /^(\d{1,15})([a-z]*)$/i.exec(value);
    const letters = (parts?.[2] ?? "").toLowerCase();
    const unit = Object.hasOwn(UNITS, letters) ? UNITS[letters] : undefined;
    return parts && unit !== undefined ? { value: String(Number(parts[1]) * unit) } : { problem: "argument must be a memory value" };
  }
  return { value };
}

const known = (given: string): string => {
  const name = given.toLowerCase();
  return Object.hasOwn(RENAMED, name) ? (RENAMED[name] ?? name) : name;
};

/** A server's settings, where they came from, or why it cannot start. */
export interface Configuration {
  readonly settings: Settings;
  /** The file they were read from; empty when there is none. */
  readonly file: string;
  readonly problem?: { readonly kind: "no-file"; readonly path: string; readonly why: string } | { readonly kind: "line"; readonly number: number; readonly line: string; readonly what: string };
}

/** Lines of the command line, in the form of the file's. */
function argumentLines(words: readonly string[]): readonly (readonly string[])[] {
  const lines: string[][] = [];
  for (const word of words) {
    if (word.startsWith("--") && word.length > 2) {
      const [name = "", value] = word.slice(2).split(/=(.*)/s);
      lines.push(value === undefined ? [name] : [name, value]);
    } else lines.at(-1)?.push(word);
  }
  return lines;
}

/** Reads `redis-server [FILE] [--name value…]…`. Later lines win; the command line comes last. */
export function configurationOf({ argv, workingDir, files }: ProcessView): Configuration {
  const given = argv[1] !== undefined && !argv[1].startsWith("-") ? argv[1] : undefined;
  const path = given === undefined ? "" : given.startsWith("/") ? given : `${workingDir === "/" ? "" : workingDir}/${given}`;
  const text = given === undefined ? "" : files.read(path);
  let settings: Settings = { ...DEFAULTS, dir: workingDir };
  if (text === undefined) return { settings, file: path, problem: { kind: "no-file", path: given ?? "", why: files.stat(path)?.type === "directory" ? "Is a directory" : "No such file or directory" } };
  const lines = [...included(text, files), ...argumentLines(argv.slice(given === undefined ? 1 : 2))];
  let saved = false;
  for (const [i, words] of lines.entries()) {
    const [first = "", ...rest] = words ?? [];
    const name = known(first);
    // Several values may come as one word.
    const values = rest.length === 1 && SEVERAL.has(name) && rest[0] !== "" ? (rest[0] ?? "").split(" ") : rest;
    if (words && (first === "" || first.startsWith("#") || TAKEN.has(name))) continue;
    const failed = (what: string): Configuration => ({ settings, file: path, problem: { kind: "line", number: i + 1, line: (words ?? []).map((word, at) => (at === 0 ? word : `"${word}"`)).join(" "), what } });
    if (!words) return failed("Unbalanced quotes in configuration line");
    if (!Object.hasOwn(DEFAULTS, name) || values.length === 0) return failed("Bad directive or wrong number of arguments");
    const result = checked(name, values);
    if ("problem" in result) return failed(result.problem);
    // Several lines of `save` are several save points; the first of them takes the place of the usual ones.
    const value = name === "save" && saved && result.value !== "" ? `${settings["save"] ?? ""} ${result.value}`.trim() : result.value;
    saved ||= name === "save";
    settings = { ...settings, [name]: value };
    if (name === "dir" && files.stat(value)?.type !== "directory") return failed("No such file or directory");
  }
  return { settings, file: path };
}

/** The lines of a file, with those of the files it names. */
function included(text: string, files: ProcessView["files"], depth = 0): readonly (readonly string[] | undefined)[] {
  return text.split("\n").flatMap((line) => {
    const trimmed = line.trim();
    const words = trimmed === "" || trimmed.startsWith("#") ? [""] : splitLine(trimmed);
    const more = words?.[0]?.toLowerCase() === "include" && depth < 5 ? files.read(words[1] ?? "") : undefined;
    return more === undefined ? [words] : included(more, files, depth + 1);
  });
}

/** Settings whose name fits one of some patterns, in order of name. */
export function settingsLike(settings: Settings, patterns: readonly string[]): readonly (readonly [string, string])[] {
  const fit = (name: string): boolean => patterns.some((pattern) => matches(pattern.toLowerCase(), name));
  return Object.entries(settings).flatMap(([name, value]) => (fit(name) ? [[name, value] as const] : []));
}

/** Settings after CONFIG SET, or its refusal. */
export function changed(settings: Settings, words: readonly string[]): { readonly settings: Settings } | { readonly problem: string } {
  let next = settings;
  for (let i = 0; i < words.length; i += 2) {
    const given = words[i] ?? "";
    const name = known(given);
    if (!Object.hasOwn(DEFAULTS, name)) return { problem: `ERR Unknown option or number of arguments for CONFIG SET - '${given}'` };
    if (FIXED.has(name)) return { problem: `ERR CONFIG SET failed (possibly related to argument '${given}') - can't set immutable config` };
    if (name === "dir" || name === "dbfilename" || name === "port") return { problem: `ERR CONFIG SET failed (possibly related to argument '${given}') - can't set protected config` };
    const result = checked(name, (words[i + 1] ?? "").split(" "));
    if ("problem" in result) return { problem: `ERR CONFIG SET failed (possibly related to argument '${given}') - ${result.problem}` };
    next = { ...next, [name]: result.value };
  }
  return { settings: next };
}

/** After how many seconds so many changes are saved. */
export function savePoints(settings: Settings): readonly (readonly [seconds: number, changes: number])[] {
  const parts = (settings["save"] ?? "").split(/\s+/).filter((part) => part !== "").map(Number);
  return parts.flatMap((seconds, i) => (i % 2 === 0 ? [[seconds, parts[i + 1] ?? 1] as const] : []));
}
