import { keysOf } from "../keyspace";
import { human, residentMemory, usedMemory } from "../memory";
import { setting, type Server } from "../model";

type Lines = readonly (readonly [string, string | number])[];
type Section = (server: Server) => Lines;

const seconds = (millis: number): number => Math.trunc(millis / 1000);

const serverSection: Section = (server) => {
  const uptime = seconds(server.now - server.startedAt);
  return [
    ["redis_version", server.version.full], ["redis_git_sha1", "00000000"], ["redis_git_dirty", 0], ["redis_build_id", server.replid.slice(0, 16)], ["redis_mode", "standalone"], ["os", "Linux 6.8.0 x86_64"], ["arch_bits", 64], ["monotonic_clock", "POSIX clock_gettime"], ["multiplexing_api", "epoll"], ["gcc_version", "12.2.0"],
    ["process_id", server.process.pid], ["process_supervised", "no"], ["run_id", server.replid.split("").reverse().join("")], ["tcp_port", setting(server, "port")], ["server_time_usec", server.now * 1000], ["uptime_in_seconds", uptime], ["uptime_in_days", Math.trunc(uptime / 86_400)], ["hz", setting(server, "hz")], ["configured_hz", setting(server, "hz")], ["executable", "/data/redis-server"], ["config_file", server.configFile], ["io_threads_active", 0],
  ];
};

const clients: Section = (server) => [["connected_clients", 1], ["cluster_connections", 0], ["maxclients", setting(server, "maxclients")], ["client_recent_max_input_buffer", 20480], ["client_recent_max_output_buffer", 0], ["blocked_clients", 0], ["tracking_clients", 0], ["pubsub_clients", 0], ["watching_clients", 0], ["clients_in_timeout_table", 0]];

const memory: Section = (server) => {
  const used = usedMemory(server);
  const resident = residentMemory(server);
  const most = Number(setting(server, "maxmemory"));
  const limit = server.process.limits?.memoryBytes ?? 8_589_934_592;
  return [
    ["used_memory", used], ["used_memory_human", human(used)], ["used_memory_rss", resident], ["used_memory_rss_human", human(resident)], ["used_memory_peak", used], ["used_memory_peak_human", human(used)], ["used_memory_peak_perc", "100.00%"], ["used_memory_dataset", used - 890_000], ["total_system_memory", limit], ["total_system_memory_human", human(limit)],
    ["maxmemory", most], ["maxmemory_human", human(most)], ["maxmemory_policy", setting(server, "maxmemory-policy")], ["allocator_frag_ratio", "1.20"], ["mem_fragmentation_ratio", (resident / used).toFixed(2)], ["mem_allocator", "jemalloc-5.3.0"], ["mem_clients_normal", 1920], ["active_defrag_running", 0], ["lazyfree_pending_objects", 0],
  ];
};

const persistence: Section = (server) => {
  const appends = setting(server, "appendonly") === "yes";
  return [
    ["loading", 0], ["async_loading", 0], ["rdb_changes_since_last_save", server.dirty], ["rdb_bgsave_in_progress", 0], ["rdb_last_save_time", seconds(server.savedAt)], ["rdb_last_bgsave_status", server.saveFailed ? "err" : "ok"], ["rdb_last_bgsave_time_sec", server.triedAt === 0 ? -1 : 0], ["rdb_current_bgsave_time_sec", -1],
    ["aof_enabled", appends ? 1 : 0], ["aof_rewrite_in_progress", 0], ["aof_rewrite_scheduled", 0], ["aof_last_rewrite_time_sec", -1], ["aof_current_rewrite_time_sec", -1], ["aof_last_bgrewrite_status", "ok"], ["aof_last_write_status", server.aofProblem === "" ? "ok" : "err"],
  ];
};

const stats: Section = ({ counts }) => [
  ["total_connections_received", counts.connections], ["total_commands_processed", counts.commands], ["instantaneous_ops_per_sec", 0], ["total_net_input_bytes", counts.commands * 42], ["total_net_output_bytes", counts.commands * 17], ["rejected_connections", 0], ["sync_full", 0], ["sync_partial_ok", 0], ["sync_partial_err", 0], ["expired_keys", counts.expired], ["evicted_keys", counts.evicted],
  ["keyspace_hits", counts.hits], ["keyspace_misses", counts.misses], ["pubsub_channels", 0], ["pubsub_patterns", 0], ["latest_fork_usec", 0], ["total_forks", 0],
];

const replication: Section = (server) => {
  const { master, offset, replicas } = server;
  const behind: Lines = master
    ? [
        ["role", "slave"], ["master_host", master.host], ["master_port", master.port], ["master_link_status", master.up ? "up" : "down"], ["master_last_io_seconds_ago", master.up ? 0 : -1], ["master_sync_in_progress", 0], ["slave_read_repl_offset", offset], ["slave_repl_offset", offset],
        ...(master.up ? [] : ([["master_link_down_since_seconds", seconds(server.now - master.since)]] as const)), ["slave_priority", setting(server, "replica-priority")], ["slave_read_only", setting(server, "replica-read-only") === "yes" ? 1 : 0], ["replica_announced", 1],
      ]
    : [["role", "master"]];
  const active = replicas.length > 0 || offset > 0 ? 1 : 0;
  return [
    ...behind, ["connected_slaves", replicas.length], ...replicas.map(({ ip, port }, i) => [`slave${i}`, `ip=${ip},port=${port},state=online,offset=${offset},lag=0`] as const),
    ["master_failover_state", "no-failover"], ["master_replid", server.replid], ["master_replid2", "0".repeat(40)], ["master_repl_offset", offset], ["second_repl_offset", -1], ["repl_backlog_active", active], ["repl_backlog_size", setting(server, "repl-backlog-size")], ["repl_backlog_first_byte_offset", active], ["repl_backlog_histlen", offset],
  ];
};

const cpu: Section = (server) => {
  const used = (seconds(server.now - server.startedAt) * 0.002 + server.counts.commands * 0.00002).toFixed(6);
  return [["used_cpu_sys", used], ["used_cpu_user", used], ["used_cpu_sys_children", "0.000000"], ["used_cpu_user_children", "0.000000"]];
};

const keyspace: Section = (server) =>
  [...server.dbs.keys()].sort((a, b) => a - b).flatMap((db) => {
    const all = [...keysOf(server, db).values()];
    const ends = all.flatMap(({ expires }) => (expires === undefined ? [] : [expires - server.now]));
    const average = ends.length === 0 ? 0 : Math.max(0, Math.trunc(ends.reduce((sum, left) => sum + left, 0) / ends.length));
    return all.length === 0 ? [] : [[`db${db}`, `keys=${all.length},expires=${ends.length},avg_ttl=${average}${server.version.full.startsWith("7.4") || server.version.major >= 8 ? ",subexpiry=0" : ""}`] as const];
  });

const SECTIONS: readonly (readonly [string, Section])[] = [["Server", serverSection], ["Clients", clients], ["Memory", memory], ["Persistence", persistence], ["Stats", stats], ["Replication", replication], ["CPU", cpu], ["Modules", () => []], ["Errorstats", () => []], ["Cluster", () => [["cluster_enabled", 0]]], ["Keyspace", keyspace]];

/** The text of INFO: the sections asked for, or all of them. */
export function infoOf(server: Server, asked: readonly string[]): string {
  const names = asked.map((name) => name.toLowerCase());
  const all = names.length === 0 || names.some((name) => ["all", "everything", "default"].includes(name));
  return SECTIONS.filter(([name]) => all || names.includes(name.toLowerCase()))
    .map(([name, section]) => `# ${name}\r\n${section(server).map(([key, value]) => `${key}:${value}\r\n`).join("")}`)
    .join("\r\n");
}
