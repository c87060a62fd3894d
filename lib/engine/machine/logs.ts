import type { StateTree, Table } from "../sim/state";
import type { LogLine } from "./records";
import { byteLength } from "./trees";

/** Lines a chunk holds: appending copies one chunk, never the whole log. */
const CHUNK = 64;
/** A log file is rotated past this many bytes and readers see the new one. Upstream: containerLogMaxSize, 10Mi. */
const ROTATE_BYTES = 10 * 1024 * 1024;

interface LogHead {
  /** Number of the first chunk kept, and of the one that grows. */
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  /** The lines of the chunk that grows: most logs have no other. */
  readonly tail: readonly LogLine[];
}

const NEW_LOG: LogHead = { first: 0, last: 0, bytes: 0, tail: [] };

/** What to show of a log. */
export interface LogQuery {
  readonly tail?: number;
  /** Lines at or after this instant. */
  readonly since?: number;
}

/** Container logs, by container id. */
export class Logs {
  private readonly chunks: Table<readonly LogLine[]>;
  private readonly heads: Table<LogHead>;

  constructor(
    state: StateTree,
    private readonly grew: (container: string) => void,
  ) {
    this.chunks = state.table<readonly LogLine[]>("machine:log");
    this.heads = state.table<LogHead>("machine:log-head");
  }

  append(container: string, lines: readonly LogLine[]): void {
    const before = this.heads.get(container) ?? NEW_LOG;
    let { first, last, bytes } = before;
    let tail: LogLine[] = [...before.tail];
    for (const line of lines) {
      const size = byteLength(line.text) + 45;
      if (bytes + size > ROTATE_BYTES) {
        for (let n = first; n < last; n += 1) this.chunks.delete(chunkKey(container, n));
        last += 1;
        first = last;
        bytes = 0;
        tail = [];
      } else if (tail.length >= CHUNK) {
        this.chunks.set(chunkKey(container, last), tail);
        last += 1;
        tail = [];
        this.grew(container);
      }
      tail.push(line);
      bytes += size;
    }
    this.heads.set(container, { first, last, bytes, tail });
  }

  read(container: string, { tail, since }: LogQuery = {}): readonly LogLine[] {
    const head = this.heads.get(container);
    if (!head) return [];
    const lines: LogLine[] = [];
    for (let n = head.first; n < head.last; n += 1) lines.push(...(this.chunks.get(chunkKey(container, n)) ?? []));
    lines.push(...head.tail);
    const recent = since === undefined ? lines : lines.filter((line) => line.at >= since);
    return tail === undefined || tail < 0 ? recent : recent.slice(Math.max(0, recent.length - tail));
  }

  /** Bytes of a container's log. */
  bytesOf(container: string): number {
    return this.heads.get(container)?.bytes ?? 0;
  }

  drop(container: string): void {
    const head = this.heads.get(container);
    if (!head) return;
    for (let n = head.first; n < head.last; n += 1) this.chunks.delete(chunkKey(container, n));
    this.heads.delete(container);
  }
}

function chunkKey(container: string, chunk: number): string {
  return `${container}:${String(chunk).padStart(6, "0")}`;
}
