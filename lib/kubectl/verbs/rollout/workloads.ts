import type { Call } from "../../command";
import type { Info } from "../../discovery";
import { fail, failAll } from "../../failure";
import { findObjects } from "../../resource-args";

const NEED = "required resource not specified";

/** The workloads a subcommand speaks of; the words must name some. */
export function workloads(call: Call): readonly Info[] {
  if (call.words.length === 0 && call.flags.list("filename").length === 0) fail(NEED);
  const { infos, failures } = findObjects(call, call.words);
  failAll(failures);
  return infos;
}
