import type { Json, Output, ProcessView } from "@/lib/engine";
import { EPOCH } from "../base/files";
import type { Reply } from "./reply";
import type { Version } from "./version";

/** An entry of a stream: its two-part number, and fields and values in turn. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

/** What a key holds. Values are never changed, only replaced; scores are written as Redis writes them. */
export type Value =
  | { readonly k: "string"; readonly v: string }
  | { readonly k: "list"; readonly v: readonly string[] }
  | { readonly k: "hash"; readonly v: readonly (readonly [string, string])[] }
  | { readonly k: "set"; readonly v: readonly string[] }
  | { readonly k: "zset"; readonly v: readonly (readonly [member: string, score: string])[] }
  | { readonly k: "stream"; readonly v: readonly StreamEntry[]; readonly last: string; readonly groups?: readonly Group[] };

/** An entry a consumer was given and has not acknowledged: when last, and how often. */
export interface Pending {
  readonly id: string;
  readonly consumer: string;
  readonly at: number;
  readonly times: number;
}

/** A group of consumers who share a stream: the last entry given out, and what is not acknowledged. */
export interface Group {
  readonly name: string;
  readonly last: string;
  readonly pending: readonly Pending[];
  readonly consumers: readonly { readonly name: string; readonly seen: number }[];
}

/** A key's value, when it expires (milliseconds since 1970), and when it was last used. */
export interface Entry {
  readonly value: Value;
  readonly expires?: number;
  readonly used: number;
}

/** All keys of all databases, as they are written down. */
export type DataSet = readonly (readonly [database: number, keys: readonly (readonly [string, Entry])[]])[];

/** A replica that has asked for the data. */
export interface Replica {
  readonly ip: string;
  readonly port: number;
}

/** Whom a replica follows, and how that goes. */
export interface Master {
  readonly host: string;
  readonly port: number;
  readonly up: boolean;
  readonly since: number;
  /** When it is asked next. */
  readonly ask: number;
}

/** A command that took long: number, second, microseconds, words, client. */
export type SlowCommand = readonly [id: number, at: number, micros: number, words: readonly string[], from: string];

/** What is counted for INFO. */
export interface Counts {
  connections: number;
  commands: number;
  hits: number;
  misses: number;
  expired: number;
  evicted: number;
  calls: number;
  lastSlow: number;
}

/** What does not change from one command to the next in shape: everything but the keys. */
interface Circumstances {
  settings: Readonly<Record<string, string>>;
  readonly configFile: string;
  readonly startedAt: number;
  /** Changes since the last snapshot, and when that was. */
  dirty: number;
  savedAt: number;
  /** The last try in the background failed, and when it was. */
  saveFailed: boolean;
  triedAt: number;
  /** The number of the append-only files, 0 when there are none, and why they could not be written. */
  aof: number;
  aofProblem: string;
  replid: string;
  offset: number;
  replicas: readonly Replica[];
  master: Master | null;
  slow: readonly SlowCommand[];
  /** Scripts that have been run or loaded, by their sum. */
  scripts?: Readonly<Record<string, string>>;
  readonly counts: Counts;
}

/** A server's state between two steps. */
export interface Saved extends Circumstances {
  readonly data: DataSet;
}

/** A server during a step: its keys at hand, and what the step leaves behind. */
export interface Server extends Circumstances {
  readonly version: Version;
  readonly process: ProcessView;
  readonly dbs: Map<number, Map<string, Entry>>;
  /** Milliseconds since 1970; 0 while files are replayed, so that nothing expires. */
  readonly now: number;
  readonly log: Output[];
  /** Commands that changed something, as files and replicas get them. */
  readonly written: { readonly db: number; readonly words: readonly string[] }[];
  took: number;
  exit: boolean;
}

/** A client's conversation: as long as one request. */
export interface Session {
  readonly id: number;
  readonly address: string;
  db: number;
  name: string;
  trusted: boolean;
  queue: (readonly string[])[] | undefined;
  spoiled: boolean;
  readonly watched: Map<string, Entry | undefined>;
  channels: readonly string[];
  /** Replies that come before the command's own. */
  readonly before: Reply[];
  over: boolean;
}

/** One command under way. */
export interface Call {
  readonly server: Server;
  readonly session: Session;
  /** The command's words; the first is its name. */
  readonly words: readonly string[];
  /** What is written down instead of the command's own words: none for nothing. */
  instead: readonly (readonly string[])[] | undefined;
  changed: boolean;
  /** Runs another command for this one. */
  readonly perform: (words: readonly string[]) => Reply;
}

/** A command: how many words it takes (at least, when negative), what it may do, and its answer. */
export interface Command {
  readonly arity: number;
  /** `w` writes, `m` needs memory, `a` may be asked before AUTH. */
  readonly flags: string;
  readonly run: (call: Call) => Reply;
}

export type Commands = Readonly<Record<string, Command>>;

/** Declares a command. */
export const command = (arity: number, flags: string, run: Command["run"]): Command => ({ arity, flags, run });

/** Takes a state up for a step. */
export function opened(saved: Saved, version: Version, process: ProcessView): Server {
  const { data, ...rest } = saved;
  return { ...rest, counts: { ...rest.counts }, version, process, dbs: new Map(data.map(([db, keys]) => [db, new Map(keys)])), now: EPOCH + process.now, log: [], written: [], took: 0, exit: false };
}

/** The keys of a server, to be written down. */
export const dataOf = (server: Server): DataSet => [...server.dbs].filter(([, keys]) => keys.size > 0).sort(([a], [b]) => a - b).map(([db, keys]) => [db, [...keys]]);

/** The state a step leaves behind. */
export function closed(server: Server): Json {
  const { version: _version, process: _process, dbs: _dbs, now: _now, log: _log, written: _written, took: _took, exit: _exit, ...rest } = server;
  return { ...rest, data: dataOf(server) } satisfies Saved as unknown as Json;
}

/** The value of a setting. */
export const setting = (server: { readonly settings: Readonly<Record<string, string>> }, name: string): string => (Object.hasOwn(server.settings, name) ? (server.settings[name] ?? "") : "");
