import "server-only";
import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { consume, invalidField, notFound, type CurrentUser } from "@/lib/auth";
import { db, isOrphan } from "@/lib/db";
import { answerLimits, parseAnswer, type Input } from "@/lib/workbench";
import { kubeconfig } from "../gateway/kubeconfig";
import { startLive, type LiveService } from "./live-service";
import type { LiveOutcome, LiveRecord, LiveSource, News } from "./messages";
import { liveRefusal, liveUnavailable } from "./refusals";

const LASTS = 12 * 3_600_000;
/** Connections one person may have; one more ends the oldest. */
const MOST = 3;

const sourceShape = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("exercise"), id: z.string().regex(/^[a-z0-9-]{1,64}$/), seed: z.int().min(0).max(0xffffffff) }),
  z.strictObject({
    type: z.literal("fixture"),
    fixture: z.string().regex(/^[a-z0-9-]{1,64}$/),
    files: z.record(z.string().max(512), z.string().max(answerLimits.file)),
  }),
]);
const connectShape = z.strictObject({ source: sourceShape, inputs: z.array(z.unknown()).max(answerLimits.inputs) });
const askShape = z.strictObject({ epoch: z.string().max(32), since: z.int().min(0), input: z.unknown().optional(), wait: z.int().min(0).max(25_000).optional() });

/** A connection as its owner is told of it. The kubeconfig holds the only copy of the token there is. */
export interface Connection {
  readonly id: string;
  readonly kubeconfig: string;
  readonly expiresAt: string;
  readonly news: News;
}

const home = globalThis as typeof globalThis & { timonelLive?: Promise<LiveService>; timonelLiveSweep?: ReturnType<typeof setInterval> };
/** Between the end of a thread and the next one, where kubeconfigs wait for it. */
const BREATH = 2_000;
const SWEEP_EVERY = 3_600_000;

const report = (error: unknown): void => console.error("live:", error);

/** The process's one thread of live clusters, started by whoever needs it first; one that ended gives way to the next. Refuses when it cannot be had. */
async function live(): Promise<LiveService> {
  if (!home.timonelLive) {
    const started: Promise<LiveService> = startLive({ load, save }, () => {
      if (home.timonelLive !== started) return;
      delete home.timonelLive;
      setTimeout(() => void wakeLive().catch(report), BREATH).unref();
    });
    home.timonelLive = started;
  }
  const started = home.timonelLive;
  try {
    return await started;
  } catch (error) {
    if (home.timonelLive === started) delete home.timonelLive;
    console.error("live:", error instanceof Error ? error.message : error);
    throw liveUnavailable();
  }
}

/** Starts the thread when kubeconfigs given before a restart are still good, and forgets those that are not, now and every hour. */
export async function wakeLive(): Promise<void> {
  home.timonelLiveSweep ??= setInterval(() => void sweepLive().catch(report), SWEEP_EVERY).unref();
  await sweepLive();
  if ((await db.liveCluster.count()) > 0) await live().catch(() => undefined);
}

/** Deletes connections that have expired. */
export async function sweepLive(now = new Date()): Promise<void> {
  await db.liveCluster.deleteMany({ where: { expiresAt: { lte: now } } });
}

async function load(id: string): Promise<LiveRecord | null> {
  const row = await db.liveCluster.findUnique({ where: { id } });
  if (!row || row.expiresAt.getTime() <= Date.now()) return null;
  return { id, source: JSON.parse(row.source) as LiveSource, inputs: JSON.parse(row.inputs) as readonly Input[], tokenHash: row.tokenHash, expiresAt: row.expiresAt.getTime() };
}

async function save(id: string, inputs: readonly Input[]): Promise<boolean> {
  const { count } = await db.liveCluster.updateMany({ where: { id }, data: { inputs: JSON.stringify(inputs), usedAt: new Date() } });
  return count > 0;
}

/** Inputs of strangers, read as an answer is: unknown fields do not travel, limits are the answer's. */
function readInputs(inputs: unknown): readonly Input[] {
  const read = parseAnswer({ exercise: "live", seed: 0, inputs });
  if ("problem" in read) throw invalidField("body");
  return read.answer.inputs;
}

function accept<T>(outcome: LiveOutcome<T>): T {
  if (!outcome.ok) throw liveRefusal(outcome.code);
  return outcome.value;
}

/**
 * Puts a workbench on the network: replays what was done so far and gives a kubeconfig whose token is good for twelve
 * hours, for this cluster alone.
 */
export async function connect(user: CurrentUser, request: unknown): Promise<Connection> {
  const parsed = connectShape.safeParse(request);
  if (!parsed.success) throw invalidField("body");
  await consume("live-connect", user.id);
  const { source } = parsed.data;
  const inputs = readInputs(parsed.data.inputs);
  const service = await live();
  const id = randomBytes(8).toString("hex");
  const token = randomBytes(32).toString("base64url");
  const tokenHash = createHash("sha256").update(token).digest("hex");
  const expiresAt = new Date(Date.now() + LASTS);
  const news = accept(await service.thread.open({ id, source, inputs, tokenHash, expiresAt: expiresAt.getTime() }));
  try {
    await db.liveCluster.create({ data: { id, userId: user.id, source: JSON.stringify(source), inputs: JSON.stringify(inputs), tokenHash, expiresAt } });
  } catch (error) {
    await service.thread.close(id);
    if (isOrphan(error)) throw notFound();
    throw error;
  }
  await endOldest(user, service);
  const server = `${service.address}/c/${id}`;
  const text = kubeconfig({ name: "timonel", server, user: "timonel", token, namespace: "default", authority: service.authority });
  return { id, kubeconfig: text, expiresAt: expiresAt.toISOString(), news };
}

async function endOldest(user: CurrentUser, service: LiveService): Promise<void> {
  const mine = await db.liveCluster.findMany({ where: { userId: user.id }, orderBy: { createdAt: "desc" }, select: { id: true, expiresAt: true } });
  const ended = mine.filter(({ expiresAt }, index) => index >= MOST || expiresAt.getTime() <= Date.now()).map(({ id }) => id);
  if (ended.length === 0) return;
  await db.liveCluster.deleteMany({ where: { userId: user.id, id: { in: ended } } });
  await Promise.all(ended.map((id) => service.thread.close(id)));
}

/** Is there such a connection, and is it this person's? Another's is as if it did not exist. */
async function own(user: CurrentUser, id: string): Promise<void> {
  const found = await db.liveCluster.findFirst({ where: { id, userId: user.id, expiresAt: { gt: new Date() } }, select: { id: true } });
  if (!found) throw liveRefusal("live.gone");
}

/** What happened in a connected workbench since the page last looked; with `input`, after doing that. */
export async function ask(user: CurrentUser, id: string, request: unknown): Promise<News> {
  const parsed = askShape.safeParse(request);
  if (!parsed.success) throw invalidField("body");
  await own(user, id);
  const { input, wait, ...rest } = parsed.data;
  const [played] = input === undefined ? [] : readInputs([input]);
  return accept(await (await live()).thread.ask(id, { ...rest, ...(played ? { input: played } : {}), ...(wait === undefined ? {} : { wait }) }));
}

/** Ends a connection: its token opens nothing from now on. Ending one that is gone is no mistake. */
export async function disconnect(user: CurrentUser, id: string): Promise<void> {
  const { count } = await db.liveCluster.deleteMany({ where: { id, userId: user.id } });
  if (count > 0 && home.timonelLive) await (await live()).thread.close(id);
}
