import { HORIZONTAL_POD_AUTOSCALER } from "../../apimachinery/kinds";
import type { JsonObject } from "../../apimachinery/meta";
import { keyOf, keyText, parseKey } from "../../apimachinery/meta";
import type { Component, ComponentContext } from "../../client/component";
import type { HorizontalPodAutoscaler } from "../../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";
import { millis, type Timer } from "../../sim/clock";
import type { Table } from "../../sim/state";
import type { MetricsClient } from "./metrics";
import { NO_MEMORY, type Memory } from "./normalize";
import { DEFAULTS, reconcileAutoscaler } from "./reconcile";
import { TIMERS } from "../../sim/timers";

const NAME = "horizontalpodautoscaling";
const timersOf = ({ state }: ComponentContext): Table<Timer> => state.table("horizontal:timers");
const memoriesOf = ({ state }: ComponentContext): Table<Memory> => state.table("horizontal:memory");

/** How often every autoscaler is looked at, as `--horizontal-pod-autoscaler-sync-period`. */
export const SYNC_PERIOD = TIMERS.workloads.autoscalerSync.ms;

/**
 * Scales what HorizontalPodAutoscalers name: looks at each one a sync period after its creation and every period
 * from then on. Costs nothing while there is none. Upstream: pkg/controller/podautoscaler.
 */
export function horizontalAutoscaler(metricsFor: (context: ComponentContext) => MetricsClient, syncPeriod = SYNC_PERIOD): Component {
  const book = (key: string, context: ComponentContext): void => timersOf(context).set(key, context.clock.after(millis(syncPeriod), NAME, { key }));
  return {
    name: NAME,
    eventSource: "horizontal-pod-autoscaler",
    watches: [HORIZONTAL_POD_AUTOSCALER],
    observe({ type, object }, context) {
      const key = keyText(keyOf(object));
      const timer = timersOf(context).get(key);
      if (type !== "DELETED") return timer === undefined ? book(key, context) : undefined;
      if (timer) context.clock.cancel(timer);
      timersOf(context).delete(key);
      memoriesOf(context).delete(key);
    },
    onTimer(message, context) {
      const key = (message as JsonObject)["key"] as string;
      timersOf(context).delete(key);
      const hpa = context.client.get<HorizontalPodAutoscaler>(HORIZONTAL_POD_AUTOSCALER, parseKey(key));
      if (!hpa) return memoriesOf(context).delete(key);
      const { client, clock, event } = context;
      const memory = memoriesOf(context).get(key) ?? NO_MEMORY;
      memoriesOf(context).set(key, reconcileAutoscaler(hpa, memory, { client, event, now: clock.now(), metrics: metricsFor(context), settings: DEFAULTS }));
      book(key, context);
    },
  };
}
