/** What the site and the thread of live clusters say to one another. */
import type { Text } from "@/lib/text";
import type { Input } from "@/lib/workbench";

/** What a live cluster began from: the same as the page's own workbench. */
export type LiveSource =
  | { readonly type: "exercise"; readonly id: string; readonly seed: number }
  /** The name comes from outside: it may be no fixture's. */
  | { readonly type: "fixture"; readonly fixture: string; readonly files: Readonly<Record<string, string>> };

/** All that is needed to wake a live cluster. */
export interface LiveRecord {
  readonly id: string;
  readonly source: LiveSource;
  readonly inputs: readonly Input[];
  /** Hex SHA-256 of the bearer token. */
  readonly tokenHash: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Where the gateway listens, and with which certificate. */
export interface GatewayPlace {
  readonly host: string;
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
}

/** What a page asks: what is new since entry `since` of life `epoch`, and perhaps to do something first. */
export interface Question {
  readonly epoch: string;
  readonly since: number;
  readonly input?: Input;
  /** How long to wait for news, in milliseconds. */
  readonly wait?: number;
}

/** What came since. After a sleep, or too long an absence, `inputs` is the whole journal and the page begins again from it. */
export interface News {
  readonly epoch: string;
  readonly next: number;
  readonly entries?: readonly Input[];
  readonly inputs?: readonly Input[];
  /** Why the page's own input was refused. */
  readonly refused?: Text;
  /** Why time stands still. */
  readonly stopped?: string;
}

/** How an answer that is "no" comes back. */
export type LiveOutcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: "live.unknown-exercise" | "live.not-replayable" | "live.gone" };

/** The thread, as the site sees it. */
export interface LiveThread {
  /** Begins to listen. Rejects when the port is taken. */
  start(place: GatewayPlace): Promise<{ readonly port: number }>;
  open(record: LiveRecord): Promise<LiveOutcome<News>>;
  ask(id: string, question: Question): Promise<LiveOutcome<News>>;
  /** Forgets a cluster: its token opens nothing any more. */
  close(id: string): Promise<void>;
  /** Saves everything and stops listening. */
  stop(): Promise<void>;
}

/** The site, as the thread sees it. */
export interface LiveKeeper {
  /** A record that may still be used, by id. */
  load(id: string): Promise<LiveRecord | null>;
  /** Keeps a journal; false when there is no such connection any more. */
  save(id: string, inputs: readonly Input[]): Promise<boolean>;
}
