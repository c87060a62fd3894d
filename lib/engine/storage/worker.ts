import type { Json } from "../apimachinery/meta";
import { workQueue, type Component, type ComponentContext, type StoreEvent } from "../client/component";
import { attempt } from "../client/retry";
import { isObject } from "../resources/json-object";

/** A part of the storage: what a change makes it look at, and what it does then or when its time has come. */
export interface Worker extends Pick<Component, "name" | "watches" | "watchesCustom"> {
  /** What an event gives it to look at. */
  keysOf(event: StoreEvent, context: ComponentContext): readonly string[];
  look(key: string, context: ComponentContext): void;
  onTimer(message: Json, context: ComponentContext): void;
}

/**
 * Runs a part of the storage as a component. What the API refuses it, an admission policy or a taken name, is tried
 * again with back-off, as the queues of the CSI sidecars do.
 */
export function runWorker({ name, keysOf, look, onTimer, ...rest }: Worker): Component {
  const work = (context: ComponentContext, todo: { readonly key: string } | { readonly message: Json }): void => {
    const wait = attempt(context.state.table(`retries:${name}`), name, JSON.stringify(todo), context, () => {
      if ("key" in todo) look(todo.key, context);
      else onTimer(todo.message, context);
    });
    if (wait !== undefined) context.clock.after(wait, name, { retry: todo });
  };
  return {
    ...rest,
    name,
    observe(event, context) {
      const queue = workQueue(context.state, name);
      for (const key of keysOf(event, context)) queue.add(key);
    },
    work(context) {
      const key = workQueue(context.state, name).take();
      if (key === undefined) return false;
      work(context, { key });
      return true;
    },
    onTimer(message, context) {
      const again = isObject(message) ? message["retry"] : undefined;
      if (again === undefined) work(context, { message });
      else work(context, again as { readonly key: string } | { readonly message: Json });
    },
  };
}
