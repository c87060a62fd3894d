import { savePoints } from "./config";
import { commands, TRANSACTION } from "./commands/index";
import { entryIn } from "./keyspace";
import { makesRoom } from "./memory";
import { setting, type Call, type Command, type Entry, type Server, type Session } from "./model";
import { OK, Refused, type Reply } from "./reply";

const error = (text: string): Reply => ({ error: text });
const wrongNumber = (name: string): string => `ERR wrong number of arguments for '${name}' command`;
const fitsArity = (arity: number, words: number): boolean => (arity >= 0 ? words === arity : words >= -arity);

/** What Redis says of a command nobody knows, with what came after its name. */
function unknown(words: readonly string[]): string {
  let rest = "";
  for (const word of words.slice(1)) if (rest.length < 128) rest += `'${word.slice(0, 128 - rest.length)}' `;
  return `ERR unknown command '${(words[0] ?? "").slice(0, 128)}', with args beginning with: ${rest}`;
}

const MISCONF = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.";

/** Why a command may not be run now; undefined when it may. */
function obstacle(server: Server, { flags }: Command): string | undefined {
  if (flags.includes("m") && !makesRoom(server)) return "OOM command not allowed when used memory > 'maxmemory'.";
  if (!flags.includes("w")) return undefined;
  if (server.master) return setting(server, "replica-read-only") === "yes" ? "READONLY You can't write against a read only replica." : undefined;
  if (server.saveFailed && setting(server, "stop-writes-on-bgsave-error") === "yes" && savePoints(server.settings).length > 0) return MISCONF;
  if (server.aofProblem !== "" && setting(server, "appendonly") === "yes") return `MISCONF Errors writing to the AOF file: ${server.aofProblem}`;
  const needed = Number(setting(server, "min-replicas-to-write"));
  return needed > server.replicas.length ? "NOREPLICAS Not enough good replicas to write." : undefined;
}

/** Runs one command, and writes down what it changed. */
function run(server: Server, session: Session, found: Command, words: readonly string[]): Reply {
  const call: Call = { server, session, words, instead: undefined, changed: false, perform: (inner) => performed(server, session, inner) };
  const db = session.db;
  const took = server.took;
  server.counts.commands += 1;
  let reply: Reply;
  try {
    reply = found.run(call);
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    reply = error(problem.message);
  }
  if (call.changed) for (const said of call.instead ?? [words]) server.written.push({ db, words: said });
  const micros = (server.took - took) * 1000 + 5;
  const limit = Number(setting(server, "slowlog-log-slower-than"));
  const blocks = /^(b[lrz]|xread)/i.test(words[0] ?? "");
  if (limit >= 0 && micros > limit && !blocks) {
    server.slow = [[server.counts.lastSlow, Math.trunc(server.now / 1000), micros, words, session.address] as const, ...server.slow].slice(0, Number(setting(server, "slowlog-max-len")));
    server.counts.lastSlow += 1;
  }
  return reply;
}

/** A command that a script asks for. */
function performed(server: Server, session: Session, words: readonly string[]): Reply {
  const name = (words[0] ?? "").toLowerCase();
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!found) return error(unknown(words));
  if (UNSCRIPTED.has(name)) return error("ERR This Redis command is not allowed from script");
  if (!fitsArity(found.arity, words.length)) return error("ERR Wrong number of args calling Redis command from script");
  const problem = obstacle(server, found);
  return problem === undefined ? run(server, session, found, words) : error(problem);
}

/** What no script may ask for. */
const UNSCRIPTED: ReadonlySet<string> = new Set(["eval", "eval_ro", "evalsha", "script", "subscribe", "psubscribe", "unsubscribe", "punsubscribe", "shutdown", "save", "replicaof", "slaveof", "auth", "quit", "reset"]);

const same = (a: Entry | undefined, b: Entry | undefined): boolean => a?.value === b?.value && a?.expires === b?.expires;
const watchKey = (db: number, key: string): string => `${db} ${key}`;

function transaction(server: Server, session: Session, name: string, words: readonly string[]): Reply {
  const queue = session.queue;
  const ended = (): void => {
    session.queue = undefined;
    session.spoiled = false;
    session.watched.clear();
  };
  switch (name) {
    case "multi":
      if (queue) return error("ERR MULTI calls can not be nested");
      session.queue = [];
      return OK;
    case "watch":
      if (queue) return error("ERR WATCH inside MULTI is not allowed");
      for (const key of words.slice(1)) session.watched.set(watchKey(session.db, key), entryIn(server, session.db, key));
      return OK;
    case "unwatch":
      session.watched.clear();
      return OK;
    case "discard":
      if (!queue) return error("ERR DISCARD without MULTI");
      ended();
      return OK;
    default: {
      if (!queue) return error("ERR EXEC without MULTI");
      const wasSpoiled = session.spoiled;
      const moved = [...session.watched].some(([at, before]) => !same(before, entryIn(server, Number(at.split(" ")[0]), at.slice(at.indexOf(" ") + 1))));
      ended();
      if (wasSpoiled) return error("EXECABORT Transaction discarded because of previous errors.");
      return moved ? { noArray: true } : queue.map((one) => run(server, session, commands[(one[0] ?? "").toLowerCase()] as Command, one));
    }
  }
}

const ARITY: Readonly<Record<string, number>> = { multi: 1, exec: 1, discard: 1, unwatch: 1, watch: -2 };
const SUBSCRIBED = new Set(["subscribe", "unsubscribe", "psubscribe", "punsubscribe", "ping", "quit", "reset"]);

/** The answer to one command of a conversation. */
export function answer(server: Server, session: Session, words: readonly string[]): Reply {
  const name = (words[0] ?? "").toLowerCase();
  const steers = TRANSACTION.has(name);
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const refused = (text: string): Reply => {
    if (session.queue && !steers) session.spoiled = true;
    return error(text);
  };
  if (!found && !steers) return refused(unknown(words));
  if (!fitsArity(found?.arity ?? ARITY[name] ?? 1, words.length)) return refused(wrongNumber(name));
  if (!session.trusted && found?.flags.includes("a") !== true) return refused("NOAUTH Authentication required.");
  if (session.channels.length > 0 && !SUBSCRIBED.has(name)) return refused(`ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`);
  if (steers) return transaction(server, session, name, words);
  const command = found as Command;
  const problem = obstacle(server, command);
  if (problem !== undefined) return refused(problem);
  if (session.queue && name !== "quit" && name !== "reset") {
    session.queue.push(words);
    return { status: "QUEUED" };
  }
  return run(server, session, command, words);
}

/** A new conversation. */
export function sessionFor(server: Server, from: string): Session {
  server.counts.connections += 1;
  server.counts.calls += 1;
  return { id: server.counts.calls + 2, address: from, db: 0, name: "", trusted: setting(server, "requirepass") === "", queue: undefined, spoiled: false, watched: new Map(), channels: [], before: [], over: false };
}

