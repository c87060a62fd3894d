/**
 * Galera in small: who belongs to the cluster, whether it may write, and how a newcomer gets the data.
 * Upstream: galeracluster.com documentation, weighted quorum and state transfers.
 */
import { millis, type AppRequest, type AppResponse, type Json, type ProcessView } from "@/lib/engine";
import { wordIn } from "../peer-word";
import { DATA } from "./sql";

/** The port members speak on. */
export const GROUP_PORT = 4567;

/** What a member knows of its group. */
export interface Group {
  /** Addresses given to find others by; names are looked up each time. */
  readonly seeds: readonly string[];
  /** Names the group; a cluster that was begun twice is two. */
  readonly cluster: string;
  /** Addresses of the members of the last view, this one included, in order of address. */
  readonly members: readonly string[];
  readonly primary: boolean;
  /** Writes the group has made. */
  readonly seqno: number;
}

type Files = Readonly<Record<string, string>>;

/** What members say to one another. */
type Word =
  | { readonly ask: "view" }
  | { readonly ask: "join"; readonly who: string }
  | { readonly ask: "leave"; readonly who: string }
  | { readonly ask: "view-is"; readonly cluster: string; readonly members: readonly string[]; readonly seqno: number }
  | { readonly ask: "apply"; readonly cluster: string; readonly seqno: number; readonly sql: string; readonly database: string; readonly user: string; readonly host: string };

interface Reply {
  readonly group: Group;
  readonly files?: Files;
}

const ordered = (members: readonly string[]): readonly string[] => [...new Set(members)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** Does the environment, the command line or a configuration file ask for Galera? The answer is how to find the others. */
export function seedsOf(process: ProcessView): { readonly seeds: readonly string[]; readonly bootstrap: boolean } | undefined {
  const settings = new Map<string, string>();
  const configs = (process.files.list("/etc/mysql/conf.d") ?? []).filter((name) => name.endsWith(".cnf")).map((name) => process.files.read(`/etc/mysql/conf.d/${name}`) ?? "");
  for (const line of configs.join("\n").split("\n")) {
    const [name = "", value = ""] = line.split(/=(.*)/s).map((part) => part.trim());
    if (name.startsWith("wsrep")) settings.set(name.replaceAll("-", "_"), value.replace(/^["']|["']$/g, ""));
  }
  for (const arg of process.argv.slice(1)) {
    const [name = "", value = "ON"] = arg.replace(/^--/, "").split(/=(.*)/s);
    if (name.startsWith("wsrep")) settings.set(name.replaceAll("-", "_"), value);
  }
  const { env } = process;
  const address = settings.get("wsrep_cluster_address") ?? env["MARIADB_GALERA_CLUSTER_ADDRESS"] ?? env["WSREP_CLUSTER_ADDRESS"];
  const on = /^(on|1|yes)$/i.test(settings.get("wsrep_on") ?? "") || address !== undefined;
  if (!on) return undefined;
  const seeds = (address ?? "gcomm://").replace(/^gcomm:\/\//, "").split("?")[0]?.split(",").map((part) => part.trim().replace(/:\d+$/, "")).filter((part) => part !== "") ?? [];
  return { seeds, bootstrap: settings.has("wsrep_new_cluster") || /^(yes|true|1)$/i.test(env["MARIADB_GALERA_CLUSTER_BOOTSTRAP"] ?? "") || (seeds.length === 0 && address !== undefined) };
}

/** Says something to a member; undefined when it does not answer. */
function say(process: ProcessView, to: string, word: Word): Reply | undefined {
  const trace = process.request({ protocol: "tcp", host: to, port: GROUP_PORT, body: JSON.stringify(word), timeout: millis(1000) });
  return trace.response?.status === 0 && trace.response.body !== "" ? (JSON.parse(trace.response.body) as Reply) : undefined;
}

/** Everybody the seeds lead to, and everybody of the last view, but oneself. */
function others(process: ProcessView, group: Group): readonly string[] {
  const found = group.seeds.flatMap((seed) => (/^[\d.]+$/.test(seed) ? [seed] : process.resolve(seed).addresses));
  return ordered([...group.members, ...found]).filter((ip) => ip !== process.podIP);
}

function dataFiles(process: ProcessView): Files {
  const files: Record<string, string> = {};
  for (const folder of process.files.list(DATA) ?? []) {
    for (const name of process.files.list(`${DATA}/${folder}`) ?? []) files[`${folder}/${name}`] = process.files.read(`${DATA}/${folder}/${name}`) ?? "";
  }
  return files;
}

function take(process: ProcessView, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    process.files.makeDirectory(`${DATA}/${path.split("/")[0] ?? ""}`, true);
    process.files.write(`${DATA}/${path}`, content);
  }
  process.files.sync?.();
}

/** A new cluster of one. */
export function bootstrapped(process: ProcessView, seeds: readonly string[]): Group {
  return { seeds, cluster: `${process.podName}-${String(process.random(1_000_000))}`, members: [process.podIP], primary: true, seqno: 0 };
}

/** Looks for a primary component and joins it, with a copy of its data; undefined when there is none to be found. */
export function joined(process: ProcessView, group: Group): Group | undefined {
  for (const ip of others(process, group)) {
    const reply = say(process, ip, { ask: "join", who: process.podIP });
    if (!reply?.group.primary) continue;
    take(process, reply.files ?? {});
    const members = ordered([...reply.group.members, process.podIP]);
    const next: Group = { ...reply.group, seeds: group.seeds, members, primary: true };
    tell(process, next);
    return next;
  }
  return undefined;
}

/** Lets every other member know the view. */
function tell(process: ProcessView, { cluster, members, seqno }: Group): void {
  for (const ip of members) if (ip !== process.podIP) say(process, ip, { ask: "view-is", cluster, members, seqno });
}

/**
 * Looks around. Members that do not answer are left out of the view; what remains is primary when it is more than half of the last
 * primary view. A component that lost its majority waits for the others, or for somebody who kept it.
 */
export function looked(process: ProcessView, group: Group): Group {
  if (!group.primary) return joined(process, group) ?? healed(process, group);
  const alive = ordered([process.podIP, ...group.members.filter((ip) => ip !== process.podIP && say(process, ip, { ask: "view" })?.group.cluster === group.cluster)]);
  if (alive.length === group.members.length) return group;
  return alive.length * 2 > group.members.length ? { ...group, members: alive } : { ...group, primary: false };
}

/** The members of the last primary view find one another again: the one with the most writes gives them to the rest. */
function healed(process: ProcessView, group: Group): Group {
  const replies = group.members.filter((ip) => ip !== process.podIP).flatMap((ip) => {
    const reply = say(process, ip, { ask: "view" });
    return reply?.group.cluster === group.cluster ? [{ ip, reply }] : [];
  });
  const together = ordered([process.podIP, ...replies.map(({ ip }) => ip)]);
  if (together.length * 2 <= group.members.length) return group;
  const newest = replies.reduce((most, { reply }) => Math.max(most, reply.group.seqno), group.seqno);
  // Whoever has all the writes calls the view; the others join it at their next look.
  if (newest > group.seqno) return group;
  const next: Group = { ...group, members: together, primary: true };
  return next;
}

/** Gives a write to every other member, once it is sure of a majority: what cannot be certified is written nowhere. */
export function replicated(process: ProcessView, before: Group, sql: string, who: { readonly user: string; readonly host: string; readonly database: string }): Group {
  const group = looked(process, before);
  if (!group.primary) return group;
  const seqno = group.seqno + 1;
  for (const ip of group.members) if (ip !== process.podIP) say(process, ip, { ask: "apply", cluster: group.cluster, seqno, sql, ...who });
  return { ...group, seqno };
}

/** Leaves in good order: nobody counts this member any more. */
export function left(process: ProcessView, group: Group): void {
  for (const ip of group.members) if (ip !== process.podIP) say(process, ip, { ask: "leave", who: process.podIP });
}

/** What a member answers another, and what it knows afterwards. */
export function answerMember(process: ProcessView, group: Group, request: AppRequest, apply: (sql: string, database: string, user: string, host: string) => void): { readonly group: Group; readonly response: AppResponse } {
  const word = wordIn<Word>(request.body, '{"ask":');
  const silent = { group, response: { status: 0, body: "" } };
  if (!word) return silent;
  const reply = (next: Group, files?: Files): { readonly group: Group; readonly response: AppResponse } => ({ group: next, response: { status: 0, body: JSON.stringify({ group: next, ...(files ? { files } : {}) } satisfies Reply) } });
  switch (word.ask) {
    case "view":
      return reply(group);
    case "join":
      if (!group.primary) return reply(group);
      return reply({ ...group, members: ordered([...group.members, word.who]) }, dataFiles(process));
    case "leave":
      return reply({ ...group, members: group.members.filter((ip) => ip !== word.who) });
    case "view-is":
      return reply(word.cluster === group.cluster ? { ...group, members: ordered(word.members), primary: true } : group);
    case "apply":
      if (word.cluster !== group.cluster) return { group, response: { status: 1, body: "" } };
      apply(word.sql, word.database, word.user, word.host);
      return reply({ ...group, seqno: word.seqno });
    default:
      return silent;
  }
}

/** The lines of `SHOW STATUS LIKE 'wsrep…'`. */
export function statusOf(group: Group): Readonly<Record<string, string>> {
  return {
    wsrep_cluster_size: String(group.primary ? group.members.length : 1),
    wsrep_cluster_state_uuid: group.cluster,
    wsrep_cluster_status: group.primary ? "Primary" : "non-Primary",
    wsrep_connected: "ON",
    wsrep_last_committed: String(group.seqno),
    wsrep_local_state_comment: group.primary ? "Synced" : "Initialized",
    wsrep_ready: group.primary ? "ON" : "OFF",
  };
}

/** Group state as JSON, for a process's state. */
export function groupJson(group: Group): Json {
  return group as unknown as Json;
}
