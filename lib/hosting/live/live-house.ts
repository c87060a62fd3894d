/** The clusters that are awake. Runs in a thread of its own: nothing that happens here holds the site up. */
import { randomBytes } from "node:crypto";
import { exerciseServer } from "@/lib/course";
import { explainCode } from "@/lib/explain";
import { exerciseParts, openExercise } from "@/lib/grader";
import { text } from "@/lib/text";
import { fixtures, openFree, STUDENT, type FixtureName, type Workbench } from "@/lib/workbench";
import { startGateway, type Found, type Gateway, type Nobody } from "../gateway/gateway";
import { JournaledCluster } from "./journaled-cluster";
import type { GatewayPlace, LiveKeeper, LiveOutcome, LiveRecord, LiveSource, LiveThread, News, Question } from "./messages";

/** Virtual seconds a real one, while somebody is there. */
const RATE = 1;
/** Without a request for so long, a cluster goes to sleep. */
const IDLE = 5 * 60_000;
const LOOK_EVERY = 15_000;
/** Most clusters awake at once; one more puts the one nobody used for longest to sleep. */
const MOST_AWAKE = 40;
const SAVE_WITHIN = 3_000;
/** News that is only time going by waits so long for better news. */
const QUIET = 1_000;
const LONGEST_WAIT = 25_000;
const PATH = /^\/c\/([0-9a-f]{16})(?=\/|$)/;

interface Awake {
  readonly record: LiveRecord;
  readonly cluster: JournaledCluster;
  /** A name for this life: after a sleep, entries are counted anew. */
  readonly epoch: string;
  used: number;
  saving: ReturnType<typeof setTimeout> | undefined;
}

function isFixture(name: string): name is FixtureName {
  return Object.hasOwn(fixtures, name);
}

async function benchOf(source: LiveSource): Promise<Workbench | undefined> {
  if (source.type === "fixture") return isFixture(source.fixture) ? openFree(source.fixture, source.files) : undefined;
  const found = await exerciseServer(source.id);
  return found && openExercise(exerciseParts(found), source.seed);
}

/** Opens the house. Nothing is served until `start`. */
export function liveHouse(keeper: LiveKeeper): LiveThread {
  const awake = new Map<string, Awake>();
  const waking = new Map<string, Promise<LiveOutcome<Awake>>>();
  let gateway: Gateway | undefined;

  const drop = (one: Awake): void => {
    clearTimeout(one.saving);
    one.saving = undefined;
    if (awake.get(one.record.id) === one) awake.delete(one.record.id);
    one.cluster.close();
  };
  /** A connection that was deleted is found out here, whoever deleted it. */
  const save = (one: Awake): void => {
    clearTimeout(one.saving);
    one.saving = undefined;
    keeper.save(one.record.id, one.cluster.inputs).then(
      (kept) => {
        if (!kept) drop(one);
      },
      (error: unknown) => console.error("live: the journal was not saved", error),
    );
  };
  const sleep = (one: Awake): void => {
    if (one.saving !== undefined) save(one);
    drop(one);
  };
  const round = setInterval(() => {
    const now = Date.now();
    for (const one of [...awake.values()]) {
      if (now - one.used > IDLE || now > one.record.expiresAt) sleep(one);
      // Time saves the others.
      else if (one.cluster.stopped !== undefined) save(one);
    }
  }, LOOK_EVERY);
  round.unref();

  const wake = async (record: LiveRecord): Promise<LiveOutcome<Awake>> => {
    const bench = await benchOf(record.source);
    if (!bench) return { ok: false, code: "live.unknown-exercise" };
    try {
      for (const input of record.inputs) bench.apply(input);
    } catch (error) {
      console.error("live: a journal cannot be replayed", record.id, error);
      return { ok: false, code: "live.not-replayable" };
    }
    while (awake.size >= MOST_AWAKE) {
      const [idlest] = [...awake.values()].sort((a, b) => a.used - b.used);
      if (idlest) sleep(idlest);
    }
    const one: Awake = {
      record,
      epoch: randomBytes(6).toString("hex"),
      used: Date.now(),
      saving: undefined,
      cluster: new JournaledCluster(bench, RATE, (deed) => {
        if (deed) one.used = Date.now();
        one.saving ??= setTimeout(() => save(one), SAVE_WITHIN);
      }),
    };
    awake.set(record.id, one);
    return { ok: true, value: one };
  };
  /** The cluster, woken when need be; two who ask at once wait for the same one. */
  const reach = async (id: string): Promise<LiveOutcome<Awake>> => {
    const here = awake.get(id);
    if (here && Date.now() <= here.record.expiresAt) {
      here.used = Date.now();
      return { ok: true, value: here };
    }
    const under = waking.get(id);
    if (under) return under;
    const turn = keeper.load(id).then((record) => (record && record.expiresAt > Date.now() ? wake(record) : ({ ok: false, code: "live.gone" } as const)));
    waking.set(id, turn);
    try {
      return await turn;
    } finally {
      waking.delete(id);
    }
  };

  return {
    async start({ host, port, certificate, key }: GatewayPlace) {
      gateway ??= await startGateway({
        host,
        port,
        identity: { certificate, key },
        onError: (error) => console.error("live:", error),
        async find(path): Promise<Found | Nobody> {
          const [prefix, id] = PATH.exec(path) ?? [];
          if (prefix === undefined || id === undefined) return undefined;
          const found = await reach(id);
          if (!found.ok) return "unauthorized";
          // Not for tokens of accounts: what signs them in a cluster that is replayed elsewhere is known there too.
          return { prefix, tenant: { live: found.value.cluster, access: { token: { sha256: found.value.record.tokenHash }, user: STUDENT, open: false } } };
        },
      });
      return { port: gateway.port };
    },
    async open(record) {
      const before = awake.get(record.id);
      if (before) sleep(before);
      const woken = await wake(record);
      return woken.ok ? { ok: true, value: whole(woken.value) } : woken;
    },
    async ask(id, question) {
      const found = await reach(id);
      return found.ok ? { ok: true, value: await answer(found.value, question) } : found;
    },
    async close(id) {
      // Who is waking up when this is said is closed all the same.
      await waking.get(id)?.catch(() => undefined);
      const one = awake.get(id);
      if (one) drop(one);
    },
    async stop() {
      clearInterval(round);
      for (const one of [...awake.values()]) sleep(one);
      await gateway?.close();
    },
  };
}

function whole({ cluster, epoch }: Awake): News {
  cluster.since(cluster.next);
  return { epoch, next: cluster.next, inputs: cluster.inputs, ...standing(cluster) };
}

function standing({ stopped }: JournaledCluster): Pick<News, "stopped"> {
  return stopped === undefined ? {} : { stopped };
}

async function answer(one: Awake, { epoch, since, input, wait = 0 }: Question): Promise<News> {
  const { cluster } = one;
  const effect = input && cluster.play(input);
  const refused = effect?.refused && text(explainCode(effect.refused.code, "es", effect.refused.params), explainCode(effect.refused.code, "en", effect.refused.params));
  if (epoch !== one.epoch) return { ...whole(one), ...(refused ? { refused } : {}) };
  if (!input) await news(cluster, since, Math.min(wait, LONGEST_WAIT));
  one.used = Date.now();
  const entries = cluster.since(since);
  if (!entries) return whole(one);
  return { epoch, next: cluster.next, entries, ...standing(cluster), ...(refused ? { refused } : {}) };
}

/** Waits until something was done; time that merely went by is news after a moment. */
function news(cluster: JournaledCluster, since: number, wait: number): Promise<void> {
  if (wait <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const ends: (() => void)[] = [];
    const done = (): void => {
      for (const end of ends) end();
      resolve();
    };
    const look = (): void => {
      if (cluster.hasDeedSince(since)) done();
    };
    const patience = setTimeout(done, Math.min(wait, cluster.next > since ? QUIET : wait));
    const quiet = setInterval(() => {
      if (cluster.next > since) done();
    }, QUIET);
    ends.push(() => clearTimeout(patience), () => clearInterval(quiet), cluster.onChange(look), cluster.onEnd(done));
    look();
  });
}
