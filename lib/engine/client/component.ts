import type { Json, KindId, KubeObject } from "../apimachinery/meta";
import type { Clock } from "../sim/clock";
import type { Journal } from "../sim/journal";
import type { Random } from "../sim/random";
import type { StateTree } from "../sim/state";
import type { StoreEvent } from "../store/store";
import type { Client } from "./client";
import type { EventRecorder } from "./events";

export type { StoreEvent };

/** A sort of change; STATUS: only status, and what every write changes. */
export type News = "ADDED" | "MODIFIED" | "STATUS" | "DELETED";

/** What every component is given. It has nothing else: no globals, no other components. */
export interface ComponentContext {
  readonly client: Client;
  readonly clock: Clock;
  /** This component's own stream. */
  readonly random: Random;
  /** What components must remember between wake-ups. Prefix table names with the component's name. */
  readonly state: StateTree;
  readonly journal: Journal;
  readonly event: EventRecorder;
}

/**
 * A kind whose changes a component is told of, and which of them it can do without. What is left out must be
 * changes it would make nothing of: it is told of less only to be quicker.
 */
export interface Watched {
  readonly kind: KindId;
  /** Only of objects whose controller is of this kind, and of those that have none. */
  readonly owner?: KindId;
  /** Not when only status changed, or not when anything did: then only when one comes or goes. */
  readonly unless?: "status" | "changes";
  /** Only when one goes. */
  readonly only?: "DELETED";
  /** Only while there is an object of this kind. */
  readonly while?: KindId;
}

/**
 * A part of the cluster that reacts: a controller, the scheduler, a kubelet, kube-proxy.
 *
 * A component is a constant. It sees changes in `observe` (where it only notes what to look at),
 * does one piece of work a call in `work`, and is woken by its own timers in `onTimer`.
 */
export interface Component<C extends ComponentContext = ComponentContext> {
  readonly name: string;
  /** What its Events say they come from, as upstream's components call themselves; `name` unless said. */
  readonly eventSource?: string;
  /** Gives up its turn after one piece of work, so that others see every step it takes; else it works its queue off. */
  readonly stepwise?: boolean;
  /** Kinds whose changes it is told of. */
  readonly watches: readonly (KindId | Watched)[];
  /** Is it told of changes of kinds defined at run time, too? */
  readonly watchesCustom?: boolean;
  /** Called once when a cluster starts or is restored, before any event. Must be idempotent. */
  start?(context: C): void;
  observe?(event: StoreEvent, context: C): void;
  /** Does one unit of work; false when there is none. */
  work?(context: C): boolean;
  onTimer?(message: Json, context: C): void;
}

/** The change last asked about. Many in a row ask about the same. */
const asked: { object?: KubeObject; previous?: KubeObject; answer: boolean } = { answer: false };

/** Is all but status, and what every write changes, the same? Told by identity: what is equal but rewritten counts as changed. */
function isStatusOnly(object: KubeObject, previous: KubeObject): boolean {
  if (asked.object === object && asked.previous === previous && Object.isFrozen(object)) return asked.answer;
  asked.object = object;
  asked.previous = previous;
  asked.answer = onlyStatusDiffers(object, previous);
  return asked.answer;
}

/** What sort of change an event tells of. */
export function newsOf({ type, object, previous }: StoreEvent): News {
  if (type !== "MODIFIED" || !previous) return type;
  return isStatusOnly(object, previous) ? "STATUS" : "MODIFIED";
}

/** Is whoever watches so told of that sort of change? */
export function isWanted({ only, unless }: Pick<Watched, "only" | "unless">, news: News): boolean {
  if (only !== undefined && news !== only) return false;
  if (news === "STATUS" && unless !== undefined) return false;
  return news !== "MODIFIED" || unless !== "changes";
}

function onlyStatusDiffers(object: KubeObject, previous: KubeObject): boolean {
  const a = object.metadata;
  const b = previous.metadata;
  if (a.labels !== b.labels || a.annotations !== b.annotations || a.ownerReferences !== b.ownerReferences || a.finalizers !== b.finalizers || a.deletionTimestamp !== b.deletionTimestamp) return false;
  for (const key in object) if (key !== "metadata" && key !== "status" && object[key as keyof KubeObject] !== previous[key as keyof KubeObject]) return false;
  for (const key in previous) if (key !== "status" && !(key in object)) return false;
  return true;
}

/** A set of keys waiting their turn, first in first out, each at most once; kept in the state tree, so it survives a snapshot. */
export interface WorkQueue {
  add(key: string): void;
  take(): string | undefined;
  has(key: string): boolean;
  readonly size: number;
}

interface QueueState {
  readonly next: number;
  readonly order: number;
}

const EMPTY: QueueState = { next: 0, order: 0 };

/** Handles onto queues by state tree: they hold nothing of their own, so sharing one is only quicker. */
const handles = new WeakMap<StateTree, Map<string, WorkQueue>>();

/** The work queue of that name. */
export function workQueue(state: StateTree, name: string): WorkQueue {
  let known = handles.get(state);
  if (!known) handles.set(state, (known = new Map()));
  let queue = known.get(name);
  if (!queue) known.set(name, (queue = openQueue(state, name)));
  return queue;
}

function openQueue(state: StateTree, name: string): WorkQueue {
  const places = state.table<number>(`queue:${name}`);
  const cell = state.cell<QueueState>(`queue:${name}`, EMPTY);
  // The table says who waits and in what order; this line is the same, read off once so that taking is cheap.
  const line: { keys: string[]; next: number; order: number } = { keys: [], next: 0, order: 0 };
  const readOff = (): void => {
    line.keys = [...places.keys()].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    line.next = 0;
    line.order = line.keys.reduce((last, key) => Math.max(last, (places.get(key) ?? 0) + 1), 0);
  };
  return {
    add(key) {
      if (places.has(key)) return;
      if (line.keys.length - line.next !== places.size) readOff();
      places.set(key, line.order);
      line.keys.push(key);
      line.order += 1;
    },
    take() {
      if (places.size === 0) return undefined;
      if (line.keys.length - line.next !== places.size) readOff();
      const key = line.keys[line.next] as string;
      line.next += 1;
      places.delete(key);
      if (line.next > 4096) {
        line.keys = line.keys.slice(line.next);
        line.next = 0;
      }
      // An empty queue starts again at nought, so that equal histories leave equal states.
      if (places.size === 0) {
        line.keys = [];
        line.next = 0;
        line.order = 0;
        if (cell.get() === EMPTY) cell.set({ ...EMPTY });
      }
      return key;
    },
    has: (key) => places.has(key),
    get size() {
      return places.size;
    },
  };
}
