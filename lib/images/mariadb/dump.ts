import type { FileSystem } from "@/lib/engine";
import { DATA } from "./sql";

/** The databases people make: folders that are not the server's own. */
function databasesIn(files: FileSystem): readonly string[] {
  return (files.list(DATA) ?? []).filter((name) => name !== "mysql" && files.stat(`${DATA}/${name}`)?.type === "directory");
}

const quoted = (value: string): string => (value === "NULL" ? "NULL" : `'${value.replaceAll("'", "''")}'`);

function table(files: FileSystem, database: string, name: string): string {
  const [columns = [], ...rows] = (files.read(`${DATA}/${database}/${name}.rows`) ?? "").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as readonly string[]);
  const made = `DROP TABLE IF EXISTS \`${name}\`;\nCREATE TABLE \`${name}\` (${columns.map((column) => `\`${column}\` text`).join(", ")});\n`;
  return rows.length === 0 ? made : `${made}INSERT INTO \`${name}\` VALUES ${rows.map((row) => `(${row.map(quoted).join(",")})`).join(",")};\n`;
}

/** What `mariadb-dump` writes: SQL that makes the same tables again. `undefined` when there is no such database. */
export function dumpOf(files: FileSystem, wanted: readonly string[], version: string): string | undefined {
  const all = wanted.length === 0;
  const chosen = all ? databasesIn(files) : wanted;
  if (!chosen.every((name) => files.stat(`${DATA}/${name}`)?.type === "directory")) return undefined;
  const head = `-- MariaDB dump 10.19-${version}-MariaDB, for debian-linux-gnu (x86_64)\n--\n`;
  const bodies = chosen.map((database) => {
    const tables = (files.list(`${DATA}/${database}`) ?? []).filter((name) => name.endsWith(".rows")).map((name) => name.slice(0, -5));
    const begin = all ? `CREATE DATABASE IF NOT EXISTS \`${database}\`;\nUSE \`${database}\`;\n` : "";
    return `-- Current Database: \`${database}\`\n${begin}${tables.map((name) => table(files, database, name)).join("")}`;
  });
  return `${head}${bodies.join("")}-- Dump completed\n`;
}
