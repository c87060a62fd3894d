import { timestamp, type WriteOptions } from "@/lib/engine";
import type { Call } from "./command";
import { fail } from "./failure";
import { flag, type Flag } from "./flags";

/** How much of a write is meant: all of it, none (`client`), or everything but storing (`server`). */
export type DryRun = "none" | "client" | "server";

/** `--dry-run`. */
export const dryRunFlag: Flag = flag("text", "dry-run", "none, client (print only) or server (try without storing)", { default: "none", bare: "unchanged" });
/** `--validate`. */
export const validateFlag: Flag = flag("text", "validate", "strict, warn or ignore what the schema does not know", { default: "strict", bare: "strict" });

/** Command lines that have been told of the old way to say it. */
const warned = new WeakSet<object>();

/** A line of the program's own log. Upstream: klog. */
export function klog(call: Call, level: "I" | "W" | "E", text: string): void {
  const at = timestamp(call.io.cluster.now);
  call.err(`${level}${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 19)}.000000       1 ${text}\n`);
}

/** What `--dry-run` asks for. @throws {Failure} */
export function dryRunOf(call: Call): DryRun {
  const value = call.flags.text("dry-run");
  if (value === "none" || value === "client" || value === "server") return value;
  if (value === "unchanged") {
    if (!warned.has(call.flags)) klog(call, "W", "helpers.go:719] --dry-run is deprecated and can be replaced with --dry-run=client.");
    warned.add(call.flags);
    return "client";
  }
  if (value === "" || value === "false") return "none";
  return fail(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** ` (dry run)` and its like. */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === "none" ? "" : dryRun === "client" ? " (dry run)" : " (server dry run)";
}

const VALIDATIONS: readonly string[] = ["", "strict", "true", "warn", "ignore", "false"];

/** The options of a write as the flags ask for them. */
export function writeOptionsOf(call: Call): WriteOptions {
  const validate = call.flags.text("validate");
  if (!VALIDATIONS.includes(validate)) fail(`invalid - validate option ${JSON.stringify(validate)}; must be one of: strict (or true), warn, ignore (or false)`);
  // Commands without the flag leave it to the server, which warns.
  const fieldValidation = validate === "false" || validate === "ignore" ? "Ignore" : validate === "warn" || validate === "" ? "Warn" : "Strict";
  return { fieldValidation, ...(dryRunOf(call) === "server" ? { dryRun: true } : {}) };
}
