import { send as sendToServer } from "@/app/_ui/send";
import type { Input } from "@/lib/workbench";
import type { Locale, Text } from "@/lib/text";
import type { Reply, Source } from "../worker/protocol";

/** A bench that is on the network, as its page holds it. */
export interface Connection {
  readonly id: string;
  /** The only copy of the token there is. */
  readonly kubeconfig: string;
  readonly expiresAt: string;
}

interface News {
  readonly epoch: string;
  readonly next: number;
  readonly entries?: readonly Input[];
  readonly inputs?: readonly Input[];
  readonly refused?: Text;
}

/** What the link needs of the bench in this page. */
export interface Ground {
  play(input: Input): Promise<Reply | null>;
  /** Begins again from a whole journal. */
  restart(inputs: readonly Input[]): Promise<void>;
  /** The connection is over; `why` is what to say. */
  lost(why: Text | null): void;
  /** The server would not do the page's own input. */
  refused(why: Text): void;
}

/** A bench bound to its twin on the server, which decides the order of what this page and the student's own tools do. */
export interface Link {
  /** Does an input there first, then here, after whatever came before it. */
  send(input: Input): Promise<Reply | null>;
  /** Stops following. The twin lives on. */
  stop(): void;
}

const WAIT = 20_000;
const AGAIN = 3_000;
const PREFIX = "timonel.live.";
const OFFLINE: { readonly [L in Locale]: string } = { es: "Sin conexión con el servidor.", en: "No connection to the server." };
const text = (key: typeof OFFLINE): Text => ({ es: key.es, en: key.en });

/** What of a bench can be put on the network. */
export function liveSource(source: Source): object | null {
  if (source.type === "exercise") return source;
  return source.type === "fixture" && source.objects === undefined ? { type: "fixture", fixture: source.fixture, files: source.files ?? {} } : null;
}

/** Puts a bench on the network. */
export async function connect(source: Source, inputs: readonly Input[]): Promise<{ readonly connection: Connection } | { readonly refused: Text | null; readonly code: string }> {
  const answer = await sendToServer<Connection>("POST", "/api/live", { source: liveSource(source), inputs });
  if (!answer.ok) return { refused: answer.status === 0 ? text(OFFLINE) : answer.message, code: answer.code };
  const { id, kubeconfig, expiresAt } = answer.body;
  return { connection: { id, kubeconfig, expiresAt } };
}

/** Takes a bench off the network. */
export async function disconnect({ id }: Connection): Promise<void> {
  await sendToServer("DELETE", `/api/live/${id}`);
}

/** Remembers a connection in this browser, or forgets it. */
export function keepConnection(keepAs: string, connection: Connection | null): void {
  try {
    if (connection) window.localStorage.setItem(PREFIX + keepAs, JSON.stringify(connection));
    else window.localStorage.removeItem(PREFIX + keepAs);
  } catch {
    // It holds for this visit.
  }
}

/** A connection of an earlier visit that has not expired. */
export function keptConnection(keepAs: string): Connection | null {
  try {
    const kept = JSON.parse(window.localStorage.getItem(PREFIX + keepAs) ?? "null") as Partial<Connection> | null;
    if (typeof kept?.id !== "string" || typeof kept.kubeconfig !== "string" || typeof kept.expiresAt !== "string") return null;
    return Date.parse(kept.expiresAt) > Date.now() ? { id: kept.id, kubeconfig: kept.kubeconfig, expiresAt: kept.expiresAt } : null;
  } catch {
    return null;
  }
}

/** Follows a connection. */
export function openLink(connection: Connection, ground: Ground): Link {
  let over = false;
  let epoch = "";
  let since = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const url = `/api/live/${connection.id}`;

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };
  /** Does here what was done there. The reply is that of the last input. */
  const absorb = async (news: News, asked: { readonly epoch: string; readonly since: number }): Promise<Reply | null> => {
    let reply: Reply | null = null;
    if (news.inputs) {
      await ground.restart(news.inputs);
    } else {
      if (asked.epoch !== epoch || news.next < since) return null;
      for (const input of (news.entries ?? []).slice(since - asked.since)) reply = await ground.play(input);
    }
    epoch = news.epoch;
    since = news.next;
    return reply;
  };
  const failed = (status: number, message: Text | null): void => {
    if (status === 0 || status >= 500 || status === 429) return;
    over = true;
    ground.lost(message);
  };

  const follow = async (): Promise<void> => {
    while (!over) {
      if (document.hidden) {
        await pause(AGAIN);
        continue;
      }
      const asked = { epoch, since };
      const answer = await sendToServer<News>("POST", url, { ...asked, wait: epoch === "" ? 0 : WAIT });
      if (over) return;
      if (answer.ok) await inTurn(() => absorb(answer.body, asked));
      else {
        failed(answer.status, answer.message);
        await pause(AGAIN);
      }
    }
  };
  void follow();

  return {
    send: (input) =>
      inTurn(async () => {
        const asked = { epoch, since };
        const answer = await sendToServer<News>("POST", url, { ...asked, input });
        if (!answer.ok) {
          failed(answer.status, answer.message);
          ground.refused(answer.message ?? text(OFFLINE));
          return null;
        }
        const reply = await absorb(answer.body, asked);
        if (answer.body.refused) ground.refused(answer.body.refused);
        return answer.body.refused ? null : reply;
      }),
    stop() {
      over = true;
    },
  };
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
