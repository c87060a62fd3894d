import type { Random } from "../sim/random";
import type { StateTree } from "../sim/state";
import type { Clock } from "../sim/clock";
import type { Image, Output } from "./behaviour";
import type { ContainerRecord, PodRecord, ProcessRecord } from "./records";
import type { Wire } from "./wire";

/** How a process came to its end. */
export interface Ending {
  readonly code: number;
  readonly signal?: number;
  readonly reason?: string;
}

/** What processes need of the machines around them. */
export interface Surroundings {
  readonly state: StateTree;
  readonly clock: Clock;
  readonly random: Random;
  image(reference: string): Image | undefined;
  wire(): Wire;
  /** Addresses a pod's processes listen on. */
  addressesOf(pod: PodRecord): readonly string[];
  treeUsable(tree: string, node: string): boolean;
  /** Do writes to this tree wait in the machine's memory before they reach the disk? */
  treeCached(tree: string): boolean;
  /** Something in a pod changed that may change its answers. */
  stirred(uid: string): void;
  /** A step was this much work. */
  worked(pieces: number): void;
  /** A file tree of a pod, or the log beside it, has grown. */
  grew(tree: string): void;
  /** A file of a tree was written or taken away. */
  touched(tree: string, path: string): void;
  /** A pod's processes use so many bytes of memory more. */
  memoryChanged(uid: string, by: number): void;
  /** A pod's processes have become more. */
  forked(uid: string): void;
  /** A process of a pod ended; `main` when its container did. */
  ended(container: ContainerRecord, process: ProcessRecord, ending: Ending): void;
}

/** Name of the component whose timers wake processes. */
export const RUNTIME = "runtime";

/** A piece of output as text on a stream. */
export function writtenBy(piece: Output): { readonly stream: "stdout" | "stderr"; readonly raw: string } {
  if (typeof piece === "string") return { stream: "stdout", raw: `${piece}\n` };
  return "stderr" in piece ? { stream: "stderr", raw: `${piece.stderr}\n` } : { stream: piece.stream ?? "stdout", raw: piece.raw };
}
