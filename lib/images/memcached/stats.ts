import { bytesOf, type Store } from "./store";

/** The version the image has. */
export const VERSION = "1.6.39";

type Lines = readonly (readonly [string, string | number])[];

const COUNTED = ["get_hits", "get_misses", "get_expired", "get_flushed", "delete_misses", "delete_hits", "incr_misses", "incr_hits", "decr_misses", "decr_hits", "cas_misses", "cas_hits", "cas_badval", "touch_hits", "touch_misses"];

function general(store: Store, pid: number): Lines {
  const { settings, counts } = store;
  const count = (name: string): number => counts[name] ?? 0;
  const uptime = Math.trunc((store.now - store.startedAt) / 1000);
  return [
    ["pid", pid], ["uptime", uptime], ["time", Math.trunc(store.now / 1000)], ["version", VERSION], ["libevent", "2.1.12-stable"], ["pointer_size", 64], ["rusage_user", (uptime * 0.0001).toFixed(6)], ["rusage_system", (uptime * 0.0001).toFixed(6)],
    ["max_connections", settings.connections], ["curr_connections", 2], ["total_connections", count("connections") + 1], ["rejected_connections", 0], ["connection_structures", 3], ["response_obj_oom", 0],
    ["cmd_get", count("get_hits") + count("get_misses")], ["cmd_set", count("cmd_set")], ["cmd_flush", count("cmd_flush")], ["cmd_touch", count("touch_hits") + count("touch_misses")], ["cmd_meta", 0],
    ...COUNTED.map((name) => [name, count(name)] as const),
    ["auth_cmds", 0], ["auth_errors", 0], ["bytes_read", count("bytes_read")], ["bytes_written", count("bytes_written")], ["limit_maxbytes", settings.limit], ["accepting_conns", 1], ["listen_disabled_num", 0], ["time_in_listen_disabled_us", 0], ["threads", settings.threads], ["hash_power_level", 16], ["hash_bytes", 524_288], ["hash_is_expanding", 0],
    ["bytes", bytesOf(store)], ["curr_items", store.items.size], ["total_items", count("total_items")], ["evictions", count("evictions")], ["reclaimed", count("reclaimed")],
  ];
}

const settingLines = ({ settings }: Store): Lines => [
  ["maxbytes", settings.limit], ["maxconns", settings.connections], ["tcpport", settings.port], ["udpport", 0], ["inter", "NULL"], ["verbosity", settings.verbose], ["oldest", 0], ["evictions", settings.isStrict ? "off" : "on"], ["domain_socket", "NULL"], ["umask", 700], ["growth_factor", "1.25"], ["chunk_size", 48],
  ["num_threads", settings.threads], ["stat_key_prefix", ":"], ["detail_enabled", "no"], ["reqs_per_event", 20], ["cas_enabled", "yes"], ["tcp_backlog", 1024], ["binding_protocol", "auto-negotiate"], ["item_size_max", settings.largest], ["maxconns_fast", "yes"], ["lru_crawler", "yes"], ["flush_enabled", "yes"], ["dump_enabled", "yes"],
];

function itemLines(store: Store): Lines {
  if (store.items.size === 0) return [];
  return [["items:1:number", store.items.size], ["items:1:number_cold", store.items.size], ["items:1:age", Math.trunc((store.now - store.startedAt) / 1000)], ["items:1:mem_requested", bytesOf(store)], ["items:1:evicted", store.counts["evictions"] ?? 0], ["items:1:outofmemory", 0]];
}

function slabLines(store: Store): Lines {
  const size = bytesOf(store);
  return store.items.size === 0 ? [["active_slabs", 0], ["total_malloced", 0]] : [["1:chunk_size", 96], ["1:total_pages", 1 + Math.trunc(size / 1_048_576)], ["1:used_chunks", store.items.size], ["active_slabs", 1], ["total_malloced", (1 + Math.trunc(size / 1_048_576)) * 1_048_576]];
}

/** The answer to `stats [settings|items|slabs|reset]`, line by line. */
export function statsOf(store: Store, what: string, pid: number): readonly string[] {
  if (what === "reset") {
    for (const name of Object.keys(store.counts)) store.counts[name] = 0;
    return ["RESET"];
  }
  const known: Readonly<Record<string, () => Lines>> = { "": () => general(store, pid), settings: () => settingLines(store), items: () => itemLines(store), slabs: () => slabLines(store), conns: () => [], sizes: () => [["sizes_status", "disabled"]] };
  const lines = Object.hasOwn(known, what) ? known[what] : undefined;
  return lines ? [...lines().map(([name, value]) => `STAT ${name} ${value}`), "END"] : ["ERROR"];
}
