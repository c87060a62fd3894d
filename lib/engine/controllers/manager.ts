import type { JsonObject, KindId, ObjectKey } from "../apimachinery/meta";
import { keyOf, keyText, parseKey } from "../apimachinery/meta";
import { isWanted, newsOf, workQueue, type Component, type ComponentContext, type WorkQueue } from "../client/component";
import { attempt } from "../client/retry";
import { millis, type Timer } from "../sim/clock";
import type { StateTree, Table } from "../sim/state";
import type { StoreEvent } from "../client/component";
import type { Controller, Watch } from "./controller";

/**
 * Runs a controller as a component: its queue, its retries and its delayed looks.
 *
 * A key is queued once however many events name it. An {@link ApiError} thrown by `reconcile`
 * is retried with back-off; anything else is a bug of ours and passes through.
 */
export function runController(controller: Controller): Component {
  const name = controller.name;
  const watchesOf = new Map<KindId, readonly Watch[]>();
  for (const watch of controller.watches) watchesOf.set(watch.kind, [...(watchesOf.get(watch.kind) ?? []), watch]);
  // Handles onto the state of the one composition this component belongs to.
  const made: { desk?: Desk } = {};
  const deskOf = (context: ComponentContext): Desk => {
    if (made.desk?.state !== context.state) made.desk = openDesk(name, context.state);
    return made.desk;
  };
  return {
    name,
    ...(controller.eventSource === undefined ? {} : { eventSource: controller.eventSource }),
    ...(controller.stepwise === undefined ? {} : { stepwise: controller.stepwise }),
    watches: [controller.ignores ? { kind: controller.reconciles, unless: controller.ignores } : controller.reconciles, ...controller.watches],
    observe: (event, context) => enqueue(controller, watchesOf.get(event.kind) ?? NOTHING, deskOf(context), event, context),
    work(context) {
      const desk = deskOf(context);
      const key = desk.queue.take();
      if (key === undefined) return false;
      reconcileOnce(controller, desk, key, context);
      return true;
    },
    onTimer(message, context) {
      const { key } = message as JsonObject;
      const desk = deskOf(context);
      desk.later.delete(key as string);
      desk.queue.add(key as string);
    },
  };
}

const NOTHING: readonly Watch[] = [];

/** Where a controller's work lies: its queue, its failures and its delayed looks. */
interface Desk {
  /** The key last asked for, and its text: many changes in a row concern the same. */
  last: { readonly namespace: string; readonly name: string; readonly text: string };
  readonly state: StateTree;
  readonly queue: WorkQueue;
  readonly failures: Table<number>;
  readonly later: Table<Timer>;
}

function openDesk(name: string, state: StateTree): Desk {
  return { last: { namespace: "", name: "", text: "/" }, state, queue: workQueue(state, name), failures: state.table(`retries:${name}`), later: state.table(`later:${name}`) };
}

function textOf(desk: Desk, { namespace, name }: ObjectKey): string {
  if (desk.last.name !== name || desk.last.namespace !== namespace) desk.last = { namespace, name, text: keyText({ namespace, name }) };
  return desk.last.text;
}

function enqueue(controller: Controller, watches: readonly Watch[], desk: Desk, event: StoreEvent, context: ComponentContext): void {
  const wait = controller.patience?.(event, context.client, context.clock.now()) ?? 0;
  if (event.kind === controller.reconciles && (controller.wants?.(event.object) ?? true)) ask(controller, desk, keyOf(event.object), wait, context);
  if (watches.length === 0) return;
  const news = newsOf(event);
  const before = news === "MODIFIED" ? event.previous : undefined;
  for (let i = 0; i < watches.length; i += 1) {
    const watch = watches[i] as Watch;
    if (!isWanted(watch, news)) continue;
    askAll(controller, desk, watch.wakes(event.object, context.client), wait, context);
    if (before) askAll(controller, desk, watch.wakes(before, context.client), wait, context);
  }
}

function askAll(controller: Controller, desk: Desk, keys: readonly ObjectKey[], wait: number, context: ComponentContext): void {
  for (let i = 0; i < keys.length; i += 1) ask(controller, desk, keys[i] as ObjectKey, wait, context);
}

function ask(controller: Controller, desk: Desk, key: ObjectKey, wait: number, context: ComponentContext): void {
  if (wait <= 0) desk.queue.add(textOf(desk, key));
  else lookAgain(controller.name, desk.later, textOf(desk, key), wait, context);
}

function reconcileOnce(controller: Controller, { failures, later }: Desk, key: string, context: ComponentContext): void {
  const wait = attempt(failures, controller.name, key, context, () => {
    const result = controller.reconcile(parseKey(key), { ...context, now: context.clock.now() });
    if (result) lookAgain(controller.name, later, key, result.requeueAfter, context);
  });
  if (wait !== undefined) lookAgain(controller.name, later, key, wait, context);
}

/** Keeps at most one pending look per key: the sooner of the two. */
function lookAgain(name: string, pending: Table<Timer>, key: string, delay: number, context: ComponentContext): void {
  const current = pending.get(key);
  const at = context.clock.now() + delay;
  if (current && current.at <= at) return;
  if (current) context.clock.cancel(current);
  pending.set(key, context.clock.after(millis(delay), name, { key }));
}
