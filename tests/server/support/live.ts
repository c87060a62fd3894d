import type { LiveService } from "@/lib/hosting/live/live-service";
import type { LiveRecord, News } from "@/lib/hosting/live/messages";

/** Which clusters the stand-in thread holds, by id. */
export const awake = new Map<string, LiveRecord>();

const news: News = { epoch: "e", next: 0, inputs: [] };

/** A thread of live clusters that only remembers what it was told. */
export const fakeLive: LiveService = {
  authority: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
  address: "https://timonel.test:6443",
  thread: {
    open(record) {
      if (record.source.type === "fixture" && record.source.fixture === "nothing") return Promise.resolve({ ok: false, code: "live.unknown-exercise" });
      awake.set(record.id, record);
      return Promise.resolve({ ok: true, value: news });
    },
    ask: (id) => Promise.resolve(awake.has(id) ? { ok: true, value: news } : { ok: false, code: "live.gone" }),
    close(id) {
      awake.delete(id);
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  },
};
