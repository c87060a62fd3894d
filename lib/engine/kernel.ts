import { invariant } from "./apimachinery/invariant";
import { EVENT, LEASE } from "./apimachinery/kinds";
import { compareStrings } from "./apimachinery/compare";
import { keyOf, keyText, partsOfKind, type KindId } from "./apimachinery/meta";
import { controllerOf } from "./apimachinery/owner";
import type { Component, ComponentContext } from "./client/component";
import { resourceFor } from "./resources/index";
import { Route } from "./routing";
import { BudgetExceeded } from "./sim/budget";
import { later, type Instant, type Timer, type VirtualClock } from "./sim/clock";
import type { Journal } from "./sim/journal";
import type { Cell, StateTree } from "./sim/state";
import type { ObjectStore, StoreEvent } from "./store/store";

/** A component with the context it was composed with. */
export interface Seat {
  readonly component: Component;
  readonly context: ComponentContext;
}

/** Most pieces of work in one instant before the run counts as two controllers fighting. */
const STEPS_IN_ONE_INSTANT = 500_000;
/** How many of the latest writes tell who was busy. */
const RECENT = 300;

/**
 * The loop that drives a cluster: tells components what changed, lets them work in a fixed
 * order until nobody has anything to do, and only then moves the clock to the next timer.
 *
 * Between calls everything it must remember is in the state tree, so a snapshot taken after
 * {@link drain} loses nothing.
 */
export class Kernel {
  private readonly routes = new Map<KindId, Route<Seat>>();
  private readonly toCustom = new Route<Seat>();
  private readonly byName = new Map<string, Seat>();
  private readonly delivered: Cell<number>;
  private readonly lastChangeAt: Cell<number>;

  constructor(
    private readonly seats: readonly Seat[],
    private readonly store: ObjectStore,
    private readonly clock: VirtualClock,
    state: StateTree,
    private readonly journal: Journal,
    private readonly budget: number,
    private used = 0,
  ) {
    this.delivered = state.cell<number>("kernel:delivered", 1);
    this.lastChangeAt = state.cell<number>("kernel:last-change", 0);
    for (const seat of seats) {
      invariant(!this.byName.has(seat.component.name), `component names are unique: ${seat.component.name}`);
      this.byName.set(seat.component.name, seat);
      if (seat.component.watchesCustom === true) this.toCustom.add(seat, { kind: "" as KindId });
      for (const watch of seat.component.watches) {
        const watched = typeof watch === "string" ? { kind: watch } : watch;
        const route = this.routes.get(watched.kind) ?? new Route<Seat>();
        this.routes.set(watched.kind, route);
        route.add(seat, watched);
      }
    }
  }

  /** Pieces of work done so far: turns of components, timers and writes. A fork goes on counting where its parent stood. */
  get steps(): number {
    return this.used;
  }

  /** Counts work that was done. @throws {BudgetExceeded} */
  charge(pieces: number): void {
    this.used += pieces;
    if (this.used > this.budget) throw new BudgetExceeded("steps", this.budget, this.busiest());
  }

  /** Who wrote most lately, and about what; a pod counts as its owner's. */
  private busiest(): BudgetExceeded["busy"] {
    const from = this.store.revision - RECENT;
    const counts = new Map<string, { readonly who: string; readonly about: string; writes: number }>();
    for (const { by, kind, object } of this.store.since(Math.max(1, from))) {
      const owner = controllerOf(object);
      const about = owner ? `${owner.kind} ${object.metadata.namespace ?? ""}/${owner.name}` : `${partsOfKind(kind).kind} ${keyText(keyOf(object))}`;
      const key = `${by} ${about}`;
      const known = counts.get(key);
      if (kind === EVENT) continue;
      if (known) known.writes += 1;
      else counts.set(key, { who: by, about, writes: 1 });
    }
    return [...counts.values()].sort((a, b) => b.writes - a.writes || compareStrings(`${a.who} ${a.about}`, `${b.who} ${b.about}`)).slice(0, 3);
  }

  /** Lets every component prepare; called once after composition. */
  start(): void {
    for (const { component, context } of this.seats) component.start?.(context);
  }

  /** Works until nobody has anything to do at this instant. @throws {BudgetExceeded} */
  drain(): void {
    const before = this.used;
    this.deliver();
    // Round after round until nobody moved: whoever has its turn works its queue off, so that the many
    // changes one component makes reach the next as one look, as they do through real work queues.
    for (let moved = true; moved; ) {
      moved = false;
      for (const seat of this.seats) if (this.turn(seat, before)) moved = true;
    }
  }

  /** Lets one component work until its queue is empty. */
  private turn(seat: Seat, before: number): boolean {
    const { component, context } = seat;
    if (!component.work) return false;
    let moved = false;
    while (component.work(context)) {
      moved = true;
      this.deliver();
      this.charge(1);
      if (this.used - before > STEPS_IN_ONE_INSTANT) throw new BudgetExceeded("steps-in-one-instant", STEPS_IN_ONE_INSTANT, this.busiest());
      if (component.stepwise === true) break;
    }
    return moved;
  }

  /** Does everything due up to `target` and stands there. */
  runTo(target: Instant): void {
    this.drain();
    while (this.fire(target)) this.drain();
    this.clock.moveTo(target);
  }

  /** Runs until no object has changed for `quietFor`, Leases and Events aside, or until `limit`. */
  runUntilQuiet(quietFor: number, limit: Instant): boolean {
    this.drain();
    for (;;) {
      const quietAt = later(this.lastChange(), quietFor);
      const next = this.clock.nextAt();
      if (quietAt <= limit && (next === undefined || next >= quietAt)) {
        this.clock.moveTo(quietAt);
        return true;
      }
      if (next === undefined || next > limit) {
        this.clock.moveTo(limit);
        return false;
      }
      this.fire(limit);
      this.drain();
    }
  }

  /** Fires the next timer and all others due at its instant: what they set in motion is then worked off together. */
  private fire(limit: Instant): boolean {
    const first = this.clock.take(limit);
    if (!first) return false;
    for (let timer: Timer | undefined = first; timer; timer = this.clock.take(first.at)) {
      const seat = this.byName.get(timer.component);
      invariant(seat, `a timer names a component of this cluster: ${timer.component}`);
      this.charge(1);
      seat.component.onTimer?.(timer.message, seat.context);
    }
    return true;
  }

  private deliver(): void {
    const from = this.delivered.get();
    if (from >= this.store.revision) return;
    const changes = this.store.since(from);
    this.delivered.set(this.store.revision);
    this.store.delivered(this.store.revision);
    this.charge(changes.length);
    for (const event of changes) {
      if (event.kind !== EVENT && event.kind !== LEASE) this.changed(event);
      for (const { component, context } of this.routeOf(event.kind).to(event, this.store)) component.observe?.(event, context);
    }
  }

  /** Who is told of a kind; of one nobody watches by name, those who watch the kinds of strangers. */
  private routeOf(kind: KindId): Route<Seat> {
    const known = this.routes.get(kind);
    if (known) return known;
    if (resourceFor(kind) === undefined) return this.toCustom;
    const nobody = new Route<Seat>();
    this.routes.set(kind, nobody);
    return nobody;
  }

  private changed(event: StoreEvent): void {
    const at = this.clock.now();
    this.lastChangeAt.set(at);
    this.journal.recordWrite(at, event);
  }

  private lastChange(): Instant {
    return this.lastChangeAt.get() as Instant;
  }
}
