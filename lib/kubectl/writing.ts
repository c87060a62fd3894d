import type { WriteOptions } from "@/lib/engine";
import type { Call } from "./command";
import { fail } from "./failure";
import { flag, type Flag } from "./flags";

/** How much of a write is meant: all of it, none (`client`), or everything but storing (`server`). */
export type DryRun = "none" | "client" | "server";

/** `--dry-run`. */
export const dryRunFlag: Flag = flag("text", "dry-run", "none, client (print only) or server (try without storing)", { default: "none", bare: "unchanged" });
/** `--validate`. */
export const validateFlag: Flag = flag("text", "validate", "strict, warn or ignore what the schema does not know", { default: "strict", bare: "strict" });

/** What `--dry-run` asks for. @throws {Failure} */
export function dryRunOf(call: Call): DryRun {
  const value = call.flags.text("dry-run");
  if (value === "none" || value === "client" || value === "server") return value;
  if (value === "unchanged") return fail('--dry-run flag without a value was specified. A value must be set: "none", "server", or "client".');
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
