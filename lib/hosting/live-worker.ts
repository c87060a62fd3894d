import { parentPort } from "node:worker_threads";
import { expose, wrap } from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import { liveHouse } from "./live/live-house";
import type { LiveKeeper, LiveThread } from "./live/messages";

/**
 * The entry of the thread that holds live clusters (bundled by `scripts/workers.mjs`). Two channels: on the thread's own
 * port the site asks, and on the one it is given first the thread asks the site to load and to save.
 */
let house: LiveThread | undefined;

parentPort?.once("message", ({ keeper, site }: { readonly keeper: MessagePort; readonly site: MessagePort }) => {
  house = liveHouse(wrap<LiveKeeper>(nodeEndpoint(keeper as never)) as unknown as LiveKeeper);
  expose(house, nodeEndpoint(site as never));
  parentPort?.postMessage("ready");
});
