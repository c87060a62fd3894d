import type { ProcessView } from "@/lib/engine";
import type { Server } from "./model";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A moment as Redis's log writes it: `21 Nov 2026 19:41:04.123`. */
export function stamp(timestamp: string): string {
  const [, year = "", month = "1", day = "", time = "", fraction = ""] = /^(\d+)-(\d+)-(\d+)T([\d:]+)(?:\.(\d+))?/.exec(timestamp) ?? [];
  return `${day} ${MONTHS[Number(month) - 1] ?? ""} ${year} ${time}.${fraction.padEnd(3, "0").slice(0, 3)}`;
}

/** `C`: a child, or before the start is over; `M`: the server; `S`: a replica. */
export type Role = "C" | "M" | "S";

/** A line of the log. */
export const lineOf = (process: ProcessView, role: Role, text: string, mark = "*", pid = process.pid): string => `${pid}:${role} ${stamp(process.timestamp)} ${mark} ${text}`;

const RANK: Readonly<Record<string, number>> = { debug: 0, verbose: 1, notice: 2, warning: 3, nothing: 4 };

/** Writes a line into a server's log: `*` a notice, `#` a warning. What the log level leaves out is not written. */
export function say(server: Server, text: string, mark = "*"): void {
  if ((RANK[server.settings["loglevel"] ?? "notice"] ?? 2) > (mark === "#" ? 3 : 2)) return;
  server.log.push(lineOf(server.process, server.master ? "S" : "M", text, mark));
}

/** The same, by a child that writes the snapshot. */
export function childSays(server: Server, pid: number, text: string, mark = "*"): void {
  server.log.push(lineOf(server.process, "C", text, mark, pid));
}
