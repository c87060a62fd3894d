/**
 * Replication in small: a replica asks its master for the data, and the master gives it to every replica it knows after each change.
 *
 * @simplified What travels is always all of the data, never a stream of commands; replicas look after their master every five seconds.
 */
import { millis, type AppRequest, type AppResponse } from "@/lib/engine";
import { wordIn } from "../peer-word";
import { say } from "./log";
import { dataOf, setting, type DataSet, type Replica, type Server } from "./model";
import { beginAppending, isDataSet, takeAll } from "./persistence";

/** What servers say to one another. */
type Word = { readonly redis: "sync"; readonly ip: string; readonly port: number; readonly password: string; readonly replid: string; readonly offset: number } | { readonly redis: "data"; readonly replid: string; readonly offset: number; readonly data: DataSet; readonly hops: number };

/** What a master answers: nothing new, all it has, or why it does not. */
type Answer = { readonly redis: "same" } | { readonly redis: "all"; readonly replid: string; readonly offset: number; readonly data: DataSet } | { readonly redis: "refused"; readonly why: string };

const SOON = 1_000;
const LATER = 5_000;
/** Changes go from replica to replica so far at most: servers that follow one another in a circle would never be done. */
const FARTHEST = 5;

const send = (server: Server, host: string, port: number, word: Word): string | undefined => server.process.request({ protocol: "tcp", host, port, body: JSON.stringify(word), timeout: millis(1000) }).response?.body;

/** Follows another server from now on, or nobody. */
export function follow(server: Server, host: string, port: number): void {
  server.master = { host, port, up: false, since: server.now, ask: server.now };
  say(server, `Connecting to MASTER ${host}:${port}`);
  askMaster(server);
}

/** Is a master again, with the data it has. */
export function standAlone(server: Server, replid: string): void {
  server.master = null;
  server.replid = replid;
  say(server, "Discarding previously cached master state.");
}

/** A master's answer, if it is one. */
function answerOf(body: string): Answer | undefined {
  const answer = wordIn<Answer>(body, '{"redis":');
  if (answer?.redis === "all") return typeof answer.replid === "string" && typeof answer.offset === "number" && isDataSet(answer.data) ? answer : undefined;
  return answer?.redis === "same" || answer?.redis === "refused" ? answer : undefined;
}

/** Asks the master for what is new. */
export function askMaster(server: Server): void {
  const { master, process } = server;
  if (!master) return;
  const word: Word = { redis: "sync", ip: setting(server, "replica-announce-ip") || process.podIP, port: Number(setting(server, "port")), password: setting(server, "masterauth"), replid: server.replid, offset: server.offset };
  const answer = answerOf(send(server, master.host, master.port, word) ?? "");
  if (!answer || answer.redis === "refused") {
    if (master.up) say(server, "Connection with master lost.");
    else if (answer) say(server, `Unable to AUTH to MASTER: -${answer.why}`, "#");
    else if (master.since === server.now) say(server, "Error condition on socket for SYNC: Connection refused", "#");
    server.master = { ...master, up: false, since: master.up ? server.now : master.since, ask: server.now + SOON };
    return;
  }
  if (!master.up) say(server, "MASTER <-> REPLICA sync started");
  if (answer.redis === "all") {
    say(server, `Full resync from master: ${answer.replid}:${answer.offset}`);
    takeOver(server, answer);
    say(server, "MASTER <-> REPLICA sync: Finished with success");
  } else if (!master.up) say(server, "Successful partial resynchronization with master.");
  server.master = { ...master, up: true, since: master.up ? master.since : server.now, ask: server.now + LATER };
}

function takeOver(server: Server, { replid, offset, data }: { readonly replid: string; readonly offset: number; readonly data: DataSet }): void {
  takeAll(server, data);
  server.replid = replid;
  server.offset = offset;
  server.dirty += 1;
  if (setting(server, "appendonly") === "yes") beginAppending(server);
}

/** Gives what has changed to every replica; one that does not answer is known no longer. */
export function tellReplicas(server: Server, hops = 0): void {
  if (server.replicas.length === 0 || hops > FARTHEST) return;
  const word: Word = { redis: "data", replid: server.replid, offset: server.offset, data: dataOf(server), hops };
  server.replicas = server.replicas.filter((replica) => {
    const answered = send(server, replica.ip, replica.port, word) === "+OK\r\n";
    if (!answered) say(server, `Connection with replica ${replica.ip}:${replica.port} lost.`);
    return answered;
  });
}

/** Looks whether a request is another server's word, and answers it. */
export function answerPeer(server: Server, request: AppRequest): AppResponse | undefined {
  const word = request.protocol === "tcp" ? wordIn<Word>(request.body, '{"redis":') : undefined;
  if (!word) return undefined;
  const reply = (body: string): AppResponse => ({ status: 0, body });
  const said = (answer: Answer): AppResponse => reply(JSON.stringify(answer));
  if (word.redis === "data") {
    // What comes twice, or from one that is no master of ours, goes no further.
    if (!server.master || word.replid !== server.replid || typeof word.offset !== "number" || typeof word.hops !== "number" || !isDataSet(word.data)) return reply("-ERR not following\r\n");
    if (word.offset > server.offset) {
      takeOver(server, word);
      tellReplicas(server, word.hops + 1);
    }
    return reply("+OK\r\n");
  }
  if (word.redis !== "sync" || typeof word.ip !== "string" || !Number.isInteger(word.port) || typeof word.password !== "string") return undefined;
  const password = setting(server, "requirepass");
  if (password !== "" && word.password !== password) return said({ redis: "refused", why: word.password === "" ? "NOAUTH Authentication required." : "WRONGPASS invalid username-password pair or user is disabled." });
  if (server.master && !server.master.up) return said({ redis: "refused", why: "NOMASTERLINK Can't SYNC while not connected with my master" });
  const replica: Replica = { ip: word.ip, port: word.port };
  const isKnown = server.replicas.some(({ ip, port }) => ip === replica.ip && port === replica.port);
  if (!isKnown) {
    server.replicas = [...server.replicas, replica];
    say(server, `Replica ${replica.ip}:${replica.port} asks for synchronization`);
  }
  if (word.replid === server.replid && word.offset === server.offset) return said({ redis: "same" });
  say(server, `Synchronization with replica ${replica.ip}:${replica.port} succeeded`);
  return said({ redis: "all", replid: server.replid, offset: server.offset, data: dataOf(server) });
}
