import type { FileSystem } from "@/lib/engine";
import { momentText } from "../sql/calendar";
import { frozen } from "../sql/column-type";
import type { Session } from "../sql/session";
import { relationsIn, schemaExists, type Found, type Table } from "../sql/storage";
import { createWords } from "./show";
import { DATA } from "./sql";

/** What `mariadb-dump` is asked for. */
export interface Dump {
  readonly databases: readonly string[];
  /** Only these tables of the one database. */
  readonly tables: readonly string[];
  readonly all: boolean;
  /** `--databases`: each with the words that make it. */
  readonly whole: boolean;
  readonly data: boolean;
  readonly schema: boolean;
}

/** The databases people make: folders that are not the server's own. */
function databasesIn(files: FileSystem): readonly string[] {
  return (files.list(DATA) ?? []).filter((name) => name !== "mysql" && files.stat(`${DATA}/${name}`)?.type === "directory");
}

const escaped = (text: string): string => `'${text.replace(/[\\'\n\r\0]/g, (sign) => ({ "\n": "\\n", "\r": "\\r", "\0": "\\0" }[sign] ?? `\\${sign}`))}'`;

function rowsOf({ name, relation }: Found<Table>): string {
  if (relation.rows.length === 0) return "";
  const numeric = relation.columns.map(({ type }) => ["int", "decimal", "float"].includes(type.kind));
  const lines = relation.rows.map((row) => `(${row.map((value, i) => (value === null ? "NULL" : numeric[i] === true ? (frozen(value) ?? "NULL") : escaped(frozen(value) ?? ""))).join(",")})`);
  return `\nLOCK TABLES \`${name}\` WRITE;\n/*!40000 ALTER TABLE \`${name}\` DISABLE KEYS */;\nINSERT INTO \`${name}\` VALUES\n${lines.join(",\n")};\n/*!40000 ALTER TABLE \`${name}\` ENABLE KEYS */;\nUNLOCK TABLES;\n`;
}

function table(found: Found<Table>, dump: Dump): string {
  const head = dump.schema ? `\n--\n-- Table structure for table \`${found.name}\`\n--\n\nDROP TABLE IF EXISTS \`${found.name}\`;\n${createWords(found)};\n` : "";
  return dump.data ? `${head}\n--\n-- Dumping data for table \`${found.name}\`\n--\n${rowsOf(found)}` : head;
}

/** What `mariadb-dump` writes: SQL that makes the same tables again; or why it cannot. */
export function dumpOf(session: Session, dump: Dump, version: string): { readonly text: string } | { readonly problem: string } {
  const chosen = dump.all ? databasesIn(session.files) : dump.databases;
  const missing = chosen.find((name) => !schemaExists(session, name));
  if (missing !== undefined) return { problem: `Got error: 1049: "Unknown database '${missing}'" when selecting the database` };
  const lost = dump.tables.find((name) => !relationsIn(session, chosen[0] ?? "").some((found) => found.name === name));
  if (lost !== undefined) return { problem: `Couldn't find table: "${lost}"` };
  const framed = dump.all || dump.whole;
  const head = `-- MariaDB dump 10.19-${version}-MariaDB, for debian-linux-gnu (x86_64)\n--\n-- Host: ${session.host === "localhost" ? "localhost" : session.server}    Database: ${framed ? "" : (chosen[0] ?? "")}\n-- ------------------------------------------------------\n-- Server version\t${version}-MariaDB-ubu2404\n\n/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;\n`;
  const bodies = chosen.map((database) => {
    const relations = relationsIn(session, database).filter((found) => dump.tables.length === 0 || dump.tables.includes(found.name));
    const tables = relations.flatMap((found) => (found.relation.kind === "table" ? [table({ ...found, relation: found.relation }, dump)] : []));
    const views = relations.flatMap(({ name, relation }) => (relation.kind === "view" && dump.schema ? [`DROP VIEW IF EXISTS \`${name}\`;\nCREATE VIEW \`${name}\` AS ${relation.text};\n`] : []));
    const begin = framed ? `\n--\n-- Current Database: \`${database}\`\n--\n\nCREATE DATABASE /*!32312 IF NOT EXISTS*/ \`${database}\` /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci */;\n\nUSE \`${database}\`;\n` : "";
    return `${begin}${tables.join("")}${views.join("")}`;
  });
  return { text: `${head}${bodies.join("")}\n/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;\n\n-- Dump completed on ${momentText({ seconds: session.now, timed: true })}\n` };
}
