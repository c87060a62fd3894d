import type { JsonObject } from "@/lib/engine";
import type { Workbench } from "./bench";
import { prod4Workloads } from "./fixtures/prod-4";
import { openWorkbench } from "./open";
import type { FixtureName } from "./scene";

/** Steps a free cluster may take; an exercise has the judge's own limit. */
const FREE_BUDGET = 20_000_000;

/** A cluster to play in, the same wherever it is opened. Unless objects are given, the class's drawing comes with what the class drew in it. */
export function openFree(fixture: FixtureName, files: Readonly<Record<string, string>>, objects?: readonly JsonObject[]): Workbench {
  return openWorkbench({ fixture, seed: 1, objects: objects ?? (fixture === "prod-4" ? prod4Workloads() : []), files, stepBudget: FREE_BUDGET });
}
