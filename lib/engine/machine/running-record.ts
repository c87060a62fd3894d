import type { ContainerRecord, ContainerSpec } from "./records";

/** A container that runs. Member by member, and those that most have in one piece: records put together alike share their shape, which copies by spread do not. */
export function runningRecord(spec: ContainerSpec, id: string, runtimeId: string, startedAt: number, processes: readonly string[], main: string | undefined): ContainerRecord {
  const { uid, name, image, argv, env, workingDir, mounts, attempt, terminationMessagePath } = spec;
  const record: { -readonly [K in keyof ContainerRecord]: ContainerRecord[K] } = { uid, name, image, argv, env, workingDir, mounts, attempt, terminationMessagePath, id, runtimeId, state: "running", startedAt, processes, main };
  if (spec.memoryLimit !== undefined) record.memoryLimit = spec.memoryLimit;
  if (spec.cpuLimit !== undefined) record.cpuLimit = spec.cpuLimit;
  if (spec.readOnlyRoot !== undefined) record.readOnlyRoot = spec.readOnlyRoot;
  if (spec.logIsMessage !== undefined) record.logIsMessage = spec.logIsMessage;
  if (spec.runAs !== undefined) record.runAs = spec.runAs;
  if (spec.pids !== undefined) record.pids = spec.pids;
  if (spec.stdinOpen !== undefined) record.stdinOpen = spec.stdinOpen;
  return record;
}
