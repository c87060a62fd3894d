import type { Input } from "@/lib/workbench";

const TYPES = new Set<string>(["save-file", "delete-file", "run", "interrupt", "request", "advance", "respond", "machine", "send", "world"]);
const MOST = 2000;

/**
 * The inputs in something this browser had kept. Looks at no more than their outline: the page loads no engine, the worker
 * refuses what it cannot do, and the server reads every answer strictly.
 */
export function inputsIn(value: unknown): readonly Input[] {
  if (!Array.isArray(value)) return [];
  const inputs = value.filter((item: unknown): item is Input => typeof item === "object" && item !== null && "type" in item && typeof item.type === "string" && TYPES.has(item.type));
  return inputs.length === value.length ? inputs.slice(0, MOST) : [];
}
