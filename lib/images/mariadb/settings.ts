/** What SHOW VARIABLES tells of a server of a version. */
export function settingsOf(version: string, hostname: string): Readonly<Record<string, string>> {
  return {
    autocommit: "1", auto_increment_increment: "1", auto_increment_offset: "1", basedir: "/usr", bind_address: "", character_set_client: "utf8mb3", character_set_connection: "utf8mb3", character_set_database: "utf8mb4", character_set_results: "utf8mb3", character_set_server: "utf8mb4",
    collation_connection: "utf8mb3_uca1400_ai_ci", collation_database: "utf8mb4_uca1400_ai_ci", collation_server: "utf8mb4_uca1400_ai_ci", connect_timeout: "10", datadir: "/var/lib/mysql/", default_storage_engine: "InnoDB", foreign_key_checks: "1", general_log: "OFF", hostname,
    innodb_buffer_pool_size: "134217728", innodb_flush_log_at_trx_commit: "1", interactive_timeout: "28800", log_bin: "OFF", long_query_time: "10.000000", lower_case_table_names: "0", max_allowed_packet: "16777216", max_connections: "151", old_mode: "UTF8_IS_UTF8MB3", pid_file: "/run/mysqld/mysqld.pid", port: "3306",
    read_only: "OFF", server_id: "1", skip_name_resolve: "ON", slow_query_log: "OFF", socket: "/run/mysqld/mysqld.sock", sql_log_bin: "1", sql_mode: "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION", sql_notes: "1", sql_safe_updates: "OFF", system_time_zone: "UTC", time_zone: "SYSTEM",
    tmpdir: "/tmp", transaction_isolation: "REPEATABLE-READ", tx_isolation: "REPEATABLE-READ", unique_checks: "1", version, version_comment: "mariadb.org binary distribution", version_compile_machine: "x86_64", version_compile_os: "debian-linux-gnu", wait_timeout: "28800", wsrep_on: "OFF", wsrep_causal_reads: "OFF", wsrep_sync_wait: "0",
  };
}
