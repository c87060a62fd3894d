import type { KindId, KubeObject, ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { ComponentContext, StoreEvent, Watched } from "../client/component";
import type { EventRecorder } from "../client/events";
import type { Instant, Millis } from "../sim/clock";
import type { Random } from "../sim/random";

/**
 * One reconcile loop: looks at one object, compares what is wanted with what is, and
 * takes a step towards it.
 *
 * A controller is a constant, not an instance: it has no fields to remember things in.
 * Whatever it needs to know it reads from the API, so it may be woken too often, too late
 * or for no reason and still do right. The queue, retries and backoff belong to the
 * controller manager.
 */
export interface Controller {
  /** As in kube-controller-manager's `--controllers`: `replicaset`, `endpointslice`. */
  readonly name: string;
  /** What its Events say they come from; `name` unless said. */
  readonly eventSource?: string;
  /** Do others see every step it takes? See {@link Component.stepwise}. */
  readonly stepwise?: boolean;
  /** The kind whose keys arrive at `reconcile`. */
  readonly reconciles: KindId;
  /** Changes of such objects, or of only their status, that are none of its business. */
  readonly ignores?: NonNullable<Watched["unless"]>;
  /** Other kinds whose changes wake it, and whom they wake. */
  readonly watches: readonly Watch[];
  /** Called for each event of the reconciled kind before its key is queued; false leaves it out. */
  readonly wants?: (object: KubeObject) => boolean;
  /** How long an event may wait before its keys are looked at, so that many are looked at together; at once unless said. */
  readonly patience?: (event: StoreEvent, client: Client, now: Instant) => Millis;
  /**
   * Called once per key and change, and again after `requeueAfter`. The object may be gone.
   * @throws {ApiError} to be retried with exponential backoff, as a returned error is upstream.
   */
  reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult;
}

/** A kind a controller does not reconcile but cares about. */
export interface Watch extends Watched {
  /** Keys of the reconciled kind that this object concerns: usually its controller owner. Called for the new version, and for the old one unless only status changed. */
  wakes(object: KubeObject, client: Client): readonly ObjectKey[];
}

/** Nothing more to do for now, or look again after a while. */
export type ReconcileResult = { readonly requeueAfter: Millis } | void;

/** What a reconcile may use. */
export interface ControllerContext extends ComponentContext {
  readonly client: Client;
  readonly now: Instant;
  readonly random: Random;
  /** Records a Kubernetes Event about an object, aggregated as upstream does. */
  readonly event: EventRecorder;
}
