// A thread of live clusters for tests: the port it is to listen on says what to do.
import { parentPort } from "node:worker_threads";
import { expose, wrap } from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";

const RUDE = 1;

parentPort.once("message", ({ keeper, site }) => {
  const kept = wrap(nodeEndpoint(keeper));
  expose(
    {
      start({ port }) {
        if (port === RUDE) throw new Error("EADDRINUSE");
        return { port };
      },
      open: async ({ id }) => ({ ok: true, value: { epoch: String(await kept.save(id, [])), next: 0 } }),
      ask: () => process.exit(1),
      close: () => undefined,
      stop: () => undefined,
    },
    nodeEndpoint(site),
  );
  parentPort.postMessage("ready");
});
