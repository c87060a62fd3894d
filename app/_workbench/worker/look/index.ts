import type { Workbench } from "@/lib/workbench";
import type { Slice, View } from "../view-model";
import { folderViews } from "./folders";
import { machinesView, rulesViews } from "./machines";
import { ownerTree } from "./owners";
import { eventViews, tableViews } from "./tables";

const slices: { readonly [S in Slice]: (bench: Workbench) => View[S] } = {
  owners: ({ cluster }) => ownerTree(cluster),
  machines: ({ cluster }) => machinesView(cluster),
  rules: ({ cluster }) => rulesViews(cluster),
  folders: ({ cluster }) => folderViews(cluster),
  events: ({ cluster }) => eventViews(cluster),
  tables: ({ cluster }) => tableViews(cluster),
};

/** Looks at a bench and tells only what changed since it last told. */
export interface Watcher {
  watch(wanted: readonly Slice[]): void;
  changes(bench: Workbench): Partial<View>;
}

/** A watcher that has told nothing yet. */
export function createWatcher(wanted: readonly Slice[]): Watcher {
  let watched = new Set(wanted);
  const told = new Map<string, string>();
  let revision = "";
  return {
    watch(next) {
      watched = new Set(next);
      revision = "";
    },
    changes(bench) {
      const view: { -readonly [K in keyof View]?: View[K] } = { now: bench.cluster.now };
      const tell = <K extends keyof View>(name: K, value: View[K]): void => {
        const text = JSON.stringify(value);
        if (told.get(name) === text) return;
        told.set(name, text);
        view[name] = value;
      };
      tell("files", Object.fromEntries(bench.files));
      tell("responses", Object.fromEntries(bench.responses));
      // Ages in tables and files in pods move without a write; everything else waits for one.
      const now = `${bench.cluster.revision} ${JSON.stringify(bench.cluster.machines.list())} ${JSON.stringify(bench.cluster.world.records())}${JSON.stringify(bench.cluster.world.balancers())}`;
      const moved = now !== revision;
      revision = now;
      const look = <S extends Slice>(name: S): void => tell(name, slices[name](bench) as View[S]);
      for (const name of watched) if (moved || name === "tables" || name === "folders") look(name);
      return view;
    },
  };
}
